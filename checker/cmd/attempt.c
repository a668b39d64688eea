#include "cmd/attempt.h"

#include "base/alloc.h"
#include "base/path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *in_attempt(const struct cmd_context *context, const char *name)
{
    char *dir = cmd_attempt_dir(context), *path = path_join(dir, name);

    free(dir);
    return path;
}

bool attempt_exists(const struct cmd_context *context)
{
    char *path = cmd_submission(context, NULL);
    bool exists = access(path, F_OK) == 0;

    free(path);
    return exists;
}

/* Moves the attempt to the first free old/N. */
static int set_aside(const struct cmd_context *context, const char *path,
                     char **aside, struct err *err)
{
    char *old = in_attempt(context, "old"), *dir = NULL;
    int number = 1, status;

    do {
        free(dir);
        dir = xasprintf("%s/%d", old, number++);
    } while (access(dir, F_OK) == 0);
    status = path_mkdirs(dir, 0755, err);
    *aside = path_join(dir, path_base(path));
    if (status == 0 && rename(path, *aside) < 0)
        status = err_errno(err, "%s could not be moved to %s", path, *aside);
    free(old);
    free(dir);
    return status;
}

static int add_files(const struct cmd_context *context, struct err *err)
{
    static const char flags[] = "-std=c17\n-D_GNU_SOURCE\n-Wall\n-Wextra\n"
                                "-Wpedantic\n-Wshadow\n-Wconversion\n";
    char *header = kata_header(context->kata);
    char *copy = in_attempt(context, path_base(header));
    char *editor = in_attempt(context, "compile_flags.txt");
    int status = path_copy(header, copy, err);

    if (status == 0)
        status = path_write(editor, flags, strlen(flags), 0644, err);
    free(header);
    free(copy);
    free(editor);
    return status;
}

int attempt_start(const struct cmd_context *context, char **aside,
                  struct err *err)
{
    char *dir = cmd_attempt_dir(context), *path = cmd_submission(context, NULL);
    char *stub = kata_stub(context->kata);
    int status = path_mkdirs(dir, 0755, err);

    *aside = NULL;
    if (status == 0)
        status = add_files(context, err);
    if (status == 0 && attempt_exists(context))
        status = set_aside(context, path, aside, err);
    if (status == 0)
        status = path_copy(stub, path, err);
    free(dir);
    free(path);
    free(stub);
    return status;
}

bool attempt_passed(const struct cmd_context *context)
{
    char *path = in_attempt(context, ".passed");
    bool passed = path_is_file(path);

    free(path);
    return passed;
}

int attempt_mark_passed(const struct cmd_context *context, const char *hash,
                        struct err *err)
{
    char *dir = cmd_attempt_dir(context),
         *path = in_attempt(context, ".passed");
    int status = 0;

    if (path_is_dir(dir))
        status = path_write(path, hash, strlen(hash), 0644, err);
    free(dir);
    free(path);
    return status;
}

int attempt_hints(const struct cmd_context *context)
{
    char *path = in_attempt(context, ".hints");
    struct str text = STR_INIT;
    int count = 0;

    if (path_read(path, 64, &text, NULL) == 0)
        count = (int)strtol(text.text, NULL, 10);
    str_release(&text);
    free(path);
    return count < 0 ? 0 : count;
}

int attempt_set_hints(const struct cmd_context *context, int count,
                      struct err *err)
{
    char *dir = cmd_attempt_dir(context), *path = in_attempt(context, ".hints");
    char *text = xasprintf("%d\n", count);
    int status = path_mkdirs(dir, 0755, err);

    if (status == 0)
        status = path_write(path, text, strlen(text), 0644, err);
    free(dir);
    free(path);
    free(text);
    return status;
}
