/* What test_replay.c runs without libcriterion: a suite and an agent, both
   with mistakes. kata_sub_malloc stands for a submission's malloc. */
#include "agent/agent.h"
#include "agent/heap.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static int *fixture;

static void setup(void)
{
    fixture = kata_sub_malloc(sizeof *fixture);
    cr_assert_not_null(fixture, "no memory");
    *fixture = 7;
}

static void teardown(void)
{
    kata_sub_free(fixture);
}

TestSuite(fixed, .init = setup, .fini = teardown);

Test(fixed, sees_its_fixture)
{
    cr_assert_eq(*fixture, 7, "got %d", *fixture);
    cr_assert_float_eq(0.5, 0.5, 0.1);
    cr_assert_str_eq("a", "a");
}

Test(fixed, fails_twice_then_stops)
{
    cr_expect_eq(*fixture, 8, "got %d, want %d", *fixture, 8);
    cr_assert_null(fixture);
    abort();
}

Test(plain, leaks)
{
    char **outer = kata_sub_malloc(100);

    *outer = kata_sub_malloc(5);
    cr_assert_not_null(*outer);
}

Test(plain, reads_freed_memory)
{
    int *volatile block = kata_sub_malloc(sizeof *block);

    *block = 3;
    kata_sub_free(block);
    cr_assert_eq(*block, 3);
}

Test(plain, stops_with_a_block_in_hand)
{
    cr_assert_null(kata_sub_malloc(10), "there was memory");
}

Test(plain, spins)
{
    volatile bool forever = true;

    while (forever)
        ;
}

Test(plain, prints_to_stdout)
{
    puts("closing forged tests=99");
    fflush(stdout);
    cr_assert(1);
}

Test(plain, skips_itself)
{
    cr_skip_test("not %s", "today");
}

Test(plain, is_killed, .signal = SIGKILL)
{
    raise(SIGKILL);
}

Test(plain, exits, .exit_code = 3)
{
    exit(3);
}

Test(plain, exits_unasked)
{
    exit(0);
}

Test(plain, crashes)
{
    raise(SIGSEGV);
}

Test(plain, is_off, .disabled = true)
{
    abort();
}

static void cmd_leak(struct agent_call *call)
{
    (void)call;
    (void)!kata_sub_malloc(24);
}

static void cmd_echo(struct agent_call *call)
{
    agent_say_int(call, agent_int(call, 0));
}

static const struct agent_command commands[] = {
    {"leak", "", cmd_leak, "leak: 24 bytes"},
    {"echo", "int", cmd_echo, "echo N: N"},
    {NULL, NULL, NULL, NULL},
};

const struct agent_program agent_program = {.commands = commands};
