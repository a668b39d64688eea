#include "base/strv.h"
#include "judge/growth.h"

#include <criterion/criterion.h>

enum { POINTS = 4 };

static struct measured_point points[POINTS];
static struct measured_claim measured = {.points = points, .count = POINTS};
static struct growth_claim claim = {.at_most = GROWTH_CONSTANT,
                                    .bytes_at_most = GROWTH_CONSTANT,
                                    .has_bytes = true};

static void setup(void)
{
    for (int i = 0; i < POINTS; i++)
        points[i] = (struct measured_point){.n = 256LL << (2 * i),
                                            .mean = {100, 0},
                                            .typical = {100, 0},
                                            .prepared = 24};
    strv_add(&claim.prepare, "add {i}");
    strv_add(&claim.measure, "add {i}");
}

static void teardown(void)
{
    strv_release(&claim.prepare);
    strv_release(&claim.measure);
}

TestSuite(growth, .init = setup, .fini = teardown);

Test(growth, level_costs_hold)
{
    struct judged judged = growth_judge(&claim, &measured, false);

    cr_assert(judged.holds);
    cr_assert_eq(judged.kind, COST_MEAN);
    cr_assert_eq(judged.fit.class, GROWTH_CONSTANT);
}

Test(growth, costs_that_grow_do_not)
{
    for (int i = 0; i < POINTS; i++)
        points[i].mean.instructions = points[i].typical.instructions =
            50 + (double)points[i].n * 3;
    cr_assert_not(growth_judge(&claim, &measured, false).holds);
    cr_assert(growth_judge(&claim, &measured, true).holds);
    claim.at_most = GROWTH_LINEAR;
    cr_assert(growth_judge(&claim, &measured, false).holds);
}

Test(growth, asking_for_nothing_is_constant)
{
    for (int i = 0; i < POINTS; i++)
        points[i].prepared = 0;
    cr_assert(growth_judge(&claim, &measured, true).holds);
}

/* An array that doubles, just at each n: one call of a thousand copies all. */
Test(growth, a_resize_within_the_window_is_amortised)
{
    struct judged judged;

    for (int i = 0; i < POINTS; i++) {
        points[i].mean.instructions += (double)points[i].n / 10;
        points[i].mean.bytes = (double)points[i].n * 8 / 1000;
        points[i].prepared = 31 - i / 8.0;
    }
    judged = growth_judge(&claim, &measured, false);
    cr_assert(judged.holds);
    cr_assert_eq(judged.kind, COST_TYPICAL);
    cr_assert(growth_judge(&claim, &measured, true).holds);
}

/* One that grows by 1000 elements looks the same in a window of 1000 calls,
   but not in what preparing it took. */
Test(growth, growing_by_a_constant_is_not_amortised)
{
    struct judged judged;

    for (int i = 0; i < POINTS; i++) {
        points[i].mean.bytes = (double)points[i].n * 8 / 1000;
        points[i].prepared = 8 + (double)points[i].n * 8 / 2000;
    }
    judged = growth_judge(&claim, &measured, true);
    cr_assert_not(judged.holds);
    cr_assert_eq(judged.kind, COST_MEAN);
    cr_assert_eq(judged.fit.class, GROWTH_LINEAR);
}

Test(growth, preparing_with_another_call_is_no_evidence)
{
    strv_release(&claim.measure);
    strv_add(&claim.measure, "get {any}");
    for (int i = 0; i < POINTS; i++) {
        points[i].mean.bytes = (double)points[i].n * 8 / 1000;
        points[i].prepared = 8 + (double)points[i].n * 8 / 2000;
    }
    cr_assert(growth_judge(&claim, &measured, true).holds);
}

static bool are_alike(const double *mine, const double *others)
{
    struct measured_point one[POINTS], other[POINTS];
    struct measured_claim a = {.points = one, .count = POINTS};
    struct measured_claim b = {.points = other, .count = POINTS};

    for (int i = 0; i < POINTS; i++) {
        one[i] = (struct measured_point){.mean.instructions = mine[i]};
        other[i] = (struct measured_point){.mean.instructions = others[i]};
    }
    return growth_alike(&a, &b);
}

/* Seen of list_append of deep-copy, written with other allocations. */
Test(growth, a_constant_weighs_most_at_the_smallest_size)
{
    static const double reference[POINTS] = {7862, 14056, 40769, 159760};
    static const double roomy[POINTS] = {10240, 15358, 42903, 170375};
    static const double hidden[POINTS] = {53840, 70480, 152400, 541520};
    static const double from_less[POINTS] = {6000, 14056, 40769, 159760};
    static const double tripling[POINTS] = {7522, 12973, 40741, 166245};

    cr_assert(are_alike(roomy, reference));
    cr_assert_not(are_alike(hidden, reference), "n log n and a constant");
    cr_assert_not(are_alike(from_less, reference));
    cr_assert(are_alike(tripling, reference));
}

/* Measured of objects that grow by half, beside the reference's. */
Test(growth, what_has_just_grown_has_cost_more)
{
    static const double reference[POINTS] = {13369, 46041, 184839, 681703};
    static const double by_half[POINTS] = {15120, 47975, 192972, 891667};
    double n_log_n[POINTS];

    for (int i = 0; i < POINTS; i++)
        n_log_n[i] = reference[i] * (6 + 2 * i);
    cr_assert(are_alike(by_half, reference));
    cr_assert_not(are_alike(n_log_n, reference));
}

/* Bytes that an array asks for which grows as CPython's lists do, and one that
   grows by 64 elements. */
Test(growth, an_array_may_grow_by_an_eighth_and_not_by_a_constant)
{
    static const double by_an_eighth[POINTS] = {2128, 14104, 71600, 291888};

    claim.bytes_at_most = GROWTH_LINEAR;
    for (int i = 0; i < POINTS; i++) {
        points[i].n = 64LL << 2 * i;
        points[i].mean.bytes = points[i].typical.bytes = by_an_eighth[i];
    }
    cr_assert(growth_judge(&claim, &measured, true).holds);
    for (int i = 0; i < POINTS; i++) {
        double steps = (double)points[i].n / 64;

        points[i].mean.bytes = points[i].typical.bytes =
            8 * 64 * steps * (steps + 1) / 2;
    }
    cr_assert_not(growth_judge(&claim, &measured, true).holds);
}

Test(growth, costs_in_one_proportion_to_the_references_grow_alike)
{
    /* What glibc's realloc makes of a growing array, with and without room. */
    struct measured_point mine[] = {{.n = 64, .mean.instructions = 8098},
                                    {.n = 256, .mean.instructions = 14044},
                                    {.n = 1024, .mean.instructions = 40774},
                                    {.n = 4096, .mean.instructions = 168131}};
    struct measured_point others[] = {{.n = 64, .mean.instructions = 7855},
                                      {.n = 256, .mean.instructions = 14049},
                                      {.n = 1024, .mean.instructions = 40762},
                                      {.n = 4096, .mean.instructions = 159753}};
    struct measured_claim one = {.points = mine, .count = 4};
    struct measured_claim other = {.points = others, .count = 4};

    cr_assert(growth_alike(&one, &other));
    for (int i = 0; i < 4; i++)
        mine[i].mean.instructions *= 7;
    cr_assert(growth_alike(&one, &other), "7 times as much");
    mine[3].mean.instructions *= 1.4; /* n log n has 2 times at 64 times n */
    cr_assert_not(growth_alike(&one, &other));
    one.count = 3;
    cr_assert_not(growth_alike(&one, &other), "not measured to the end");
}
