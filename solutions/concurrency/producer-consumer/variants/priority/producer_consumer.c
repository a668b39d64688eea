#include "producer_consumer.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

enum { FIRST_CAPACITY = 8 };

/* No two have the same turn, so of two items one always goes first. */
struct item {
    int priority, value;
    uint64_t turn;
};

/* The mutex guards all that follows it. A condition is signalled with the mutex
   held, by whoever made true what its waiters look for. */
struct queue {
    pthread_mutex_t mutex;
    pthread_cond_t not_empty, not_full, all_done;
    size_t maxsize;
    struct item *heap; /* none goes before its parent, that at (i - 1) / 2 */
    size_t capacity, length;
    uint64_t turns;
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
    return queue->maxsize > 0 && queue->length == queue->maxsize;
}

static int grow(struct queue *queue)
{
    /* Cannot wrap around: half as many items are in memory already. */
    size_t capacity = queue->capacity ? queue->capacity * 2 : FIRST_CAPACITY;
    struct item *heap = realloc(queue->heap, capacity * sizeof(*heap));

    if (!heap)
        return -1;
    queue->heap = heap;
    queue->capacity = capacity;
    return 0;
}

static bool goes_first(const struct item *one, const struct item *other)
{
    if (one->priority != other->priority)
        return one->priority < other->priority;
    return one->turn < other->turn;
}

/* Lets the parents that the item goes before sink into the hole at the end. */
static void push(struct queue *queue, struct item item)
{
    size_t hole = queue->length++;

    while (hole > 0) {
        size_t parent = (hole - 1) / 2;

        if (!goes_first(&item, &queue->heap[parent]))
            break;
        queue->heap[hole] = queue->heap[parent];
        hole = parent;
    }
    queue->heap[hole] = item;
}

/* The child that goes before the other; one beyond the heap where there is
   none. */
static size_t first_child(const struct queue *queue, size_t parent)
{
    size_t child = 2 * parent + 1;

    if (child + 1 < queue->length &&
        goes_first(&queue->heap[child + 1], &queue->heap[child]))
        child++;
    return child;
}

/* Lets children rise into the hole at the root until the last item fits. */
static struct item pop(struct queue *queue)
{
    struct item first = queue->heap[0];
    struct item last = queue->heap[--queue->length];
    size_t hole = 0, child;

    while ((child = first_child(queue, hole)) < queue->length &&
           goes_first(&queue->heap[child], &last)) {
        queue->heap[hole] = queue->heap[child];
        hole = child;
    }
    queue->heap[hole] = last;
    return first;
}

static enum queue_status add(struct queue *queue, int priority, int value)
{
    if (queue->length == queue->capacity && grow(queue) < 0)
        return QUEUE_NOMEM;
    push(queue, (struct item){priority, value, queue->turns++});
    queue->unfinished++;
    pthread_cond_signal(&queue->not_empty);
    return QUEUE_OK;
}

static int take_first(struct queue *queue)
{
    struct item first = pop(queue);

    pthread_cond_signal(&queue->not_full);
    return first.value;
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
    free(queue->heap);
    free(queue);
}

enum queue_status queue_put(struct queue *queue, int priority, int value,
                            long timeout_ms)
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
        status = add(queue, priority, value);
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
    while (queue->length == 0 && !queue->closed && in_time)
        in_time = wait_for(queue, &queue->not_empty, &queue->waiting.getters,
                           &patience);
    if (queue->length > 0)
        *value = take_first(queue);
    else
        status = queue->closed ? QUEUE_CLOSED : QUEUE_EMPTY;
    pthread_mutex_unlock(&queue->mutex);
    return status;
}

void queue_close(struct queue *queue)
{
    pthread_mutex_lock(&queue->mutex);
    queue->closed = true;
    pthread_cond_broadcast(&queue->not_empty);
    pthread_cond_broadcast(&queue->not_full);
    pthread_mutex_unlock(&queue->mutex);
}

enum queue_status queue_task_done(struct queue *queue)
{
    enum queue_status status = QUEUE_INVALID;

    pthread_mutex_lock(&queue->mutex);
    if (queue->unfinished > 0) {
        status = QUEUE_OK;
        if (--queue->unfinished == 0)
            pthread_cond_broadcast(&queue->all_done);
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
    length = queue->length;
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
