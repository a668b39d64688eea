#include "singleton.h"

#include <stdatomic.h>
#include <stdlib.h>

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

struct singleton_version {
    const struct singleton_type *type;
    void *instance;
    atomic_size_t holders;
};

void *singleton_instance(const struct singleton_version *version)
{
    return version->instance;
}

/* Who adds a holder is one already, or is kept from losing it by the guard of
   the cell that is one; so nothing has to be ordered. */
static void hold(struct singleton_version *version)
{
    atomic_fetch_add_explicit(&version->holders, 1, memory_order_relaxed);
}

void singleton_release(struct singleton_version *version)
{
    /* Releases what this holder wrote; the last acquires what all wrote. */
    if (!version || atomic_fetch_sub_explicit(&version->holders, 1,
                                              memory_order_acq_rel) > 1)
        return;
    if (version->type->destroy)
        version->type->destroy(version->instance, version->type->context);
    free(version);
}

/*
 * Two locks: singleton_lock, held while building, says who may change what is
 * current, so that a cell has one builder at a time. The guard is held for the
 * few instructions that read or change the pointer: between reading it and
 * adding a holder the version must not go. It is the inner one of the two.
 */

/* Holds what is current and returns it, or NULL. */
static struct singleton_version *hold_current(struct singleton_cell *cell)
{
    struct singleton_version *version;

    pthread_mutex_lock(&cell->guard);
    version = cell->current;
    if (version)
        hold(version);
    pthread_mutex_unlock(&cell->guard);
    return version;
}

/* With singleton_lock held. The caller's hold on `version` becomes the cell's;
   returns what was current, which the caller holds then. */
static struct singleton_version *exchange(struct singleton_cell *cell,
                                          struct singleton_version *version)
{
    struct singleton_version *old;

    pthread_mutex_lock(&cell->guard);
    old = cell->current;
    cell->current = version;
    pthread_mutex_unlock(&cell->guard);
    return old;
}

/* With singleton_lock held. Stores a version that the caller holds. */
static int build(struct singleton_cell *cell, const struct singleton_type *type,
                 struct singleton_version **built)
{
    struct singleton_version *version;
    int error;

    if (cell->busy)
        return SINGLETON_ECYCLE;
    version = malloc(sizeof *version);
    if (!version)
        return SINGLETON_ENOMEM;
    version->type = type;
    atomic_init(&version->holders, 1);
    cell->busy = true;
    error = type->build(type->context, &version->instance);
    cell->busy = false;
    if (error == 0)
        *built = version;
    else
        free(version);
    return error;
}

int singleton_acquire(struct singleton_cell *cell,
                      struct singleton_version **version)
{
    struct singleton_version *found = hold_current(cell);
    int error = 0;

    if (!found) {
        pthread_mutex_lock(singleton_lock());
        found = hold_current(cell);
        if (!found) {
            error = build(cell, cell->type, &found);
            if (error == 0) {
                hold(found);
                exchange(cell, found);
            }
        }
        pthread_mutex_unlock(singleton_lock());
    }
    if (error == 0)
        *version = found;
    return error;
}

int singleton_replace(struct singleton_cell *cell,
                      const struct singleton_type *type,
                      struct singleton_version **replaced)
{
    struct singleton_version *version, *old = NULL;
    int error;

    pthread_mutex_lock(singleton_lock());
    error = build(cell, type ? type : cell->type, &version);
    if (error == 0)
        old = exchange(cell, version);
    pthread_mutex_unlock(singleton_lock());
    if (error != 0)
        return error;
    if (replaced)
        *replaced = old;
    else
        singleton_release(old);
    return 0;
}

int singleton_restore(struct singleton_cell *cell,
                      struct singleton_version *version)
{
    struct singleton_version *old = NULL;
    int error = 0;

    pthread_mutex_lock(singleton_lock());
    if (cell->busy) {
        error = SINGLETON_ECYCLE;
    } else {
        if (version)
            hold(version);
        old = exchange(cell, version);
    }
    pthread_mutex_unlock(singleton_lock());
    singleton_release(old);
    return error;
}
