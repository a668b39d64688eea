#include "agent.h"

#include "SNAKE.h"

#include <stddef.h>

/* TODO: a command for each function of the contract. Answers must follow from
   the trace alone: no pointers, no times. agent/agent.h says what there is. */

static struct SNAKE *self;

static void close_all(void)
{
    SNAKE_free(self);
    self = NULL;
}

static void cmd_new(struct agent_call *call)
{
    close_all();
    self = SNAKE_new();
    if (!self)
        agent_fail(call, "ENOMEM");
}

static void cmd_add(struct agent_call *call)
{
    int value = agent_int(call, 0);

    if (self)
        agent_say_int(call, SNAKE_add(self, value));
    else
        agent_refuse(call, "nothing was made");
}

static void cmd_total(struct agent_call *call)
{
    if (self)
        agent_say_int(call, SNAKE_total(self));
    else
        agent_refuse(call, "nothing was made");
}

static const struct agent_command commands[] = {
    {"new", NULL, cmd_new, "start at 0"},
    {"add", "int", cmd_add, "add VALUE: the new total"},
    {"total", NULL, cmd_total, "the total"},
    {NULL, NULL, NULL, NULL},
};

const struct agent_program agent_program = {.commands = commands,
                                            .close = close_all};
