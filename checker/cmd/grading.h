/* What the commands that grade have in common: the sandbox, the cache, the
   submission's run and the reference's. */
#ifndef CMD_GRADING_H
#define CMD_GRADING_H

#include "cmd/cmd.h"
#include "exec/cache.h"
#include "exec/sandbox.h"
#include "judge/grade.h"
#include "judge/run.h"

#include <stdint.h>

struct grading {
    struct sandbox sandbox;
    struct cache cache;
    struct run run;
};

/*
 * Opens everything for one submission. Where no sandbox can be had, prints why
 * on stderr and goes on without one if `alone` (the learner's own code), else
 * fails. Returns 0, to be closed with grading_close, or -1.
 */
int grading_open(struct grading *grading, const struct cmd_context *context,
                 const char *submission, uint64_t seed, bool alone,
                 struct err *err);

/* The first half of it: the sandbox and the cache, no submission yet. To be
   closed with grading_close. */
int grading_prepare(struct grading *grading, bool alone, struct err *err);

/*
 * Goes on with another submission, or a changed one, of the same kata or of
 * another. The sandbox, the cache and, of the same kata, the reference with
 * what was built of it stay. On error the grading is still to be closed.
 */
int grading_renew(struct grading *grading, const struct cmd_context *context,
                  const char *submission, uint64_t seed, struct err *err);

void grading_close(struct grading *grading);

/* Keeps the first failing trace where `kata replay` finds it, and notes in the
   finding where. Failing to is worth a word on stderr, not the verdict. */
void grading_save_trace(const struct cmd_context *context, struct grade *grade);

/* A seed for a run that names none: 32 random bits, short enough to type. */
uint64_t grading_seed(void);

/* The exit status that a verdict has. */
int grading_exit(const struct grade *grade);

#endif
