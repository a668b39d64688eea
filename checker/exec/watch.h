/*
 * What the processes of a jail are doing, seen from outside: whether any of
 * them wants the processor, which tells one that waits for ever from one that
 * a busy machine has not let run yet; and how much memory all of them hold.
 */
#ifndef EXEC_WATCH_H
#define EXEC_WATCH_H

#include <stdbool.h>
#include <sys/types.h>

struct watch_sample {
    bool known;             /* false where /proc does not say */
    bool asleep;            /* no thread runs or wants to */
    int processes;          /* that have not ended */
    unsigned long long cpu; /* nanoseconds that living threads have used */
    long memory_kb; /* in memory or swapped out, of all processes: what is
                       theirs alone, what they share among themselves (counted
                       for each), and page tables; no files */
};

/* Looks at a process, what it started, and all their threads. */
struct watch_sample watch_take(pid_t root);

/*
 * Kills (SIGKILL) all that descends from a process but the first `levels`
 * generations; 0 spares the process itself alone. Looks once, so what is
 * started meanwhile may escape. Returns how many were killed.
 */
int watch_kill_below(pid_t root, int levels);

#endif
