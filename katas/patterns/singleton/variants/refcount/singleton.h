/*
 * One instance for all who use it at the moment: built for the first user,
 * destroyed after the last, built again for the next.
 *
 *     static const struct singleton_type database = {
 *         .name = "database", .build = connect, .destroy = disconnect};
 *     static struct singleton_cell cell = SINGLETON_CELL(&database);
 *     void *connection;
 *
 *     if (singleton_acquire(&cell, &connection) == 0) {
 *         query(connection);
 *         singleton_release(&cell);
 *     }
 *
 * Threads: any number of threads may call every function of this header at the
 * same time. Whatever the builder wrote is visible to each user; whatever users
 * wrote before they released is visible to the destructor. From before its
 * builder is called until after its destructor has returned there is no other
 * instance of a cell.
 *
 * Builders and destructors run one at a time, under singleton_lock. Both may
 * call every function of this header, also to acquire and to release what the
 * instance depends on. They must not wait for another thread that may be
 * building or destroying something; a thread that acquires what is in use, or
 * releases what others use too, never waits.
 *
 * Nothing here allocates. No pointer given to this header may be NULL, except
 * where it says so.
 */
#ifndef SINGLETON_H
#define SINGLETON_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

/* What the functions report of their own. Errors of builders are the builders'
   business; positive ones do not collide with these. */
enum {
    SINGLETON_EUNUSED = -1, /* nobody uses it */
    SINGLETON_ECYCLE = -2   /* asked for by its own builder or destructor */
};

/*
 * Returns the one lock of the process, which the first call makes. Never NULL,
 * the same for every caller, never destroyed. It is recursive: a thread that
 * holds it may lock it again and has to unlock it as often.
 */
pthread_mutex_t *singleton_lock(void);

/* What there may be an instance of. Borrowed by its cells. */
struct singleton_type {
    /* For people; may be NULL. */
    const char *name;
    /* Stores an instance in *instance, not NULL, and returns 0; or returns an
       error, anything but 0. What it leaves in *instance then is ignored. */
    int (*build)(void *context, void **instance);
    /* Called once for each instance that was built; NULL: nothing to do. */
    void (*destroy)(void *instance, void *context);
    /* Passed to both; may be NULL. */
    void *context;
};

/*
 * Holds no instance, or one and the number of its users. The caller provides
 * it, static or not, and starts it with SINGLETON_CELL; the fields belong to
 * the implementation. Two cells of the same type hold an instance each. It may
 * be given up when nobody uses it.
 */
struct singleton_cell {
    const struct singleton_type *type;
    _Atomic(size_t) users;
    void *instance; /* while there are users */
    bool busy;      /* being built or destroyed; used under singleton_lock */
};

#define SINGLETON_CELL(type)                                                   \
    {                                                                          \
        (type), 0, NULL, false                                                 \
    }

/*
 * Makes the caller one more user of the cell's instance, which is built where
 * there is none. Returns 0 and stores it in *instance; or returns an error,
 * leaves *instance as it was, and the caller is no user:
 *
 *   the builder's    what the builder returned. Nothing is remembered of it:
 *                    the next call, of whatever thread, builds again
 *   SINGLETON_ECYCLE the builder or the destructor of this cell, while it ran,
 *                    asked for it
 *
 * Threads that come while the instance is built or destroyed wait for that.
 * Where the instance is in use this is O(1), takes no lock and waits for
 * nobody, whatever else is being built or destroyed.
 *
 * Each user must release once; there are fewer than SIZE_MAX at a time.
 */
int singleton_acquire(struct singleton_cell *cell, void **instance);

/*
 * The caller, a user, is one no longer. The last user destroys the instance
 * before this returns: the destructor is called once. Where others use it too
 * this is O(1), takes no lock and waits for nobody.
 *
 * Returns 0; or SINGLETON_EUNUSED, without any effect, where nobody uses it,
 * which is so while it is built or destroyed, too. (That it is in use by
 * others is not noticed.)
 */
int singleton_release(struct singleton_cell *cell);

/*
 * How many users there are at this moment; 0 also while it is built or
 * destroyed. Takes no lock and waits for nobody. To a thread that holds
 * singleton_lock 0 says that there is no instance, and the number will not
 * become 0, nor anything else from 0, by others.
 */
size_t singleton_users(struct singleton_cell *cell);

#endif
