#include "batch/engine.h"

#include "base/alloc.h"
#include "base/path.h"
#include "exec/proc.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct engine *const engine_table[] = {&engine_local, &engine_slurm,
                                             &engine_parallel, NULL};

const struct engine *engine_find(const char *name, struct err *err)
{
    struct str names = STR_INIT;

    for (size_t i = 0; engine_table[i]; i++) {
        if (strcmp(engine_table[i]->name, name) == 0) {
            str_release(&names);
            return engine_table[i];
        }
        str_addf(&names, "%s%s", i ? ", " : "", engine_table[i]->name);
    }
    err_set(err, "there is no engine '%.40s' (%s)", name, names.text);
    str_release(&names);
    return NULL;
}

static void make_argv(const struct work *work, const struct item *item,
                      size_t kata, int stages, const char *output,
                      struct strv *argv)
{
    strv_add_all(argv, work->program, "grade", work->roster->katas[kata]->slug,
                 (char *)NULL);
    if (item)
        strv_take(argv, out_source(work->out, item));
    else
        strv_add(argv, "--solution");
    strv_addf(argv, "--seed=%" PRIu64, work->roster->seed);
    strv_addf(argv, "--jobs=%d", stages);
    strv_add_all(argv, "--foreign", "--format=json", (char *)NULL);
    strv_addf(argv, "--output=%s", output);
    if (work->tests)
        strv_addf(argv, "--tests=%s", work->tests);
}

static void make_environment(const struct work *work, struct strv *env)
{
    for (char **each = environ; *each; each++)
        if (!str_starts(*each, "TMPDIR=") && !str_starts(*each, "KATA_ROOT="))
            strv_add(env, *each);
    strv_addf(env, "TMPDIR=%s", work->out->temporary);
    strv_addf(env, "KATA_ROOT=%s", work->root);
}

static char *explain(const struct proc_result *result)
{
    struct str said = STR_INIT;
    struct strv lines = STRV_INIT;
    char *end = proc_describe(result), *note;

    strv_add_lines(&lines, result->err.text);
    if (lines.count) {
        const char *last = lines.items[lines.count - 1];

        str_add_visible(&said, last, strlen(last), 500, false);
    }
    if (result->end == PROC_TIMEOUT)
        note =
            xasprintf("the grading did not end within %.0f s", result->seconds);
    else
        note = xasprintf("the checker gave no result: %s%s%s", end,
                         said.length ? ": " : "", said.text);
    strv_release(&lines);
    str_release(&said);
    free(end);
    return note;
}

static bool give_up(void *context, enum proc_end *end)
{
    const struct work *work = context;

    *end = PROC_CANCELLED;
    return work->stop(work->context);
}

char *engine_grade(const struct work *work, const struct item *item,
                   size_t kata, int stages, const char *output)
{
    struct strv argv = STRV_INIT, env = STRV_INIT;
    struct work asked = *work;
    struct proc_spec spec = {.seconds = work->seconds,
                             .give_up = work->stop ? give_up : NULL,
                             .context = &asked};
    struct proc_result result;
    struct err err = ERR_INIT;
    char *note = NULL;

    make_argv(work, item, kata, stages, output, &argv);
    make_environment(work, &env);
    spec.argv = argv.items;
    spec.envp = env.items;
    if (proc_run(&spec, &result, &err) < 0)
        note = xstrdup(err.text);
    else if (result.end != PROC_EXITED || !path_is_file(output))
        note = explain(&result);
    proc_result_release(&result);
    strv_release(&argv);
    strv_release(&env);
    return note;
}
