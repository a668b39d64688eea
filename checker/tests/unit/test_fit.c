#include "base/random.h"
#include "judge/fit.h"

#include <criterion/criterion.h>
#include <math.h>

enum { POINTS = 4, ROUNDS = 2000 };

static const double sizes[POINTS] = {256, 1024, 4096, 16384};

static double shape(enum growth_class class, double n)
{
    const double shapes[] = {1, log2(n), n, n * log2(n), n * n};

    return shapes[class];
}

/* Uniform in low ... high. */
static double uniform(struct random_state *random, double low, double high)
{
    return low + (high - low) * (double)random_between(random, 0, 1000000) /
                     1000000.0;
}

static enum growth_class class_of(const double *n, const double *cost,
                                  size_t count)
{
    struct fit fit;

    fit_growth(n, cost, count, &fit);
    return fit.class;
}

/* Costs a + b f(n), with a up to `offset` times b f(least n), each changed by
   at most the share `noise`. */
static void expect_named(enum growth_class class, double offset, double noise)
{
    struct random_state random;

    random_seed(&random, 1, class);
    for (int round = 0; round < ROUNDS; round++) {
        double cost[POINTS], b = uniform(&random, 0.5, 50);
        double a = uniform(&random, 0, offset) * b * shape(class, sizes[0]);

        for (size_t i = 0; i < POINTS; i++)
            cost[i] = (a + b * shape(class, sizes[i])) *
                      uniform(&random, 1 - noise, 1 + noise);
        cr_assert_eq(class_of(sizes, cost, POINTS), class,
                     "round %d: %g %g %g %g is class %d, want %d", round,
                     cost[0], cost[1], cost[2], cost[3],
                     class_of(sizes, cost, POINTS), class);
    }
}

Test(fit, names_a_constant_through_a_wobble_of_10_percent)
{
    expect_named(GROWTH_CONSTANT, 1, 0.1);
}

Test(fit, names_a_logarithm_through_noise)
{
    expect_named(GROWTH_LOG, 0.8, 0.02);
}

Test(fit, names_linear_through_noise)
{
    expect_named(GROWTH_LINEAR, 8, 0.02);
}

Test(fit, names_n_log_n_through_noise)
{
    expect_named(GROWTH_LINEAR_LOG, 2, 0.02);
}

Test(fit, names_quadratic_through_noise)
{
    expect_named(GROWTH_QUADRATIC, 20, 0.02);
}

Test(fit, every_wobble_within_10_percent_is_constant)
{
    for (int pattern = 0; pattern < 1 << POINTS; pattern++) {
        double cost[POINTS];

        for (int i = 0; i < POINTS; i++)
            cost[i] = pattern >> i & 1 ? 110 : 90;
        cr_assert_eq(class_of(sizes, cost, POINTS), GROWTH_CONSTANT);
    }
}

Test(fit, the_steps_of_a_hash_table_are_no_growth)
{
    const double n[] = {100, 300, 900, 2700, 8100};
    const double cost[] = {52, 81, 60, 49, 74}; /* as its load rises, falls */

    cr_assert_eq(class_of(n, cost, 5), GROWTH_CONSTANT);
}

Test(fit, a_resize_in_few_of_the_calls_is_no_growth)
{
    const double cost[] = {130, 96, 111, 90};

    cr_assert_eq(class_of(sizes, cost, POINTS), GROWTH_CONSTANT);
}

Test(fit, comparisons_of_a_merge_sort_are_n_log_n)
{
    double cost[POINTS];

    for (int i = 0; i < POINTS; i++)
        cost[i] = sizes[i] * (log2(sizes[i]) - 1) + 1;
    cr_assert_eq(class_of(sizes, cost, POINTS), GROWTH_LINEAR_LOG);
}

Test(fit, three_points_are_enough)
{
    const double n[] = {256, 1024, 4096}, cost[] = {1100, 4180, 16420};

    cr_assert_eq(class_of(n, cost, 3), GROWTH_LINEAR);
}

Test(fit, six_points_are_not_too_many)
{
    const double n[] = {64, 128, 256, 512, 1024, 2048};
    const double cost[] = {75, 84, 96, 105, 114, 126};

    cr_assert_eq(class_of(n, cost, 6), GROWTH_LOG);
}

Test(fit, gives_the_coefficients)
{
    struct fit fit;
    const double cost[] = {100 + 2 * 256, 100 + 2 * 1024, 100 + 2 * 4096,
                           100 + 2 * 16384};

    fit_growth(sizes, cost, POINTS, &fit);
    cr_assert_eq(fit.class, GROWTH_LINEAR);
    cr_assert_float_eq(fit.a, 100, 1e-6, "a is %g", fit.a);
    cr_assert_float_eq(fit.b, 2, 1e-9, "b is %g", fit.b);
    cr_assert_gt(fit.confidence, 0.99);
}

Test(fit, is_sure_of_level_costs_and_less_so_of_a_wobble)
{
    struct fit level, wobble;
    const double same[] = {40, 40, 40, 40}, varied[] = {40, 46, 41, 44};

    fit_growth(sizes, same, POINTS, &level);
    fit_growth(sizes, varied, POINTS, &wobble);
    cr_assert_eq(level.class, GROWTH_CONSTANT);
    cr_assert_eq(wobble.class, GROWTH_CONSTANT);
    cr_assert_gt(level.confidence, 0.99);
    cr_assert_lt(wobble.confidence, 0.8);
}

Test(fit, costs_that_fall_are_constant)
{
    const double cost[] = {400, 200, 150, 140};

    cr_assert_eq(class_of(sizes, cost, POINTS), GROWTH_CONSTANT);
}
