/*
 * The allocator that a submission is given.
 *
 * Before linking, objcopy renames the submission's undefined malloc, calloc,
 * realloc, free, reallocarray, aligned_alloc, posix_memalign, strdup and
 * strndup to kata_sub_*; the kata's own agent and tests get kata_free and
 * kata_realloc for blocks that a contract hands over. Nobody else's calls pass
 * through here, so nobody else's can fail.
 *
 * It counts what the submission asks for, knows which blocks are alive, and
 * can make one allocation fail.
 */
#ifndef HEAP_H
#define HEAP_H

#include <stdbool.h>
#include <stddef.h>

/* What the submission asked for since heap_reset. */
struct heap_stats {
    unsigned long long calls; /* allocations asked for, failed ones included */
    unsigned long long bytes; /* sum of the sizes asked for */
    size_t live_blocks;       /* given and not freed, since the process began */
    size_t live_bytes;
    const void *failed_at; /* return address of the call that was made to
                              fail, or NULL */
};

/* Zeroes calls, bytes and failed_at and disarms heap_fail. Blocks stay. */
void heap_reset(void);

/* The k-th allocation from now on fails once with ENOMEM; 0 disarms. */
void heap_fail(unsigned long long k);

void heap_stats(struct heap_stats *stats);

/* `report` is called with the return address of the call that heap_fail makes
   fail, before that returns. It must not allocate. */
void heap_on_failure(void (*report)(const void *caller));

/* `report` is called, once until the next heap_reset, when the system refuses
   memory because of the limit on it. It must not allocate. */
void heap_on_exhaustion(void (*report)(void));

/* From here on callgrind collects what this thread executes, or no longer:
   what the bookkeeping costs is left out. */
void heap_measured(bool on);

void *kata_sub_malloc(size_t size);
void *kata_sub_calloc(size_t count, size_t size);
void *kata_sub_realloc(void *block, size_t size);
void *kata_sub_reallocarray(void *block, size_t count, size_t size);
void *kata_sub_aligned_alloc(size_t alignment, size_t size);
int kata_sub_posix_memalign(void **block, size_t alignment, size_t size);
char *kata_sub_strdup(const char *string);
char *kata_sub_strndup(const char *string, size_t size);
void kata_sub_free(void *block);

/* For the kata's agent and tests: never fail by order, but keep the count. */
void *kata_realloc(void *block, size_t size);
void kata_free(void *block);

#endif
