#include "producer_consumer.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { FIRST_CAPACITY = 8 };

/* The first item is at `head`. */
struct ring {
    int *items;
    size_t capacity, head, length;
};

/* The mutex guards all that follows it. A condition is signalled with the mutex
   held, by whoever made true what its waiters look for. */
struct queue {
    pthread_mutex_t mutex;
    pthread_cond_t not_empty, not_full, all_done;
    size_t maxsize;
    struct ring ring;
    size_t unfinished;
    bool closed;
    struct queue_waiting waiting;
};

/* How long a call may wait. */
struct patience {
    long timeout_ms;
    struct timespec deadline; /* on the monotonic clock, if timeout_ms > 0 */
};

static struct patience patience_of(long timeout_ms)
{
    struct patience patience = {.timeout_ms = timeout_ms};
    struct timespec *deadline = &patience.deadline;

    if (timeout_ms > 0) {
        clock_gettime(CLOCK_MONOTONIC, deadline);
        deadline->tv_sec += timeout_ms / 1000;
        deadline->tv_nsec += timeout_ms % 1000 * 1000000;
        if (deadline->tv_nsec >= 1000000000) {
            deadline->tv_sec++;
            deadline->tv_nsec -= 1000000000;
        }
    }
    return patience;
}

/* Sleeps until `condition` is signalled, or for no reason at all: the caller
   has to look again. Returns false when the time is up. */
static bool wait_for(struct queue *queue, pthread_cond_t *condition,
                     size_t *waiting, const struct patience *patience)
{
    int error;

    if (patience->timeout_ms == 0)
        return false;
    ++*waiting;
    if (patience->timeout_ms == QUEUE_FOREVER)
        error = pthread_cond_wait(condition, &queue->mutex);
    else
        error = pthread_cond_timedwait(condition, &queue->mutex,
                                       &patience->deadline);
    --*waiting;
    return error == 0;
}

static bool is_full(const struct queue *queue)
{
    return queue->maxsize > 0 && queue->ring.length == queue->maxsize;
}

static int item_at(const struct ring *ring, size_t i)
{
    return ring->items[(ring->head + i) % ring->capacity];
}

static int grow(struct ring *ring)
{
    /* Cannot wrap around: half as many items are in memory already. */
    size_t capacity = ring->capacity ? ring->capacity * 2 : FIRST_CAPACITY;
    int *items = malloc(capacity * sizeof(*items));

    if (!items)
        return -1;
    for (size_t i = 0; i < ring->length; i++)
        items[i] = item_at(ring, i);
    free(ring->items);
    *ring = (struct ring){items, capacity, 0, ring->length};
    return 0;
}

static enum queue_status append(struct queue *queue, int value)
{
    struct ring *ring = &queue->ring;

    if (ring->length == ring->capacity && grow(ring) < 0)
        return QUEUE_NOMEM;
    ring->items[(ring->head + ring->length) % ring->capacity] = value;
    ring->length++;
    queue->unfinished++;
    pthread_cond_signal(&queue->not_empty);
    return QUEUE_OK;
}

static int take_first(struct queue *queue)
{
    int value = item_at(&queue->ring, 0);

    queue->ring.head = (queue->ring.head + 1) % queue->ring.capacity;
    queue->ring.length--;
    pthread_cond_signal(&queue->not_full);
    return value;
}

static void tasks_done(struct queue *queue, size_t count)
{
    queue->unfinished -= count;
    if (queue->unfinished == 0)
        pthread_cond_broadcast(&queue->all_done);
}

/* Takes the whole ring out, so that its items can be looked at unlocked. */
static struct ring take_all(struct queue *queue)
{
    struct ring ring = queue->ring;

    queue->ring = (struct ring){0};
    tasks_done(queue, ring.length < queue->unfinished ? ring.length
                                                      : queue->unfinished);
    return ring;
}

struct queue *queue_new(size_t maxsize)
{
    struct queue *queue = calloc(1, sizeof(*queue));
    pthread_condattr_t monotonic;

    if (!queue)
        return NULL;
    queue->maxsize = maxsize;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&queue->mutex, NULL);
    pthread_cond_init(&queue->not_empty, &monotonic);
    pthread_cond_init(&queue->not_full, &monotonic);
    pthread_cond_init(&queue->all_done, NULL);
    pthread_condattr_destroy(&monotonic);
    return queue;
}

void queue_free(struct queue *queue)
{
    if (!queue)
        return;
    pthread_cond_destroy(&queue->all_done);
    pthread_cond_destroy(&queue->not_full);
    pthread_cond_destroy(&queue->not_empty);
    pthread_mutex_destroy(&queue->mutex);
    free(queue->ring.items);
    free(queue);
}

enum queue_status queue_put(struct queue *queue, int value, long timeout_ms)
{
    struct patience patience = patience_of(timeout_ms);
    enum queue_status status = QUEUE_OK;
    bool in_time = true;

    if (timeout_ms < QUEUE_FOREVER)
        return QUEUE_INVALID;
    pthread_mutex_lock(&queue->mutex);
    while (is_full(queue) && !queue->closed && in_time)
        in_time = wait_for(queue, &queue->not_full, &queue->waiting.putters,
                           &patience);
    if (queue->closed)
        status = QUEUE_CLOSED;
    else if (is_full(queue))
        status = QUEUE_FULL;
    else
        status = append(queue, value);
    pthread_mutex_unlock(&queue->mutex);
    return status;
}

enum queue_status queue_get(struct queue *queue, int *value, long timeout_ms)
{
    struct patience patience = patience_of(timeout_ms);
    enum queue_status status = QUEUE_OK;
    bool in_time = true;

    if (timeout_ms < QUEUE_FOREVER)
        return QUEUE_INVALID;
    pthread_mutex_lock(&queue->mutex);
    while (queue->ring.length == 0 && !queue->closed && in_time)
        in_time = wait_for(queue, &queue->not_empty, &queue->waiting.getters,
                           &patience);
    if (queue->ring.length > 0)
        *value = take_first(queue);
    else
        status = queue->closed ? QUEUE_CLOSED : QUEUE_EMPTY;
    pthread_mutex_unlock(&queue->mutex);
    return status;
}

void queue_shutdown(struct queue *queue, bool immediate, queue_drop *drop,
                    void *context)
{
    struct ring dropped = {0};

    pthread_mutex_lock(&queue->mutex);
    queue->closed = true;
    if (immediate)
        dropped = take_all(queue);
    pthread_cond_broadcast(&queue->not_empty);
    pthread_cond_broadcast(&queue->not_full);
    pthread_mutex_unlock(&queue->mutex);

    for (size_t i = 0; drop && i < dropped.length; i++)
        drop(context, item_at(&dropped, i));
    free(dropped.items);
}

enum queue_status queue_task_done(struct queue *queue)
{
    enum queue_status status = QUEUE_INVALID;

    pthread_mutex_lock(&queue->mutex);
    if (queue->unfinished > 0) {
        status = QUEUE_OK;
        tasks_done(queue, 1);
    }
    pthread_mutex_unlock(&queue->mutex);
    return status;
}

void queue_join(struct queue *queue)
{
    pthread_mutex_lock(&queue->mutex);
    queue->waiting.joiners++;
    while (queue->unfinished > 0)
        pthread_cond_wait(&queue->all_done, &queue->mutex);
    queue->waiting.joiners--;
    pthread_mutex_unlock(&queue->mutex);
}

size_t queue_length(struct queue *queue)
{
    size_t length;

    pthread_mutex_lock(&queue->mutex);
    length = queue->ring.length;
    pthread_mutex_unlock(&queue->mutex);
    return length;
}

bool queue_empty(struct queue *queue)
{
    return queue_length(queue) == 0;
}

bool queue_full(struct queue *queue)
{
    bool full;

    pthread_mutex_lock(&queue->mutex);
    full = is_full(queue);
    pthread_mutex_unlock(&queue->mutex);
    return full;
}

struct queue_waiting queue_waiting(struct queue *queue)
{
    struct queue_waiting waiting;

    pthread_mutex_lock(&queue->mutex);
    waiting = queue->waiting;
    pthread_mutex_unlock(&queue->mutex);
    return waiting;
}
