/*
 * A first-in, first-out queue of ints between threads: producers put, consumers
 * get. A full queue makes producers wait, an empty one consumers.
 *
 *     struct queue *queue = queue_new(8);
 *
 *     each producer:
 *         queue_put(queue, job, QUEUE_FOREVER);
 *
 *     each consumer:
 *         while (queue_get(queue, &job, QUEUE_FOREVER) == QUEUE_OK) {
 *             work(job);
 *             queue_task_done(queue);
 *         }
 *
 *     when the producers have ended:
 *         queue_shutdown(queue, false, NULL, NULL);
 *                                consumers finish what is there, then end
 *         queue_join(queue);     until the last item is worked on
 *         (join the consumers' threads)
 *         queue_free(queue);
 *
 *     or, when what is there is not wanted any more:
 *         queue_shutdown(queue, true, cancel, NULL);
 *                                consumers finish what they have, then end
 *         queue_join(queue) and so on, as above
 *
 * Every function but queue_new and queue_free may be called by any number of
 * threads at once. None of them spins: a thread that waits sleeps until
 * something happens that concerns it or its time is up. Which of several
 * waiting threads goes on first is not defined.
 *
 * Items leave in the order in which they came in. Every int is an item. Queues
 * are independent of each other.
 *
 * `queue` must not be NULL except in queue_free. Costs are for n items in the
 * queue and leave out the time spent waiting.
 */
#ifndef PRODUCER_CONSUMER_H
#define PRODUCER_CONSUMER_H

#include <stdbool.h>
#include <stddef.h>

struct queue;

enum queue_status {
    QUEUE_OK,
    QUEUE_FULL,    /* put: no room came free in time */
    QUEUE_EMPTY,   /* get: no item came in time */
    QUEUE_CLOSED,  /* put: shut down; get: shut down and nothing left */
    QUEUE_INVALID, /* the call makes no sense; it had no effect */
    QUEUE_NOMEM    /* put: out of memory; it had no effect */
};

/* Timeouts are milliseconds: a positive number waits so long at most, 0 does
   not wait at all, QUEUE_FOREVER sets no limit. Less than QUEUE_FOREVER is
   QUEUE_INVALID, whatever the state of the queue. */
enum { QUEUE_FOREVER = -1 };

/* Threads that are waiting inside a call at this moment. One that has been
   woken counts until it runs again. */
struct queue_waiting {
    size_t putters, getters, joiners;
};

/*
 * Returns an empty, open queue that the caller releases with queue_free, or
 * NULL when out of memory. It holds at most `maxsize` items; with 0 there is
 * no bound and putters never wait. Memory follows the number of items that the
 * queue holds or once held, not maxsize, which may be as large as SIZE_MAX.
 */
struct queue *queue_new(size_t maxsize);

/* Releases the queue with what is left in it. No thread may be inside a call
   on it any more. NULL is allowed and does nothing. */
void queue_free(struct queue *queue);

/*
 * Adds `value` at the end and counts one more unfinished task; where the queue
 * is full, waits for room first.
 *
 * Returns QUEUE_OK; QUEUE_FULL when there was no room for `timeout_ms`;
 * QUEUE_CLOSED when the queue is shut down or is shut down while the call
 * waits, full or not; QUEUE_INVALID; or QUEUE_NOMEM. In all cases but QUEUE_OK
 * nothing has been added or counted. A put that has begun to wait does not fail
 * for lack of memory: what it needs it has by then. O(1), amortised.
 */
enum queue_status queue_put(struct queue *queue, int value, long timeout_ms);

/*
 * Takes the first item out and stores it in *value; where the queue is empty,
 * waits for one first. Never allocates.
 *
 * Returns QUEUE_OK; QUEUE_EMPTY when there was no item for `timeout_ms`;
 * QUEUE_CLOSED when the queue is empty and is shut down, or is shut down while
 * the call waits; or QUEUE_INVALID. In all cases but QUEUE_OK *value is as it
 * was. A queue that is shut down and holds items goes on giving them. O(1).
 *
 * A limited time is measured on the monotonic clock, so that setting the
 * computer's clock does not change it. The call never gives up early; a
 * timeout of LONG_MAX is as good as forever. The same goes for queue_put.
 */
enum queue_status queue_get(struct queue *queue, int *value, long timeout_ms);

/* Is told of an item that is thrown away. */
typedef void queue_drop(void *context, int value);

/*
 * From now on nothing can be put. All threads that wait in queue_put or
 * queue_get go on. A queue cannot be opened again.
 *
 * With `immediate` false items and unfinished tasks stay, `drop` is not looked
 * at, and a queue that is shut down already stays as it is.
 *
 * With `immediate` true, also on a queue that is shut down already, the items
 * that are left are taken out at the same moment, and there are as many
 * unfinished tasks less, but not less than none. Where none is left, all
 * threads that wait in queue_join go on; tasks whose items were taken out
 * before are still waited for. Then, unless `drop` is NULL, this calls
 * drop(context, value) for each item, in the order in which they would have
 * left. `drop` may call every function but queue_free, for this queue too, and
 * may take its time: it keeps no other thread waiting. Joiners may go on before
 * its calls have ended. Of several threads that call this at once, one gets
 * each item.
 *
 * Never fails and never allocates. O(1) and one wake-up a thread; immediate
 * O(n) on top.
 */
void queue_shutdown(struct queue *queue, bool immediate, queue_drop *drop,
                    void *context);

/*
 * Says that the work on an item is done: one unfinished task less. The last one
 * lets all threads go on that wait in queue_join. Returns QUEUE_OK, or
 * QUEUE_INVALID when no task is unfinished: there were more calls than items
 * put. Whether an item has been taken out is not looked at. O(1).
 */
enum queue_status queue_task_done(struct queue *queue);

/*
 * Waits until no task is unfinished: until each item that was put has been
 * thrown away or queue_task_done has been called for it. Returns at once where
 * that is so already, on a new queue for one. A shutdown that is not immediate
 * does not end the wait.
 */
void queue_join(struct queue *queue);

/* Returns the number of items held. As with the questions below, other threads
   may have changed it by the time the caller looks at the answer. O(1). */
size_t queue_length(struct queue *queue);

/* Returns whether no item is held. O(1). */
bool queue_empty(struct queue *queue);

/* Returns whether `maxsize` items are held, be the queue shut down or not; with
   maxsize 0 always false. O(1). */
bool queue_full(struct queue *queue);

/* Returns how many threads wait in queue_put, queue_get and queue_join, all at
   the same moment. Putters waiting mean that consumers are too slow. O(1). */
struct queue_waiting queue_waiting(struct queue *queue);

#endif
