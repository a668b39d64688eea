/*
 * Holds the reference's answers against CPython's: solutions/.../cpython.py
 * replays the same random traces on Python's own objects. For authors only:
 * python3 runs unjailed, on our code.
 */
#ifndef JUDGE_CPYTHON_H
#define JUDGE_CPYTHON_H

#include "judge/run.h"

#include <stddef.h>
#include <stdint.h>

/* Has the kata a cpython.py? */
bool cpython_exists(const struct kata *kata);

struct cpython_result {
    size_t traces, lines; /* compared */
    bool equal;
    struct finding difference; /* where not equal: trace, want (CPython's),
                                  got (the reference's); owned */
};

/* Compares `count` random traces of a seed; `run` is the reference's. The
   caller releases result->difference with finding_release. */
int cpython_compare(struct run *run, uint64_t seed, size_t count,
                    struct cpython_result *result, struct err *err);

#endif
