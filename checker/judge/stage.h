/*
 * The stages of a grading, one file each (build.c, policy.c, ...), and the
 * table of them (stage.c) that the graph in grade.c runs.
 *
 * A stage function fills *result: findings, status (PASS unless it said
 * otherwise; the caller has set PASS), score and details. max_score and id are
 * set before; seconds after. It never prints. It may be called from any
 * thread, at the same time as other stages of the same run. When
 * proc_cancelled is set it returns soon, in whatever status.
 */
#ifndef JUDGE_STAGE_H
#define JUDGE_STAGE_H

#include "judge/result.h"
#include "judge/run.h"

#include <stdbool.h>

struct stage {
    enum stage_id id;
    const char *title; /* one line for reports and docs */
    unsigned needs;    /* bits of stages that must have passed */
    unsigned after;    /* bits of stages that must have ended */
    bool required;     /* its failure fails the verdict */
    bool (*applies)(const struct kata *kata); /* NULL: always */
    void (*run)(struct run *run, const struct grade *grade,
                struct stage_result *result); /* NULL: not there yet */
};

#define STAGE_BIT(id) (1U << (id))

extern const struct stage stage_table[STAGE_COUNT];

/* `grade` gives read access to the results of stages named in needs and
   after, and to nothing else. */
void stage_build(struct run *run, const struct grade *grade,
                 struct stage_result *result);
void stage_policy(struct run *run, const struct grade *grade,
                  struct stage_result *result);
void stage_tests(struct run *run, const struct grade *grade,
                 struct stage_result *result);
void stage_oracle(struct run *run, const struct grade *grade,
                  struct stage_result *result);
void stage_memory(struct run *run, const struct grade *grade,
                  struct stage_result *result);
void stage_faults(struct run *run, const struct grade *grade,
                  struct stage_result *result);
void stage_threads(struct run *run, const struct grade *grade,
                   struct stage_result *result);
void stage_growth(struct run *run, const struct grade *grade,
                  struct stage_result *result);
void stage_style(struct run *run, const struct grade *grade,
                 struct stage_result *result);

#endif
