/* The memory stage on a submission with one mistake a command: what it finds
   is what the grammar makes the traces call. */
#include "judge/stage.h"

#include "valgrind/fixture.h"

#include <string.h>

static struct fixture fixture;
static struct grade grade;
static struct stage_result *result = &grade.stages[STAGE_MEMORY];

static void set_up(void)
{
    static const char *const replay[] = {
        "checker/replay/main.c",     "checker/replay/watch.c",
        "checker/replay/schedule.c", "checker/agent/agent.c",
        "checker/agent/heap.c",      NULL};

    fixture_open(&fixture);
    fixture_build(&fixture, PROGRAM_REPLAY, replay);
    fixture_share(&fixture);
    result->status = STATUS_PASS;
}

static void tear_down(void)
{
    grammar_release(&fixture.kata.grammar);
    stage_result_release(result);
    stage_result_release(&grade.stages[STAGE_TESTS]);
    fixture_close(&fixture);
}

TestSuite(memory, .init = set_up, .fini = tear_down, .timeout = 300);

/* Runs the stage with tests that passed (a JSON list) and traces of `calls`
   (JSON objects). */
static void run_stage(const char *passed, const char *calls)
{
    char *text = xasprintf("{\"calls\": [%s], \"values\": {}, \"length\": "
                           "[20, 40], \"traces\": 20}",
                           calls);
    json_t *grammar = json_loads(text, 0, NULL);
    struct err err = ERR_INIT;

    cr_assert_eq(grammar_parse(grammar, &fixture.kata.grammar, &err), 0, "%s",
                 err.text);
    json_decref(grammar);
    free(text);
    grade.stages[STAGE_TESTS].details =
        json_pack("{s:o}", "passed", json_loads(passed, 0, NULL));
    stage_memory(&fixture.run, &grade, result);
    cr_assert_neq(result->status, STATUS_ERROR, "%s", result->reason);
}

static const struct finding *find(enum category category)
{
    cr_assert_eq(result->status, STATUS_FAIL);
    for (size_t i = 0; i < result->count; i++)
        if (result->findings[i].category == category)
            return &result->findings[i];
    cr_assert(0, "no %s among %zu findings", category_name(category),
              result->count);
    return NULL;
}

static void expect_trace(const struct finding *finding, const char *lines)
{
    struct strv want = STRV_INIT;

    strv_add_lines(&want, lines);
    cr_assert_str_eq(finding->file, "buggy.c");
    cr_assert_gt(finding->line, 0);
    cr_assert(strv_equal(&finding->trace, &want), "%s: %zu lines, first %s",
              finding->message, finding->trace.count, finding->trace.items[0]);
    strv_release(&want);
}

#define FINE "{\"line\": \"fine\", \"weight\": 9}, {\"line\": \"add\"}"

Test(memory, what_is_clean_passes)
{
    run_stage("[\"buggy::is_fine\"]", FINE);
    cr_assert_eq(result->status, STATUS_PASS);
    cr_assert_eq(result->count, 0);
}

Test(memory, errors_and_leaks_are_told_with_the_smallest_traces)
{
    run_stage("[]", FINE ", {\"line\": \"leak\"}, {\"line\": \"unset\"}");
    expect_trace(find(CATEGORY_LEAK), "add\nadd\nleak\n");
    expect_trace(find(CATEGORY_MEMORY_ERROR), "unset\n");
    cr_assert_not_null(strstr(find(CATEGORY_MEMORY_ERROR)->message,
                              "never set: from a block allocated at buggy.c:"));
    cr_assert_eq(result->category, CATEGORY_MEMORY_ERROR);
}

Test(memory, a_leak_in_a_test_has_its_name)
{
    run_stage("[\"buggy::is_fine\", \"buggy::fails_and_so_leaks\", "
              "\"buggy::leaks\"]",
              FINE);
    cr_assert_eq(result->count, 1, "%zu findings, the last in %s line %d",
                 result->count, result->findings[result->count - 1].test,
                 result->findings[result->count - 1].line);
    cr_assert_str_eq(find(CATEGORY_LEAK)->test, "buggy::leaks");
}

Test(memory, a_crash_is_told_with_the_smallest_trace)
{
    run_stage("[]", FINE ", {\"line\": \"abort\"}");
    expect_trace(find(CATEGORY_CRASH), "add\nadd\nabort\n");
}

Test(memory, ending_the_process_is_no_way_out)
{
    run_stage("[\"buggy::is_fine\"]", FINE ", {\"line\": \"exit\"}");
    cr_assert_gt(find(CATEGORY_TAMPERING)->trace.count, 0);
}

Test(memory, more_and_more_blocks_are_a_leak_though_reachable)
{
    run_stage("[]", FINE ", {\"line\": \"keep\"}");
    cr_assert_not_null(find(CATEGORY_LEAK));
}

Test(memory, a_test_that_is_not_there_is_not_passed_over)
{
    run_stage("[\"buggy::gone\", \"buggy::is_fine\"]", FINE);
    cr_assert_not_null(find(CATEGORY_TAMPERING));
}
