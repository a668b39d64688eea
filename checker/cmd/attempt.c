#include "cmd/attempt.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

int attempt_make(const struct cmd_context *context, char **aside,
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

static void warn(const struct err *err)
{
    fprintf(stderr, "kata: warning: %s\nkata: warning: this is not recorded\n",
            err->text);
}

int attempt_open_db(const struct cmd_context *context, enum db_mode mode,
                    struct db **db, struct err *err)
{
    char *work = cmd_work_dir(context);
    struct str notice = STR_INIT;
    int status = db_open(work, mode, db, &notice, err);

    if (notice.length)
        fprintf(stderr, "kata: %s\n", notice.text);
    str_release(&notice);
    free(work);
    return status;
}

struct db *attempt_db(const struct cmd_context *context, enum db_mode mode)
{
    struct err err = ERR_INIT;
    struct db *db;

    if (attempt_open_db(context, mode, &db, &err) == 0)
        return db;
    if (mode == DB_WRITE)
        warn(&err);
    else
        fprintf(stderr, "kata: warning: %s\n", err.text);
    return db_open_memory();
}

int attempt_start(const struct cmd_context *context, bool again, char **aside,
                  struct err *err)
{
    struct err trouble = ERR_INIT;
    struct db *db;

    if (attempt_make(context, aside, err) < 0)
        return -1;
    db = attempt_db(context, DB_WRITE);
    if (progress_start(db, context->kata->slug, again, clock_calendar(),
                       &trouble) < 0)
        warn(&trouble);
    db_close(db);
    return 0;
}

bool attempt_is_own(const struct cmd_context *context, const char *path)
{
    char *own = cmd_submission(context, NULL);
    struct stat one, other;
    bool same = stat(own, &one) == 0 && stat(path, &other) == 0 &&
                one.st_dev == other.st_dev && one.st_ino == other.st_ino;

    free(own);
    return same;
}

/* When the attempt was last saved with something other than the stub in it; 0
   where it is still that. */
static int64_t changed_at(const struct cmd_context *context)
{
    char *path = cmd_submission(context, NULL),
         *stub = kata_stub(context->kata);
    struct str mine = STR_INIT, original = STR_INIT;
    struct stat status;
    int64_t when = 0;

    if (stat(path, &status) == 0 &&
        path_read(path, 1 << 21, &mine, NULL) == 0 &&
        path_read(stub, 1 << 21, &original, NULL) == 0 &&
        (mine.length != original.length ||
         memcmp(mine.text, original.text, mine.length) != 0))
        when = (int64_t)status.st_mtim.tv_sec * 1000 +
               status.st_mtim.tv_nsec / 1000000;
    str_release(&mine);
    str_release(&original);
    free(path);
    free(stub);
    return when;
}

void attempt_record(const struct cmd_context *context,
                    const struct grade *grade, const char *command)
{
    struct db *db = attempt_db(context, DB_WRITE);
    int64_t now = clock_calendar(), saved = changed_at(context);
    struct err err = ERR_INIT;

    if ((saved && progress_save(db, context->kata->slug,
                                saved < now ? saved : now, &err) < 0) ||
        progress_grade(db, grade, command, now, &err) < 0)
        warn(&err);
    db_close(db);
}

bool attempt_passed(const struct cmd_context *context)
{
    struct db *db = attempt_db(context, DB_READ);
    struct err err = ERR_INIT;
    struct progress progress;
    bool passed = false;

    if (progress_of(db, context->kata->slug, &progress, &err) < 0)
        fprintf(stderr, "kata: warning: %s\n", err.text);
    else
        passed = progress.state == PROGRESS_PASSED;
    db_close(db);
    return passed;
}

void attempt_shown(const struct cmd_context *context)
{
    struct db *db;
    struct err err = ERR_INIT;

    if (!attempt_exists(context))
        return;
    db = attempt_db(context, DB_WRITE);
    if (progress_shown(db, context->kata->slug, clock_calendar(), &err) < 0)
        warn(&err);
    db_close(db);
}
