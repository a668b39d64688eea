#include "producer_consumer.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <pthread.h>
#include <time.h>

enum { UNTOUCHED = 4711 };

/* One call in a thread of its own, and what came of it. */
struct caller {
    struct queue *queue;
    enum { PUT, GET, JOIN } what;
    int value;
    long limit_ms; /* 0: none */
    enum queue_status status;
    double took_ms;
    pthread_t thread;
};

static double now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
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

static void put_in_vain(struct queue *queue, long timeout_ms,
                        enum queue_status want)
{
    enum queue_status got = queue_put(queue, 0, timeout_ms);

    cr_assert_eq(got, want, "put(0, %ld): got %s, want %s", timeout_ms,
                 name_of(got), name_of(want));
}

static void put(struct queue *queue, int value)
{
    enum queue_status got = queue_put(queue, value, 0);

    cr_assert_eq(got, QUEUE_OK, "put(%d, 0): got %s, want OK", value,
                 name_of(got));
}

static void get(struct queue *queue, int want)
{
    int value = UNTOUCHED;
    enum queue_status got = queue_get(queue, &value, 0);

    cr_assert_eq(got, QUEUE_OK, "get(0): got %s, want the value %d",
                 name_of(got), want);
    cr_assert_eq(value, want, "get(0): got the value %d, want %d", value, want);
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

    long timeout_ms = caller->limit_ms ? caller->limit_ms : QUEUE_FOREVER;
    double begin = now_ms();

    caller->status = QUEUE_OK;
    if (caller->what == PUT)
        caller->status = queue_put(caller->queue, caller->value, timeout_ms);
    else if (caller->what == GET)
        caller->status = queue_get(caller->queue, &caller->value, timeout_ms);
    else
        queue_join(caller->queue);
    caller->took_ms = now_ms() - begin;
    return NULL;
}

static size_t waiting_like(const struct caller *caller)
{
    struct queue_waiting waiting = queue_waiting(caller->queue);

    if (caller->what == PUT)
        return waiting.putters;
    return caller->what == GET ? waiting.getters : waiting.joiners;
}

/* Makes the call, which has to wait; two seconds are as good as never. */
static void start(struct caller *caller, size_t nth)
{
    static const char *const calls[] = {"put", "get", "join"};
    const struct timespec pause = {0, 1000000};

    cr_assert_eq(pthread_create(&caller->thread, NULL, call, caller), 0,
                 "no thread");
    for (int i = 0; i < 1500 && waiting_like(caller) != nth; i++)
        nanosleep(&pause, NULL);
    cr_assert_eq(waiting_like(caller), nth, "%s: %zu threads wait, want %zu",
                 calls[caller->what], waiting_like(caller), nth);
}

/* Waits for the thread to end. A call that never returns hangs the test. */
static void end(struct caller *caller, enum queue_status want)
{
    pthread_join(caller->thread, NULL);
    cr_assert_eq(caller->status, want, "in a thread: got %s, want %s",
                 name_of(caller->status), name_of(want));
}

/* What was thrown away, and by which queue. */
struct dropped {
    struct queue *queue;
    size_t count;
    int values[200];
};

static void note_dropped(void *context, int value)
{
    struct dropped *dropped = context;

    if (dropped->count < 200)
        dropped->values[dropped->count] = value;
    dropped->count++;
}

/* Shuts down and expects these to be thrown away. */
static void shut_down(struct queue *queue, bool immediate, size_t count,
                      const int *want)
{
    struct dropped dropped = {.queue = queue};

    queue_shutdown(queue, immediate, note_dropped, &dropped);
    cr_assert_eq(dropped.count, count, "shutdown: %zu dropped, want %zu",
                 dropped.count, count);
    for (size_t i = 0; i < count; i++)
        cr_assert_eq(dropped.values[i], want[i],
                     "dropped[%zu]: got %d, want %d", i, dropped.values[i],
                     want[i]);
}

Test(queue, without_immediate_nothing_is_lost)
{
    struct queue *queue = new_queue(2);

    put(queue, 1);
    put(queue, 2);
    cr_assert(queue_full(queue), "2 items of 2, but not full");
    shut_down(queue, false, 0, NULL);
    put_in_vain(queue, QUEUE_FOREVER, QUEUE_CLOSED);
    cr_assert_eq(queue_length(queue), 2, "length: got %zu, want 2",
                 queue_length(queue));
    get(queue, 1);
    put_in_vain(queue, 0, QUEUE_CLOSED);
    get(queue, 2);
    get_nothing(queue, QUEUE_FOREVER, QUEUE_CLOSED);
    task_done(queue, QUEUE_OK);
    task_done(queue, QUEUE_OK);
    task_done(queue, QUEUE_INVALID);
    queue_free(queue);
}

Test(queue, immediately_everything_is_dropped_in_order)
{
    struct queue *queue = new_queue(0);
    int want[19];

    for (int i = 0; i < 12; i++)
        put(queue, i);
    for (int i = 0; i < 4; i++)
        get(queue, i);
    for (int i = 12; i < 23; i++)
        put(queue, i);
    for (int i = 0; i < 19; i++)
        want[i] = i + 4;
    shut_down(queue, true, 19, want);
    cr_assert(queue_empty(queue), "shut down at once, but not empty");
    cr_assert_eq(queue_length(queue), 0, "length: got %zu, want 0",
                 queue_length(queue));
    get_nothing(queue, QUEUE_FOREVER, QUEUE_CLOSED);
    put_in_vain(queue, QUEUE_FOREVER, QUEUE_CLOSED);
    queue_free(queue);
}

Test(queue, what_was_dropped_is_done)
{
    struct queue *queue = new_queue(3);

    put(queue, 1);
    put(queue, 2);
    put(queue, 3);
    shut_down(queue, true, 3, (int[]){1, 2, 3});
    queue_join(queue);
    task_done(queue, QUEUE_INVALID);
    queue_free(queue);
}

Test(queue, what_a_consumer_has_is_still_to_be_done)
{
    struct queue *queue = new_queue(0);
    struct caller joiners[2] = {{.queue = queue, .what = JOIN},
                                {.queue = queue, .what = JOIN}};

    put(queue, 1);
    put(queue, 2);
    put(queue, 3);
    get(queue, 1);
    start(&joiners[0], 1);
    start(&joiners[1], 2);
    shut_down(queue, true, 2, (int[]){2, 3});
    cr_assert_eq(queue_waiting(queue).joiners, 2, "joined, but a task is left");
    task_done(queue, QUEUE_OK);
    end(&joiners[0], QUEUE_OK);
    end(&joiners[1], QUEUE_OK);
    task_done(queue, QUEUE_INVALID);
    queue_free(queue);
}

Test(queue, joiners_go_on_when_the_last_is_dropped)
{
    struct queue *queue = new_queue(0);
    struct caller joiners[2] = {{.queue = queue, .what = JOIN},
                                {.queue = queue, .what = JOIN}};

    put(queue, 1);
    start(&joiners[0], 1);
    start(&joiners[1], 2);
    shut_down(queue, false, 0, NULL);
    cr_assert_eq(queue_waiting(queue).joiners, 2,
                 "joined, but an item is left");
    shut_down(queue, true, 1, (int[]){1});
    end(&joiners[0], QUEUE_OK);
    end(&joiners[1], QUEUE_OK);
    queue_free(queue);
}

Test(queue, no_task_is_done_twice)
{
    struct queue *queue = new_queue(0);

    put(queue, 1);
    put(queue, 2);
    put(queue, 3);
    task_done(queue, QUEUE_OK);
    task_done(queue, QUEUE_OK);
    shut_down(queue, true, 3, (int[]){1, 2, 3});
    queue_join(queue);
    task_done(queue, QUEUE_INVALID);
    queue_free(queue);
}

Test(queue, a_second_shutdown_may_be_immediate_and_not_the_other_way)
{
    struct queue *queue = new_queue(2);

    put(queue, 1);
    put(queue, 2);
    shut_down(queue, false, 0, NULL);
    get(queue, 1);
    shut_down(queue, true, 1, (int[]){2});
    shut_down(queue, true, 0, NULL);
    shut_down(queue, false, 0, NULL);
    get_nothing(queue, 0, QUEUE_CLOSED);
    put_in_vain(queue, 0, QUEUE_CLOSED);
    queue_free(queue);
}

/* No lock may be held while this runs. */
static void ask_the_queue(void *context, int value)
{
    struct dropped *dropped = context;
    struct queue *queue = dropped->queue;

    note_dropped(dropped, value);
    cr_assert_eq(queue_length(queue), 0, "length while dropping: got %zu",
                 queue_length(queue));
    put_in_vain(queue, QUEUE_FOREVER, QUEUE_CLOSED);
    get_nothing(queue, QUEUE_FOREVER, QUEUE_CLOSED);
    task_done(queue, QUEUE_INVALID);
    queue_join(queue);
    shut_down(queue, true, 0, NULL);
}

Test(queue, drop_may_call_the_queue)
{
    struct queue *queue = new_queue(2);
    struct dropped dropped = {.queue = queue};

    put(queue, 1);
    put(queue, 2);
    queue_shutdown(queue, true, ask_the_queue, &dropped);
    cr_assert_eq(dropped.count, 2, "%zu dropped, want 2", dropped.count);
    queue_free(queue);
}

Test(queue, nobody_need_be_told)
{
    struct queue *queue = new_queue(2);

    put(queue, 1);
    queue_shutdown(queue, true, NULL, NULL);
    cr_assert(queue_empty(queue), "shut down at once, but not empty");
    task_done(queue, QUEUE_INVALID);
    queue_free(queue);
}

/* Both kinds let all go on who wait. */
Test(queue, every_putter_goes_on)
{
    for (int immediate = 0; immediate < 2; immediate++) {
        struct queue *queue = new_queue(1);
        struct caller putters[2] = {{.queue = queue, .what = PUT, .value = 8},
                                    {.queue = queue, .what = PUT, .value = 9}};

        put(queue, 1);
        start(&putters[0], 1);
        start(&putters[1], 2);
        shut_down(queue, immediate, (size_t)immediate, (int[]){1});
        end(&putters[0], QUEUE_CLOSED);
        end(&putters[1], QUEUE_CLOSED);
        if (!immediate)
            get(queue, 1);
        get_nothing(queue, 0, QUEUE_CLOSED);
        queue_free(queue);
    }
}

Test(queue, every_getter_goes_on)
{
    for (int immediate = 0; immediate < 2; immediate++) {
        struct queue *queue = new_queue(1);
        struct caller getters[2] = {
            {.queue = queue, .what = GET, .value = UNTOUCHED},
            {.queue = queue, .what = GET, .value = UNTOUCHED}};

        start(&getters[0], 1);
        start(&getters[1], 2);
        shut_down(queue, immediate, 0, NULL);
        for (int i = 0; i < 2; i++) {
            end(&getters[i], QUEUE_CLOSED);
            cr_assert_eq(getters[i].value, UNTOUCHED, "closed, but stored %d",
                         getters[i].value);
        }
        queue_free(queue);
    }
}

Test(queue, a_timeout_is_never_early)
{
    struct queue *queue = new_queue(1);

    for (int ms = 1; ms <= 5; ms += 4) {
        double begin = now_ms(), took;

        get_nothing(queue, ms, QUEUE_EMPTY);
        took = now_ms() - begin;
        cr_assert_geq(took, ms, "get(%d): gave up after %.3f ms", ms, took);
    }
    get_nothing(queue, -2, QUEUE_INVALID);
    put_in_vain(queue, -2, QUEUE_INVALID);
    put(queue, 10);
    put_in_vain(queue, LONG_MIN, QUEUE_INVALID);
    put_in_vain(queue, 2, QUEUE_FULL);
    get(queue, 10);
    queue_free(queue);
}

/* One that found nothing must have waited for all of its time, as it may on a
   very busy machine. */
static void end_in_time(struct caller *caller)
{
    pthread_join(caller->thread, NULL);
    if (caller->took_ms < (double)caller->limit_ms)
        cr_assert_eq(caller->status, QUEUE_OK,
                     "%s after %.3f of %ld ms, though it could go on",
                     name_of(caller->status), caller->took_ms,
                     caller->limit_ms);
}

Test(queue, what_comes_in_time_is_in_time)
{
    static const long limits[] = {999, 1999, 1000, LONG_MAX};

    for (int i = 0; i < 4; i++) {
        struct queue *queue = new_queue(1);
        struct caller getter = {
            .queue = queue, .what = GET, .limit_ms = limits[i]};
        struct caller putter = {
            .queue = queue, .what = PUT, .limit_ms = limits[i]};
        int value;

        start(&getter, 1);
        put(queue, 10);
        end_in_time(&getter);
        queue_put(queue, 11, 0);
        start(&putter, 1);
        queue_get(queue, &value, 0);
        end_in_time(&putter);
        queue_free(queue);
    }
}

/* Two producers and two consumers, who count what they did in places of their
   own. */

enum { SIDE = 2, ITEMS = 60 };

struct crew {
    struct queue *queue;
    int number;
    int failures; /* calls that returned what they must not */
    int count;    /* of items put, got or dropped */
    int of[SIDE * ITEMS];
    pthread_t thread;
};

static void *produce(void *argument)
{
    struct crew *crew = argument;

    for (int i = 0; i < ITEMS; i++) {
        int item = crew->number * ITEMS + i;
        enum queue_status status = queue_put(crew->queue, item, QUEUE_FOREVER);

        if (status == QUEUE_OK)
            crew->of[item]++;
        else if (status != QUEUE_CLOSED)
            crew->failures++;
    }
    return NULL;
}

static void count_item(void *context, int item)
{
    struct crew *crew = context;

    if (item < 0 || item >= SIDE * ITEMS) {
        crew->failures++;
        return;
    }
    crew->count++;
    crew->of[item]++;
}

static void *consume(void *argument)
{
    struct crew *crew = argument;
    enum queue_status status;
    int item;

    while ((status = queue_get(crew->queue, &item, QUEUE_FOREVER)) !=
           QUEUE_CLOSED) {
        if (status != QUEUE_OK)
            crew->failures++;
        else
            count_item(crew, item);
        if (queue_task_done(crew->queue) != QUEUE_OK)
            crew->failures++;
    }
    return NULL;
}

/* After a while: not before something was put. */
static void *stop(void *argument)
{
    struct crew *crew = argument;

    for (int i = 0; i < 20 && queue_length(crew->queue) == 0; i++)
        queue_waiting(crew->queue);
    queue_shutdown(crew->queue, true, count_item, crew);
    return NULL;
}

static void hire(struct crew *crew, struct queue *queue, void *(*run)(void *))
{
    for (int i = 0; i < SIDE; i++) {
        crew[i] = (struct crew){.queue = queue, .number = i};
        cr_assert_eq(pthread_create(&crew[i].thread, NULL, run, &crew[i]), 0,
                     "no thread");
    }
}

static void dismiss(struct crew *crew)
{
    for (int i = 0; i < SIDE; i++) {
        pthread_join(crew[i].thread, NULL);
        cr_assert_eq(crew[i].failures, 0, "%d calls gave what they must not",
                     crew[i].failures);
    }
}

/* What was put was got or dropped, by one of them, once. */
static void account(const struct crew *producers, const struct crew *consumers,
                    const struct crew *stoppers)
{
    for (int i = 0; i < SIDE * ITEMS; i++) {
        int in = producers[0].of[i] + producers[1].of[i];
        int got = consumers[0].of[i] + consumers[1].of[i];
        int dropped = stoppers[0].of[i] + stoppers[1].of[i];

        cr_assert_eq(got + dropped, in,
                     "item %d: put %d times, got %d, dropped %d", i, in, got,
                     dropped);
    }
}

Test(queue, two_shut_down_while_others_put_and_get)
{
    struct queue *queue = new_queue(5);
    struct crew producers[SIDE], consumers[SIDE], stoppers[SIDE];

    hire(consumers, queue, consume);
    hire(producers, queue, produce);
    hire(stoppers, queue, stop);
    dismiss(producers);
    queue_join(queue);
    dismiss(consumers);
    dismiss(stoppers);
    account(producers, consumers, stoppers);
    queue_free(queue);
}

Test(queue, two_drop_what_is_left_once)
{
    struct queue *queue = new_queue(0);
    struct crew producers[SIDE], consumers[SIDE] = {{0}}, stoppers[SIDE];

    hire(producers, queue, produce);
    dismiss(producers);
    hire(stoppers, queue, stop);
    queue_join(queue);
    dismiss(stoppers);
    cr_assert_eq(stoppers[0].count + stoppers[1].count, SIDE * ITEMS,
                 "%d were put, %d and %d were dropped", SIDE * ITEMS,
                 stoppers[0].count, stoppers[1].count);
    account(producers, consumers, stoppers);
    queue_free(queue);
}

Test(queue, each_item_is_got_once_by_one_of_many)
{
    struct queue *queue = new_queue(5);
    struct crew producers[SIDE], consumers[SIDE], stoppers[SIDE] = {{0}};

    hire(consumers, queue, consume);
    hire(producers, queue, produce);
    for (int i = 0; i < ITEMS && !queue_full(queue); i++)
        queue_waiting(queue);
    dismiss(producers);
    queue_shutdown(queue, false, count_item, stoppers);
    queue_join(queue);
    dismiss(consumers);
    account(producers, consumers, stoppers);
    cr_assert_eq(consumers[0].count + consumers[1].count, SIDE * ITEMS,
                 "%d were put, %d and %d were got", SIDE * ITEMS,
                 consumers[0].count, consumers[1].count);
    queue_free(queue);
    queue_free(NULL);
}
