/*
 * Makes a failing trace small: delta debugging (Zeller and Hildebrandt,
 * "Simplifying and Isolating Failure-Inducing Input", 2002) over its lines,
 * then smaller arguments. The result is 1-minimal: without any one line, taken
 * out as text, it no longer fails.
 */
#ifndef JUDGE_SHRINK_H
#define JUDGE_SHRINK_H

#include "base/strv.h"
#include "kata/grammar.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Says for each candidate whether it fails in the way looked for. Called with
 * one or more candidates at a time, so that they can share a process; sets
 * fails[i]. Returns false to give up (cancelled, or out of time): the best so
 * far is then the result.
 */
typedef bool shrink_test(const struct strv *candidates, size_t count,
                         bool *fails, void *context);

struct shrink_stats {
    size_t tests;
    bool minimal; /* false where it gave up before it was sure */
};

/* `lines` fails and is replaced by the smallest found. */
void shrink(const struct grammar *grammar, struct strv *lines,
            shrink_test *test, void *context, double seconds,
            struct shrink_stats *stats);

#endif
