/*
 * Runs the graph of stages and makes the one verdict.
 *
 * pass only when every required stage that applies ran and passed; error where
 * one could not run; fail otherwise. The category is that of the first stage,
 * in the order of enum stage_id, that did not pass.
 */
#ifndef JUDGE_GRADE_H
#define JUDGE_GRADE_H

#include "judge/result.h"
#include "judge/run.h"

#include <stdbool.h>

struct grade_options {
    bool only[STAGE_COUNT]; /* stages asked for; what they need runs too. All
                               false: every stage */
    bool first_failure;     /* stop after the first stage, in order, that did
                               not pass */
    bool tests_first;       /* of the stages after the oracle none starts
                               before the tests have ended, for who waits for
                               them */
    int jobs;               /* stages at the same time; 0: as many as cores */
    void (*started)(enum stage_id id, void *context);
    void (*progress)(const struct stage_result *result, void *context);
    void *context; /* started and progress are called, one call at a time, as
                      each starts and ends; what is skipped only ends */
};

/*
 * Grades what `run` was opened with. Returns 0 with *grade filled (also where
 * the verdict is error), to be freed with grade_release; -1 only where nothing
 * could be started.
 */
int grade_run(struct run *run, const struct grade_options *options,
              struct grade *grade, struct err *err);

/* The hash of everything of the kata that the verdict depends on, as it stands
   in a result's provenance. */
int grade_hash_kata(const struct kata *kata, char text[HASH_TEXT_SIZE],
                    struct err *err);

#endif
