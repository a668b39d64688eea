/*
 * What memcheck found since it was last asked, for programs that run many
 * tests or traces in one process. Natively everything is 0.
 */
#ifndef MEMCHECK_H
#define MEMCHECK_H

#include <stdbool.h>
#include <stdio.h>
#include <valgrind/memcheck.h>

struct memcheck {
    unsigned long errors; /* new ones, repeated ones too; leaks are none */
    unsigned long lost;   /* bytes newly lost, directly and indirectly */
};

/* `total` is what there was the last time; the caller keeps it. Looks for
   leaks where blocks are alive: that costs a millisecond, and dozens where much
   was ever allocated. */
static inline struct memcheck memcheck_take(struct memcheck *total, bool alive)
{
    unsigned long lost = 0, dubious = 0, reachable = 0, suppressed = 0;
    struct memcheck now = {.lost = 0}, before = *total;

    now.errors = VALGRIND_COUNT_ERRORS - before.errors;
    total->errors = before.errors + now.errors;
    if (!alive)
        return now;
    VALGRIND_DO_ADDED_LEAK_CHECK;
    VALGRIND_COUNT_LEAKS(lost, dubious, reachable, suppressed);
    (void)dubious, (void)reachable, (void)suppressed;
    /* A leak check counts what it finds as errors. */
    total->errors = VALGRIND_COUNT_ERRORS;
    total->lost = now.lost = lost;
    /* What was lost may have been found again and freed. */
    now.lost -= now.lost < before.lost ? now.lost : before.lost;
    return now;
}

/* Writes " errors=N lost=N" under Valgrind and "" elsewhere. */
static inline void memcheck_text(struct memcheck *total, bool alive, char *text,
                                 size_t size)
{
    struct memcheck found;

    text[0] = '\0';
    if (!RUNNING_ON_VALGRIND)
        return;
    found = memcheck_take(total, alive);
    snprintf(text, size, " errors=%lu lost=%lu", found.errors, found.lost);
}

#endif
