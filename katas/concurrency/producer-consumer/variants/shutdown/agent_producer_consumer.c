#include "agent.h"
#include "producer_consumer.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

/*
 * Calls that may wait for ever are made in threads of their own: at most one
 * that puts, one that gets and one that joins for each queue, so that no answer
 * depends on which of several waiting threads goes on first.
 *
 * After every line the agent settles. Each thread has then either ended, and
 * the answer of the line that let it go on says so ("= 5 putter"), or it waits,
 * which queue_waiting has to show. Which of the two it must be follows from the
 * answers so far, so that time plays no part: a thread that must end is joined,
 * one that must wait is looked at until it does. One that sleeps where it must
 * end hangs the agent, which the checker notices.
 */
enum role { PUTTER, GETTER, JOINER, ROLES };

/* UNTOUCHED is a value that the grammar never uses. */
enum { UNTOUCHED = -1515870811, LONGEST_WAIT_MS = 50, LOOKS_MAX = 2000 };

static const char *const role_names[ROLES] = {"putter", "getter", "joiner"};

struct worker {
    struct queue *queue;
    enum role role;
    int value;
    enum queue_status status;
    pthread_t thread;
    atomic_bool ended;
    bool busy; /* there is a thread */
};

/* A queue, what must be in it after the answers so far, and its threads. */
struct bench {
    struct queue *queue;
    size_t maxsize, length, unfinished;
    bool closed;
    struct worker workers[ROLES];
};

static const char *status_name(enum queue_status status)
{
    static const char *const names[] = {"OK",     "FULL",    "EMPTY",
                                        "CLOSED", "INVALID", "NOMEM"};

    return (unsigned)status < sizeof(names) / sizeof(*names) ? names[status]
                                                             : "UNKNOWN";
}

static bool must_wait(const struct bench *bench, enum role role)
{
    if (role == JOINER)
        return bench->unfinished > 0;
    if (bench->closed)
        return false;
    if (role == GETTER)
        return bench->length == 0;
    return bench->maxsize > 0 && bench->length >= bench->maxsize;
}

static void note_put(struct bench *bench, enum queue_status status)
{
    if (status == QUEUE_OK) {
        bench->length++;
        bench->unfinished++;
    }
}

static void note_get(struct bench *bench, enum queue_status status)
{
    if (status == QUEUE_OK && bench->length > 0)
        bench->length--;
}

static void *work(void *argument)
{
    struct worker *worker = argument;

    worker->status = QUEUE_OK;
    if (worker->role == PUTTER)
        worker->status = queue_put(worker->queue, worker->value, QUEUE_FOREVER);
    else if (worker->role == GETTER)
        worker->status =
            queue_get(worker->queue, &worker->value, QUEUE_FOREVER);
    else
        queue_join(worker->queue);
    atomic_store(&worker->ended, true);
    return NULL;
}

static bool shows_as_waiting(const struct worker *worker)
{
    struct queue_waiting waiting = queue_waiting(worker->queue);

    if (worker->role == PUTTER)
        return waiting.putters == 1;
    return worker->role == GETTER ? waiting.getters == 1 : waiting.joiners == 1;
}

/* Looks until the thread has ended or waits; false where it does neither. */
static bool ends_or_waits(struct worker *worker)
{
    static const struct timespec pauses[] = {{0, 20000}, {0, 1000000}};

    for (int looks = 0; looks < LOOKS_MAX; looks++) {
        if (atomic_load(&worker->ended) || shows_as_waiting(worker))
            return true;
        nanosleep(&pauses[looks > 100], NULL);
    }
    return false;
}

/* Where the thread has ended, or must, ends it, counts what it did and returns
   true. */
static bool settle_worker(struct agent_call *call, struct bench *bench,
                          struct worker *worker)
{
    if (must_wait(bench, worker->role) && !ends_or_waits(worker))
        agent_say_word(call, "neither-ended-nor-waiting");
    if (must_wait(bench, worker->role) && !atomic_load(&worker->ended))
        return false;
    pthread_join(worker->thread, NULL);
    worker->busy = false;
    if (worker->role == PUTTER)
        note_put(bench, worker->status);
    else if (worker->role == GETTER)
        note_get(bench, worker->status);
    return true;
}

/* The answer to a call of queue_put. */
static void say_put(struct agent_call *call, enum queue_status status)
{
    if (status != QUEUE_OK)
        agent_fail(call, status_name(status));
}

static void say_get(struct agent_call *call, enum queue_status status,
                    int value)
{
    if (status == QUEUE_OK) {
        agent_say_int(call, value);
        return;
    }
    agent_fail(call, status_name(status));
    if (value != UNTOUCHED)
        agent_say_word(call, "value-was-written");
}

/* What became of a thread that another line let go on. */
static void say_went_on(struct agent_call *call, const struct worker *worker)
{
    agent_say_word(call, role_names[worker->role]);
    if (worker->status != QUEUE_OK)
        agent_say_word(call, status_name(worker->status));
    if (worker->role == GETTER &&
        (worker->status == QUEUE_OK || worker->value != UNTOUCHED))
        agent_say_int(call, worker->value);
}

static void settle(struct agent_call *call, struct bench *bench)
{
    bool again = true;

    while (again) {
        again = false;
        for (int role = 0; role < ROLES; role++) {
            struct worker *worker = &bench->workers[role];

            if (worker->busy && settle_worker(call, bench, worker)) {
                say_went_on(call, worker);
                again = true;
            }
        }
    }
}

/* Makes a call that may wait, in a thread. */
static void start(struct agent_call *call, enum role role, int value)
{
    struct bench *bench = agent_object(call, 0);
    struct worker *worker = &bench->workers[role];

    if (worker->busy) {
        agent_refuse(call, "a %s waits already", role_names[role]);
        return;
    }
    worker->queue = bench->queue;
    worker->role = role;
    worker->value = value;
    atomic_store(&worker->ended, false);
    if (pthread_create(&worker->thread, NULL, work, worker) != 0) {
        agent_refuse(call, "no thread");
        return;
    }
    worker->busy = true;
    if (!settle_worker(call, bench, worker)) {
        agent_say_word(call, "waits");
        return;
    }
    if (role == PUTTER)
        say_put(call, worker->status);
    else if (role == GETTER)
        say_get(call, worker->status, worker->value);
    settle(call, bench);
}

static void cmd_new(struct agent_call *call)
{
    struct bench *bench = calloc(1, sizeof(*bench));

    if (bench) {
        bench->maxsize = agent_size(call, 0);
        bench->queue = queue_new(bench->maxsize);
    }
    if (!bench || !bench->queue) {
        free(bench);
        agent_make(call, "queue", NULL);
        agent_fail(call, "NOMEM");
        return;
    }
    agent_make(call, "queue", bench);
}

static void cmd_free(struct agent_call *call)
{
    struct bench *bench = agent_object(call, 0);

    for (int role = 0; role < ROLES; role++)
        if (bench->workers[role].busy) {
            agent_refuse(call, "a %s waits", role_names[role]);
            return;
        }
    queue_free(bench->queue);
    free(bench);
    agent_drop(call, 0);
}

static void cmd_free_null(struct agent_call *call)
{
    (void)call;
    queue_free(NULL);
}

static void cmd_put(struct agent_call *call)
{
    start(call, PUTTER, agent_int(call, 1));
}

static void cmd_get(struct agent_call *call)
{
    start(call, GETTER, UNTOUCHED);
}

static void cmd_join(struct agent_call *call)
{
    start(call, JOINER, 0);
}

/* Would this call, made here, keep the agent waiting? */
static bool refused(struct agent_call *call, enum role role, long timeout_ms)
{
    bool long_wait =
        timeout_ms == QUEUE_FOREVER || timeout_ms > LONGEST_WAIT_MS;

    if (!long_wait || !must_wait(agent_object(call, 0), role))
        return false;
    agent_refuse(call, "would wait too long");
    return true;
}

static void cmd_put_for(struct agent_call *call)
{
    struct bench *bench = agent_object(call, 0);
    long timeout_ms = (long)agent_long(call, 2);
    enum queue_status status;

    if (refused(call, PUTTER, timeout_ms))
        return;
    status = queue_put(bench->queue, agent_int(call, 1), timeout_ms);
    note_put(bench, status);
    say_put(call, status);
    settle(call, bench);
}

static void cmd_get_for(struct agent_call *call)
{
    struct bench *bench = agent_object(call, 0);
    long timeout_ms = (long)agent_long(call, 1);
    enum queue_status status;
    int value = UNTOUCHED;

    if (refused(call, GETTER, timeout_ms))
        return;
    status = queue_get(bench->queue, &value, timeout_ms);
    note_get(bench, status);
    say_get(call, status, value);
    settle(call, bench);
}

/* What a shutdown throws away is said in its answer, and the queue is asked at
   the same time. */
static void say_dropped(void *context, int value)
{
    struct agent_call *call = context;
    struct bench *bench = agent_object(call, 0);

    agent_say_int(call, value);
    if (queue_length(bench->queue) > 0)
        agent_say_word(call, "still-there");
}

static void shut_down(struct agent_call *call, bool immediate, queue_drop *drop)
{
    struct bench *bench = agent_object(call, 0);

    queue_shutdown(bench->queue, immediate, drop, call);
    bench->closed = true;
    if (immediate) {
        bench->unfinished -= bench->length < bench->unfinished
                                 ? bench->length
                                 : bench->unfinished;
        bench->length = 0;
    }
    settle(call, bench);
}

static void cmd_shutdown(struct agent_call *call)
{
    shut_down(call, false, say_dropped);
}

static void cmd_shutdown_now(struct agent_call *call)
{
    shut_down(call, true, say_dropped);
}

static void cmd_shutdown_silently(struct agent_call *call)
{
    shut_down(call, true, NULL);
}

static void cmd_task_done(struct agent_call *call)
{
    struct bench *bench = agent_object(call, 0);
    enum queue_status status = queue_task_done(bench->queue);

    if (status == QUEUE_OK && bench->unfinished > 0)
        bench->unfinished--;
    else if (status != QUEUE_OK)
        agent_fail(call, status_name(status));
    settle(call, bench);
}

static void cmd_length(struct agent_call *call)
{
    struct bench *bench = agent_object(call, 0);

    agent_say_size(call, queue_length(bench->queue));
}

static void cmd_empty(struct agent_call *call)
{
    struct bench *bench = agent_object(call, 0);

    agent_say_bool(call, queue_empty(bench->queue));
}

static void cmd_full(struct agent_call *call)
{
    struct bench *bench = agent_object(call, 0);

    agent_say_bool(call, queue_full(bench->queue));
}

static void cmd_waiting(struct agent_call *call)
{
    struct bench *bench = agent_object(call, 0);
    struct queue_waiting waiting = queue_waiting(bench->queue);

    agent_say_word(call, "putters");
    agent_say_size(call, waiting.putters);
    agent_say_word(call, "getters");
    agent_say_size(call, waiting.getters);
    agent_say_word(call, "joiners");
    agent_say_size(call, waiting.joiners);
}

static void close_all(void)
{
    struct bench *bench;

    while ((bench = agent_take("queue"))) {
        queue_shutdown(bench->queue, false, NULL, NULL);
        for (int role = 0; role < ROLES; role++) {
            if (!bench->workers[role].busy)
                continue;
            while (role == JOINER && queue_task_done(bench->queue) == QUEUE_OK)
                ;
            pthread_join(bench->workers[role].thread, NULL);
        }
        queue_free(bench->queue);
        free(bench);
    }
}

static const struct agent_command commands[] = {
    {"new", "size", cmd_new, "make a queue; queues are numbered from 0"},
    {"free", "@queue", cmd_free, "release a queue that nobody waits for"},
    {"free-null", "", cmd_free_null, "queue_free(NULL)"},
    {"put", "@queue int", cmd_put,
     "put for ever, in a thread: done, or it waits"},
    {"get", "@queue", cmd_get, "get for ever, in a thread: a value, or waits"},
    {"join", "@queue", cmd_join, "join, in a thread: done, or it waits"},
    {"put-for", "@queue int long", cmd_put_for,
     "put VALUE within so many milliseconds"},
    {"get-for", "@queue long", cmd_get_for, "get within so many milliseconds"},
    {"shutdown", "@queue", cmd_shutdown, "shut down, keeping what is left"},
    {"shutdown-now", "@queue", cmd_shutdown_now,
     "shut down: what was thrown away"},
    {"shutdown-silently", "@queue", cmd_shutdown_silently,
     "shut down at once with a drop of NULL"},
    {"task-done", "@queue", cmd_task_done, "one unfinished task less"},
    {"length", "@queue", cmd_length, "the number of items"},
    {"empty", "@queue", cmd_empty, "is it empty?"},
    {"full", "@queue", cmd_full, "is it full?"},
    {"waiting", "@queue", cmd_waiting, "how many threads wait, and for what"},
    {NULL, NULL, NULL, NULL},
};

const struct agent_program agent_program = {.commands = commands,
                                            .close = close_all};
