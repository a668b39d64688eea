/* The agent's lines and directives: each line of a trace gets one answer. */
#include "agent/agent.c" /* NOLINT(bugprone-suspicious-include) */

#include "tests/fuzz/fuzz.h"

#include <signal.h>

static void cmd_new(struct agent_call *call)
{
    agent_make(call, "node", must(malloc(1)));
    agent_say_size(call, agent_argc(call));
}

static void cmd_del(struct agent_call *call)
{
    void *object = agent_object(call, 0);

    fuzz_expect(object != NULL, "a handle that is passed is alive");
    agent_drop(call, 0);
    free(object);
}

static void cmd_link(struct agent_call *call)
{
    size_t number;

    fuzz_expect(agent_find("node", agent_object(call, 1), &number) &&
                    number == agent_handle(call, 1),
                "an object's handle is found");
    agent_say_int(call, agent_int(call, 0));
    agent_say_bool(call, agent_long(call, 2) > 0);
}

static void cmd_say(struct agent_call *call)
{
    for (size_t i = 0; i < agent_argc(call); i++)
        agent_say_str(call, agent_str(call, i));
}

static void close_all(void)
{
    void *object;

    while ((object = agent_take("node")))
        free(object);
}

static const struct agent_command commands[] = {
    {"new", "size", cmd_new, "new N"},
    {"del", "@node", cmd_del, "del NODE"},
    {"link", "int @node long", cmd_link, "link I NODE L"},
    {"say", "str...", cmd_say, "say WORDS"},
    {NULL, NULL, NULL, NULL}};

const struct agent_program agent_program = {.commands = commands,
                                            .close = close_all};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int in = open(fuzz_file(data, size), O_RDONLY | O_CLOEXEC);
    int out = open("/dev/null", O_WRONLY | O_CLOEXEC);

    /* @cpu is a directive like others; here it would end the fuzzer. */
    signal(SIGPROF, SIG_IGN);
    agent_serve(in, out);
    end_trace();
    memset(&agent, 0, sizeof agent);
    close(in);
    close(out);
    return 0;
}
