/* Tests and an agent with one mistake a command, for test_memory.c and
   test_measure.c. kata_sub_malloc stands for a submission's malloc. */
#include "agent/agent.h"
#include "agent/heap.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

Test(buggy, is_fine)
{
    void *block = kata_sub_malloc(8);

    cr_assert_not_null(block);
    kata_sub_free(block);
}

Test(buggy, leaks)
{
    cr_assert_not_null(kata_sub_malloc(8));
}

Test(buggy, fails_and_so_leaks)
{
    cr_assert_null(kata_sub_malloc(8));
}

static void *kept[4096];
static size_t keeps, adds, size;
static volatile int sink;

static void cmd_fine(struct agent_call *call)
{
    (void)call;
}

static void cmd_add(struct agent_call *call)
{
    agent_say_size(call, ++adds);
}

static void cmd_leak(struct agent_call *call)
{
    (void)call;
    if (adds >= 2)
        (void)!kata_sub_malloc(24);
}

static void cmd_freed(struct agent_call *call)
{
    int *block = kata_sub_malloc(sizeof *block);

    (void)call;
    kata_sub_free(block);
    sink = *(volatile int *)block;
}

static void cmd_unset(struct agent_call *call)
{
    int *block = kata_sub_malloc(sizeof *block);

    (void)call;
    if (*(volatile int *)block)
        sink++;
    kata_sub_free(block);
}

static void cmd_keep(struct agent_call *call)
{
    (void)call;
    kept[keeps++ % 4096] = kata_sub_malloc(8);
}

static void cmd_abort(struct agent_call *call)
{
    (void)call;
    if (adds >= 2)
        abort();
}

static void cmd_exit(struct agent_call *call)
{
    (void)call;
    exit(0);
}

static void cmd_open(struct agent_call *call)
{
    size = agent_size(call, 0);
}

static void cmd_walk(struct agent_call *call)
{
    (void)call;
    for (size_t i = 0; i < size; i++)
        sink++;
}

/* Asks for much in one call of many. */
static void cmd_burst(struct agent_call *call)
{
    if (agent_int(call, 0) == 7)
        kata_sub_free(kata_sub_malloc(size * 8));
}

static void cmd_spin(struct agent_call *call)
{
    (void)call;
    while (size > 16)
        sink++;
}

static void close_all(void)
{
    adds = 0;
}

static const struct agent_command commands[] = {
    {"fine", "", cmd_fine, ""},      {"add", "", cmd_add, ""},
    {"leak", "", cmd_leak, ""},      {"freed", "", cmd_freed, ""},
    {"unset", "", cmd_unset, ""},    {"keep", "", cmd_keep, ""},
    {"abort", "", cmd_abort, ""},    {"exit", "", cmd_exit, ""},
    {"open", "size", cmd_open, ""},  {"walk", "", cmd_walk, ""},
    {"burst", "int", cmd_burst, ""}, {"spin", "", cmd_spin, ""},
    {NULL, NULL, NULL, NULL},
};

const struct agent_program agent_program = {.commands = commands,
                                            .close = close_all};
