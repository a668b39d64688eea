#include "batch/conditions.h"

#include "base/alloc.h"
#include "base/path.h"
#include "judge/run.h"

#include <stdlib.h>
#include <string.h>

static int hash_folder(struct hash *hash, const char *root, const char *name,
                       struct err *err)
{
    char *dir = xasprintf("%s/checker/%s", root, name);
    struct strv files = STRV_INIT;
    int status = path_list(dir, &files, err);

    for (size_t i = 0; i < files.count && status == 0; i++) {
        char *path = path_join(dir, files.items[i]);

        if (path_is_file(path))
            status = hash_add_file(hash, path, err);
        free(path);
    }
    strv_release(&files);
    free(dir);
    return status;
}

/* The first line that a tool says of its version. */
static void add_version(struct str *text, const char *tool)
{
    struct strv argv = STRV_INIT;
    struct proc_spec spec = {.seconds = 20};
    struct proc_result result;

    strv_add_all(&argv, tool, "--version", (char *)NULL);
    spec.argv = argv.items;
    if (proc_run(&spec, &result, NULL) == 0)
        str_addf(text, "; %.*s", (int)strcspn(result.out.text, "\n"),
                 result.out.text);
    proc_result_release(&result);
    strv_release(&argv);
}

static int hash_checker(struct conditions *conditions, const char *root,
                        struct err *err)
{
    struct hash hash;
    char *format = path_join(root, ".clang-format");
    int status;

    hash_init(&hash);
    status = hash_add_file(&hash, "/proc/self/exe", err);
    if (status == 0)
        status = hash_folder(&hash, root, "agent", err);
    if (status == 0)
        status = hash_folder(&hash, root, "replay", err);
    if (status == 0)
        status = hash_add_file(&hash, format, err);
    hash_text(&hash, conditions->checker);
    free(format);
    return status;
}

int conditions_find(struct conditions *conditions, const char *root,
                    double seconds, const struct cache *cache,
                    const struct sandbox *sandbox, struct err *err)
{
    struct str tools = STR_INIT;
    char *compiler = run_toolchain(cache, err);

    *conditions = (struct conditions){.sandbox = sandbox_name(sandbox),
                                      .seconds = seconds};
    if (!compiler || hash_checker(conditions, root, err) < 0) {
        free(compiler);
        return -1;
    }
    str_add(&tools, compiler);
    free(compiler);
    add_version(&tools, "valgrind");
    add_version(&tools, "clang-format");
    conditions->tools = str_detach(&tools);
    return 0;
}

void conditions_release(struct conditions *conditions)
{
    free(conditions->tools);
    *conditions = (struct conditions){.tools = NULL};
}
