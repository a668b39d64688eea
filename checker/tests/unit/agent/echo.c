/* Says what it is told: each kind of argument once. echo.py is its twin. */
#include "agent.h"

static void cmd_int(struct agent_call *call)
{
    agent_say_int(call, agent_int(call, 0));
}

static void cmd_long(struct agent_call *call)
{
    agent_say_int(call, agent_long(call, 0));
}

static void cmd_size(struct agent_call *call)
{
    agent_say_size(call, agent_size(call, 0));
}

static void cmd_str(struct agent_call *call)
{
    agent_say_str(call, agent_str(call, 0));
}

static void cmd_sum(struct agent_call *call)
{
    long long sum = 0;

    for (size_t i = 0; i < agent_argc(call); i++)
        sum += agent_int(call, i);
    agent_say_int(call, sum);
}

static void cmd_make(struct agent_call *call)
{
    static int object;

    agent_make(call, "node", &object);
}

static void cmd_fail(struct agent_call *call)
{
    agent_make(call, "node", NULL);
    agent_say_word(call, "forgotten");
    agent_fail(call, "ENOMEM");
}

static void cmd_drop(struct agent_call *call)
{
    agent_drop(call, 0);
    agent_say_size(call, agent_handle(call, 0));
}

static void cmd_join(struct agent_call *call)
{
    for (size_t i = 1; i < agent_argc(call); i++) {
        agent_say_str(call, agent_str(call, 0));
        agent_say_size(call, agent_handle(call, i));
    }
}

static void cmd_refuse(struct agent_call *call)
{
    agent_refuse(call, "because %s", agent_str(call, 0));
}

/* An answer that is as long as one likes, within reason. */
static void cmd_many(struct agent_call *call)
{
    for (int i = 0; i < agent_int(call, 0) && i < 20000; i++)
        agent_say_str(call, "x y");
}

static void cmd_words(struct agent_call *call)
{
    agent_say_bool(call, true);
    agent_say_bool(call, false);
    agent_say_none(call);
    agent_say_str(call, "-");
    agent_say_str(call, "");
    agent_say_str(call, NULL);
    agent_say_word(call, "hit");
}

static const struct agent_command commands[] = {
    {"int", "int", cmd_int, "int N: say it"},
    {"long", "long", cmd_long, "long N: say it"},
    {"size", "size", cmd_size, NULL},
    {"str", "str", cmd_str, NULL},
    {"sum", "int...", cmd_sum, NULL},
    {"make", NULL, cmd_make, NULL},
    {"fail", "", cmd_fail, NULL},
    {"drop", "@node", cmd_drop, NULL},
    {"join", "str @node...", cmd_join, NULL},
    {"refuse", "str", cmd_refuse, NULL},
    {"many", "int", cmd_many, NULL},
    {"words", NULL, cmd_words, NULL},
    {NULL, NULL, NULL, NULL}};

const struct agent_program agent_program = {.commands = commands};
