#include "batch/remote.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/path.h"
#include "batch/job.h"
#include "batch/lease.h"
#include "exec/proc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define POLL_MIN 0.2
#define POLL_MAX 3.0
#define LOOK_MIN 1.0
#define LOOK_MAX 15.0
/* For so long the engine may not be heard of, and no task either. */
#define SILENCE_MAX 900.0

struct remote {
    const struct work *work;
    const struct remote_kind *kind;
    struct err *err;
    char *out; /* absolute */
    bool *ended;
    int *tries;       /* gradings that a task died of, for each of todo */
    char **complaint; /* what the last node said that refused it, or NULL */
    size_t left;      /* that have not ended */
    struct strv bad_nodes;
    struct lease_clock clock;
    char *last_words; /* of a task that did nothing, or NULL */
};

/* A round under way. */
struct round {
    struct remote_job job;
    char *dir;
    size_t ended; /* submissions, in this round */
    double started;
    double last_sign; /* of life: a result, a lease renewed, a task's start */
    double looked;    /* when tasks were counted last */
    struct remote_count count;
    bool known; /* is `count` what it is now? */
    bool heard; /* did the engine ever know the job? */
    struct err unknown;
};

static const struct item *item_at(const struct remote *remote, size_t i)
{
    return &remote->work->roster->items[remote->work->todo[i]];
}

static void finish(struct remote *remote, size_t i, const char *note)
{
    remote->ended[i] = true;
    remote->left--;
    remote->work->done(remote->work->todo[i], note, remote->work->context);
}

/* No longer once OUT cannot be written: tasks would grade in vain. */
static bool goes_on(const struct remote *remote)
{
    const struct work *work = remote->work;

    return !proc_cancelled && !(work->stop && work->stop(work->context));
}

static void say(const struct remote *remote, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void say(const struct remote *remote, const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (remote->work->say)
        remote->work->say(text, remote->work->context);
}

/* What has come in */

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool has(const struct strv *sorted, const char *name)
{
    return sorted->count && bsearch(&name, sorted->items, sorted->count,
                                    sizeof *sorted->items, by_text);
}

static void list(const struct remote *remote, const char *folder,
                 struct strv *names)
{
    char *path = job_path(remote->out, folder, NULL);

    path_list(path, names, NULL);
    free(path);
}

/* A node that refuses gets no more tasks, and the submission another node. */
static void take_complaint(struct remote *remote, size_t i,
                           struct job_note *note)
{
    if (!strv_has(&remote->bad_nodes, note->node)) {
        strv_add(&remote->bad_nodes, note->node);
        say(remote, "a node grades nothing: %s", note->text);
    }
    free(remote->complaint[i]);
    remote->complaint[i] = note->text;
    note->text = NULL;
}

static void take_note(struct remote *remote, struct round *round, size_t i)
{
    struct job_note note;

    if (!job_take_note(remote->out, item_at(remote, i), &note))
        return;
    if (*note.node) {
        take_complaint(remote, i, &note);
    } else {
        finish(remote, i, note.text);
        round->ended++;
    }
    job_note_release(&note);
}

/* One listing of each folder, however many submissions there are. */
static void collect(struct remote *remote, struct round *round)
{
    size_t before = round->ended;
    struct strv graded = STRV_INIT, notes = STRV_INIT;

    list(remote, "graded", &graded);
    list(remote, "notes", &notes);
    for (size_t i = 0; i < remote->work->count && goes_on(remote); i++) {
        char *name;

        if (remote->ended[i])
            continue;
        name = job_path(remote->out, "", item_at(remote, i));
        if (has(&graded, path_base(name))) {
            finish(remote, i, NULL);
            round->ended++;
        } else if (has(&notes, path_base(name))) {
            take_note(remote, round, i);
        }
        free(name);
    }
    if (round->ended != before)
        round->last_sign = clock_now();
    strv_release(&graded);
    strv_release(&notes);
}

/* Calls `visit` for the lease of each submission without a result. */
static void each_lease(struct remote *remote,
                       void (*visit)(struct remote *remote, size_t i,
                                     const char *path, double age, int tries,
                                     void *context),
                       void *context)
{
    struct strv names = STRV_INIT;

    list(remote, "leases", &names);
    for (size_t i = 0; i < remote->work->count && names.count; i++) {
        char *path;

        if (remote->ended[i])
            continue;
        path = job_path(remote->out, "leases", item_at(remote, i));
        if (has(&names, path_base(path))) {
            int tries;
            double age = lease_age(path, &remote->clock, &tries);

            if (age >= 0)
                visit(remote, i, path, age, tries, context);
        }
        free(path);
    }
    strv_release(&names);
}

static void note_youngest(struct remote *remote, size_t i, const char *path,
                          double age, int tries, void *context)
{
    double *youngest = context;

    (void)remote, (void)i, (void)path, (void)tries;
    if (*youngest < 0 || age < *youngest)
        *youngest = age;
}

/* Whether a grading is under way. */
static bool is_leased(struct remote *remote, struct round *round)
{
    double youngest = -1, sign;

    each_lease(remote, note_youngest, &youngest);
    if (youngest < 0)
        return false;
    sign = clock_now() - youngest;
    if (sign > round->last_sign)
        round->last_sign = sign;
    return youngest < remote->work->lease;
}

/* Of a round that is over: a lease that was left is of a task that died. */
static void bury(struct remote *remote, size_t i, const char *path, double age,
                 int tries, void *context)
{
    size_t *found = context;

    (void)age;
    path_remove(path, NULL);
    remote->tries[i]++;
    if (tries > remote->tries[i])
        remote->tries[i] = tries;
    (*found)++;
}

static bool is_poison(const struct remote *remote, size_t i)
{
    return !remote->ended[i] && remote->tries[i] >= REMOTE_TRIES;
}

static size_t bury_dead(struct remote *remote)
{
    size_t found = 0;

    each_lease(remote, bury, &found);
    for (size_t i = 0; i < remote->work->count && goes_on(remote); i++)
        if (is_poison(remote, i)) {
            char *note = xasprintf(
                "%d tasks that graded it died: their machine was lost, or what "
                "it took was more than they were given",
                remote->tries[i]);

            finish(remote, i, note);
            free(note);
        }
    return found;
}

/* Waiting */

static double between(double low, double x, double high)
{
    return x < low ? low : x > high ? high : x;
}

static void pause_for(const struct remote *remote, double seconds)
{
    double end = clock_now() + seconds;

    while (goes_on(remote) && clock_now() < end)
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
}

/* "Slurm job 12". */
static char *name_of(const struct remote *remote, const struct remote_job *job)
{
    return job->id ? xasprintf("%s %s", remote->kind->name, job->id)
                   : xstrdup(remote->kind->name);
}

static void say_count(const struct remote *remote, const struct round *round,
                      const struct remote_count *count)
{
    char *name = name_of(remote, &round->job);
    bool reason = count->waiting && *count->reason;

    if (remote->kind->counts)
        say(remote, "%s: %zu running, %zu waiting%s%s%s", name, count->running,
            count->waiting, reason ? " (" : "", reason ? count->reason : "",
            reason ? ")" : "");
    free(name);
}

static void look(struct remote *remote, struct round *round)
{
    struct remote_count count = {.waiting = 0};
    double now = clock_now();

    if (now - round->looked <
        between(LOOK_MIN, (now - round->started) / 20, LOOK_MAX))
        return;
    err_clear(&round->unknown);
    if (!remote->kind->look(&round->job, &count, &round->unknown)) {
        if (round->known)
            say(remote, "%s; results are still taken", round->unknown.text);
        round->known = false;
    } else {
        if (count.waiting != round->count.waiting ||
            count.running != round->count.running ||
            strcmp(count.reason, round->count.reason) != 0) {
            say_count(remote, round, &count);
            round->last_sign = now;
        }
        round->count = count;
        round->known = true;
        round->heard = round->heard || !count.unheard;
    }
    round->looked = clock_now();
}

/* Is nobody left who would grade anything? */
static bool is_over(struct remote *remote, struct round *round)
{
    double silence;

    if (is_leased(remote, round) || (round->known && round->count.waiting))
        return false;
    silence = clock_now() - round->last_sign;
    if (!round->known && silence > SILENCE_MAX)
        err_set(remote->err, "%s; --resume goes on", round->unknown.text);
    if (!round->known)
        return remote->err->set;
    /* One that was only just accepted need not be in the queue yet. */
    return (round->count.running == 0 && round->heard) ||
           silence > remote->work->lease;
}

static void wait_round(struct remote *remote, struct round *round)
{
    for (;;) {
        collect(remote, round);
        if (remote->left == 0 || !goes_on(remote))
            return;
        look(remote, round);
        if (is_over(remote, round)) {
            /* What came in between looking here and looking there. */
            collect(remote, round);
            return;
        }
        pause_for(remote, between(POLL_MIN, (clock_now() - round->started) / 60,
                                  POLL_MAX));
    }
}

/* Rounds */

/* Those that no task died of come first: so they are graded though another
   one kills its task each time. */
static size_t order(const struct remote *remote, size_t *items, int *tries)
{
    size_t count = 0;

    for (int pass = 0; pass <= REMOTE_TRIES; pass++)
        for (size_t i = 0; i < remote->work->count; i++)
            if (!remote->ended[i] && remote->tries[i] == pass) {
                items[count] = remote->work->todo[i];
                tries[count++] = pass;
            }
    return count;
}

static int make_job(struct remote *remote, struct round *round)
{
    const struct work *work = remote->work;
    size_t *items = xcalloc(work->count + 1, sizeof *items);
    int *tries = xcalloc(work->count + 1, sizeof *tries);
    size_t count = order(remote, items, tries);
    size_t chunk = job_chunk(count, work->tasks);

    round->dir = job_make(work, items, tries, count, chunk, remote->err);
    round->job.dir = round->dir;
    round->job.program = work->self;
    round->job.tasks = (count + chunk - 1) / chunk;
    free(items);
    free(tries);
    return round->dir ? 0
                      : err_context(remote->err, "no more tasks can be started "
                                                 "(--resume goes on when there "
                                                 "is room)");
}

/* Where no node is left that has not refused, each gets another chance. But
   never a second time what may have been accepted. */
static int submit(struct remote *remote, struct remote_job *job)
{
    int status = remote->kind->submit(job, remote->err);

    if (status < 0 && !job->accepted && remote->bad_nodes.count) {
        strv_release(&remote->bad_nodes);
        err_clear(remote->err);
        status = remote->kind->submit(job, remote->err);
    }
    return status;
}

static int start_round(struct remote *remote, struct round *round)
{
    char *notes = job_path(remote->out, "notes", NULL), *name;

    path_remove(notes, NULL);
    free(notes);
    if (make_job(remote, round) < 0)
        return -1;
    if (submit(remote, &round->job) < 0)
        return -1;
    name = name_of(remote, &round->job);
    say(remote, "%s: %zu submissions in %zu tasks", name, remote->left,
        round->job.tasks);
    free(name);
    return 0;
}

static void set_last_words(struct remote *remote, const char *text)
{
    struct strv lines = STRV_INIT;
    struct str shown = STR_INIT;

    strv_add_lines(&lines, text);
    if (lines.count) {
        const char *last = lines.items[lines.count - 1];

        str_add_visible(&shown, last, strlen(last), 300, false);
        free(remote->last_words);
        remote->last_words = str_detach(&shown);
    }
    strv_release(&lines);
    str_release(&shown);
}

/* The last line that a task of the job said. */
static void read_logs(struct remote *remote, const char *dir)
{
    struct strv names = STRV_INIT;

    path_list(dir, &names, NULL);
    for (size_t i = 0; i < names.count; i++) {
        char *path = path_join(dir, names.items[i]);
        struct str text = STR_INIT;

        if (str_starts(names.items[i], "log-") &&
            path_read(path, 1 << 20, &text, NULL) == 0)
            set_last_words(remote, text.text);
        str_release(&text);
        free(path);
    }
    strv_release(&names);
}

static void end_round(struct remote *remote, struct round *round)
{
    char *said = NULL;

    if (round->dir) {
        read_logs(remote, round->dir);
        job_remove(round->dir);
    }
    remote->kind->end(&round->job, &said);
    if (said)
        set_last_words(remote, said);
    free(said);
    free(round->job.id);
    free(round->dir);
}

static void give_up(struct remote *remote)
{
    for (size_t i = 0; i < remote->work->count && goes_on(remote); i++) {
        char *note;

        if (remote->ended[i])
            continue;
        note = remote->complaint[i]
                   ? xstrdup(remote->complaint[i])
                   : xasprintf("%d jobs graded nothing%s%s", REMOTE_TRIES,
                               remote->last_words ? ": " : "",
                               remote->last_words ? remote->last_words : "");
        finish(remote, i, note);
        free(note);
    }
}

static bool is_everything_in(const struct remote *remote, const char *dir)
{
    struct job job;
    bool all = job_read(&job, dir, NULL) == 0;

    for (size_t i = 0; i < remote->work->count && all; i++) {
        bool found = remote->ended[i];

        for (size_t k = 0; k < job.roster.count && !found; k++)
            found =
                strcmp(job.roster.items[k].key, item_at(remote, i)->key) == 0;
        all = found;
    }
    job_release(&job);
    return all;
}

/* The job of a batch that was killed goes on where it has all that is asked
   for; others are ended. */
static bool adopt(struct remote *remote, struct round *round)
{
    struct strv dirs = STRV_INIT;
    bool adopted = false;

    job_list(remote->out, &dirs);
    for (size_t i = 0; i < dirs.count; i++) {
        struct remote_job old = {.work = remote->work, .dir = dirs.items[i]};
        char *said = NULL;
        bool alive = remote->kind->adopt && remote->kind->adopt(&old) == 0;

        if (alive && !adopted && is_everything_in(remote, dirs.items[i])) {
            round->dir = xstrdup(dirs.items[i]);
            round->job.id = old.id;
            round->job.dir = round->dir;
            adopted = true;
            say(remote, "%s %s goes on", remote->kind->name, old.id);
            continue;
        }
        job_remove(dirs.items[i]);
        remote->kind->end(&old, &said);
        free(said);
        free(old.id);
    }
    strv_release(&dirs);
    return adopted;
}

/* Returns whether the round did anything, -1 for an error. */
static int run_round(struct remote *remote, bool first)
{
    struct round round = {
        .job = {.work = remote->work, .bad_nodes = &remote->bad_nodes},
        .started = clock_now(),
        .last_sign = clock_now(),
        .known = true};
    int status = 0;
    size_t died = 0;

    if (!first || !adopt(remote, &round))
        status = start_round(remote, &round);
    if (status == 0)
        wait_round(remote, &round);
    end_round(remote, &round);
    if (status == 0 && goes_on(remote) && !remote->err->set)
        died = bury_dead(remote);
    return remote->err->set ? -1 : round.ended + died > 0;
}

static int run_rounds(struct remote *remote)
{
    int idle = 0, did = 0;

    for (int i = 0; remote->left && goes_on(remote) && did >= 0; i++) {
        did = run_round(remote, i == 0);
        idle = did > 0 ? 0 : idle + 1;
        if (idle == REMOTE_TRIES && did == 0) {
            give_up(remote);
            return 0;
        }
    }
    return did < 0 ? -1 : 0;
}

int remote_run(const struct work *work, const struct remote_kind *kind,
               struct err *err)
{
    struct err unseen = ERR_INIT;
    struct remote remote = {.work = work,
                            .kind = kind,
                            .err = err ? err : &unseen,
                            .out = path_real(work->out->dir),
                            .left = work->count,
                            .clock = {-1}};
    int status = -1;

    if (!remote.out)
        return err_errno(err, "%s", work->out->dir);
    remote.ended = xcalloc(work->count + 1, sizeof *remote.ended);
    remote.tries = xcalloc(work->count + 1, sizeof *remote.tries);
    remote.complaint = xcalloc(work->count + 1, sizeof(char *));
    if (lease_clock_open(&remote.clock, remote.out, err) == 0)
        status = run_rounds(&remote);
    lease_clock_close(&remote.clock);
    for (size_t i = 0; i < work->count; i++)
        free(remote.complaint[i]);
    free(remote.complaint);
    free(remote.ended);
    free(remote.tries);
    free(remote.last_words);
    strv_release(&remote.bad_nodes);
    free(remote.out);
    return status;
}

void remote_drop(const char *out)
{
    struct strv dirs = STRV_INIT;

    job_list(out, &dirs);
    for (size_t i = 0; i < dirs.count; i++)
        job_remove(dirs.items[i]);
    strv_release(&dirs);
}
