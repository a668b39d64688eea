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
    struct err err = ERR_INIT;
    struct progress progress;

    cr_assert_eq(progress_of(db, kata.slug, &progress, &err), 0, "%s",
                 err.text);
    return progress;
}

static void grade_at(enum verdict verdict, bool complete, int64_t when)
{
    struct err err = ERR_INIT;
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
        struct err err = ERR_INIT;                                             \
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
