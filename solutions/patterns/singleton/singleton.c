#include "singleton.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

/* Eager */

#define SETTINGS "default", 3, 250

static struct singleton_settings settings = {SETTINGS};

struct singleton_settings *singleton_settings(void)
{
    return &settings;
}

void singleton_settings_reset(void)
{
    settings = (struct singleton_settings){SETTINGS};
}

/* Once */

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

static void destroy(const struct singleton_type *type, void *instance)
{
    if (type->destroy)
        type->destroy(instance, type->context);
}

/* Lazy */

/* With the lock held. */
static int build(struct singleton_cell *cell, void **instance)
{
    int error;

    if (cell->building)
        return SINGLETON_ECYCLE;
    cell->building = true;
    error = cell->type->build(cell->type->context, instance);
    cell->building = false;
    if (error == 0)
        atomic_store_explicit(&cell->instance, *instance, memory_order_release);
    return error;
}

int singleton_get(struct singleton_cell *cell, void **instance)
{
    /* Pairs with the release in build: who sees the pointer sees what the
       builder wrote. */
    void *found = atomic_load_explicit(&cell->instance, memory_order_acquire);
    int error = 0;

    if (!found) {
        pthread_mutex_lock(singleton_lock());
        /* The lock orders this load after any store of another thread. */
        found = atomic_load_explicit(&cell->instance, memory_order_relaxed);
        if (!found)
            error = build(cell, &found);
        pthread_mutex_unlock(singleton_lock());
    }
    if (error == 0)
        *instance = found;
    return error;
}

void singleton_destroy(struct singleton_cell *cell)
{
    void *instance = atomic_exchange(&cell->instance, NULL);

    if (instance)
        destroy(cell->type, instance);
}

/* Per type */

enum { FIRST_BUCKET_COUNT = 8 };

struct entry {
    const struct singleton_type *type;
    void *instance;
    bool building;
    struct entry *next;  /* in its bucket */
    struct entry *older; /* the instance completed before this one */
};

static struct registry {
    struct entry **buckets;
    size_t bucket_count; /* 0 or a power of two */
    size_t count;        /* entries in buckets, those being built included */
    struct entry *newest;
} registry;

/* The link that points to the entry of this type, or the NULL link at the end
   of its bucket. There has to be a bucket. */
static struct entry **find(const struct singleton_type *type)
{
    /* Descriptors are aligned and often evenly spaced, so their low bits say
       little: multiply by 2^64 divided by the golden ratio, use high bits. */
    uint64_t hash = (uint64_t)(uintptr_t)type * 0x9E3779B97F4A7C15u;
    struct entry **link =
        &registry.buckets[(hash >> 32) & (registry.bucket_count - 1)];

    while (*link && (*link)->type != type)
        link = &(*link)->next;
    return link;
}

static int grow(void)
{
    size_t old_count = registry.bucket_count;
    size_t count = old_count ? old_count * 2 : FIRST_BUCKET_COUNT;
    struct entry **old = registry.buckets;
    struct entry **buckets = calloc(count, sizeof *buckets);

    if (!buckets)
        return -1;
    registry.buckets = buckets;
    registry.bucket_count = count;
    for (size_t i = 0; i < old_count; i++)
        for (struct entry *entry = old[i], *next; entry; entry = next) {
            next = entry->next;
            entry->next = NULL;
            *find(entry->type) = entry;
        }
    free(old);
    return 0;
}

/* Everything that can run out of memory comes before the builder. The entry is
   in the table while it is built, so that a cycle is noticed, and among the
   completed ones only afterwards, so that what it depends on is older. */
static int add(const struct singleton_type *type, struct entry **added)
{
    struct entry *entry;
    int error;

    if (registry.count == registry.bucket_count && grow() < 0)
        return SINGLETON_ENOMEM;
    entry = malloc(sizeof *entry);
    if (!entry)
        return SINGLETON_ENOMEM;
    *entry = (struct entry){.type = type, .building = true};
    *find(type) = entry;
    registry.count++;
    error = type->build(type->context, &entry->instance);
    if (error != 0) {
        /* Looked up again: the builder may have made the table grow. */
        *find(type) = entry->next;
        registry.count--;
        free(entry);
        return error;
    }
    entry->building = false;
    entry->older = registry.newest;
    registry.newest = entry;
    *added = entry;
    return 0;
}

int singleton_of(const struct singleton_type *type, void **instance)
{
    struct entry *entry = NULL;
    int error = 0;

    pthread_mutex_lock(singleton_lock());
    if (registry.count > 0)
        entry = *find(type);
    if (!entry)
        error = add(type, &entry);
    else if (entry->building)
        error = SINGLETON_ECYCLE;
    if (error == 0)
        *instance = entry->instance;
    pthread_mutex_unlock(singleton_lock());
    return error;
}

void singleton_clear(void)
{
    while (registry.newest) {
        struct entry *entry = registry.newest;

        registry.newest = entry->older;
        destroy(entry->type, entry->instance);
        free(entry);
    }
    free(registry.buckets);
    registry = (struct registry){.buckets = NULL};
}
