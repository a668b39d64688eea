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
    int priority, value;
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

static void put_in_vain(struct queue *queue, int priority, long timeout_ms,
                        enum queue_status want)
{
    enum queue_status got = queue_put(queue, priority, 0, timeout_ms);

    cr_assert_eq(got, want, "put(%d, 0, %ld): got %s, want %s", priority,
                 timeout_ms, name_of(got), name_of(want));
}

static void put(struct queue *queue, int priority, int value)
{
    enum queue_status got = queue_put(queue, priority, value, 0);

    cr_assert_eq(got, QUEUE_OK, "put(%d, %d, 0): got %s, want OK", priority,
                 value, name_of(got));
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
        caller->status = queue_put(caller->queue, caller->priority,
                                   caller->value, timeout_ms);
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

Test(queue, the_smallest_goes_first)
{
    struct queue *queue = new_queue(0);

    put(queue, 5, 50);
    put(queue, 3, 30);
    put(queue, 8, 80);
    put(queue, 1, 10);
    get(queue, 10);
    put(queue, 4, 40);
    put(queue, 2, 20);
    get(queue, 20);
    get(queue, 30);
    get(queue, 40);
    get(queue, 50);
    get(queue, 80);
    get_nothing(queue, 0, QUEUE_EMPTY);
    queue_free(queue);
}

Test(queue, equals_leave_in_the_order_they_came)
{
    struct queue *queue = new_queue(0);

    for (int i = 0; i < 20; i++)
        put(queue, 7, 19 - i);
    for (int i = 0; i < 20; i++)
        get(queue, 19 - i);
    queue_free(queue);
}

Test(queue, equals_keep_their_order_whatever_comes_in_between)
{
    struct queue *queue = new_queue(0);

    put(queue, 2, 21);
    put(queue, 1, 11);
    put(queue, 2, 22);
    get(queue, 11);
    put(queue, 2, 20);
    put(queue, 1, 13);
    put(queue, 1, 12);
    get(queue, 13);
    get(queue, 12);
    get(queue, 21);
    put(queue, 2, 23);
    get(queue, 22);
    get(queue, 20);
    get(queue, 23);
    queue_free(queue);
}

Test(queue, every_int_is_a_priority_and_a_value)
{
    struct queue *queue = new_queue(0);

    put(queue, INT_MAX, INT_MIN);
    put(queue, INT_MIN, INT_MAX);
    get(queue, INT_MAX);
    put(queue, 0, 0);
    put(queue, -1, -1);
    get(queue, -1);
    get(queue, 0);
    get(queue, INT_MIN);
    queue_free(queue);
}

/* 500 items of 5 priorities, in no order. */
Test(queue, many_items_come_out_by_priority_and_turn)
{
    struct queue *queue = new_queue(1000);

    for (int i = 0; i < 500; i++)
        put(queue, i * 7 % 5 - 2, i);
    for (int priority = -2; priority <= 2; priority++)
        for (int i = 0; i < 500; i++)
            if (i * 7 % 5 - 2 == priority)
                get(queue, i);
    cr_assert(queue_empty(queue), "all taken out, but not empty");
    queue_free(queue);
}

Test(queue, what_is_urgent_finds_no_room_in_a_full_queue)
{
    struct queue *queue = new_queue(2);

    put(queue, 5, 50);
    put(queue, 4, 40);
    cr_assert(queue_full(queue), "2 items of 2, but not full");
    put_in_vain(queue, INT_MIN, 0, QUEUE_FULL);
    put_in_vain(queue, INT_MIN, 2, QUEUE_FULL);
    cr_assert_eq(queue_length(queue), 2, "length: got %zu, want 2",
                 queue_length(queue));
    get(queue, 40);
    get(queue, 50);
    queue_free(queue);
}

Test(queue, an_item_has_come_when_it_is_added)
{
    struct queue *queue = new_queue(2);
    struct caller putter = {
        .queue = queue, .what = PUT, .priority = 1, .value = 13};

    put(queue, 1, 11);
    put(queue, 1, 12);
    start(&putter, 1);
    get(queue, 11);
    end(&putter, QUEUE_OK);
    get(queue, 12);
    put(queue, 1, 14);
    get(queue, 13);
    get(queue, 14);
    queue_free(queue);
}

Test(queue, each_put_lets_a_getter_go_on)
{
    struct queue *queue = new_queue(1);
    struct caller getters[2] = {{.queue = queue, .what = GET},
                                {.queue = queue, .what = GET}};

    start(&getters[0], 1);
    start(&getters[1], 2);
    cr_assert_eq(queue_put(queue, 9, 1, QUEUE_FOREVER), QUEUE_OK, "first put");
    cr_assert_eq(queue_put(queue, -9, 2, QUEUE_FOREVER), QUEUE_OK,
                 "second put");
    end(&getters[0], QUEUE_OK);
    end(&getters[1], QUEUE_OK);
    cr_assert_eq(getters[0].value + getters[1].value, 3,
                 "1 and 2 were put, %d and %d were got", getters[0].value,
                 getters[1].value);
    queue_free(queue);
}

Test(queue, a_closed_queue_gives_what_is_left_in_order)
{
    struct queue *queue = new_queue(2);
    struct caller putter = {.queue = queue, .what = PUT, .priority = -1};
    struct caller putter2 = putter;

    put(queue, 2, 20);
    put(queue, 1, 10);
    start(&putter, 1);
    start(&putter2, 2);
    queue_close(queue);
    end(&putter, QUEUE_CLOSED);
    end(&putter2, QUEUE_CLOSED);
    put_in_vain(queue, 0, QUEUE_FOREVER, QUEUE_CLOSED);
    get(queue, 10);
    put_in_vain(queue, 0, 0, QUEUE_CLOSED);
    get(queue, 20);
    get_nothing(queue, QUEUE_FOREVER, QUEUE_CLOSED);
    queue_free(queue);
}

Test(queue, close_wakes_every_getter)
{
    struct queue *queue = new_queue(1);
    struct caller getters[2] = {
        {.queue = queue, .what = GET, .value = UNTOUCHED},
        {.queue = queue, .what = GET, .value = UNTOUCHED}};

    start(&getters[0], 1);
    start(&getters[1], 2);
    queue_close(queue);
    for (int i = 0; i < 2; i++) {
        end(&getters[i], QUEUE_CLOSED);
        cr_assert_eq(getters[i].value, UNTOUCHED, "closed, but stored %d",
                     getters[i].value);
    }
    queue_free(queue);
}

Test(queue, join_waits_for_the_last_task)
{
    struct queue *queue = new_queue(0);
    struct caller joiners[2] = {{.queue = queue, .what = JOIN},
                                {.queue = queue, .what = JOIN}};

    queue_join(queue);
    put(queue, 2, 20);
    put(queue, 1, 10);
    start(&joiners[0], 1);
    start(&joiners[1], 2);
    get(queue, 10);
    get(queue, 20);
    task_done(queue, QUEUE_OK);
    cr_assert_eq(queue_waiting(queue).joiners, 2, "joined, but a task is left");
    task_done(queue, QUEUE_OK);
    end(&joiners[0], QUEUE_OK);
    end(&joiners[1], QUEUE_OK);
    task_done(queue, QUEUE_INVALID);
    queue_free(queue);
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
    put_in_vain(queue, 1, -2, QUEUE_INVALID);
    put(queue, 1, 10);
    put_in_vain(queue, 1, LONG_MIN, QUEUE_INVALID);
    put_in_vain(queue, 1, 2, QUEUE_FULL);
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
        put(queue, 1, 10);
        end_in_time(&getter);
        queue_put(queue, 1, 11, 0);
        start(&putter, 1);
        queue_get(queue, &value, 0);
        end_in_time(&putter);
        queue_free(queue);
    }
}

/* Two producers and two consumers. A consumer notes what it gets in an array of
   its own, which is looked at when the threads have ended. */

enum { SIDE = 2, ITEMS = 60 };

struct crew {
    struct queue *queue;
    int number;
    int failures;  /* calls that returned what they must not */
    int misplaced; /* equals of one producer out of order */
    int got[SIDE * ITEMS];
    pthread_t thread;
};

static void *produce(void *argument)
{
    struct crew *crew = argument;

    for (int i = 0; i < ITEMS; i++)
        if (queue_put(crew->queue, i % 2, crew->number * ITEMS + i,
                      QUEUE_FOREVER) != QUEUE_OK)
            crew->failures++;
    return NULL;
}

static void *consume(void *argument)
{
    struct crew *crew = argument;
    int latest[SIDE][2] = {{-1, -1}, {-1, -1}};
    enum queue_status status;
    int item;

    while ((status = queue_get(crew->queue, &item, QUEUE_FOREVER)) !=
           QUEUE_CLOSED) {
        int *before;

        if (status != QUEUE_OK || item < 0 || item >= SIDE * ITEMS) {
            crew->failures++;
            continue;
        }
        before = &latest[item / ITEMS][item % 2];
        crew->got[item]++;
        crew->misplaced += item <= *before;
        *before = item;
        queue_task_done(crew->queue);
    }
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
        cr_assert_eq(crew[i].misplaced, 0,
                     "%d equals of one producer misplaced", crew[i].misplaced);
    }
}

Test(queue, each_item_is_got_once_by_one_of_many)
{
    struct queue *queue = new_queue(5);
    struct crew producers[SIDE], consumers[SIDE];

    hire(consumers, queue, consume);
    hire(producers, queue, produce);
    dismiss(producers);
    queue_join(queue);
    queue_close(queue);
    dismiss(consumers);
    for (int i = 0; i < SIDE * ITEMS; i++)
        cr_assert_eq(consumers[0].got[i] + consumers[1].got[i], 1,
                     "item %d was got %d times", i,
                     consumers[0].got[i] + consumers[1].got[i]);
    queue_free(queue);
}

/* Thread after thread looks while others put and get. */
static void *look(void *argument)
{
    struct crew *crew = argument;

    for (int i = 0; i < ITEMS; i++)
        if (queue_length(crew->queue) > 3 ||
            queue_waiting(crew->queue).joiners > 0 ||
            (queue_full(crew->queue) && queue_waiting(crew->queue).getters > 2))
            crew->failures++;
    return NULL;
}

Test(queue, questions_may_be_asked_at_any_time)
{
    struct queue *queue = new_queue(3);
    struct crew lookers[SIDE], consumers[SIDE], producers[SIDE];

    hire(lookers, queue, look);
    hire(consumers, queue, consume);
    hire(producers, queue, produce);
    dismiss(producers);
    dismiss(lookers);
    queue_close(queue);
    dismiss(consumers);
    queue_free(queue);
    queue_free(NULL);
}
