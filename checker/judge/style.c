/*
 * style: clang-format with the repository's file, and the strict warnings.
 * Costs points, not the verdict: half for the format, half for the warnings.
 */
#include "judge/stage.h"

#include "base/alloc.h"
#include "base/path.h"
#include "judge/diagnose.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static int run_jailed(struct run *run, const struct strv *argv,
                      struct proc_result *proc, struct err *err)
{
    char *src = path_join(run->dir, "src");
    struct jail_mount mount = {src, "/box/src", false};
    struct jail_spec spec = {.profile = JAIL_COMPILE,
                             .argv = argv->items,
                             .mounts = &mount,
                             .mount_count = 1,
                             .cwd = "/box/src",
                             .limits = {.wall_seconds = 60,
                                        .cpu_seconds = 5,
                                        .memory_mb = 1024,
                                        .file_mb = 16,
                                        .processes = 32,
                                        .output_max = 4 << 20}};
    int status = sandbox_run(run->sandbox, &spec, proc, err);

    free(src);
    return status;
}

static int line_of(const char *text, const char *at)
{
    int line = 1;

    for (; text < at; text++)
        line += *text == '\n';
    return line;
}

/* The number of the first line in which two texts differ, from 1; 0 where
   they are the same. */
static int first_difference(const char *a, const char *b)
{
    const char *start = a;

    for (; *a && *a == *b; a++)
        b++;
    return *a == *b ? 0 : line_of(start, a);
}

static void fail_format(const struct run *run, int line,
                        struct stage_result *result)
{
    struct finding *finding = stage_fail(
        result, CATEGORY_STYLE,
        "not formatted as .clang-format says; `clang-format -i` mends it");

    finding->file = xasprintf("%s.c", run->kata->snake);
    finding->line = line;
}

/* It took all the time or memory that there is. */
static bool gave_up(const struct proc_result *proc)
{
    return proc->end == PROC_TIMEOUT || proc->end == PROC_MEMORY ||
           (proc->end == PROC_SIGNALED && proc->code == SIGXCPU);
}

/* run_open has put the repository's .clang-format beside the source. */
static int check_format(struct run *run, struct stage_result *result,
                        struct err *err)
{
    char *source = xasprintf("%s.c", run->kata->snake);
    struct strv argv = STRV_INIT;
    struct proc_result proc = {.out = STR_INIT, .err = STR_INIT};
    struct str text = STR_INIT;
    const char *off;
    int line, status = path_read(run->source, 1 << 20, &text, err);

    strv_add_all(&argv, "clang-format", "--style=file", source, (char *)NULL);
    if (status == 0)
        status = run_jailed(run, &argv, &proc, err);
    if (status == 0 && gave_up(&proc)) {
        stage_fail(result, CATEGORY_STYLE,
                   "clang-format does not come to an end with it");
    } else if (status == 0 && (proc.end != PROC_EXITED || proc.code != 0)) {
        status = err_set(err, "clang-format: %.300s", proc.err.text);
    } else if (status == 0) {
        line = first_difference(text.text, proc.out.text);
        off = strstr(text.text, "clang-format off");
        if (line == 0 && off)
            line = line_of(text.text, off);
        if (line)
            fail_format(run, line, result);
    }
    proc_result_release(&proc);
    str_release(&text);
    strv_release(&argv);
    free(source);
    return status;
}

static int check_warnings(struct run *run, struct stage_result *result,
                          struct err *err)
{
    char *source = xasprintf("%s.c", run->kata->snake);
    struct strv argv = STRV_INIT;
    struct proc_result proc = {.out = STR_INIT, .err = STR_INIT};
    int status;

    strv_add_all(&argv, "gcc", "-std=c17", "-D_GNU_SOURCE", "-O1", "-Wall",
                 "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion",
                 "-Wstrict-prototypes", "-Wmissing-prototypes", "-Wformat=2",
                 "-Wvla", "-Wwrite-strings", "-Wundef",
                 "-fdiagnostics-format=json", "-c", "-o", "/dev/null", source,
                 (char *)NULL);
    status = run_jailed(run, &argv, &proc, err);
    if (status == 0 && proc.end == PROC_EXITED)
        status = diagnose_gcc(proc.err.text, CATEGORY_STYLE, result, err);
    else if (status == 0)
        status = err_set(err, "gcc did not end as it should");
    proc_result_release(&proc);
    strv_release(&argv);
    free(source);
    return status;
}

void stage_style(struct run *run, const struct grade *grade,
                 struct stage_result *result)
{
    struct err err = ERR_INIT;
    int lost = 0;

    (void)grade;
    if (check_warnings(run, result, &err) == 0) {
        lost += result->count > 0;
        if (check_format(run, result, &err) == 0)
            lost += result->status == STATUS_FAIL;
    }
    if (err.set) {
        stage_error(result, "%s", err.text);
        return;
    }
    if (lost) {
        result->status = STATUS_FAIL;
        result->category = CATEGORY_STYLE;
    }
    result->score = result->max_score * (2 - lost) / 2.0;
}
