/*
 * Four ways to have one of something, safe under threads.
 *
 *   eager       singleton_settings   static data, there before the first call
 *   once        singleton_lock       made by the first call, with pthread_once
 *   lazy        singleton_get        double-checked, one for each cell
 *   per type    singleton_of         a registry, as a Python metaclass keeps
 *
 * For the last two the caller says how an instance is built and destroyed:
 *
 *     static const struct singleton_type database = {
 *         .name = "database", .build = connect, .destroy = disconnect};
 *     static struct singleton_cell cell = SINGLETON_CELL(&database);
 *     void *connection;
 *
 *     if (singleton_get(&cell, &connection) == 0)
 *         query(connection);
 *     singleton_destroy(&cell);
 *
 * Threads: any number of threads may call singleton_settings, singleton_lock,
 * singleton_get and singleton_of at the same time. Whatever a builder wrote is
 * visible to each thread that got the instance. The other three functions tear
 * down or start over; that no other thread uses what they tear down, neither
 * the function that gets it nor the instance, is the caller's promise.
 *
 * Builders run one at a time, under singleton_lock. A builder may call
 * singleton_settings, singleton_lock, singleton_get and singleton_of, also to
 * build what it depends on, and nothing else of this header. It must not wait
 * for another thread that may be inside singleton_of or building something;
 * getting what a cell already holds never waits, so waiting for a thread that
 * does only that is fine. A destructor calls nothing of this header.
 *
 * No pointer given to this header may be NULL, except where it says so.
 */
#ifndef SINGLETON_H
#define SINGLETON_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

/* What singleton_get and singleton_of report of their own. Errors of builders
   are the builders' business; positive ones do not collide with these. */
enum {
    SINGLETON_ENOMEM = -1, /* out of memory; the call had no effect */
    SINGLETON_ECYCLE = -2  /* a builder asked for what is being built */
};

/* Eager */

/* Settings of the whole process. They start as "default", 3, 250. */
struct singleton_settings {
    const char *name; /* borrowed */
    int retries;
    int timeout_ms;
};

/*
 * Returns the settings, the same for every caller, initialised before anything
 * of the program runs. Never NULL. Whoever writes them, or reads them while
 * another thread may write, holds singleton_lock meanwhile: that there is one
 * instance does not make it safe to use.
 */
struct singleton_settings *singleton_settings(void);

/* Sets the three fields to what they started as. */
void singleton_settings_reset(void);

/* Once */

/*
 * Returns the one lock of the process, which the first call makes. Never NULL,
 * the same for every caller, never destroyed. It is recursive: a thread that
 * holds it may lock it again and has to unlock it as often.
 */
pthread_mutex_t *singleton_lock(void);

/* Lazy, and per type */

/*
 * What there may be an instance of. A type is told from others by its address:
 * two with the same name are two types, as in Python two classes are. Borrowed:
 * it must outlive its instances and must not be moved.
 */
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
 * Holds no instance, or one. The caller provides it, static or not, and starts
 * it with SINGLETON_CELL; the fields belong to the implementation. Two cells
 * of the same type hold an instance each. It may be given up when it holds no
 * instance.
 */
struct singleton_cell {
    const struct singleton_type *type;
    _Atomic(void *) instance; /* NULL: none yet */
    bool building;            /* used under singleton_lock */
};

#define SINGLETON_CELL(type)                                                   \
    {                                                                          \
        (type), NULL, false                                                    \
    }

/*
 * Gets the instance of the cell; the first call builds it. Returns 0 and
 * stores it in *instance; or returns an error and leaves *instance as it was:
 *
 *   the builder's    what the builder returned. Nothing is remembered of it:
 *                    the next call, of whatever thread, builds again
 *   SINGLETON_ECYCLE the builder of this cell, while it ran, asked for it:
 *                    that inner call returns this. The half-built instance
 *                    is never given away
 *
 * Threads that come while one is building wait and then get what was built,
 * or, when that failed, build again, one after the other.
 *
 * Once the instance is there this is O(1), takes no lock and waits for nobody,
 * whatever else is being built. Allocates nothing.
 */
int singleton_get(struct singleton_cell *cell, void **instance);

/*
 * Destroys the instance of the cell, if it holds one: calls the destructor
 * once. Afterwards the cell is as it was at the start: a second
 * singleton_destroy does nothing, singleton_get builds a new instance.
 */
void singleton_destroy(struct singleton_cell *cell);

/*
 * Gets the one instance of the type in the registry, which has nothing to do
 * with cells; the first call for this type builds it. Returns and stores as
 * singleton_get does. SINGLETON_ECYCLE is returned to a builder that, while it
 * runs, asks for its own type, directly or through what it depends on.
 *
 * SINGLETON_ENOMEM comes before the builder is called, never after: the call
 * had no effect. (A builder that depends on others may be told so by them, and
 * passes it on like any error.)
 *
 * O(1) on average however many types have instances, also where descriptors
 * lie evenly spaced in an array; getting n types for the first time is O(n) in
 * all. May take singleton_lock in every call.
 */
int singleton_of(const struct singleton_type *type, void **instance);

/*
 * Destroys all instances of the registry, what was completed last first: an
 * instance is destroyed before those that its builder asked for. Each
 * destructor is called once. The registry then holds no memory and is as it
 * was at the start. O(n). Does nothing when there is nothing.
 */
void singleton_clear(void);

#endif
