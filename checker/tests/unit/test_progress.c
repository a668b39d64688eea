#include "store/progress.h"

#include "base/path.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const int64_t minute = INT64_C(60) * 1000;
static const int64_t start = INT64_C(1700000000000);

static struct db *db;
static struct err err = ERR_INIT;
static struct kata kata = {.slug = (char[]){"lru-cache"}, .minutes = 30};

static void open_db(void)
{
    db = db_open_memory();
}

static void close_db(void)
{
    db_close(db);
}

TestSuite(progress, .init = open_db, .fini = close_db);

static struct progress ask(void)
{
    struct progress progress;

    cr_assert_eq(progress_of(db, kata.slug, &progress, &err), 0, "%s",
                 err.text);
    return progress;
}

static void grade_at(enum verdict verdict, bool complete, int64_t when)
{
    struct grade grade = {.kata = &kata,
                          .verdict = verdict,
                          .category = verdict == VERDICT_PASS ? CATEGORY_NONE
                                                              : CATEGORY_LEAK,
                          .complete = complete,
                          .score = verdict == VERDICT_PASS ? 100 : 40,
                          .max_score = 100,
                          .seed = UINT64_MAX,
                          .seconds = 1.5,
                          .toolchain = (char[]){"gcc"},
                          .sandbox = "none"};

    cr_assert_eq(
        progress_grade(db, &grade, complete ? "grade" : "test", when, &err), 0,
        "%s", err.text);
}

#define OK(call)                                                               \
    do {                                                                       \
        cr_assert_eq(call, 0, "%s: %s", #call, err.text);                      \
    } while (0)

Test(progress, a_kata_nobody_touched_is_new)
{
    struct progress progress = ask();

    cr_assert_eq(progress.state, PROGRESS_NEW);
    cr_assert_str_eq(progress.kata, "lru-cache");
    cr_assert_eq(progress.attempts, 0);
    cr_assert_eq(progress.last.when, 0);
}

Test(progress, from_start_to_pass)
{
    struct progress progress;

    OK(progress_start(db, kata.slug, false, start, &err));
    cr_assert_eq(ask().state, PROGRESS_STARTED);
    OK(progress_save(db, kata.slug, start + minute, &err));
    OK(progress_save(db, kata.slug, start + 2 * minute, &err));
    grade_at(VERDICT_PASS, false, start + 3 * minute);
    cr_assert_eq(ask().state, PROGRESS_STARTED, "a test alone is no pass");
    OK(progress_hint(db, kata.slug, 2, start + 4 * minute, &err));
    OK(progress_hint(db, kata.slug, 2, start + 5 * minute, &err));
    grade_at(VERDICT_FAIL, true, start + 6 * minute);
    progress = ask();
    cr_assert_eq(progress.last.category, CATEGORY_LEAK);
    cr_assert_eq(progress.last.seed, UINT64_MAX);
    grade_at(VERDICT_PASS, true, start + 66 * minute);
    grade_at(VERDICT_FAIL, true, start + 70 * minute);
    progress = ask();
    cr_assert_eq(progress.state, PROGRESS_PASSED);
    cr_assert_eq(progress.attempts, 1);
    cr_assert_eq(progress.saved, start + minute);
    cr_assert_eq(progress.hints, 1);
    cr_assert_eq(progress.hints_open, 2u);
    cr_assert_eq(progress.grades, 2, "got %d", progress.grades);
    cr_assert_eq(progress.failed, 1);
    cr_assert_eq(progress.passed, start + 66 * minute);
    cr_assert_float_eq(progress.seconds, 65 * 60, 1e-9);
    cr_assert_float_eq(progress.worked, (5 + 30) * 60, 1e-9,
                       "a pause counts as half an hour: got %f",
                       progress.worked);
    cr_assert_float_eq(progress.best, 100, 1e-9);
    cr_assert_eq(progress.last.when, start + 70 * minute);
    cr_assert_eq(progress.memory.reviews, 1);
    cr_assert_float_eq(progress.memory.stability, 2.3065, 1e-9, "rated good");
}

/* Passes after `hints` hints and `failed` failed grades in `minutes`. */
static enum rating rate(int hints, int failed, int64_t minutes, bool shown)
{
    struct scheduled item;
    int64_t saved = start + minute;

    OK(progress_start(db, kata.slug, true, start, &err));
    OK(progress_save(db, kata.slug, saved, &err));
    for (int i = 1; i <= hints; i++)
        OK(progress_hint(db, kata.slug, i, saved, &err));
    if (shown)
        OK(progress_shown(db, kata.slug, saved, &err));
    for (int i = 0; i < failed; i++)
        grade_at(VERDICT_FAIL, true, saved);
    for (int64_t at = 20; at < minutes; at += 20)
        grade_at(VERDICT_FAIL, false, saved + at * minute);
    grade_at(VERDICT_PASS, true, saved + minutes * minute);
    cr_assert_eq(schedule_find(db, PROGRESS_KIND, kata.slug, &item, &err), 0);
    return item.last;
}

Test(progress, a_pass_is_rated_by_how_it_went)
{
    static const struct {
        int hints, failed;
        int64_t minutes;
        bool shown;
        enum rating want;
    } cases[] = {
        {0, 0, 30, false, RATING_EASY}, {1, 0, 10, false, RATING_GOOD},
        {0, 1, 10, false, RATING_GOOD}, {0, 0, 31, false, RATING_GOOD},
        {0, 0, 60, false, RATING_GOOD}, {0, 0, 61, false, RATING_HARD},
        {2, 0, 10, false, RATING_HARD}, {0, 3, 10, false, RATING_HARD},
        {0, 2, 10, false, RATING_GOOD}, {0, 0, 10, true, RATING_AGAIN},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum rating got = rate(cases[i].hints, cases[i].failed,
                               cases[i].minutes, cases[i].shown);

        cr_assert_eq(got, cases[i].want, "case %zu: got %s, want %s", i,
                     rating_name(got), rating_name(cases[i].want));
        db_close(db);
        db = db_open_memory();
    }
}

Test(progress, only_the_first_pass_of_an_attempt_is_rated)
{
    rate(0, 0, 10, false);
    grade_at(VERDICT_PASS, true, start + 100 * minute);
    cr_assert_eq(ask().memory.reviews, 1);
    OK(progress_start(db, kata.slug, true, start + 200 * minute, &err));
    cr_assert_eq(ask().passed, 0);
    cr_assert_eq(ask().state, PROGRESS_PASSED, "that it passed once stays");
    grade_at(VERDICT_PASS, true, start + 201 * minute);
    cr_assert_eq(ask().memory.reviews, 2);
    cr_assert_eq(ask().attempts, 2);
}

Test(progress, a_new_attempt_begins_anew_and_counts_on)
{
    struct progress progress;

    rate(2, 1, 10, false);
    OK(progress_start(db, kata.slug, true, start + 100 * minute, &err));
    progress = ask();
    cr_assert_eq(progress.attempts, 2);
    cr_assert_eq(progress.hints, 0);
    cr_assert_eq(progress.grades, 0);
    cr_assert_eq(progress.saved, 0);
    cr_assert_eq(progress.last.when, start + 11 * minute, "of any attempt");
}

Test(progress, giving_up_what_passed_once_is_an_again)
{
    rate(0, 0, 10, false);
    OK(progress_start(db, kata.slug, true, start + 100 * minute, &err));
    OK(progress_start(db, kata.slug, true, start + 200 * minute, &err));
    cr_assert_eq(ask().memory.reviews, 1, "nothing was tried in between");
    grade_at(VERDICT_FAIL, true, start + 201 * minute);
    OK(progress_start(db, kata.slug, true, start + 300 * minute, &err));
    cr_assert_eq(ask().memory.reviews, 2);
}

Test(progress, what_never_passed_is_not_in_the_schedule)
{
    OK(progress_start(db, kata.slug, true, start, &err));
    grade_at(VERDICT_FAIL, true, start + minute);
    OK(progress_start(db, kata.slug, true, start + 2 * minute, &err));
    cr_assert_eq(ask().memory.reviews, 0);
}

Test(progress, a_hint_before_the_start_belongs_to_the_attempt)
{
    OK(progress_hint(db, kata.slug, 1, start, &err));
    OK(progress_start(db, kata.slug, false, start + minute, &err));
    cr_assert_eq(ask().attempts, 1);
    cr_assert_eq(ask().hints, 1);
}

Test(progress, the_solution_before_the_start_begins_no_attempt)
{
    OK(progress_shown(db, kata.slug, start, &err));
    cr_assert_eq(ask().state, PROGRESS_NEW);
    OK(progress_start(db, kata.slug, false, start, &err));
    grade_at(VERDICT_PASS, true, start + minute);
    OK(progress_shown(db, kata.slug, start + 2 * minute, &err));
    cr_assert_eq(ask().shown, 0, "after a pass it does not count");
}

Test(progress, a_clock_that_goes_back_does_not_bring_an_attempt_back)
{
    OK(progress_start(db, kata.slug, true, start, &err));
    OK(progress_hint(db, kata.slug, 1, start, &err));
    OK(progress_start(db, kata.slug, true, start - 1000 * minute, &err));
    cr_assert_eq(ask().hints, 0);
    OK(progress_save(db, kata.slug, start - 2000 * minute, &err));
    cr_assert_geq(ask().saved, ask().started);
}

Test(progress, all_and_one_say_the_same)
{
    struct progress_list list = PROGRESS_LIST_INIT;
    struct progress_history history = PROGRESS_HISTORY_INIT;
    struct progress one;

    OK(progress_start(db, "closure", true, start, &err));
    OK(progress_start(db, "a-kata-before", true, start, &err));
    rate(1, 2, 45, false);
    cr_assert_eq(progress_all(db, &list, &err), 0, "%s", err.text);
    cr_assert_eq(list.count, 3);
    cr_assert_str_eq(list.items[0].kata, "a-kata-before");
    cr_assert_null(progress_find(&list, "decorator"));
    one = ask();
    cr_assert_eq(memcmp(progress_find(&list, kata.slug), &one, sizeof one), 0);
    cr_assert_eq(progress_grades(db, NULL, &history, &err), 0);
    cr_assert_eq(history.count, 5);
    cr_assert_eq(history.items[4].verdict, VERDICT_PASS);
    progress_list_release(&list);
    progress_history_release(&history);
}

Test(progress, stages_and_costs_are_kept)
{
    struct grade grade = {.kata = &kata,
                          .complete = true,
                          .toolchain = (char[]){"gcc"},
                          .sandbox = "none"};
    struct db_rows rows;

    for (enum stage_id i = 0; i < STAGE_COUNT; i++)
        grade.stages[i].id = i;
    grade.selected[STAGE_TESTS] = grade.selected[STAGE_GROWTH] = true;
    grade.stages[STAGE_TESTS].status = STATUS_PASS;
    grade.stages[STAGE_TESTS].score = 30;
    grade.stages[STAGE_TESTS].seconds = 0.25;
    grade.stages[STAGE_GROWTH].details = json_loads(
        "{\"claims\": [{\"claim\": \"a\", \"class\": \"O(1)\", \"holds\": true,"
        " \"points\": [{\"n\": 256, \"instructions\": 9, \"reference\": 9},"
        " {\"n\": 512, \"instructions\": 30, \"reference\": 12}]},"
        " {\"claim\": \"b\", \"class\": \"not measured\", \"holds\": false,"
        " \"points\": []}]}",
        0, NULL);
    cr_assert_not_null(grade.stages[STAGE_GROWTH].details);
    OK(progress_grade(db, &grade, "grade", start, &err));
    cr_assert_eq(db_select(db, &rows,
                           "SELECT s.name, s.status, s.score, s.seconds, c.n,"
                           " c.instructions, c.reference FROM stages s, costs c"
                           " WHERE s.name = 'tests'",
                           NULL, &err),
                 0);
    cr_assert(db_next(&rows));
    cr_assert_str_eq(db_text(&rows, 1), "pass");
    cr_assert(db_real(&rows, 2) == 30 && db_real(&rows, 3) == 0.25);
    cr_assert_eq(db_int(&rows, 4), 512);
    cr_assert(db_real(&rows, 5) == 30 && db_real(&rows, 6) == 12);
    cr_assert(!db_next(&rows), "one claim was measured");
    cr_assert_eq(db_end(&rows, &err), 0);
    cr_assert_float_eq(ask().last.factor, 2.5, 1e-9);
    json_decref(grade.stages[STAGE_GROWTH].details);
}
