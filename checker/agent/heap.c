#include "heap.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/single_threaded.h>
#include <valgrind/callgrind.h>

/*
 * Living blocks are kept in an open-addressing table of (pointer, size). A
 * header before each block would be smaller, but would move the block's start
 * and hide overruns from Valgrind. The pointers are kept complemented: plain
 * ones would make every leaked block look reachable.
 */
struct block {
    uintptr_t address; /* complement of it; 0: never used, 1: was used */
    size_t size;
};

/* All state of the allocator; a process has one heap. */
static struct heap {
    pthread_mutex_t lock;
    struct block *table;
    size_t capacity, used; /* used counts tombstones too */
    unsigned long long countdown;
    struct heap_stats stats;
    void (*exhausted)(void);
    void (*failing)(const void *caller);
    int told;
} heap = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* Callgrind collects what this thread executes. */
static _Thread_local bool measured;

/* What happens under the lock is ours and no part of what a call costs: the
   table grows and is cleaned at times that have nothing to do with it. A thread
   that is alone needs none, and starts no other under it. */
static void lock(void)
{
    if (measured)
        CALLGRIND_TOGGLE_COLLECT;
    if (!__libc_single_threaded)
        pthread_mutex_lock(&heap.lock);
}

static void unlock(void)
{
    if (!__libc_single_threaded)
        pthread_mutex_unlock(&heap.lock);
    if (measured)
        CALLGRIND_TOGGLE_COLLECT;
}

static uintptr_t hidden(const void *block)
{
    return ~(uintptr_t)block;
}

static size_t slot_of(uintptr_t address)
{
    return (size_t)((address >> 4) * 0x9E3779B97F4A7C15U) & (heap.capacity - 1);
}

static void insert(uintptr_t address, size_t size)
{
    size_t i = slot_of(address);
    while (heap.table[i].address > 1)
        i = (i + 1) & (heap.capacity - 1);
    if (heap.table[i].address == 0)
        heap.used++;
    heap.table[i] = (struct block){address, size};
}

/*
 * Makes room for one more block; -1 where there is no memory for that. The
 * table stays half empty, so the few blocks that other threads add before this
 * one is inserted find room too.
 */
static int reserve(void)
{
    struct block *old = heap.table, *table;
    size_t old_capacity = heap.capacity, capacity = old_capacity;

    if ((heap.used + 1) * 2 <= old_capacity)
        return 0;
    /* Many tombstones and few blocks: the same size is enough. */
    if (heap.stats.live_blocks * 2 >= old_capacity / 2)
        capacity = old_capacity ? old_capacity * 2 : 1024;
    table = calloc(capacity, sizeof *table);
    if (!table)
        return -1;
    heap.table = table;
    heap.capacity = capacity;
    heap.used = 0;
    for (size_t i = 0; i < old_capacity; i++)
        if (old[i].address > 1)
            insert(old[i].address, old[i].size);
    free(old);
    return 0;
}

static void remember(void *block, size_t size)
{
    if (!block)
        return;
    lock();
    insert(hidden(block), size);
    heap.stats.live_blocks++;
    heap.stats.live_bytes += size;
    unlock();
}

/* Returns the block's size. Blocks that libc allocated by itself (getline,
   asprintf) are not known and not counted. */
static size_t forget(void *block)
{
    size_t size = 0;

    if (!block)
        return 0;
    lock();
    if (heap.capacity) {
        uintptr_t address = hidden(block);
        size_t i = slot_of(address);

        while (heap.table[i].address && heap.table[i].address != address)
            i = (i + 1) & (heap.capacity - 1);
        if (heap.table[i].address) {
            size = heap.table[i].size;
            heap.stats.live_blocks--;
            heap.stats.live_bytes -= size;
            heap.table[i].address = 1;
        }
    }
    unlock();
    return size;
}

/*
 * Tells once that memory ran out, unless the request alone was over the limit
 * on memory: asking for SIZE_MAX is a test of overflow, not a big appetite.
 */
static void tell_exhausted(size_t size)
{
    struct rlimit limit;

    if (heap.told || !heap.exhausted || getrlimit(RLIMIT_AS, &limit) < 0 ||
        limit.rlim_cur == RLIM_INFINITY || size >= limit.rlim_cur)
        return;
    heap.told = 1;
    heap.exhausted();
}

/* Counts one request; nonzero when it is the one that has to fail. */
static int refused(size_t size, const void *caller)
{
    int fail = 0;

    lock();
    heap.stats.calls++;
    heap.stats.bytes += size;
    if (heap.countdown && --heap.countdown == 0) {
        heap.stats.failed_at = caller;
        fail = 1;
        if (heap.failing)
            heap.failing(caller);
    } else if (reserve() < 0) {
        tell_exhausted(0);
        fail = 1;
    }
    unlock();
    if (fail)
        errno = ENOMEM;
    return fail;
}

/* Keeps what the system gave; passes it on. */
static void *given(void *block, size_t size)
{
    if (block) {
        remember(block, size);
    } else if (size && errno == ENOMEM) {
        lock();
        tell_exhausted(size);
        unlock();
        errno = ENOMEM;
    }
    return block;
}

#define CALLER __builtin_return_address(0)

void heap_reset(void)
{
    lock();
    heap.stats.calls = heap.stats.bytes = 0;
    heap.stats.failed_at = NULL;
    heap.countdown = 0;
    heap.told = 0;
    unlock();
}

void heap_fail(unsigned long long k)
{
    lock();
    heap.countdown = k;
    unlock();
}

void heap_stats(struct heap_stats *stats)
{
    lock();
    *stats = heap.stats;
    unlock();
}

void heap_measured(bool on)
{
    measured = on;
}

void heap_on_failure(void (*report)(const void *caller))
{
    heap.failing = report;
}

void heap_on_exhaustion(void (*report)(void))
{
    heap.exhausted = report;
}

static size_t product(size_t count, size_t size)
{
    size_t bytes;

    return __builtin_mul_overflow(count, size, &bytes) ? SIZE_MAX : bytes;
}

void *kata_sub_malloc(size_t size)
{
    return refused(size, CALLER) ? NULL : given(malloc(size), size);
}

void *kata_sub_calloc(size_t count, size_t size)
{
    size_t bytes = product(count, size);

    return refused(bytes, CALLER) ? NULL : given(calloc(count, size), bytes);
}

/*
 * The old block is forgotten first: once realloc has freed it, another thread
 * may be given its address. Where realloc fails the old block is still there,
 * save for the size 0, with which glibc frees it.
 */
static void *resize(void *block, size_t size)
{
    size_t old_size = forget(block);
    void *moved = realloc(block, size);

    if (!moved && size)
        remember(block, old_size);
    return given(moved, size);
}

void *kata_sub_realloc(void *block, size_t size)
{
    return refused(size, CALLER) ? NULL : resize(block, size);
}

void *kata_sub_reallocarray(void *block, size_t count, size_t size)
{
    size_t bytes = product(count, size);

    if (refused(bytes, CALLER))
        return NULL;
    if (bytes == SIZE_MAX) {
        errno = ENOMEM;
        return NULL;
    }
    return resize(block, bytes);
}

void *kata_sub_aligned_alloc(size_t alignment, size_t size)
{
    return refused(size, CALLER) ? NULL
                                 : given(aligned_alloc(alignment, size), size);
}

int kata_sub_posix_memalign(void **block, size_t alignment, size_t size)
{
    int error;

    if (refused(size, CALLER))
        return ENOMEM;
    error = posix_memalign(block, alignment, size);
    if (error == 0)
        given(*block, size);
    return error;
}

static char *copy(const char *string, size_t length)
{
    char *block = given(malloc(length + 1), length + 1);

    if (block) {
        memcpy(block, string, length);
        block[length] = '\0';
    }
    return block;
}

char *kata_sub_strdup(const char *string)
{
    size_t length = strlen(string);

    return refused(length + 1, CALLER) ? NULL : copy(string, length);
}

char *kata_sub_strndup(const char *string, size_t size)
{
    size_t length = strnlen(string, size);

    return refused(length + 1, CALLER) ? NULL : copy(string, length);
}

void kata_sub_free(void *block)
{
    forget(block);
    free(block);
}

void *kata_realloc(void *block, size_t size)
{
    int full;

    lock();
    full = reserve() < 0;
    unlock();
    return full ? NULL : resize(block, size);
}

void kata_free(void *block)
{
    forget(block);
    free(block);
}
