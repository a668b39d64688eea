#include "base/alloc.h"
#include "base/path.h"
#include "base/str.h"
#include "base/strv.h"
#include "exec/proc.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* Run from the repository's root, as `make unit` does. */
static char *dir, *program;
static struct proc_result result;
static struct err err;

static void run(struct strv *argv, const char *input)
{
    struct proc_spec spec = {.argv = argv->items,
                             .input = input,
                             .input_length = strlen(input),
                             .seconds = 60};

    cr_assert_eq(proc_run(&spec, &result, &err), 0, "%s", err.text);
    strv_release(argv);
}

static void build(void)
{
    struct strv argv = STRV_INIT;

    dir = path_make_temp("replay", &err);
    cr_assert_not_null(dir, "%s", err.text);
    program = path_join(dir, "replay");
    strv_add_all(&argv, "gcc", "-std=c17", "-D_GNU_SOURCE", "-Ichecker",
                 "-Ichecker/agent", "-g", "-pthread", "-no-pie", "-o", program,
                 "checker/replay/replay.c", "checker/replay/main.c",
                 "checker/replay/watch.c", "checker/replay/schedule.c",
                 "checker/agent/agent.c", "checker/agent/heap.c",
                 "checker/tests/unit/replay/suite.c", (char *)NULL);
    run(&argv, "");
    cr_assert(result.end == PROC_EXITED && result.code == 0, "%s",
              result.err.text);
    proc_result_release(&result);
}

static void remove_all(void)
{
    proc_result_release(&result);
    path_remove(dir, NULL);
    free(dir);
    free(program);
}

TestSuite(replay, .init = build, .fini = remove_all, .timeout = 120);

static void replay(const char *input, bool valgrind)
{
    struct strv argv = STRV_INIT;

    if (valgrind)
        strv_add_all(&argv, "valgrind", "-q", "--leak-check=no",
                     "--show-leak-kinds=definite",
                     "--errors-for-leak-kinds=definite", (char *)NULL);
    strv_add(&argv, program);
    run(&argv, input);
}

static void expect_output(const char *want)
{
    cr_assert_str_eq(result.out.text, want, "got:\n%s", result.out.text);
}

Test(replay, runs_what_it_is_told_and_closes)
{
    replay("@nonce 8a7f\nfixed::sees_its_fixture\nplain::skips_itself\n"
           "fixed::fails_twice_then_stops\nplain::is_killed\nplain::exits\n"
           "plain::is_off\nplain::none\nfixed::sees_its_fixture\n@agent\n"
           "echo 4\n--\necho\n",
           false);
    expect_output("test fixed::sees_its_fixture asserts=4 failed=0 live=0\n"
                  "test plain::skips_itself asserts=1 failed=1 live=0\n"
                  "test fixed::fails_twice_then_stops asserts=3 failed=2 "
                  "live=0\n"
                  "skip plain::is_killed expects a signal\n"
                  "skip plain::exits expects an exit status\n"
                  "skip plain::is_off disabled\n"
                  "skip plain::none no such test\n"
                  "test fixed::sees_its_fixture asserts=4 failed=0 live=0\n"
                  "= 4\n-- live=0 allocs=0 bytes=0\n? usage: echo int\n"
                  "closing 8a7f tests=4\n");
    cr_assert(result.end == PROC_EXITED && result.code == 0);
    cr_assert_not_null(strstr(result.err.text, "got 7, want 8"));
    cr_assert_not_null(strstr(result.err.text, "not today"));
}

Test(replay, an_early_exit_leaves_no_closing_record)
{
    replay("@nonce 8a7f\nplain::exits_unasked\nplain::prints_to_stdout\n",
           false);
    expect_output("");
    cr_assert(result.end == PROC_EXITED && result.code == 0);
}

Test(replay, what_a_test_prints_is_no_record)
{
    replay("@nonce 1\nplain::prints_to_stdout\n", false);
    expect_output("test plain::prints_to_stdout asserts=1 failed=0 live=0\n"
                  "closing 1 tests=1\n");
    cr_assert_str_eq(result.err.text, "closing forged tests=99\n");
}

Test(replay, an_allocation_fails_on_order_and_once)
{
    const char *struck;

    replay("@fail 1\nfixed::sees_its_fixture\nfixed::sees_its_fixture\n",
           false);
    cr_assert(str_starts(result.out.text, "struck 0x"), "got:\n%s",
              result.out.text);
    struck = "\ntest fixed::sees_its_fixture asserts=1 failed=1 live=0\n";
    cr_assert_not_null(strstr(result.out.text, struck), "got:\n%s",
                       result.out.text);
    cr_assert_not_null(
        strstr(result.out.text,
               "\ntest fixed::sees_its_fixture asserts=4 failed=0 live=0\n"));
}

Test(replay, an_isolated_test_that_ends_its_process_ends_no_other)
{
    replay("@nonce "
           "1\n@isolate\nplain::crashes\nplain::leaks\nplain::exits_unasked\n"
           "plain::leaks\n",
           false);
    expect_output("crash plain::crashes Segmentation fault\n"
                  "test plain::leaks asserts=1 failed=0 live=2 allocs=2 "
                  "bytes=105 threads=0\n"
                  "crash plain::exits_unasked it ended its process\n"
                  "test plain::leaks asserts=1 failed=0 live=2 allocs=2 "
                  "bytes=105 threads=0\n"
                  "closing 1 tests=4\n");
}

Test(replay, a_test_has_a_limit_of_processor_time)
{
    replay("@cpu 50\nfixed::sees_its_fixture\nplain::spins\n", false);
    expect_output("test fixed::sees_its_fixture asserts=4 failed=0 live=0\n");
    cr_assert(result.end == PROC_SIGNALED && result.code == SIGPROF);
}

Test(replay, under_valgrind_each_test_and_trace_has_its_own_errors)
{
    replay("@nonce 2\nplain::leaks\nplain::prints_to_stdout\nplain::leaks\n"
           "plain::reads_freed_memory\n@agent\necho 1\n--\nleak\nleak\n--\n"
           "echo 2\n--\nleak\n--\n",
           true);
    expect_output(
        "test plain::leaks asserts=1 failed=0 live=2 errors=0 lost=105\n"
        "test plain::prints_to_stdout asserts=1 failed=0 live=2 errors=0 "
        "lost=0\n"
        "test plain::leaks asserts=1 failed=0 live=4 errors=0 lost=105\n"
        "test plain::reads_freed_memory asserts=1 failed=0 live=4 errors=1 "
        "lost=0\n"
        "= 1\n-- live=4 allocs=0 bytes=0 errors=0 lost=0\n"
        "=\n=\n-- live=6 allocs=2 bytes=48 errors=0 lost=48\n"
        "= 2\n-- live=6 allocs=0 bytes=0 errors=0 lost=0\n"
        "=\n-- live=7 allocs=1 bytes=24 errors=0 lost=24\n"
        "closing 2 tests=4\n");
}
