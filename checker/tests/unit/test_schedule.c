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

Test(schedule, recall_is_90_percent_after_the_stability)
{
    struct memory memory = {
        .stability = 20, .difficulty = 5, .reviewed = start, .reviews = 1};

    cr_assert(near(schedule_recall(&memory, start), 1, 1e-12));
    cr_assert(near(schedule_recall(&memory, start + 20 * day), 0.9, 1e-12));
    /* By hand: (1 + 0.9803 * 40 / 20)^-0.1542, with 0.9^(-1/0.1542) - 1 =
       0.98034. */
    cr_assert(near(schedule_recall(&memory, start + 40 * day), 0.84588, 1e-4),
              "got %f", schedule_recall(&memory, start + 40 * day));
    cr_assert(near(schedule_recall(&memory, start - day), 1, 1e-12));
}

Test(schedule, one_review_by_hand)
{
    /* S = 10, D = 5, ten days later, so R = 0.9. Good: increase = e^1.8722 *
       6 * 10^-0.1666 * (e^(0.0796) - 1) = 6.5026 * 6 * 0.68139 * 0.082854 =
       2.20265, S = 32.0265. Hard: times 0.6014. Easy: times 1.8729. Again:
       1.4835 * 5^-0.0614 * (11^0.2629 - 1) * e^0.16483 = 1.4835 * 0.90591 *
       0.87839 * 1.17919 = 1.39199. */
    static const double want[] = {1.39199, 23.2467, 32.0265, 51.2534};

    for (int i = 0; i < 4; i++) {
        struct memory memory = {
            .stability = 10, .difficulty = 5, .reviewed = start, .reviews = 1};

        schedule_review(&memory, (enum rating)(RATING_AGAIN + i),
                        start + 10 * day);
        cr_assert(near(memory.stability, want[i], 0.01), "rating %d: got %f",
                  i + 1, memory.stability);
    }
}

Test(schedule, difficulty_by_hand)
{
    /* From 5, again: 5 + 2 * 3.0194 * 5 / 9 = 8.35489, then 0.999 of it and
       0.001 of D0(easy) = 6.4133 - e^2.5002 + 1 = -4.7716: 8.34176. */
    struct memory memory = {
        .stability = 10, .difficulty = 5, .reviewed = start, .reviews = 1};

    schedule_review(&memory, RATING_AGAIN, start + day);
    cr_assert(near(memory.difficulty, 8.34176, 1e-3), "got %f",
              memory.difficulty);
}

Test(schedule, extremes_stay_in_their_ranges)
{
    struct memory memory = {.reviews = 0};
    int64_t when = start;

    for (int i = 0; i < 60; i++, when += 20000 * day)
        schedule_review(&memory, RATING_EASY, when);
    cr_assert(memory.difficulty >= 1 && memory.difficulty <= 10);
    cr_assert_leq(memory.due - memory.reviewed, 36500 * day);
    for (int i = 0; i < 60; i++, when += minute)
        schedule_review(&memory, RATING_AGAIN, when);
    cr_assert(memory.stability >= 0.001);
    cr_assert(memory.difficulty <= 10);
    cr_assert_eq(memory.due - memory.reviewed, day, "at least a day");
}

Test(schedule, an_earlier_time_counts_as_the_last_review)
{
    struct memory memory = {.reviews = 0};

    schedule_review(&memory, RATING_GOOD, start);
    schedule_review(&memory, RATING_GOOD, start - 5 * day);
    cr_assert_eq(memory.reviewed, start);
    cr_assert(isfinite(memory.stability));
}

Test(schedule, items_of_two_kinds_do_not_mix)
{
    struct schedule schedule = SCHEDULE_INIT;
    struct scheduled item;
    struct db *db = db_open_memory();
    struct err err = ERR_INIT;

    cr_assert_eq(schedule_add(db, "kata", "gil", RATING_EASY, start, &err), 0);
    cr_assert_eq(schedule_add(db, "question", "gil", RATING_AGAIN, start, &err),
                 0);
    cr_assert_eq(schedule_add(db, "question", "mro", RATING_GOOD, start, &err),
                 0);
    cr_assert_eq(schedule_list(db, NULL, &schedule, &err), 0, "%s", err.text);
    cr_assert_eq(schedule.count, 3);
    cr_assert_str_eq(schedule.items[0].kind, "question");
    cr_assert_str_eq(schedule.items[0].item, "gil", "soonest first");
    cr_assert_str_eq(schedule.items[2].kind, "kata");
    schedule_release(&schedule);
    cr_assert_eq(schedule_list(db, "question", &schedule, &err), 0);
    cr_assert_eq(schedule.count, 2);
    schedule_release(&schedule);
    cr_assert_eq(schedule_find(db, "kata", "gil", &item, &err), 0);
    cr_assert_eq(item.last, RATING_EASY);
    cr_assert_eq(item.memory.due, start + 8 * day);
    cr_assert_eq(schedule_find(db, "kata", "new", &item, &err), 0);
    cr_assert_eq(item.memory.reviews, 0);
    cr_assert_str_eq(item.item, "new");
    cr_assert_eq(schedule_add(db, "", "x", RATING_GOOD, start, NULL), -1);
    db_close(db);
}

Test(schedule, the_order_in_which_reviews_arrive_does_not_matter)
{
    struct db *db = db_open_memory();
    struct err err = ERR_INIT;
    struct memory memory = {.reviews = 0};
    struct scheduled item;

    schedule_review(&memory, RATING_GOOD, start);
    schedule_review(&memory, RATING_HARD, start + 3 * day);
    cr_assert_eq(
        schedule_add(db, "kata", "a", RATING_HARD, start + 3 * day, &err), 0);
    cr_assert_eq(schedule_add(db, "kata", "a", RATING_GOOD, start, &err), 0);
    cr_assert_eq(schedule_find(db, "kata", "a", &item, &err), 0);
    cr_assert(item.memory.stability == memory.stability);
    cr_assert_eq(item.last, RATING_HARD);
    db_close(db);
}
