/*
 * What the oracle stage does to random traces, for a trace that another stage
 * has doubts about.
 */
#ifndef JUDGE_ORACLE_H
#define JUDGE_ORACLE_H

#include "base/err.h"
#include "base/strv.h"
#include "judge/result.h"
#include "judge/run.h"

#include <stdbool.h>

/*
 * Asks the run's submission and its reference, outside Valgrind. Where they
 * differ the trace is made small and a finding added to *result. Returns -1
 * where one of them cannot be asked, or when interrupted.
 */
int oracle_hold(struct run *run, const struct strv *trace,
                struct stage_result *result, struct err *err);

/* Would the oracle stage pass? Tells nothing of why not. */
int oracle_passes(struct run *run, bool *passes, struct err *err);

#endif
