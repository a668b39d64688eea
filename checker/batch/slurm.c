/*
 * The engine for a cluster with Slurm: each round is a job array. Slurm is
 * asked by its own programs, and only by squeue how far it is, for a cluster
 * need not keep accounts. What a task did is seen from its results, not from
 * what Slurm says of it.
 */
#include "batch/slurm.h"

#include "base/alloc.h"
#include "base/path.h"
#include "exec/proc.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SUBMIT_SECONDS = 120, ASK_SECONDS = 45, FIND_TRIES = 5 };

/* Runs one of Slurm's programs; -1 where it fails, with what it said. */
static int ask(const struct strv *argv, double seconds,
               struct proc_result *result, struct err *err)
{
    const struct proc_spec spec = {
        .argv = argv->items, .seconds = seconds, .output_max = 4 << 20};
    struct strv lines = STRV_INIT;
    struct str said = STR_INIT;
    char *end;

    if (proc_run(&spec, result, err) < 0)
        return -1;
    if (result->end == PROC_EXITED && result->code == 0)
        return 0;
    strv_add_lines(&lines, result->err.text);
    for (size_t i = 0; i < lines.count && i < 3; i++) {
        str_add(&said, ": ");
        str_add_visible(&said, lines.items[i], strlen(lines.items[i]), 200,
                        false);
    }
    end = proc_describe(result);
    err_set(err, "%s: %s%s", argv->items[0], end, said.text);
    free(end);
    str_release(&said);
    strv_release(&lines);
    return -1;
}

/* Submitting */

static char *script_of(const char *dir)
{
    return path_join(dir, "task.sh");
}

static char *write_script(const struct remote_job *job, struct err *err)
{
    char *path = script_of(job->dir);
    struct str text = STR_INIT;

    str_add(&text, "#!/bin/sh\nexec ");
    str_add_quoted(&text, job->program);
    str_add(&text, " task ");
    str_add_quoted(&text, job->dir);
    str_add(&text, " \"$SLURM_ARRAY_TASK_ID\"\n");
    if (path_write(path, text.text, text.length, 0755, err) < 0) {
        free(path);
        path = NULL;
    }
    str_release(&text);
    return path;
}

static void add_bad_nodes(struct strv *argv, const struct strv *nodes)
{
    struct str list = STR_INIT;

    for (size_t i = 0; i < nodes->count; i++)
        str_addf(&list, "%s%s", i ? "," : "", nodes->items[i]);
    if (nodes->count)
        strv_addf(argv, "--exclude=%s", list.text);
    str_release(&list);
}

/* What the person adds comes last, for of two sbatch takes the later. */
static void make_argv(const struct remote_job *job, char *script,
                      struct strv *argv)
{
    const struct work *work = job->work;

    strv_add_all(argv, "sbatch", "--parsable", "--job-name=kata-batch",
                 "--requeue", "--open-mode=append", "--cpus-per-task=1",
                 (char *)NULL);
    if (work->tasks)
        strv_addf(argv, "--array=0-%zu%%%d", job->tasks - 1, work->tasks);
    else
        strv_addf(argv, "--array=0-%zu", job->tasks - 1);
    strv_addf(argv, "--output=%s/log-%%a", job->dir);
    strv_addf(argv, "--chdir=%s", job->dir);
    add_bad_nodes(argv, job->bad_nodes);
    strv_copy(argv, work->options);
    strv_take(argv, script);
}

/* "123", or "123;cluster". */
static char *read_id(const char *text)
{
    size_t digits = strspn(text, "0123456789");

    return digits && (text[digits] == '\n' || text[digits] == ';')
               ? xstrndup(text, digits)
               : NULL;
}

/* Slurm's number of the job in that folder, by the script that it runs, which
   is no other's; owned, or NULL. *known: did squeue answer? */
static char *find_id(const char *dir, bool *known)
{
    struct strv argv = STRV_INIT, lines = STRV_INIT;
    struct proc_result result = {.out = STR_INIT, .err = STR_INIT};
    char *script = script_of(dir), *id = NULL;

    strv_add_all(&argv, "squeue", "--noheader", "--states=all",
                 "--format=%F %o", (char *)NULL);
    strv_addf(&argv, "--user=%u", (unsigned)geteuid());
    *known = ask(&argv, ASK_SECONDS, &result, NULL) == 0;
    strv_add_lines(&lines, result.out.text);
    for (size_t i = 0; i < lines.count && *known && !id; i++) {
        const char *line = lines.items[i], *space = strchr(line, ' ');

        if (space && strcmp(space + 1, script) == 0)
            id = xstrndup(line, strspn(line, "0123456789"));
    }
    strv_release(&argv);
    strv_release(&lines);
    proc_result_release(&result);
    free(script);
    return id;
}

/* A job is not in the queue at once. */
static char *find_accepted(const char *dir)
{
    bool known;
    char *id = find_id(dir, &known);

    for (int i = 1; i < FIND_TRIES && !id && !proc_cancelled; i++) {
        nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
        id = find_id(dir, &known);
    }
    return id;
}

static int keep_id(struct remote_job *job, struct err *err)
{
    char *path = path_join(job->dir, "id");
    int status = path_write(path, job->id, strlen(job->id), 0644, err);

    free(path);
    return status;
}

static void complain(const char *answer, struct err *err)
{
    struct str shown = STR_INIT;

    str_add_visible(&shown, answer, strcspn(answer, "\n"), 200, false);
    err_set(err,
            "sbatch has accepted a job and did not tell its number: '%s'; "
            "--resume goes on",
            shown.text);
    str_release(&shown);
}

/* What sbatch says is not all: it may have been killed, or lost its connection,
   after the job was accepted. */
static int read_answer(struct remote_job *job, int status,
                       const struct proc_result *result, struct err *failure)
{
    bool known = true;

    job->id = status == 0 ? read_id(result->out.text) : NULL;
    if (!job->id)
        job->id =
            status == 0 ? find_accepted(job->dir) : find_id(job->dir, &known);
    job->accepted = status == 0 || job->id || !known;
    if (job->id)
        return 0;
    if (status == 0)
        complain(result->out.text, failure);
    return -1;
}

static int submit(struct remote_job *job, struct err *err)
{
    struct strv argv = STRV_INIT;
    struct proc_result result = {.out = STR_INIT, .err = STR_INIT};
    struct err failure = ERR_INIT;
    char *script = write_script(job, err);
    int status;

    if (!script)
        return -1;
    make_argv(job, script, &argv);
    status = ask(&argv, SUBMIT_SECONDS, &result, &failure);
    status = read_answer(job, status, &result, &failure);
    if (status < 0)
        err_set(err, "%s", failure.text);
    else
        status = keep_id(job, err);
    strv_release(&argv);
    proc_result_release(&result);
    return status;
}

/* Asking */

/* States of tasks that neither wait nor grade: they have ended, are about to,
   or wait for a person. */
static const char *const idle_states[] = {
    "BOOT_FAIL",    "CANCELLED",    "COMPLETED",     "COMPLETING",
    "DEADLINE",     "FAILED",       "NODE_FAIL",     "OUT_OF_MEMORY",
    "PREEMPTED",    "REQUEUE_HOLD", "RESV_DEL_HOLD", "REVOKED",
    "SPECIAL_EXIT", "STAGE_OUT",    "TIMEOUT",       NULL};
/* A node that is powered up takes minutes until its task runs. */
static const char *const waiting_states[] = {
    "CONFIGURING", "PENDING",   "POWER_UP_NODE", "REQUEUED",
    "REQUEUE_FED", "SUSPENDED", "STOPPED",       NULL};

static bool is_one_of(const char *const *names, const char *name, size_t length)
{
    for (; *names; names++)
        if (strlen(*names) == length && strncmp(*names, name, length) == 0)
            return true;
    return false;
}

static bool is_held(const char *reason)
{
    return strstr(reason, "Held") || strstr(reason, "held") ||
           strstr(reason, "NeverSatisfied");
}

static const char *why_it_waits(const char *state, const char *reason)
{
    if (str_starts(state, "CONFIGURING") || str_starts(state, "POWER_UP"))
        return "its node starts";
    return strcmp(reason, "None") == 0 ? "" : reason;
}

/* "STATE REASON". */
static void count_line(const char *line, struct remote_count *count)
{
    size_t length = strcspn(line, " ");
    const char *reason = line[length] ? line + length + 1 : "";

    count->unheard = false;
    if (is_one_of(idle_states, line, length) || is_held(reason))
        return;
    if (!is_one_of(waiting_states, line, length))
        count->running++;
    else if (!count->waiting++)
        snprintf(count->reason, sizeof count->reason, "%s",
                 why_it_waits(line, reason));
}

/* All states: so one that has ended already is told from one that is not yet
   there. */
static bool count_tasks(const char *id, struct remote_count *count,
                        struct err *err)
{
    struct strv argv = STRV_INIT, lines = STRV_INIT;
    struct proc_result result = {.out = STR_INIT, .err = STR_INIT};
    struct err failure = ERR_INIT;
    bool known;

    *count = (struct remote_count){.unheard = true};
    strv_add_all(&argv, "squeue", "--noheader", "--array", "--states=all",
                 "--format=%T %r", (char *)NULL);
    strv_addf(&argv, "--jobs=%s", id);
    known = ask(&argv, ASK_SECONDS, &result, &failure) == 0;
    strv_add_lines(&lines, result.out.text);
    for (size_t i = 0; i < lines.count && known; i++)
        count_line(lines.items[i], count);
    /* So it says of one that ended a while ago, and of one that is new. */
    if (!known && strstr(result.err.text, "Invalid job id"))
        known = true;
    if (!known)
        err_set(err, "%s", failure.text);
    strv_release(&argv);
    strv_release(&lines);
    proc_result_release(&result);
    return known;
}

static bool look(struct remote_job *job, struct remote_count *count,
                 struct err *err)
{
    return count_tasks(job->id, count, err);
}

/* An interrupt, which ended us, shall not end scancel. */
static void end(struct remote_job *job, char **said)
{
    struct strv argv = STRV_INIT;
    struct proc_result result = {.out = STR_INIT, .err = STR_INIT};
    bool cancelled = proc_cancelled, known;

    (void)said;
    if (cancelled)
        proc_resume();
    if (!job->id && job->accepted)
        job->id = find_id(job->dir, &known);
    if (job->id) {
        strv_add_all(&argv, "scancel", "--quiet", job->id, (char *)NULL);
        ask(&argv, ASK_SECONDS, &result, NULL);
    }
    if (cancelled)
        proc_cancel();
    strv_release(&argv);
    proc_result_release(&result);
}

static char *load_id(const char *dir)
{
    char *path = path_join(dir, "id"), *id = NULL;
    struct str text = STR_INIT;

    if (path_read(path, 64, &text, NULL) == 0 && text.length &&
        strspn(text.text, "0123456789") == text.length)
        id = str_detach(&text);
    str_release(&text);
    free(path);
    return id;
}

bool slurm_count(const char *dir, char **id, struct remote_count *count,
                 struct err *err)
{
    *count = (struct remote_count){.waiting = 0};
    *id = load_id(dir);
    return *id && count_tasks(*id, count, err);
}

/* A batch may have been killed before it noted the number. */
static int adopt(struct remote_job *job)
{
    struct remote_count count;
    bool known;

    job->id = load_id(job->dir);
    if (!job->id) {
        job->id = find_id(job->dir, &known);
        if (job->id)
            keep_id(job, NULL);
    }
    return job->id && count_tasks(job->id, &count, NULL) &&
                   count.waiting + count.running
               ? 0
               : -1;
}

static int run_slurm(const struct work *work, struct err *err)
{
    static const struct remote_kind kind = {"Slurm job", true, submit,
                                            look,        end,  adopt};

    if (!proc_exists("sbatch") || !proc_exists("squeue"))
        return err_set(err, "sbatch and squeue are not installed here (package "
                            "slurm-client); --engine local needs neither");
    for (size_t i = 0; i < work->options->count; i++) {
        const char *option = work->options->items[i];

        if (*option != '-')
            return err_set(err,
                           "'%s' is no option of sbatch; write an option and "
                           "its value as one: --partition=short",
                           option);
        if (str_starts(option, "--array") || str_starts(option, "-a") ||
            str_starts(option, "--wrap"))
            return err_set(err,
                           "%s is not for you to give: kata makes the "
                           "array",
                           option);
    }
    return remote_run(work, &kind, err);
}

const struct engine engine_slurm = {"slurm", "sbatch", run_slurm};
