/*
 * Which growth class fits measured costs: least squares of cost = a + b f(n)
 * for each class, b >= 0, with errors relative to the cost; the simplest class
 * whose error is not clearly worse than the best one's.
 */
#ifndef JUDGE_FIT_H
#define JUDGE_FIT_H

#include "kata/kata.h"

#include <stddef.h>

struct fit {
    enum growth_class class;
    double a, b;
    double error[GROWTH_CLASSES]; /* relative root mean square of each class */
    double confidence; /* 0 ... 1: how much better than the next class */
};

/* n ascending, at least three points, costs positive. */
void fit_growth(const double *n, const double *cost, size_t count,
                struct fit *fit);

#endif
