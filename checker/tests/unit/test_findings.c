#include "store/findings.h"
#include "store/progress.h"

#include <criterion/criterion.h>
#include <string.h>

static struct db *db;
static struct kata lru = {.slug = (char[]){"lru-cache"}, .minutes = 30};
static struct kata closure = {.slug = (char[]){"closure"}, .minutes = 30};

static void open_db(void)
{
    db = db_open_memory();
}

static void close_db(void)
{
    db_close(db);
}

TestSuite(findings, .init = open_db, .fini = close_db);

#define OK(call)                                                               \
    do {                                                                       \
        struct err err = ERR_INIT;                                             \
        cr_assert_eq(call, 0, "%s: %s", #call, err.text);                      \
    } while (0)

/* A grade at minute `when` that leaks in memory, and crashes in tests before
   that where `crashes`. */
static void grade_at(struct kata *kata, bool passes, bool complete,
                     bool crashes, int when)
{
    struct grade grade = {.kata = kata,
                          .verdict = passes ? VERDICT_PASS : VERDICT_FAIL,
                          .complete = complete,
                          .toolchain = (char[]){"gcc"},
                          .sandbox = "none"};
    struct finding *finding;

    if (!passes) {
        finding = stage_fail(&grade.stages[STAGE_MEMORY], CATEGORY_LEAK,
                             "%d bytes", when);
        finding->file = strdup("lru_cache.c");
        finding->line = 31;
        finding->test = strdup("lru_cache::del\xff");
        stage_warn(&grade.stages[STAGE_STYLE], CATEGORY_STYLE, "unused");
    }
    if (crashes)
        stage_fail(&grade.stages[STAGE_TESTS], CATEGORY_CRASH, "crashed");
    OK(progress_grade(db, &grade, "grade", when * INT64_C(60000), &err));
    grade.toolchain = NULL;
    grade_release(&grade);
}

static struct findings last(void)
{
    struct findings findings = FINDINGS_INIT;

    OK(findings_last(db, lru.slug, &findings, &err));
    return findings;
}

Test(findings, none_of_a_kata_that_was_never_graded)
{
    cr_assert_eq(last().count, 0);
}

Test(findings, all_of_the_last_failure_by_stage)
{
    struct findings findings;

    grade_at(&lru, false, true, false, 1);
    grade_at(&lru, false, true, true, 2);
    grade_at(&closure, false, true, true, 3);
    findings = last();
    cr_assert_eq(findings.count, 2, "got %zu", findings.count);
    cr_assert_eq(findings.items[0].stage, STAGE_TESTS);
    cr_assert_eq(findings.items[0].finding.category, CATEGORY_CRASH);
    cr_assert_eq(findings.items[0].finding.test, NULL);
    cr_assert_eq(findings.items[1].finding.category, CATEGORY_LEAK);
    cr_assert_str_eq(findings.items[1].finding.message, "2 bytes");
    cr_assert_str_eq(findings.items[1].finding.file, "lru_cache.c");
    cr_assert_eq(findings.items[1].finding.line, 31);
    cr_assert_str_eq(findings.items[1].finding.test, "lru_cache::del\\xff");
    cr_assert_eq(findings.items[1].when, 120000);
    findings_release(&findings);
}

Test(findings, only_a_whole_pass_or_a_new_attempt_ends_a_failure)
{
    struct findings findings;

    grade_at(&lru, false, true, false, 1);
    grade_at(&lru, true, false, false, 2);
    findings = last();
    cr_assert_eq(findings.count, 1, "the tests alone have passed since");
    findings_release(&findings);
    grade_at(&lru, true, true, false, 3);
    cr_assert_eq(last().count, 0);
    grade_at(&lru, false, false, false, 4);
    findings = last();
    cr_assert_eq(findings.count, 1);
    findings_release(&findings);
    OK(progress_start(db, lru.slug, true, 5 * INT64_C(60000), &err));
    cr_assert_eq(last().count, 0);
}

Test(findings, the_newest_of_a_category_of_any_kata)
{
    struct findings findings = FINDINGS_INIT;

    OK(findings_of(db, CATEGORY_CRASH, &findings, &err));
    cr_assert_eq(findings.count, 0);
    grade_at(&lru, false, true, true, 1);
    grade_at(&closure, false, true, false, 2);
    OK(findings_of(db, CATEGORY_CRASH, &findings, &err));
    OK(findings_of(db, CATEGORY_LEAK, &findings, &err));
    cr_assert_eq(findings.count, 2);
    cr_assert_str_eq(findings.items[0].kata, "lru-cache");
    cr_assert_str_eq(findings.items[1].kata, "closure");
    findings_release(&findings);
}

Test(findings, the_first_few_of_each_stage_are_kept)
{
    struct grade grade = {.kata = &lru,
                          .verdict = VERDICT_FAIL,
                          .toolchain = (char[]){"gcc"},
                          .sandbox = "none"};
    struct findings findings;

    for (int i = 0; i < 100; i++)
        stage_fail(&grade.stages[STAGE_TESTS], CATEGORY_CRASH, "%d", i);
    stage_fail(&grade.stages[STAGE_MEMORY], CATEGORY_LEAK, "leak");
    OK(progress_grade(db, &grade, "grade", 1, &err));
    grade.toolchain = NULL;
    grade_release(&grade);
    findings = last();
    cr_assert_lt(findings.count, 30);
    cr_assert_str_eq(findings.items[0].finding.message, "0");
    cr_assert_eq(findings.items[findings.count - 1].finding.category,
                 CATEGORY_LEAK);
    findings_release(&findings);
}
