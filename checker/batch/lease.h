/*
 * Who grades what, among tasks on several machines: a lease on a submission is
 * a file in a folder that all of them share. It is made with O_EXCL, its mtime
 * is renewed while the grading lasts, and one that was not renewed for so long
 * belongs to a task that died and may be taken by another. Ages are measured by
 * the clock of the shared folder alone, and by this machine's where that cannot
 * be read.
 *
 * Leases only save work. Where two tasks come to grade the same submission
 * after all, both write the same result, whole.
 */
#ifndef BATCH_LEASE_H
#define BATCH_LEASE_H

#include "base/err.h"

#include <stdbool.h>

/* The clock of a shared folder. */
struct lease_clock {
    int fd;
};

int lease_clock_open(struct lease_clock *clock, const char *dir,
                     struct err *err);
void lease_clock_close(struct lease_clock *clock);

struct lease {
    char *path;
    double seconds; /* without renewal until it has run out */
    double renewed; /* by clock_now */
    int tries;      /* the how-manieth grading this is */
};

/*
 * Takes the lease on `key` in the folder; `tries` are the gradings that came
 * to nothing before. Returns 1 with *lease to be released, 0 where another has
 * it or it could not be taken.
 */
int lease_take(struct lease *lease, const char *dir, const char *key,
               double seconds, int tries, const struct lease_clock *clock);

/* Renews it where a fifth of its time has passed. */
void lease_renew(struct lease *lease);
void lease_release(struct lease *lease);

/* Seconds since the lease at the path was renewed, -1 where there is none;
 *tries is what it was taken with, plus one. */
double lease_age(const char *path, const struct lease_clock *clock, int *tries);

#endif
