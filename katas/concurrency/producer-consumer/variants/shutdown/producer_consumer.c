#include "producer_consumer.h"

struct queue {
    size_t maxsize;
};

struct queue *queue_new(size_t maxsize)
{
    (void)maxsize;
    return NULL;
}

void queue_free(struct queue *queue)
{
    (void)queue;
}

enum queue_status queue_put(struct queue *queue, int value, long timeout_ms)
{
    (void)queue;
    (void)value;
    (void)timeout_ms;
    return QUEUE_INVALID;
}

enum queue_status queue_get(struct queue *queue, int *value, long timeout_ms)
{
    (void)queue;
    (void)value;
    (void)timeout_ms;
    return QUEUE_INVALID;
}

void queue_shutdown(struct queue *queue, bool immediate, queue_drop *drop,
                    void *context)
{
    (void)queue;
    (void)immediate;
    (void)drop;
    (void)context;
}

enum queue_status queue_task_done(struct queue *queue)
{
    (void)queue;
    return QUEUE_INVALID;
}

void queue_join(struct queue *queue)
{
    (void)queue;
}

size_t queue_length(struct queue *queue)
{
    (void)queue;
    return 0;
}

bool queue_empty(struct queue *queue)
{
    (void)queue;
    return false;
}

bool queue_full(struct queue *queue)
{
    (void)queue;
    return false;
}

struct queue_waiting queue_waiting(struct queue *queue)
{
    (void)queue;
    return (struct queue_waiting){0};
}
