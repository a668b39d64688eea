/* Points, and a table of what being late costs. */
#include "judge/award.h"

#include "base/alloc.h"
#include "base/moment.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct kata kata = {.slug = (char[]){"lru-cache"},
                           .snake = (char[]){"lru_cache"},
                           .title = (char[]){"LRU cache"},
                           .weights = {[STAGE_TESTS] = 30,
                                       [STAGE_ORACLE] = 30,
                                       [STAGE_MEMORY] = 15,
                                       [STAGE_STYLE] = 5}};

static int64_t at(const char *text)
{
    int64_t seconds;

    cr_assert_eq(moment_read(text, &seconds), 0, "%s", text);
    return seconds;
}

static struct scheme scheme_of(const char *text)
{
    struct scheme scheme;
    struct err err = ERR_INIT;

    cr_assert_eq(scheme_parse("test", text, strlen(text), &scheme, &err), 0,
                 "%s", err.text);
    return scheme;
}

static bool is(double a, double b)
{
    return fabs(a - b) < 1e-9;
}

/* All points but for the oracle's, of which there is `oracle`. */
static struct grade make_grade(double oracle)
{
    struct grade grade = {.kata = &kata,
                          .verdict = oracle < 30 ? VERDICT_FAIL : VERDICT_PASS};

    for (int i = 0; i < STAGE_COUNT; i++) {
        grade.stages[i] = (struct stage_result){.id = (enum stage_id)i,
                                                .status = STATUS_PASS,
                                                .score = kata.weights[i],
                                                .max_score = kata.weights[i]};
        grade.selected[i] = i != STAGE_THREADS;
    }
    grade.stages[STAGE_ORACLE].score = oracle;
    if (oracle < 30)
        grade.stages[STAGE_ORACLE].status = STATUS_FAIL;
    return grade;
}

static struct award award_of(const char *text, struct grade *grade)
{
    struct scheme scheme = scheme_of(text);
    struct err err = ERR_INIT;
    struct award award;

    cr_assert_eq(award_grade(&scheme, "ada", NULL, grade, &err), 0, "%s",
                 err.text);
    award = *grade->award;
    scheme_release(&scheme);
    grade_release(grade);
    return award;
}

#define HEAD "{\"schema\": \"kata-grading/1\""

Test(award, scales_points_to_what_a_full_score_is_worth)
{
    struct grade grade = make_grade(30), half = make_grade(15);
    struct award award = award_of(HEAD ", \"points\": 20}", &grade);

    cr_assert(is(award.points, 20));
    cr_assert(is(award.stages[STAGE_TESTS], 7.5));
    award = award_of(HEAD ", \"points\": 20}", &half);
    cr_assert(is(award.points, 16.25), "%f", award.points);
    cr_assert(is(award.stages[STAGE_ORACLE], 3.75));
    cr_assert_eq(award.lateness, LATENESS_NONE);
}

Test(award, takes_weights_in_place_of_the_katas)
{
    struct grade grade = make_grade(0);
    struct award award =
        award_of(HEAD ", \"weights\": {\"tests\": 3, \"oracle\": 1}}", &grade);

    cr_assert(is(award.points, 75));
    cr_assert(is(award.stages_max[STAGE_ORACLE], 25));
    cr_assert(is(award.stages_max[STAGE_STYLE], 0));
}

/* Growth has no points in the kata: there it counts whether it passed. And
   threads are not graded: their weight must not be missing from a full score.
 */
Test(award, gives_points_for_stages_without_points_and_none_for_those_not_run)
{
    const char *text = HEAD ", \"weights\": {\"growth\": 1, \"threads\": 5}}";
    struct grade grade = make_grade(30), failed = make_grade(30);
    struct award award = award_of(text, &grade);

    cr_assert(is(award.points, 100));
    failed.stages[STAGE_GROWTH].status = STATUS_FAIL;
    award = award_of(text, &failed);
    cr_assert(is(award.points, 0));
}

Test(award, makes_no_points_of_an_error)
{
    struct grade grade = make_grade(30);
    struct award award;

    grade.verdict = VERDICT_ERROR;
    award = award_of(HEAD "}", &grade);
    cr_assert_not(award.graded);
    cr_assert(is(award.max, 100));

    grade = make_grade(30);
    grade.verdict = VERDICT_ERROR;
    award = award_of(HEAD ", \"late\": {\"percent\": 10, \"deadline\": "
                          "\"2026-03-01T23:59:59Z\"}}",
                     &grade);
    cr_assert_eq(award.lateness, LATENESS_UNGRADED);
}

Test(award, leaves_verdict_and_score_as_they_are)
{
    struct grade grade = make_grade(0);
    struct scheme scheme = scheme_of(HEAD ", \"weights\": {\"tests\": 1}}");
    struct err err = ERR_INIT;
    json_t *json;

    grade.score = 50;
    cr_assert_eq(award_grade(&scheme, NULL, NULL, &grade, &err), 0);
    cr_assert(is(grade.award->points, 100));
    cr_assert_eq(grade.verdict, VERDICT_FAIL);
    cr_assert_eq(grade.stages[STAGE_ORACLE].status, STATUS_FAIL);
    grade.sandbox = "bwrap";
    json = grade_to_json(&grade);
    cr_assert(is(json_number_value(json_object_get(json, "score")), 50));
    cr_assert(json_object_get(json, "awarded"));
    json_decref(json);
    scheme_release(&scheme);
    grade_release(&grade);
}

Test(award, refuses_weights_that_leave_a_kata_without_points)
{
    struct scheme scheme = scheme_of(HEAD ", \"weights\": {\"threads\": 1}}");
    struct scheme_rules rules = scheme_rules(&scheme, "lru-cache");
    struct grade grade = make_grade(30);
    struct err err = ERR_INIT;

    cr_assert_eq(award_grade(&scheme, NULL, NULL, &grade, &err), -1);
    cr_assert_str_eq(err.text, "weights: expected one above 0 for a stage that "
                               "lru-cache has");
    cr_assert_null(grade.award);
    err_clear(&err);
    cr_assert_eq(award_check(&rules, &kata, &err), -1);
    rules.has_weights = false;
    err_clear(&err);
    cr_assert_eq(award_check(&rules, &kata, &err), 0);
    scheme_release(&scheme);
    grade_release(&grade);
}

Test(award, rounds_to_hundredths_halves_up)
{
    cr_assert(is(award_round(0.285), 0.29));
    cr_assert(is(award_round(1.005), 1.01));
    cr_assert(is(award_round(2.675), 2.68));
    cr_assert(is(award_round(2.6749), 2.67));
    cr_assert(is(award_round(0), 0));
}

static void adds_up(double total, const double *exact, const double *limits)
{
    double parts[STAGE_COUNT], sum = 0;

    award_split(total, exact, limits, parts);
    for (int i = 0; i < STAGE_COUNT; i++) {
        sum += parts[i];
        cr_assert(!limits || parts[i] < limits[i] + 1e-9);
        cr_assert(exact[i] > 0 || is(parts[i], 0));
    }
    cr_assert(is(sum, total), "%f of %f", sum, total);
}

/* Thirds and sevenths, which no hundredth is. */
Test(award, splits_points_so_that_they_add_up)
{
    static const double thirds[STAGE_COUNT] = {0, 0, 1, 1, 1};
    static const double sevenths[STAGE_COUNT] = {1, 1, 1, 1, 1, 1, 1};
    static const double none[STAGE_COUNT] = {0};
    double limits[STAGE_COUNT], two[STAGE_COUNT] = {0, 0, 0, 1, 1};
    double parts[STAGE_COUNT];

    adds_up(10, thirds, NULL);
    adds_up(100, sevenths, NULL);
    adds_up(0.01, sevenths, NULL);
    adds_up(0, none, NULL);
    /* The second and third of three thirds: 6.67, of 3.33 and 3.33. */
    award_split(10, thirds, NULL, limits);
    award_split(6.66, two, limits, parts);
    adds_up(6.66, two, limits);
}

/* What is handed in when, and what comes of 30 points. */
struct late_case {
    const char *handed_in, *student;
    enum lateness lateness;
    long long units;
    double points;
};

static void check_case(const struct scheme *scheme,
                       const struct late_case *each)
{
    struct grade grade = make_grade(30);
    struct err err = ERR_INIT;
    int64_t handed_in = each->handed_in ? at(each->handed_in) : 0;

    cr_assert_eq(award_grade(scheme, each->student,
                             each->handed_in ? &handed_in : NULL, &grade, &err),
                 0);
    cr_assert_eq(grade.award->lateness, each->lateness, "%s: %s",
                 each->handed_in, lateness_name(grade.award->lateness));
    cr_assert_eq(grade.award->units, each->units, "%s: %lld", each->handed_in,
                 grade.award->units);
    cr_assert(is(grade.award->points, each->points), "%s: %f", each->handed_in,
              grade.award->points);
    grade_release(&grade);
}

Test(award, costs_what_each_started_day_costs)
{
    static const struct late_case cases[] = {
        {"2026-01-01T00:00:00Z", "ada", LATENESS_IN_TIME, 0, 30},
        {"2026-03-01T23:59:59+01:00", "ada", LATENESS_IN_TIME, 0, 30},
        /* The grace period ends to the second, in whatever offset. */
        {"2026-03-02T00:14:59+01:00", "ada", LATENESS_IN_TIME, 0, 30},
        {"2026-03-01T18:14:59-05:00", "ada", LATENESS_IN_TIME, 0, 30},
        {"2026-03-02T00:15:00+01:00", "ada", LATENESS_LATE, 1, 27},
        /* Days count from the deadline, not from the end of the grace. */
        {"2026-03-02T23:59:59+01:00", "ada", LATENESS_LATE, 1, 27},
        {"2026-03-03T00:00:00+01:00", "ada", LATENESS_LATE, 2, 24},
        {"2026-03-06T12:00:00+01:00", "ada", LATENESS_LATE, 5, 18},
        /* The cap, then the last day that counts. */
        {"2026-03-06T23:00:00Z", "ada", LATENESS_LATE, 6, 18},
        {"2026-03-08T23:59:59+01:00", "ada", LATENESS_LATE, 7, 18},
        {"2026-03-09T00:00:00+01:00", "ada", LATENESS_TOO_LATE, 8, 0},
        /* An extension moves all of it, and is its student's alone. */
        {"2026-03-05T00:14:59+01:00", "Bo_815", LATENESS_IN_TIME, 0, 30},
        {"2026-03-05T00:15:00+01:00", "Bo", LATENESS_LATE, 1, 27},
        {"2026-03-11T23:59:59+01:00", "Bo", LATENESS_LATE, 7, 18},
        {"2026-03-12T00:00:00+01:00", "Bo", LATENESS_TOO_LATE, 8, 0},
        {"2026-03-04T12:00:00+01:00", NULL, LATENESS_LATE, 3, 21},
        {NULL, "ada", LATENESS_UNKNOWN, 0, 30},
    };
    struct scheme scheme = scheme_of(
        HEAD ", \"points\": 30, \"late\": {"
             "\"deadline\": \"2026-03-01T23:59:59+01:00\","
             "\"grace_minutes\": 15, \"percent\": 10, \"cap\": 40, \"last\": 7,"
             "\"extensions\": {\"Bo\": \"2026-03-04T23:59:59+01:00\"}}}");

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_case(&scheme, &cases[i]);
    scheme_release(&scheme);
}

/* Over the night in which clocks go back: 25 hours of a wall clock's day. */
Test(award, counts_hours_as_they_pass)
{
    static const struct late_case cases[] = {
        {"2026-10-25T02:59:59+02:00", "ada", LATENESS_IN_TIME, 0, 30},
        {"2026-10-25T02:00:00+01:00", "ada", LATENESS_LATE, 1, 28.5},
        {"2026-10-25T02:59:59+01:00", "ada", LATENESS_LATE, 1, 28.5},
        {"2026-10-25T03:00:00+01:00", "ada", LATENESS_LATE, 2, 27},
        {"2026-10-26T02:59:59+01:00", "ada", LATENESS_LATE, 25, 0},
    };
    struct scheme scheme =
        scheme_of(HEAD ", \"points\": 30, \"late\": {\"each\": \"hour\","
                       "\"deadline\": \"2026-10-25T02:59:59+02:00\","
                       "\"percent\": 5}}");

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_case(&scheme, &cases[i]);
    scheme_release(&scheme);
}

Test(award, of_a_hard_deadline_is_all_or_nothing)
{
    static const struct late_case cases[] = {
        {"2026-03-01T23:59:59Z", "ada", LATENESS_IN_TIME, 0, 30},
        {"2026-03-02T00:00:00Z", "ada", LATENESS_TOO_LATE, 1, 0},
    };
    struct scheme scheme =
        scheme_of(HEAD ", \"points\": 30, \"late\": {\"last\": 0,"
                       "\"deadline\": \"2026-03-01T23:59:59Z\"}}");

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_case(&scheme, &cases[i]);
    scheme_release(&scheme);
}

/* 10 points of three stages alike, one without a point, a day late. */
Test(award, rounds_once_and_adds_up_after_the_late_rules)
{
    struct scheme scheme = scheme_of(
        HEAD ", \"points\": 10, \"weights\": {\"tests\": 1, \"oracle\": 1,"
             "\"memory\": 1}, \"late\": {\"percent\": 12.5,"
             "\"deadline\": \"2026-03-01T23:59:59Z\"}}");
    int64_t handed_in = at("2026-03-02T12:00:00Z");
    struct grade grade = make_grade(0);
    struct err err = ERR_INIT;
    double sum = 0, before = 0;

    cr_assert_eq(award_grade(&scheme, NULL, &handed_in, &grade, &err), 0);
    for (int i = 0; i < STAGE_COUNT; i++) {
        sum += grade.award->awarded[i];
        before += grade.award->stages[i];
    }
    cr_assert(is(grade.award->earned, 6.67), "%f", grade.award->earned);
    cr_assert(is(grade.award->points, 5.83), "%f", grade.award->points);
    cr_assert(is(sum, 5.83), "%f", sum);
    cr_assert(is(before, 6.67), "%f", before);
    scheme_release(&scheme);
    grade_release(&grade);
}

/* Every mix of stages passed, failed and passed in part, for points and weights
   whose parts are no hundredths. */
static void check_mix(const struct scheme *scheme, int mix,
                      const int64_t *handed_in)
{
    static const enum stage_id stages[] = {STAGE_TESTS, STAGE_ORACLE,
                                           STAGE_MEMORY, STAGE_STYLE};
    static const double shares[] = {0, 1, 1.0 / 3, 0.999};
    struct grade grade = make_grade(0);
    double earned = 0, awarded = 0, max = 0;
    struct err err = ERR_INIT;

    for (int i = 0; i < 4; i++, mix /= 4)
        grade.stages[stages[i]].score =
            shares[mix % 4] * kata.weights[stages[i]];
    cr_assert_eq(award_grade(scheme, NULL, handed_in, &grade, &err), 0);
    for (int i = 0; i < STAGE_COUNT; i++) {
        const struct award *award = grade.award;

        earned += award->stages[i];
        awarded += award->awarded[i];
        max += award->stages_max[i];
        cr_assert_leq(award->stages[i], award->stages_max[i] + 1e-9);
        cr_assert_leq(award->awarded[i], award->stages_max[i] + 1e-9);
    }
    cr_assert(is(earned, grade.award->earned), "stages %f, all %f", earned,
              grade.award->earned);
    cr_assert(is(awarded, grade.award->points), "stages %f, all %f", awarded,
              grade.award->points);
    cr_assert(is(max, grade.award->max));
    grade_release(&grade);
}

Test(award, points_of_stages_always_add_up)
{
    static const char *const schemes[] = {
        "10, \"weights\": {\"tests\": 1, \"oracle\": 1, \"memory\": 1}",
        "0.05, \"weights\": {\"tests\": 1, \"oracle\": 1, \"memory\": 1}",
        "1, \"weights\": {\"tests\": 1, \"oracle\": 2, \"memory\": 3}",
        "33.33",
        "100",
        "7"};
    int64_t late = at("2026-03-02T12:00:00Z");

    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        char *text =
            xasprintf(HEAD ", \"late\": {\"percent\": 12.5, \"deadline\":"
                           "\"2026-03-01T23:59:59Z\"}, \"points\": %s}",
                      schemes[i]);
        struct scheme scheme = scheme_of(text);

        for (int mix = 0; mix < 256; mix++) {
            check_mix(&scheme, mix, NULL);
            check_mix(&scheme, mix, &late);
        }
        scheme_release(&scheme);
        free(text);
    }
}
