/*
 * Is what runs in a jail doing anything? Tells a process that waits for ever
 * from one that a busy machine has not let run yet.
 */
#ifndef JUDGE_WATCH_H
#define JUDGE_WATCH_H

#include <stdbool.h>
#include <sys/types.h>

struct watch_sample {
    bool known;             /* false where /proc does not say */
    bool asleep;            /* no thread runs or wants to */
    unsigned long long cpu; /* nanoseconds that living threads have used */
};

/* Looks at a process, what it started, and all their threads. */
struct watch_sample watch_take(pid_t root);

#endif
