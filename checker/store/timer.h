/*
 * The time an interview has used, through pauses, crashes, restarts of the
 * machine and changes of its clock.
 *
 * A struct timer is kept in the database between commands. Every command reads
 * the moment and advances the timer by it. While the machine has not been
 * restarted since, time is taken from a clock that nobody can set
 * (CLOCK_BOOTTIME, which also counts sleep); across a restart there is only the
 * wall clock, and where that went back, no time is given back.
 *
 * For tests $KATA_CLOCK takes the place of both clocks:
 *
 *     KATA_CLOCK=WALL[:RUNNING[:BOOT]]
 *
 * WALL is in seconds since 1970, RUNNING in seconds since the machine was
 * started (WALL where it is not given), BOOT names that start ("test").
 * An interview in which it was ever set says so in its report.
 */
#ifndef STORE_TIMER_H
#define STORE_TIMER_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

enum { MOMENT_BOOT_SIZE = 40 };

/* Milliseconds. */
struct moment {
    int64_t wall;                /* since 1970 */
    int64_t running;             /* since the machine was started */
    char boot[MOMENT_BOOT_SIZE]; /* which start that was; "" where unknown */
    bool fake;
};

/* Reads the clocks; -1 where $KATA_CLOCK is not as above. */
int moment_now(struct moment *now, struct err *err);

struct timer {
    bool paused;
    int64_t used;        /* milliseconds until `since` */
    struct moment since; /* the last time that it was advanced */
};

/* A timer that starts to count now. */
void timer_start(struct timer *timer, const struct moment *now);

/*
 * Adds the time since the last call, unless paused. Returns by how many
 * milliseconds the wall clock was changed meanwhile, negative where it was set
 * back; 0 where it was not, as far as one can tell.
 */
int64_t timer_advance(struct timer *timer, const struct moment *now);

#endif
