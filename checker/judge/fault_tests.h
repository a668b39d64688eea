/*
 * The workloads of the Criterion tests with allocations that fail: the part of
 * the faults stage that needs no trace.
 *
 * A test does not know that memory runs out, so an assertion that fails says
 * nothing. But whatever memory there is, the submission must not crash or hang,
 * and a test that passes in spite of the failure must leave no block behind
 * that it does not leave without.
 */
#ifndef JUDGE_FAULT_TESTS_H
#define JUDGE_FAULT_TESTS_H

#include "judge/result.h"
#include "judge/run.h"

/*
 * Fails one allocation after the other of each of `tests` ("suite::name", those
 * that pass) that makes no threads; what is found goes to `result`. Adds to
 * *injected how many failures were tried. Returns -1 where the tests could not
 * be run.
 */
int fault_tests(struct run *run, const struct strv *tests,
                struct stage_result *result, size_t *injected, struct err *err);

#endif
