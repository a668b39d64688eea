#include "singleton.h"

#include <stdatomic.h>

static pthread_mutex_t lock;

/* POSIX has no static initialiser for a recursive mutex. */
static void make_lock(void)
{
    pthread_mutexattr_t attributes;

    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&lock, &attributes);
    pthread_mutexattr_destroy(&attributes);
}

pthread_mutex_t *singleton_lock(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, make_lock);
    return &lock;
}

/*
 * The number of users becomes 1, and 0, only under the lock. Between the two it
 * is changed without it, but never to or from 0, so that who holds the lock and
 * sees 0 is alone with the cell.
 */

/* One more user, unless there is none. */
static bool join(struct singleton_cell *cell)
{
    size_t users = atomic_load_explicit(&cell->users, memory_order_relaxed);

    /* Acquires what the builder released with the number 1: later changes of
       the number are all by read-modify-write, and pass it on. */
    while (users > 0)
        if (atomic_compare_exchange_weak_explicit(
                &cell->users, &users, users + 1, memory_order_acquire,
                memory_order_relaxed))
            return true;
    return false;
}

/* One user less, unless it is the last. */
static bool leave(struct singleton_cell *cell)
{
    size_t users = atomic_load_explicit(&cell->users, memory_order_relaxed);

    /* Releases what this user wrote, to the one who destroys. */
    while (users > 1)
        if (atomic_compare_exchange_weak_explicit(
                &cell->users, &users, users - 1, memory_order_release,
                memory_order_relaxed))
            return true;
    return false;
}

/* With the lock held and no users. */
static int build(struct singleton_cell *cell)
{
    void *instance;
    int error;

    if (cell->busy)
        return SINGLETON_ECYCLE;
    cell->busy = true;
    error = cell->type->build(cell->type->context, &instance);
    cell->busy = false;
    if (error != 0)
        return error;
    cell->instance = instance;
    atomic_store_explicit(&cell->users, 1, memory_order_release);
    return 0;
}

int singleton_acquire(struct singleton_cell *cell, void **instance)
{
    int error = 0;

    if (!join(cell)) {
        pthread_mutex_lock(singleton_lock());
        if (!join(cell))
            error = build(cell);
        pthread_mutex_unlock(singleton_lock());
    }
    if (error == 0)
        *instance = cell->instance;
    return error;
}

/* With the lock held and no users. */
static void destroy(struct singleton_cell *cell)
{
    cell->busy = true;
    if (cell->type->destroy)
        cell->type->destroy(cell->instance, cell->type->context);
    cell->busy = false;
}

int singleton_release(struct singleton_cell *cell)
{
    int error = 0;

    if (leave(cell))
        return 0;
    pthread_mutex_lock(singleton_lock());
    /* Others may have come since, and one of them is the last then. */
    if (singleton_users(cell) == 0)
        error = SINGLETON_EUNUSED;
    else if (atomic_fetch_sub_explicit(&cell->users, 1, memory_order_acq_rel) ==
             1)
        destroy(cell);
    pthread_mutex_unlock(singleton_lock());
    return error;
}

size_t singleton_users(struct singleton_cell *cell)
{
    return atomic_load_explicit(&cell->users, memory_order_relaxed);
}
