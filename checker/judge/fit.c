#include "judge/fit.h"

#include <math.h>

/*
 * A class is good enough when its error is within the tolerance, or not twice
 * the best one's. Instruction counts hardly vary from run to run, but what a
 * call costs does with the load of a hash table or the shape of a tree: 10 %
 * up and down is still constant.
 */
static const double tolerance[GROWTH_CLASSES] = {
    [GROWTH_CONSTANT] = 0.12,  [GROWTH_LOG] = 0.05,
    [GROWTH_LINEAR] = 0.05,    [GROWTH_LINEAR_LOG] = 0.05,
    [GROWTH_QUADRATIC] = 0.05,
};

static const double clearly_worse = 2.0;

static double shape(enum growth_class class, double n)
{
    switch (class) {
    case GROWTH_LOG:
        return log2(n);
    case GROWTH_LINEAR:
        return n;
    case GROWTH_LINEAR_LOG:
        return n * log2(n);
    case GROWTH_QUADRATIC:
        return n * n;
    default:
        return 1.0;
    }
}

/* Sums over the points, each divided by its cost, so that errors are relative:
   without that the largest n alone would decide. */
struct sums {
    double one, shape, one_one, one_shape, shape_shape;
};

static struct sums add_up(enum growth_class class, const double *n,
                          const double *cost, size_t count)
{
    struct sums sums = {0};

    for (size_t i = 0; i < count; i++) {
        double one = 1.0 / cost[i];
        /* Scaled to 1 at the largest n, or squares of n^2 lose digits. */
        double f = shape(class, n[i]) / shape(class, n[count - 1]) / cost[i];

        sums.one += one;
        sums.shape += f;
        sums.one_one += one * one;
        sums.one_shape += one * f;
        sums.shape_shape += f * f;
    }
    return sums;
}

/* The least squares with a >= 0 and b >= 0: nothing costs less than nothing,
   and with a negative `a` a lower class would pass for a higher one. */
static void solve(const struct sums *s, double *a, double *b)
{
    double determinant =
        s->one_one * s->shape_shape - s->one_shape * s->one_shape;

    *a = s->one / s->one_one;
    *b = 0.0;
    if (determinant <= 1e-12 * s->one_one * s->shape_shape)
        return;
    double both_a =
        (s->one * s->shape_shape - s->shape * s->one_shape) / determinant;
    double both_b =
        (s->shape * s->one_one - s->one * s->one_shape) / determinant;
    if (both_b < 0.0)
        return;
    *a = both_a;
    *b = both_b;
    if (both_a < 0.0) {
        *a = 0.0;
        *b = s->shape / s->shape_shape;
    }
}

/* Fits one class and returns its error: the root mean square over the degrees
   of freedom that are left, so that a second parameter has to earn its keep. */
static double fit_class(enum growth_class class, const double *n,
                        const double *cost, size_t count, double *a, double *b)
{
    struct sums sums = add_up(class, n, cost, count);
    double square = 0.0;
    size_t parameters = class == GROWTH_CONSTANT ? 1 : 2;

    solve(&sums, a, b);
    *b /= shape(class, n[count - 1]);
    for (size_t i = 0; i < count; i++) {
        double error = (*a + *b * shape(class, n[i])) / cost[i] - 1.0;

        square += error * error;
    }
    return sqrt(square / (double)(count - parameters));
}

static double best_error(const double *errors, int except)
{
    double best = INFINITY;

    for (int i = 0; i < GROWTH_CLASSES; i++)
        if (i != except && errors[i] < best)
            best = errors[i];
    return best;
}

/* A constant is nested in every class, so no class fits it worse: what tells
   is how level the costs are. */
static double confidence(const struct fit *fit)
{
    double error = fit->error[fit->class];
    double limit = fit->class == GROWTH_CONSTANT
                       ? tolerance[GROWTH_CONSTANT]
                       : best_error(fit->error, (int)fit->class);

    return limit > error ? 1.0 - error / limit : 0.0;
}

void fit_growth(const double *n, const double *cost, size_t count,
                struct fit *fit)
{
    double a[GROWTH_CLASSES], b[GROWTH_CLASSES], best;
    int class = GROWTH_CONSTANT;

    for (int i = 0; i < GROWTH_CLASSES; i++)
        fit->error[i] =
            fit_class((enum growth_class)i, n, cost, count, &a[i], &b[i]);
    best = best_error(fit->error, -1);
    while (fit->error[class] > tolerance[class] &&
           fit->error[class] > clearly_worse * best)
        class += 1;
    fit->class = (enum growth_class) class;
    fit->a = a[class];
    fit->b = b[class];
    fit->confidence = confidence(fit);
}
