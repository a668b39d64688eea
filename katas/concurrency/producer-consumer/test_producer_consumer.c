#include "producer_consumer.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/resource.h>
#include <time.h>

enum { UNTOUCHED = 4711, ROUNDS = 3, HANDS = 6 };

/* One call in a thread of its own, and what came of it. */
struct caller {
    struct queue *queue;
    enum { PUT, GET, JOIN } what;
    int value;
    long timeout_ms;
    enum queue_status status;
    double took_ms, cpu_ms; /* the time that the call took, and the processor
                               time */
    long sleeps;            /* how often its thread gave the processor away */
    pthread_t thread;
};

static double ms_on(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void sleep_ms(long ms)
{
    struct timespec time = {ms / 1000, ms % 1000 * 1000000};

    nanosleep(&time, NULL);
}

static struct queue *new_queue(size_t maxsize)
{
    struct queue *queue = queue_new(maxsize);

    cr_assert_not_null(queue, "queue_new(%zu) returned NULL", maxsize);
    return queue;
}

static const char *name_of(enum queue_status status)
{
    static const char *const names[] = {"OK",     "FULL",    "EMPTY",
                                        "CLOSED", "INVALID", "NOMEM"};

    return (unsigned)status < 6 ? names[status] : "no status";
}

static void put(struct queue *queue, int value, long timeout_ms,
                enum queue_status want)
{
    enum queue_status got = queue_put(queue, value, timeout_ms);

    cr_assert_eq(got, want, "put(%d, %ld): got %s, want %s", value, timeout_ms,
                 name_of(got), name_of(want));
}

static void get(struct queue *queue, int want)
{
    int value = UNTOUCHED;
    enum queue_status got = queue_get(queue, &value, 0);

    cr_assert_eq(got, QUEUE_OK, "get(0): got %s, want the item %d",
                 name_of(got), want);
    cr_assert_eq(value, want, "get(0): got the item %d, want %d", value, want);
}

static void get_nothing(struct queue *queue, long timeout_ms,
                        enum queue_status want)
{
    int value = UNTOUCHED;
    enum queue_status got = queue_get(queue, &value, timeout_ms);

    cr_assert_eq(got, want, "get(%ld): got %s, want %s", timeout_ms,
                 name_of(got), name_of(want));
    cr_assert_eq(value, UNTOUCHED, "get(%ld): got %s, but stored %d",
                 timeout_ms, name_of(got), value);
}

static void task_done(struct queue *queue, enum queue_status want)
{
    enum queue_status got = queue_task_done(queue);

    cr_assert_eq(got, want, "task_done: got %s, want %s", name_of(got),
                 name_of(want));
}

static void *call(void *argument)
{
    struct caller *caller = argument;
    struct rusage before, after;
    double begin = ms_on(CLOCK_MONOTONIC);
    double cpu = ms_on(CLOCK_THREAD_CPUTIME_ID);

    getrusage(RUSAGE_THREAD, &before);
    if (caller->what == PUT)
        caller->status =
            queue_put(caller->queue, caller->value, caller->timeout_ms);
    else if (caller->what == GET)
        caller->status =
            queue_get(caller->queue, &caller->value, caller->timeout_ms);
    else
        queue_join(caller->queue);
    getrusage(RUSAGE_THREAD, &after);
    caller->took_ms = ms_on(CLOCK_MONOTONIC) - begin;
    caller->cpu_ms = ms_on(CLOCK_THREAD_CPUTIME_ID) - cpu;
    caller->sleeps = after.ru_nvcsw - before.ru_nvcsw;
    return NULL;
}

static void start(struct caller *caller)
{
    int error = pthread_create(&caller->thread, NULL, call, caller);

    cr_assert_eq(error, 0, "pthread_create failed with %d", error);
}

static struct caller putter(struct queue *queue, int value, long timeout_ms)
{
    return (struct caller){
        .queue = queue, .what = PUT, .value = value, .timeout_ms = timeout_ms};
}

static struct caller getter(struct queue *queue, long timeout_ms)
{
    return (struct caller){.queue = queue,
                           .what = GET,
                           .value = UNTOUCHED,
                           .timeout_ms = timeout_ms};
}

static struct caller joiner(struct queue *queue)
{
    return (struct caller){.queue = queue, .what = JOIN};
}

/* Waits for the thread to end. A call that never returns hangs the test. */
static void end(struct caller *caller, enum queue_status want)
{
    static const char *const calls[] = {"put", "get", "join"};

    pthread_join(caller->thread, NULL);
    cr_assert_eq(caller->status, want, "%s(%ld) in a thread: got %s, want %s",
                 calls[caller->what], caller->timeout_ms,
                 name_of(caller->status), name_of(want));
}

/* Waits until so many threads wait in put, get and join; two seconds
   are as good as never. */
static void until_waiting(struct queue *queue, size_t putters, size_t getters,
                          size_t joiners)
{
    struct queue_waiting waiting = queue_waiting(queue);

    for (int i = 0;
         i < 1500 && (waiting.putters != putters ||
                      waiting.getters != getters || waiting.joiners != joiners);
         i++) {
        sleep_ms(1);
        waiting = queue_waiting(queue);
    }
    cr_assert_eq(waiting.putters, putters, "waiting putters: got %zu, want %zu",
                 waiting.putters, putters);
    cr_assert_eq(waiting.getters, getters, "waiting getters: got %zu, want %zu",
                 waiting.getters, getters);
    cr_assert_eq(waiting.joiners, joiners, "waiting joiners: got %zu, want %zu",
                 waiting.joiners, joiners);
}

Test(queue, items_leave_in_the_order_they_came)
{
    struct queue *queue = new_queue(3);

    put(queue, 1, 0, QUEUE_OK);
    put(queue, INT_MIN, QUEUE_FOREVER, QUEUE_OK);
    put(queue, -1, 10, QUEUE_OK);
    get(queue, 1);
    put(queue, 0, 0, QUEUE_OK);
    get(queue, INT_MIN);
    get(queue, -1);
    get(queue, 0);
    queue_free(queue);
}

Test(queue, full_and_empty_are_told_without_waiting)
{
    struct queue *queue = new_queue(2);

    cr_assert(queue_empty(queue), "a new queue is not empty");
    get_nothing(queue, 0, QUEUE_EMPTY);
    put(queue, 1, 0, QUEUE_OK);
    cr_assert_not(queue_empty(queue), "empty, but it holds an item");
    cr_assert_not(queue_full(queue), "1 item of 2, but full");
    put(queue, 2, 0, QUEUE_OK);
    cr_assert(queue_full(queue), "2 items of 2, but not full");
    put(queue, 3, 0, QUEUE_FULL);
    cr_assert_eq(queue_length(queue), 2, "length: got %zu, want 2",
                 queue_length(queue));
    get(queue, 1);
    get(queue, 2);
    get_nothing(queue, 0, QUEUE_EMPTY);
    queue_free(queue);
}

Test(queue, maxsize_0_sets_no_bound)
{
    struct queue *queue = new_queue(0);
    int first = 0;

    /* Two in and one out, so that the first item is somewhere in the middle
       of the memory when that has to grow. */
    for (int i = 0; i < 1000; i += 2) {
        put(queue, i, QUEUE_FOREVER, QUEUE_OK);
        put(queue, i + 1, 0, QUEUE_OK);
        get(queue, first++);
    }
    cr_assert_not(queue_full(queue), "no bound, but full");
    cr_assert_eq(queue_length(queue), 500, "length: got %zu, want 500",
                 queue_length(queue));
    while (first < 1000)
        get(queue, first++);
    cr_assert(queue_empty(queue), "all taken out, but not empty");
    queue_free(queue);
}

Test(queue, a_huge_maxsize_costs_nothing)
{
    struct queue *queue = new_queue(SIZE_MAX);

    put(queue, 7, 0, QUEUE_OK);
    cr_assert_not(queue_full(queue), "1 item of SIZE_MAX, but full");
    get(queue, 7);
    queue_free(queue);
}

Test(queue, less_than_forever_is_no_timeout)
{
    struct queue *queue = new_queue(1);

    get_nothing(queue, -2, QUEUE_INVALID);
    put(queue, 1, -2, QUEUE_INVALID);
    put(queue, 1, LONG_MIN, QUEUE_INVALID);
    cr_assert(queue_empty(queue), "an invalid put has put");
    put(queue, 1, LONG_MAX, QUEUE_OK);
    put(queue, 2, -2, QUEUE_INVALID);
    get_nothing(queue, LONG_MIN, QUEUE_INVALID);
    queue_close(queue);
    put(queue, 2, -2, QUEUE_INVALID);
    get_nothing(queue, -2, QUEUE_INVALID);
    get(queue, 1);
    queue_free(queue);
}

Test(queue, get_waits_for_a_put)
{
    struct queue *queue = new_queue(1);
    struct caller caller = getter(queue, QUEUE_FOREVER);

    start(&caller);
    until_waiting(queue, 0, 1, 0);
    put(queue, 5, 0, QUEUE_OK);
    end(&caller, QUEUE_OK);
    cr_assert_eq(caller.value, 5, "got the item %d, want 5", caller.value);
    until_waiting(queue, 0, 0, 0);
    queue_free(queue);
}

Test(queue, put_waits_for_room)
{
    struct queue *queue = new_queue(1);
    struct caller caller = putter(queue, 2, QUEUE_FOREVER);

    put(queue, 1, 0, QUEUE_OK);
    start(&caller);
    until_waiting(queue, 1, 0, 0);
    cr_assert_eq(queue_length(queue), 1, "length: got %zu, want 1",
                 queue_length(queue));
    get(queue, 1);
    end(&caller, QUEUE_OK);
    until_waiting(queue, 0, 0, 0);
    get(queue, 2);
    queue_free(queue);
}

Test(queue, each_put_lets_a_getter_go_on)
{
    struct queue *queue = new_queue(HANDS);

    for (int i = 0; i < ROUNDS; i++) {
        struct caller callers[HANDS];
        int sum = 0;

        for (int k = 0; k < HANDS; k++) {
            callers[k] = getter(queue, QUEUE_FOREVER);
            start(&callers[k]);
        }
        until_waiting(queue, 0, HANDS, 0);
        for (int k = 0; k < HANDS; k++)
            put(queue, k, 0, QUEUE_OK);
        for (int k = 0; k < HANDS; k++) {
            end(&callers[k], QUEUE_OK);
            sum += callers[k].value;
        }
        cr_assert_eq(sum, HANDS * (HANDS - 1) / 2,
                     "0 to %d were put; what was got sums up to %d", HANDS - 1,
                     sum);
    }
    queue_free(queue);
}

Test(queue, each_get_lets_a_putter_go_on)
{
    struct queue *queue = new_queue(HANDS);

    for (int i = 0; i < ROUNDS; i++) {
        struct caller callers[HANDS];

        for (int k = 0; k < HANDS; k++) {
            put(queue, k, 0, QUEUE_OK);
            callers[k] = putter(queue, HANDS, QUEUE_FOREVER);
        }
        for (int k = 0; k < HANDS; k++)
            start(&callers[k]);
        until_waiting(queue, HANDS, 0, 0);
        for (int k = 0; k < HANDS; k++)
            get(queue, k);
        for (int k = 0; k < HANDS; k++)
            end(&callers[k], QUEUE_OK);
        for (int k = 0; k < HANDS; k++)
            get(queue, HANDS);
    }
    queue_free(queue);
}

/* Being woken promises nothing: what was put may be gone. */
Test(queue, a_getter_that_is_woken_looks_again)
{
    struct queue *queue = new_queue(4);

    for (int i = 0; i < ROUNDS; i++) {
        struct caller caller = getter(queue, QUEUE_FOREVER);
        int stolen;

        start(&caller);
        until_waiting(queue, 0, 1, 0);
        put(queue, 1, 0, QUEUE_OK);
        if (queue_get(queue, &stolen, 0) == QUEUE_OK)
            queue_put(queue, stolen, 0);
        end(&caller, QUEUE_OK);
        cr_assert_eq(caller.value, 1, "got the item %d, want 1", caller.value);
    }
    cr_assert(queue_empty(queue), "all taken out, but not empty");
    queue_free(queue);
}

Test(queue, a_putter_that_is_woken_looks_again)
{
    struct queue *queue = new_queue(1);

    for (int i = 0; i < ROUNDS; i++) {
        struct caller caller = putter(queue, 2, QUEUE_FOREVER);
        int value = 0;

        put(queue, 1, 0, QUEUE_OK);
        start(&caller);
        until_waiting(queue, 1, 0, 0);
        get(queue, 1);
        if (queue_put(queue, 3, 0) == QUEUE_OK)
            queue_get(queue, &value, 0);
        end(&caller, QUEUE_OK);
        cr_assert_eq(queue_get(queue, &value, 0), QUEUE_OK,
                     "the put returned OK, but there is no item");
        cr_assert_eq(value, 2, "got the item %d, want 2", value);
    }
    queue_free(queue);
}

Test(queue, a_timeout_is_never_early)
{
    static const long timeouts[] = {1, 30};
    struct queue *queue = new_queue(1);
    struct queue *full = new_queue(1);

    put(full, 1, 0, QUEUE_OK);
    for (int i = 0; i < 2; i++) {
        double before = ms_on(CLOCK_MONOTONIC), took;

        get_nothing(queue, timeouts[i], QUEUE_EMPTY);
        took = ms_on(CLOCK_MONOTONIC) - before;
        cr_assert_geq(took, (double)timeouts[i],
                      "get(%ld): gave up after "
                      "%.3f ms",
                      timeouts[i], took);
        before = ms_on(CLOCK_MONOTONIC);
        put(full, 2, timeouts[i], QUEUE_FULL);
        took = ms_on(CLOCK_MONOTONIC) - before;
        cr_assert_geq(took, (double)timeouts[i],
                      "put(%ld): gave up after "
                      "%.3f ms",
                      timeouts[i], took);
    }
    until_waiting(queue, 0, 0, 0);
    until_waiting(full, 0, 0, 0);
    get(full, 1);
    get_nothing(full, 0, QUEUE_EMPTY);
    queue_free(queue);
    queue_free(full);
}

/* Puts an item a moment after a getter came. One that found nothing must have
   waited for all of its time, as it may on a very busy machine. */
static void put_in_time(struct queue *queue, long timeout_ms)
{
    struct caller caller = getter(queue, timeout_ms);

    start(&caller);
    for (int i = 0; i < 100 && queue_waiting(queue).getters == 0; i++)
        sleep_ms(1);
    sleep_ms(5);
    put(queue, 7, 0, QUEUE_OK);
    pthread_join(caller.thread, NULL);
    if (caller.status == QUEUE_EMPTY && caller.took_ms >= (double)timeout_ms) {
        get(queue, 7);
        return;
    }
    cr_assert_eq(caller.status, QUEUE_OK,
                 "get(%ld) returned %s after %.3f ms, though an item came",
                 timeout_ms, name_of(caller.status), caller.took_ms);
    cr_assert_eq(caller.value, 7, "got the item %d, want 7", caller.value);
}

Test(queue, what_comes_in_time_is_taken)
{
    static const long timeouts[] = {999, 1000, 1999, 100001, LONG_MAX};
    struct queue *queue = new_queue(1);

    for (int i = 0; i < 5; i++)
        put_in_time(queue, timeouts[i]);
    queue_free(queue);
}

Test(queue, room_that_comes_in_time_is_used)
{
    struct queue *queue = new_queue(1);
    struct caller caller = putter(queue, 2, 60999);

    put(queue, 1, 0, QUEUE_OK);
    start(&caller);
    until_waiting(queue, 1, 0, 0);
    get(queue, 1);
    end(&caller, QUEUE_OK);
    get(queue, 2);
    queue_free(queue);
}

Test(queue, a_closed_queue_takes_nothing_and_loses_nothing)
{
    struct queue *queue = new_queue(3);

    put(queue, 1, 0, QUEUE_OK);
    put(queue, 2, 0, QUEUE_OK);
    queue_close(queue);
    queue_close(queue);
    put(queue, 3, 0, QUEUE_CLOSED);
    put(queue, 3, QUEUE_FOREVER, QUEUE_CLOSED);
    cr_assert_eq(queue_length(queue), 2, "length: got %zu, want 2",
                 queue_length(queue));
    get(queue, 1);
    get(queue, 2);
    get_nothing(queue, 0, QUEUE_CLOSED);
    get_nothing(queue, QUEUE_FOREVER, QUEUE_CLOSED);
    queue_free(queue);
}

Test(queue, close_wakes_every_getter)
{
    struct queue *queue = new_queue(3);
    struct caller callers[3];

    for (int i = 0; i < 3; i++) {
        callers[i] = getter(queue, i < 2 ? QUEUE_FOREVER : 60000);
        start(&callers[i]);
    }
    until_waiting(queue, 0, 3, 0);
    queue_close(queue);
    for (int i = 0; i < 3; i++) {
        end(&callers[i], QUEUE_CLOSED);
        cr_assert_eq(callers[i].value, UNTOUCHED, "closed, but stored %d",
                     callers[i].value);
    }
    until_waiting(queue, 0, 0, 0);
    queue_free(queue);
}

Test(queue, close_wakes_every_putter)
{
    struct queue *queue = new_queue(1);
    struct caller callers[3];

    put(queue, 1, 0, QUEUE_OK);
    for (int i = 0; i < 3; i++) {
        callers[i] = putter(queue, 2, i < 2 ? QUEUE_FOREVER : 60000);
        start(&callers[i]);
    }
    until_waiting(queue, 3, 0, 0);
    queue_close(queue);
    for (int i = 0; i < 3; i++)
        end(&callers[i], QUEUE_CLOSED);
    until_waiting(queue, 0, 0, 0);
    get(queue, 1);
    get_nothing(queue, QUEUE_FOREVER, QUEUE_CLOSED);
    task_done(queue, QUEUE_OK);
    task_done(queue, QUEUE_INVALID);
    queue_free(queue);
}

Test(queue, a_task_is_done_once)
{
    struct queue *queue = new_queue(2);

    task_done(queue, QUEUE_INVALID);
    put(queue, 1, 0, QUEUE_OK);
    put(queue, 2, 0, QUEUE_OK);
    put(queue, 3, 0, QUEUE_FULL);
    get(queue, 1);
    task_done(queue, QUEUE_OK);
    task_done(queue, QUEUE_OK);
    task_done(queue, QUEUE_INVALID);
    queue_free(queue);
}

Test(queue, join_returns_at_once_when_nothing_is_unfinished)
{
    struct queue *queue = new_queue(2);

    queue_join(queue);
    put(queue, 1, 0, QUEUE_OK);
    task_done(queue, QUEUE_OK);
    queue_join(queue);
    queue_close(queue);
    queue_join(queue);
    get(queue, 1);
    queue_free(queue);
}

Test(queue, join_waits_for_the_last_task)
{
    struct queue *queue = new_queue(2);
    struct caller callers[2] = {joiner(queue), joiner(queue)};

    put(queue, 1, 0, QUEUE_OK);
    put(queue, 2, 0, QUEUE_OK);
    start(&callers[0]);
    start(&callers[1]);
    until_waiting(queue, 0, 0, 2);
    get(queue, 1);
    get(queue, 2);
    task_done(queue, QUEUE_OK);
    queue_close(queue);
    sleep_ms(5);
    until_waiting(queue, 0, 0, 2);
    task_done(queue, QUEUE_OK);
    end(&callers[0], QUEUE_OK);
    end(&callers[1], QUEUE_OK);
    until_waiting(queue, 0, 0, 0);
    queue_free(queue);
}

/* Uses the processor for so long and returns how much of it this thread got,
   in milliseconds: all of it on an idle machine, less on a busy one. */
static double spin(double ms)
{
    double begin = ms_on(CLOCK_MONOTONIC);
    double cpu = ms_on(CLOCK_THREAD_CPUTIME_ID);

    while (ms_on(CLOCK_MONOTONIC) < begin + ms)
        ;
    return ms_on(CLOCK_THREAD_CPUTIME_ID) - cpu;
}

/* A thread that spins gets as much of the processor as this one. Each call is
   made once before it is measured: Valgrind translates code when it first
   runs. */
Test(queue, waiting_costs_no_processor_time)
{
    struct queue *queue = new_queue(1);
    struct queue *full = new_queue(1);
    struct caller callers[3] = {getter(queue, 120), putter(full, 2, 120),
                                joiner(full)};
    double share;

    put(full, 1, 0, QUEUE_OK);
    get_nothing(queue, 1, QUEUE_EMPTY);
    put(full, 2, 1, QUEUE_FULL);
    for (int i = 0; i < 3; i++)
        start(&callers[i]);
    share = spin(120);
    end(&callers[0], QUEUE_EMPTY);
    end(&callers[1], QUEUE_FULL);
    task_done(full, QUEUE_OK);
    end(&callers[2], QUEUE_OK);
    for (int i = 0; i < 3; i++) {
        cr_assert_leq(callers[i].cpu_ms, 2 + share / 4,
                      "%.1f ms of processor time spent in waiting 120 ms",
                      callers[i].cpu_ms);
        cr_assert_leq(callers[i].sleeps, 10,
                      "woke up %ld times though nothing happened",
                      callers[i].sleeps);
    }
    queue_free(full);
    queue_free(queue);
}

Test(queue, queues_share_nothing)
{
    struct queue *one = new_queue(1);
    struct queue *other = new_queue(1);
    struct caller caller = getter(one, QUEUE_FOREVER);

    start(&caller);
    until_waiting(one, 0, 1, 0);
    until_waiting(other, 0, 0, 0);
    put(other, 5, 0, QUEUE_OK);
    queue_close(other);
    put(one, 6, 0, QUEUE_OK);
    end(&caller, QUEUE_OK);
    cr_assert_eq(caller.value, 6, "got the item %d, want 6", caller.value);
    task_done(one, QUEUE_OK);
    queue_join(one);
    get(other, 5);
    queue_free(one);
    queue_free(other);
}

/* Four producers, four consumers. A consumer notes what it gets in arrays of
   its own, which are looked at when the threads have ended. */

enum { SIDE = 4, ITEMS = 150 };

struct crew {
    struct queue *queue;
    int number;
    int failures;         /* calls that returned what they must not */
    int misplaced;        /* items of one producer out of order */
    int got[SIDE][ITEMS]; /* how often */
    pthread_t thread;
};

static void *produce(void *argument)
{
    struct crew *crew = argument;

    for (int i = 0; i < ITEMS; i++)
        if (queue_put(crew->queue, crew->number * ITEMS + i, QUEUE_FOREVER) !=
            QUEUE_OK)
            crew->failures++;
    return NULL;
}

static void *consume(void *argument)
{
    struct crew *crew = argument;
    int latest[SIDE] = {-1, -1, -1, -1};
    enum queue_status status;
    int item;

    /* What is not CLOSED does not end it, so that a wrong status is counted
       and keeps nobody waiting. */
    while ((status = queue_get(crew->queue, &item, QUEUE_FOREVER)) !=
           QUEUE_CLOSED) {
        if (status != QUEUE_OK || item < 0 || item >= SIDE * ITEMS) {
            crew->failures++;
            continue;
        }
        crew->got[item / ITEMS][item % ITEMS]++;
        if (item % ITEMS <= latest[item / ITEMS])
            crew->misplaced++;
        latest[item / ITEMS] = item % ITEMS;
        if (queue_task_done(crew->queue) != QUEUE_OK)
            crew->failures++;
    }
    return NULL;
}

static void hire(struct crew *crew, struct queue *queue, void *(*run)(void *))
{
    for (int i = 0; i < SIDE; i++) {
        crew[i] = (struct crew){.queue = queue, .number = i};
        pthread_create(&crew[i].thread, NULL, run, &crew[i]);
    }
}

static void dismiss(struct crew *crew)
{
    for (int i = 0; i < SIDE; i++)
        pthread_join(crew[i].thread, NULL);
}

static void work_through(size_t maxsize)
{
    static struct crew producers[SIDE], consumers[SIDE];
    struct queue *queue = new_queue(maxsize);

    hire(producers, queue, produce);
    hire(consumers, queue, consume);
    dismiss(producers);
    queue_join(queue);
    queue_close(queue);
    dismiss(consumers);
    for (int i = 0; i < SIDE; i++) {
        cr_assert_eq(producers[i].failures + consumers[i].failures, 0,
                     "%d puts, %d gets or tasks went wrong",
                     producers[i].failures, consumers[i].failures);
        cr_assert_eq(consumers[i].misplaced, 0,
                     "%d items of one producer overtook earlier ones",
                     consumers[i].misplaced);
    }
    for (int item = 0; item < SIDE * ITEMS; item++) {
        int times = 0;

        for (int i = 0; i < SIDE; i++)
            times += consumers[i].got[item / ITEMS][item % ITEMS];
        cr_assert_eq(times, 1, "item %d was got %d times", item, times);
    }
    queue_free(queue);
}

Test(queue, nothing_is_lost_or_doubled_in_a_queue_of_one)
{
    work_through(1);
}

Test(queue, nothing_is_lost_or_doubled_in_a_queue_of_three)
{
    work_through(3);
}

Test(queue, nothing_is_lost_or_doubled_without_a_bound)
{
    work_through(0);
}

/* Four observers, each with one question only: what one of them does about
   the lock must not hide that another does nothing. */

static void *ask_length(void *queue)
{
    for (int i = 0; i < 60; i++)
        queue_length(queue);
    return NULL;
}

static void *ask_empty(void *queue)
{
    for (int i = 0; i < 60; i++)
        queue_empty(queue);
    return NULL;
}

static void *ask_full(void *queue)
{
    for (int i = 0; i < 60; i++)
        queue_full(queue);
    return NULL;
}

static void *ask_waiting(void *queue)
{
    for (int i = 0; i < 60; i++)
        queue_waiting(queue);
    return NULL;
}

Test(queue, questions_may_be_asked_at_any_time)
{
    static void *(*const asks[])(void *) = {ask_length, ask_empty, ask_full,
                                            ask_waiting};
    struct queue *queue = new_queue(2);
    pthread_t threads[4];

    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, asks[i], queue);
    for (int i = 0; i < 60; i++) {
        put(queue, i, QUEUE_FOREVER, QUEUE_OK);
        get(queue, i);
        task_done(queue, QUEUE_OK);
    }
    get_nothing(queue, 1, QUEUE_EMPTY);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    until_waiting(queue, 0, 0, 0);
    cr_assert_eq(queue_length(queue), 0, "length: got %zu, want 0",
                 queue_length(queue));
    queue_free(queue);
}
