/* kata batch status, kata batch diff: what is in folders of results. */
#include "base/alloc.h"
#include "base/path.h"
#include "batch/job.h"
#include "batch/out.h"
#include "batch/slurm.h"
#include "cmd/batch.h"
#include "cmd/commands.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool batch_count_result(struct batch_count *count, const json_t *result)
{
    const char *verdict = json_string_value(json_object_get(result, "verdict"));

    for (int i = 0; verdict && i <= VERDICT_ERROR; i++)
        if (strcmp(verdict, verdict_name((enum verdict)i)) == 0) {
            count->verdicts[i]++;
            count->points +=
                json_number_value(json_object_get(result, "score"));
            return true;
        }
    return false;
}

char *batch_describe(const struct batch_count *count)
{
    return xasprintf(
        "%zu pass, %zu fail, %zu error", count->verdicts[VERDICT_PASS],
        count->verdicts[VERDICT_FAIL], count->verdicts[VERDICT_ERROR]);
}

static int list_results(const char *dir, struct strv *names, struct err *err)
{
    char *results = path_join(dir, "results");
    struct strv all = STRV_INIT;
    int status = path_is_dir(results)
                     ? path_list(results, &all, err)
                     : err_set(err, "%s: no batch's results", dir);

    for (size_t i = 0; i < all.count; i++)
        if (str_ends(all.items[i], ".json"))
            strv_add(names, all.items[i]);
    strv_release(&all);
    free(results);
    return status;
}

static json_t *load(const char *dir, const char *name)
{
    char *path = xasprintf("%s/results/%s", dir, name);
    json_t *result = json_load_file(path, 0, NULL);

    free(path);
    return result;
}

static size_t count_graded(const struct job *job)
{
    const struct out out = {.inner = job_path(job->out, "", NULL)};
    size_t count = 0;

    for (size_t i = 0; i < job->roster.count; i++) {
        char *path = out_graded(&out, &job->roster.items[i]);

        count += path_is_file(path);
        free(path);
    }
    free(out.inner);
    return count;
}

/* What a job of tasks elsewhere (batch/job.h) has done; true where tasks of it
   are left. */
static bool show_job(const char *folder)
{
    struct err err = ERR_INIT;
    struct remote_count count;
    struct job job;
    char *id = NULL;
    bool known;

    if (job_read(&job, folder, NULL) < 0) {
        job_release(&job);
        return false;
    }
    known = slurm_count(folder, &id, &count, &err);
    printf("%s%s: %zu of %zu graded", id ? "Slurm job " : "tasks elsewhere",
           id ? id : "", count_graded(&job), job.roster.count);
    if (known)
        printf("; of its tasks %zu run and %zu wait%s%s%s", count.running,
               count.waiting, *count.reason ? " (" : "", count.reason,
               *count.reason ? ")" : "");
    else if (id)
        printf("; %s", err.text);
    putchar('\n');
    free(id);
    job_release(&job);
    return known && count.running + count.waiting;
}

static bool show_jobs(const char *dir)
{
    struct strv folders = STRV_INIT;
    bool alive = false;

    job_list(dir, &folders);
    for (size_t i = 0; i < folders.count; i++)
        alive = show_job(folders.items[i]) || alive;
    strv_release(&folders);
    return alive;
}

static int show_status(const char *dir, struct err *err)
{
    struct strv names = STRV_INIT;
    struct batch_count count = {.points = 0};
    size_t planned = 0;
    uint64_t seed = 0;
    char *text;
    bool alive;

    if (list_results(dir, &names, err) < 0)
        return -1;
    for (size_t i = 0; i < names.count; i++) {
        json_t *result = load(dir, names.items[i]);

        batch_count_result(&count, result);
        json_decref(result);
    }
    text = batch_describe(&count);
    if (out_roster(dir, &seed, &planned))
        printf("%zu of %zu done: %s\nseed %" PRIu64 "\n", names.count, planned,
               text, seed);
    else
        printf("%zu done: %s\n", names.count, text);
    alive = show_jobs(dir);
    if (out_busy(dir))
        puts("a batch is at work there");
    else if (alive)
        puts("nobody waits for the tasks; --resume takes their results");
    else if (names.count < planned)
        puts("stopped; --resume goes on");
    else
        puts("finished");
    free(text);
    strv_release(&names);
    return EXIT_PASS;
}

static const char *text_of(const json_t *result, const char *key)
{
    const char *text = json_string_value(json_object_get(result, key));

    return text ? text : "-";
}

static void print_side(const json_t *result)
{
    if (!result)
        printf("not there");
    else
        printf("%s %s %.6g", text_of(result, "verdict"),
               text_of(result, "category"),
               json_number_value(json_object_get(result, "score")));
}

static bool same_text(const json_t *a, const json_t *b, const char *key)
{
    return strcmp(text_of(a, key), text_of(b, key)) == 0;
}

/* Prints a line where the two differ. */
static bool compare(const char *name, const json_t *before, const json_t *after)
{
    double a = json_number_value(json_object_get(before, "score"));
    double b = json_number_value(json_object_get(after, "score"));

    if (before && after && same_text(before, after, "verdict") &&
        same_text(before, after, "category") && fabs(a - b) < 0.005)
        return false;
    printf("%.*s: ", (int)(strlen(name) - strlen(".json")), name);
    print_side(before);
    printf(" -> ");
    print_side(after);
    putchar('\n');
    return true;
}

static int show_diff(const char *before, const char *after, struct err *err)
{
    struct strv names = STRV_INIT, more = STRV_INIT;
    size_t changed = 0;

    if (list_results(before, &names, err) < 0 ||
        list_results(after, &more, err) < 0) {
        strv_release(&names);
        strv_release(&more);
        return -1;
    }
    for (size_t i = 0; i < more.count; i++)
        strv_add(&names, more.items[i]);
    strv_sort(&names);
    strv_release(&more);
    for (size_t i = 0; i < names.count; i++) {
        json_t *a, *b;

        if (i && strcmp(names.items[i], names.items[i - 1]) == 0)
            continue;
        a = load(before, names.items[i]);
        b = load(after, names.items[i]);
        changed += compare(names.items[i], a, b);
        json_decref(a);
        json_decref(b);
    }
    printf("%zu changed\n", changed);
    strv_release(&names);
    return changed ? EXIT_NOT_PASSED : EXIT_PASS;
}

static int run_on_folders(const struct cmd *cmd, int argc, char **argv,
                          size_t folders)
{
    struct cmd_context context;
    struct err err = ERR_INIT;
    int status =
        cmd_begin(cmd, argc, argv, NULL, NULL, false, folders, &context);

    if (status >= 0)
        return status;
    if (context.operands.count < folders)
        status = cmd_usage(cmd, "a folder of results is missing");
    else
        status = folders == 1 ? show_status(context.operands.items[0], &err)
                              : show_diff(context.operands.items[0],
                                          context.operands.items[1], &err);
    if (status < 0)
        status = cmd_error(&err);
    cmd_release(&context);
    return status;
}

static int cmd_batch_status_run(const struct cmd *cmd, int argc, char **argv)
{
    return run_on_folders(cmd, argc, argv, 1);
}

static int cmd_batch_diff_run(const struct cmd *cmd, int argc, char **argv)
{
    return run_on_folders(cmd, argc, argv, 2);
}

static const struct cmd cmd_batch_status = {
    "batch status", "DIR", "Say how far a batch is.",
    NULL,           NULL,  cmd_batch_status_run};

static const struct cmd cmd_batch_diff = {
    "batch diff",
    "DIR DIR",
    "Show what a second grading changed.",
    "Each DIR is the -o of a batch. Exit status: 0 when nothing changed, 1 "
    "when\n"
    "something did.",
    NULL,
    cmd_batch_diff_run};

const struct cmd *const cmd_batch_table[] = {&cmd_batch_status, &cmd_batch_diff,
                                             &cmd_batch_report, NULL};
