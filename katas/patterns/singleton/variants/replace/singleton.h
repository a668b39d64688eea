/*
 * One instance, which can be replaced while it is used: by a fake for a test,
 * or by one that is built from settings read again.
 *
 *     static const struct singleton_type database = {
 *         .name = "database", .build = connect, .destroy = disconnect};
 *     static struct singleton_cell cell = SINGLETON_CELL(&database);
 *     struct singleton_version *mine, *real;
 *
 *     if (singleton_acquire(&cell, &mine) == 0) {
 *         query(singleton_instance(mine));
 *         singleton_release(mine);
 *     }
 *
 *     if (singleton_replace(&cell, &fake_database, &real) == 0) {
 *         run_test();
 *         singleton_restore(&cell, real);
 *         singleton_release(real);
 *     }
 *
 * A version is an instance and the number of those who hold it. A cell holds
 * its current version, as each user holds what they acquired. An instance is
 * destroyed when nobody holds it any more: who holds an old one may use it as
 * long as they like, whatever has become current since.
 *
 * Threads: any number of threads may call every function of this header at the
 * same time. Whatever the builder wrote is visible to each holder; whatever
 * holders wrote before they released is visible to the destructor.
 *
 * Builders run one at a time, under singleton_lock; they may call every
 * function of this header. Destructors run in the thread that released last,
 * under no lock but what that thread holds; they may call every function, too,
 * and several may run at a time. Neither may wait for another thread that may
 * be building something.
 *
 * No pointer given to this header may be NULL, except where it says so.
 */
#ifndef SINGLETON_H
#define SINGLETON_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

/* What the functions report of their own. Errors of builders are the builders'
   business; positive ones do not collide with these. */
enum {
    SINGLETON_ENOMEM = -1, /* out of memory; the call had no effect */
    SINGLETON_ECYCLE = -2  /* asked for by its own builder */
};

/*
 * Returns the one lock of the process, which the first call makes. Never NULL,
 * the same for every caller, never destroyed. It is recursive: a thread that
 * holds it may lock it again and has to unlock it as often.
 */
pthread_mutex_t *singleton_lock(void);

/* What there may be instances of. Borrowed by cells and by the versions built
   from it. */
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

/* An instance and its holders. Allocated when the instance is built, freed
   after it was destroyed. */
struct singleton_version;

/*
 * Has a current version, or none. The caller provides it, static or not, and
 * starts it with SINGLETON_CELL; the fields belong to the implementation. Two
 * cells of the same type have an instance each. It may be given up when it has
 * no current version (after singleton_restore with NULL) and nobody uses it.
 */
struct singleton_cell {
    const struct singleton_type *type;
    struct singleton_version *current; /* NULL: none */
    pthread_mutex_t guard;             /* of `current`; never held for long */
    bool busy;                         /* used under singleton_lock */
};

#define SINGLETON_CELL(type)                                                   \
    {                                                                          \
        (type), NULL, PTHREAD_MUTEX_INITIALIZER, false                         \
    }

/*
 * Makes the caller one more holder of the cell's current version, which is
 * built, from the cell's type, where there is none. Returns 0 and stores it in
 * *version; or returns an error, leaves *version as it was, and has no effect:
 *
 *   the builder's    what the builder returned. Nothing is remembered of it:
 *                    the next call, of whatever thread, builds again
 *   SINGLETON_ECYCLE there is no current version, and a builder of this cell,
 *                    while it ran, asked for it
 *   SINGLETON_ENOMEM comes before the builder is called, never after. (A
 *                    builder that depends on others may be told so by them, and
 *                    passes it on like any error.)
 *
 * Where there is a current version this is O(1), allocates nothing and waits
 * for no builder and no destructor, not even one that builds this cell's next
 * version: until that is done the current one is given. Where there is none,
 * threads that come while it is built wait for that.
 *
 * A thread may acquire several times, and holds each version as often as it
 * acquired it. There are fewer than SIZE_MAX holders at a time.
 */
int singleton_acquire(struct singleton_cell *cell,
                      struct singleton_version **version);

/*
 * Returns the instance of a version that the caller holds, as its builder
 * stored it; the same each time. O(1), takes no lock.
 */
void *singleton_instance(const struct singleton_version *version);

/*
 * The caller, a holder, is one no longer. The last holder destroys the instance
 * before this returns, with the type it was built from, and the version is
 * gone. Takes no lock and waits for nobody (a destructor does what it does);
 * O(1), however many versions there are. NULL: does nothing.
 *
 * That somebody releases what they do not hold is not noticed.
 */
void singleton_release(struct singleton_version *version);

/*
 * Builds a new instance of `type`, or, where that is NULL, of the type that the
 * cell was started with, and makes it the current version. The type of the cell
 * stays what it is: what singleton_acquire builds is built from that.
 *
 * `replaced` may be NULL: then the cell lets go of the version that was
 * current, and where nobody else holds it, it is destroyed before this returns.
 * Otherwise the version that was current is stored in *replaced, and the caller
 * holds it, for singleton_restore or to release it; NULL where there was none.
 *
 * Returns 0; or an error as singleton_acquire does, and then leaves *replaced
 * as it was, and what is current stays current. The new one is built first: at
 * no time is there none where there was one. Other threads get the old version
 * until the new one is complete, and then the new one.
 *
 * SINGLETON_ECYCLE is returned to a builder of this cell, whether
 * singleton_acquire or singleton_replace called it. A builder that
 * singleton_replace called may acquire what is current, to wrap it, say.
 */
int singleton_replace(struct singleton_cell *cell,
                      const struct singleton_type *type,
                      struct singleton_version **replaced);

/*
 * Makes a version that the caller holds the current one; nothing is built. The
 * caller goes on holding it, besides the cell. It may come from another cell,
 * whose current version it may be, too, and it may be what is current. NULL:
 * there is none any more; the next singleton_acquire builds.
 *
 * The cell lets go of the version that was current: where nobody else holds
 * it, it is destroyed before this returns, when the new one is current already.
 *
 * Returns 0, or SINGLETON_ECYCLE, without any effect, to a builder of this
 * cell. Waits for builders. O(1), allocates nothing.
 */
int singleton_restore(struct singleton_cell *cell,
                      struct singleton_version *version);

#endif
