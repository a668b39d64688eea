#include "store/schedule.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

static const int64_t day = INT64_C(24) * 60 * 60 * 1000;
static const int64_t minute = INT64_C(60) * 1000;
static const int64_t start = INT64_C(1669725000000); /* 2022-11-29 12:30 */

static bool near(double got, double want, double within)
{
    return fabs(got - want) <= within;
}

Test(schedule, initial_stability_and_difficulty_are_the_parameters)
{
    /* S0 = w0 ... w3; D0 by hand: 6.4133, then less e^0.8334 - 1 = 1.30113,
       e^1.6668 - 1 = 4.29519, and for easy below 1, held there. */
    static const double stability[] = {0.212, 1.2931, 2.3065, 8.2956};
    static const double difficulty[] = {6.4133, 5.11217, 2.11811, 1};

    for (int i = 0; i < 4; i++) {
        struct memory memory = {.reviews = 0};

        schedule_review(&memory, (enum rating)(RATING_AGAIN + i), start);
        cr_assert(near(memory.stability, stability[i], 1e-9));
        cr_assert(near(memory.difficulty, difficulty[i], 1e-4),
                  "rating %d: got %f, want %f", i + 1, memory.difficulty,
                  difficulty[i]);
        cr_assert_eq(memory.reviews, 1);
        cr_assert_eq(memory.reviewed, start);
    }
}

/* py-fsrs 6, tests/test_basic.py, test_memo_state: ratings at these days. */
Test(schedule, memory_state_is_that_of_py_fsrs)
{
    static const int days[] = {0, 0, 1, 3, 8, 21};
    struct memory memory = {.reviews = 0};
    int64_t when = start;

    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        when += days[i] * day;
        schedule_review(&memory, i == 0 ? RATING_AGAIN : RATING_GOOD, when);
    }
    cr_assert(near(memory.stability, 53.62691, 1e-4), "got S %f",
              memory.stability);
    cr_assert(near(memory.difficulty, 6.3574867, 1e-4), "got D %f",
              memory.difficulty);
}

Test(schedule, intervals_are_those_of_py_fsrs)
{
    static const enum rating ratings[] = {
        RATING_GOOD, RATING_GOOD,  RATING_GOOD,  RATING_GOOD, RATING_GOOD,
        RATING_GOOD, RATING_AGAIN, RATING_AGAIN, RATING_GOOD, RATING_GOOD,
        RATING_GOOD, RATING_GOOD,  RATING_GOOD};
    /* py-fsrs 6, test_review_card; 0 is a learning step of ten minutes. */
    static const int days[] = {0, 2, 11, 46, 163, 498, 0, 0, 2, 4, 7, 12, 21};
    struct memory memory = {.reviews = 0};
    int64_t when = start;

    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        schedule_review(&memory, ratings[i], when);
        if (days[i])
            cr_assert_eq(memory.due - when, days[i] * day,
                         "review %zu: got %f days, want %d", i,
                         (double)(memory.due - when) / (double)day, days[i]);
        when += days[i] ? days[i] * day : 10 * minute;
    }
}
