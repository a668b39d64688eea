/*
 * The folder of a batch's results, OUT:
 *
 *     results/NAME.SLUG.json   a kata-result/1 object a submission
 *     results.jsonl            all of them, a line each
 *     summary.txt              what was printed at the end, and a line each
 *     .kata/graded/KEY         each result once, under the hash of all that it
 *                              depends on; what resumes and repeats nothing
 *     .kata/sources/HASH.c     the submissions, as they were graded
 *     .kata/roster.json, lock, temporary
 */
#ifndef BATCH_OUT_H
#define BATCH_OUT_H

#include "base/err.h"
#include "batch/roster.h"

#include <stdbool.h>
#include <stdint.h>

struct out {
    char *dir, *results, *inner; /* OUT, OUT/results, OUT/.kata */
    char *temporary;             /* a new folder, removed by out_close */
    int lock, temporary_lock;
};

/* Makes or opens the folder and locks it. What holds anything else, and where
   not `resume` what holds a batch already, is refused; so is a locked one. */
int out_open(struct out *out, const char *dir, bool resume, bool for_all,
             struct err *err);
void out_close(struct out *out);

/* For a task that works for the batch there, on this machine or another: no
   lock, only a temporary folder. Ended by out_close. */
int out_attach(struct out *out, const char *dir, bool for_all, struct err *err);

/* The seed and number of submissions of the batch there; false for none. */
bool out_roster(const char *dir, uint64_t *seed, size_t *submissions);
int out_set_roster(const struct out *out, const struct roster *roster,
                   struct err *err);

/* Is a batch at work there at this moment? */
bool out_busy(const char *dir);

/* Paths, owned. */
char *out_graded(const struct out *out, const struct item *item);
char *out_source(const struct out *out, const struct item *item);
char *out_result(const struct out *out, const struct roster *roster,
                 const struct item *item);

/* Keeps a submission's bytes under their hash. */
int out_keep_source(const struct out *out, struct item *item, const void *bytes,
                    size_t n, struct err *err);

/* Reads a result of that kata, owned; NULL and why, with its path, where there
   is none or it is not whole: damaged, or of another kind. */
json_t *out_read(const char *path, const struct kata *kata, struct err *err);

/* Sets whose a result is: `student`, and `file` and `path`, where among the
   SUBMISSIONS it lay. */
void out_set_owner(json_t *result, const struct item *item);

/* Writes a submission's own result from the object, whose owner is set here; a
   file that says the same already stays. */
int out_write_result(const struct out *out, const struct roster *roster,
                     const struct item *item, json_t *result, struct err *err);

/* Is a batch there that grades a kata which the roster has not? An error. */
int out_check_katas(const struct out *out, const struct roster *roster,
                    struct err *err);

/* Removes results of submissions that are not in the roster (any more), and
   counts them. */
int out_sweep(const struct out *out, const struct roster *roster,
              size_t *removed, struct err *err);

#endif
