#include "batch/task.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/path.h"
#include "batch/conditions.h"
#include "batch/job.h"
#include "batch/lease.h"
#include "exec/proc.h"
#include "kata/catalog.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct task {
    struct job job;
    size_t first, end; /* its items */
    struct sandbox sandbox;
    struct cache cache;
    struct kata **katas;
    struct conditions conditions;
    struct out out;
    char *leases; /* folder */
    struct lease_clock clock;
    struct lease lease; /* on what is graded now */
    double looked;      /* when the job was last seen to be wanted */
    bool unwanted;
};

/* Preparing */

static int load_katas(struct task *task, struct err *err)
{
    const struct job *job = &task->job;
    struct catalog catalog = {.root = NULL};
    int status = catalog_open(job->root, &catalog, err);

    task->katas = xcalloc(job->slugs.count + 1, sizeof(struct kata *));
    for (size_t i = 0; i < job->slugs.count && status == 0; i++) {
        status =
            catalog_load(&catalog, job->slugs.items[i], &task->katas[i], err);
        if (status == 0 && job->tests)
            status = kata_overlay(task->katas[i], job->tests, err);
    }
    catalog_release(&catalog);
    return status;
}

/* The first thing that makes results from here others than those from there. */
static int explain_difference(const struct task *task, struct err *err)
{
    if (strcmp(task->conditions.checker, task->job.checker) != 0)
        return err_set(err, "the checker is another one here");
    if (strcmp(task->conditions.tools, task->job.tools) != 0)
        return err_set(err, "the tools are others here: %s, and not %s",
                       task->conditions.tools, task->job.tools);
    return err_set(err, "the katas, tests or the jail are others here");
}

/* The keys are made again: they are the same where all is that a result
   depends on. */
static int check_keys(struct task *task, struct err *err)
{
    struct roster roster = {.katas = task->katas,
                            .kata_count = task->job.slugs.count,
                            .seed = task->job.roster.seed,
                            .items = task->job.roster.items + task->first,
                            .count = task->end - task->first};
    char(*keys)[HASH_TEXT_SIZE] = xcalloc(roster.count + 1, sizeof *keys);
    int status;

    for (size_t i = 0; i < roster.count; i++)
        memcpy(keys[i], roster.items[i].key, HASH_TEXT_SIZE);
    status = roster_set_keys(&roster, &task->conditions, err);
    for (size_t i = 0; i < roster.count; i++) {
        if (status == 0 && strcmp(keys[i], roster.items[i].key) != 0)
            status = explain_difference(task, err);
        memcpy(roster.items[i].key, keys[i], HASH_TEXT_SIZE);
    }
    free(keys);
    return status;
}

static int prepare(struct task *task, struct err *err)
{
    const struct job *job = &task->job;

    if (sandbox_open(&task->sandbox, err) < 0)
        return -1;
    if (load_katas(task, err) < 0)
        return -1;
    task->job.roster.katas = task->katas;
    task->job.roster.kata_count = job->slugs.count;
    if (conditions_find(&task->conditions, job->root, job->seconds,
                        &task->cache, &task->sandbox, err) < 0 ||
        check_keys(task, err) < 0)
        return -1;
    if (lease_clock_open(&task->clock, task->leases, err) < 0)
        return -1;
    return out_attach(&task->out, job->out, task->sandbox.uid != 0, err);
}

static void release(struct task *task)
{
    if (task->out.dir)
        out_close(&task->out);
    lease_clock_close(&task->clock);
    conditions_release(&task->conditions);
    for (size_t i = 0; task->katas && i < task->job.slugs.count; i++)
        kata_free(task->katas[i]);
    free(task->katas);
    free(task->leases);
    cache_release(&task->cache);
    sandbox_close(&task->sandbox);
    job_release(&task->job);
}

/* Grading */

static bool is_wanted(struct task *task)
{
    double now = clock_now();

    if (now - task->looked < 1)
        return !task->unwanted;
    task->looked = now;
    task->unwanted = !job_is_wanted(task->job.dir);
    return !task->unwanted;
}

static bool stop(void *context)
{
    struct task *task = context;

    lease_renew(&task->lease);
    return !is_wanted(task);
}

static bool is_graded(const struct task *task, const struct item *item)
{
    char *path = out_graded(&task->out, item);
    bool graded = path_is_file(path);

    free(path);
    return graded;
}

static void note_reason(const struct job *job, const struct item *item,
                        char *text, char *node, struct err *err)
{
    const struct job_note note = {text, node};

    job_write_note(job->out, item, &note, err);
}

static int grade(struct task *task, const struct item *item, struct err *err)
{
    const struct work work = {.out = &task->out,
                              .roster = &task->job.roster,
                              .root = task->job.root,
                              .program = task->job.program,
                              .tests = task->job.tests,
                              .seconds = task->job.seconds,
                              .stop = stop,
                              .context = task};
    char *output = out_graded(&task->out, item);
    char *note = engine_grade(&work, item, item->kata, 1, output);

    if (note && !proc_cancelled && !task->unwanted)
        note_reason(&task->job, item, note, str_empty, err);
    free(note);
    free(output);
    return err->set ? -1 : 0;
}

static int grade_all(struct task *task, struct err *err)
{
    const struct job *job = &task->job;
    int status = 0;

    for (size_t i = task->first; i < task->end && status == 0; i++) {
        const struct item *item = &job->roster.items[i];
        char *path = job_path(job->out, "leases", item);

        if (proc_cancelled || !is_wanted(task))
            i = task->end;
        else if (!is_graded(task, item) &&
                 lease_take(&task->lease, task->leases, path_base(path),
                            job->lease, job->tries[i], &task->clock)) {
            if (!is_graded(task, item))
                status = grade(task, item, err);
            lease_release(&task->lease);
        }
        free(path);
    }
    return status;
}

/* This machine can grade none of them. */
static int refuse(const struct task *task, const struct err *reason,
                  struct err *err)
{
    char host[256] = "";
    const char *node = getenv("SLURMD_NODENAME");
    char *named, *text;

    gethostname(host, sizeof host - 1);
    named = xstrdup(node && *node ? node : host);
    text = xasprintf("on %s: %s", named, reason->text);
    for (size_t i = task->first; i < task->end; i++)
        note_reason(&task->job, &task->job.roster.items[i], text, named, err);
    err_set(err, "%s", text);
    free(named);
    free(text);
    return -1;
}

int task_run(const char *dir, size_t number, struct err *err)
{
    struct task task = {.clock = {-1}, .out = {.lock = -1}};
    struct err reason = ERR_INIT;
    int status;

    if (!job_is_wanted(dir))
        return 0;
    if (job_read(&task.job, dir, err) < 0) {
        release(&task);
        return -1;
    }
    if (number >= job_tasks(&task.job)) {
        release(&task);
        return err_set(err, "%s has no task %zu", dir, number);
    }
    task.first = number * task.job.chunk;
    task.end = task.first + task.job.chunk;
    if (task.end > task.job.roster.count)
        task.end = task.job.roster.count;
    task.leases = job_path(task.job.out, "leases", NULL);
    cache_open(&task.cache);
    status = prepare(&task, &reason);
    if (status == 0)
        status = grade_all(&task, err);
    else if (!proc_cancelled)
        status = refuse(&task, &reason, err);
    release(&task);
    return status;
}
