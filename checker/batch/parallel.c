/*
 * The engine for machines that can be reached by ssh and have no daemon: each
 * round is one run of GNU parallel, whose jobs are the tasks.
 */
#include "batch/remote.h"

#include "base/alloc.h"
#include "exec/proc.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct parallel {
    pthread_t thread;
    struct strv argv;
    struct str numbers; /* of the tasks, a line each */
    atomic_bool stop, ended;
    struct err failure;
    struct proc_result result;
};

static bool give_up(void *context, enum proc_end *end)
{
    struct parallel *parallel = context;

    *end = PROC_CANCELLED;
    return parallel->stop;
}

static void *run(void *context)
{
    struct parallel *parallel = context;
    const struct proc_spec spec = {.argv = parallel->argv.items,
                                   .input = parallel->numbers.text,
                                   .input_length = parallel->numbers.length,
                                   .output_max = 4 << 20,
                                   .give_up = give_up,
                                   .context = parallel};

    proc_run(&spec, &parallel->result, &parallel->failure);
    parallel->ended = true;
    return NULL;
}

/* --retries: a machine that cannot be reached fails its tasks at once, and
   would soon have had all. */
static void make_argv(const struct remote_job *job, struct strv *argv)
{
    struct str command = STR_INIT;

    str_add_quoted(&command, job->program);
    str_add(&command, " task ");
    str_add_quoted(&command, job->dir);
    str_add(&command, " {}");
    strv_add_all(argv, "parallel", "--will-cite", "--retries=3", (char *)NULL);
    if (job->work->tasks)
        strv_addf(argv, "--jobs=%d", job->work->tasks);
    strv_copy(argv, job->work->options);
    strv_take(argv, str_detach(&command));
}

static int submit(struct remote_job *job, struct err *err)
{
    struct parallel *parallel = xcalloc(1, sizeof *parallel);

    str_init(&parallel->numbers);
    str_init(&parallel->result.out);
    str_init(&parallel->result.err);
    make_argv(job, &parallel->argv);
    for (size_t i = 0; i < job->tasks; i++)
        str_addf(&parallel->numbers, "%zu\n", i);
    if (pthread_create(&parallel->thread, NULL, run, parallel) != 0) {
        strv_release(&parallel->argv);
        str_release(&parallel->numbers);
        free(parallel);
        return err_set(err, "no thread to run parallel in");
    }
    job->state = parallel;
    return 0;
}

static bool look(struct remote_job *job, struct remote_count *count,
                 struct err *err)
{
    struct parallel *parallel = job->state;

    (void)err;
    *count = (struct remote_count){.running = !parallel->ended};
    return true;
}

/* A run that is ended before its time takes its ssh along, and the tasks see
   that the job is gone. */
static void end(struct remote_job *job, char **said)
{
    struct parallel *parallel = job->state;
    struct strv lines = STRV_INIT;

    if (!parallel)
        return;
    parallel->stop = true;
    pthread_join(parallel->thread, NULL);
    strv_add_lines(&lines, parallel->result.err.text);
    if (parallel->failure.set)
        strv_add(&lines, parallel->failure.text);
    if (lines.count)
        *said = xstrdup(lines.items[lines.count - 1]);
    strv_release(&lines);
    strv_release(&parallel->argv);
    str_release(&parallel->numbers);
    proc_result_release(&parallel->result);
    free(parallel);
    job->state = NULL;
}

static int run_parallel(const struct work *work, struct err *err)
{
    static const struct remote_kind kind = {"GNU parallel", false, submit,
                                            look,           end,   NULL};

    if (!proc_exists("parallel"))
        return err_set(err, "GNU parallel is not installed here (package "
                            "parallel); --engine local does not need it");
    return remote_run(work, &kind, err);
}

const struct engine engine_parallel = {"parallel", "GNU parallel",
                                       run_parallel};
