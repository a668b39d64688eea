#include "agent.h"
#include "cycle_detection.h"

#include <stdint.h>

static struct graph *graph;

/* A handle stands for an id; ids begin with 0, which as a pointer is NULL. */
static void make(struct agent_call *call, size_t id)
{
    agent_make(call, "object", (void *)(uintptr_t)(id + 1));
}

static size_t id_of(const struct agent_call *call, size_t i)
{
    return (size_t)(uintptr_t)agent_object(call, i) - 1;
}

static bool is_open(struct agent_call *call)
{
    if (!graph)
        agent_refuse(call, "no graph");
    return graph != NULL;
}

static void report(struct agent_call *call, int status)
{
    if (status == GRAPH_ENOMEM)
        agent_fail(call, "ENOMEM");
    else if (status == GRAPH_ENOOBJECT)
        agent_fail(call, "ENOOBJECT");
    else if (status == GRAPH_ENOREFERENCE)
        agent_fail(call, "ENOREFERENCE");
    else if (status == GRAPH_ECYCLE)
        agent_fail(call, "ECYCLE");
    else if (status != 0)
        agent_say_int(call, status);
}

static void cmd_new(struct agent_call *call)
{
    graph_free(graph);
    graph = graph_new();
    if (!graph)
        agent_fail(call, "ENOMEM");
}

static int add_one(struct agent_call *call, size_t *id)
{
    int status = graph_add(graph, id);

    if (status == 0)
        make(call, *id);
    else
        agent_make(call, "object", NULL);
    return status;
}

static void cmd_add(struct agent_call *call)
{
    const size_t unset = 1000000;
    size_t id = unset;
    int status;

    if (!graph)
        agent_make(call, "object", NULL);
    if (!is_open(call))
        return;
    status = add_one(call, &id);
    if (status == 0)
        agent_say_size(call, id);
    else if (id != unset)
        agent_say_word(call, "id-changed");
    else
        report(call, status);
}

static void cmd_chain(struct agent_call *call)
{
    size_t n = agent_size(call, 0), width = agent_size(call, 1);
    size_t last = 0, id = 0;
    int status = 0;

    if (!is_open(call))
        return;
    for (size_t i = 0; i < n && status == 0; i++) {
        status = add_one(call, &id);
        for (size_t k = 0; i > 0 && k < width && status == 0; k++)
            status = graph_refer(graph, last, id);
        last = id;
    }
    report(call, status);
}

static void cmd_remove(struct agent_call *call)
{
    if (is_open(call))
        report(call, graph_remove(graph, id_of(call, 0)));
}

/* Who says that there would be a cycle must know the way back: running out of
   memory on the search is another error, and the faults stage takes any. */
static void cmd_refer(struct agent_call *call)
{
    size_t from = id_of(call, 0), to = id_of(call, 1);
    int status;

    if (!is_open(call))
        return;
    status = graph_refer(graph, from, to);
    if (status == GRAPH_ECYCLE && graph_reaches(graph, to, from) == 0)
        agent_say_word(call, "no-cycle");
    else
        report(call, status);
}

static void cmd_unrefer(struct agent_call *call)
{
    if (is_open(call))
        report(call, graph_unrefer(graph, id_of(call, 0), id_of(call, 1)));
}

static void cmd_size(struct agent_call *call)
{
    if (!is_open(call))
        return;
    agent_say_size(call, graph_object_count(graph));
    agent_say_size(call, graph_reference_count(graph));
}

static void cmd_reaches(struct agent_call *call)
{
    int status;

    if (!is_open(call))
        return;
    status = graph_reaches(graph, id_of(call, 0), id_of(call, 1));
    if (status == 0 || status == 1)
        agent_say_bool(call, status);
    else
        report(call, status);
}

static void close_all(void)
{
    graph_free(graph);
    graph = NULL;
}

static const struct agent_command commands[] = {
    {"new", "", cmd_new, "new: a graph without objects"},
    {"add", "", cmd_add, "add: an object; says its id"},
    {"chain", "size size", cmd_chain,
     "chain N WIDTH: N objects, each refers WIDTH times to the next"},
    {"remove", "@object", cmd_remove, "remove OBJECT"},
    {"refer", "@object @object", cmd_refer, "refer FROM TO: add a reference"},
    {"unrefer", "@object @object", cmd_unrefer,
     "unrefer FROM TO: remove one reference"},
    {"size", "", cmd_size, "size: number of objects and of references"},
    {"reaches", "@object @object", cmd_reaches,
     "reaches FROM TO: is there a way?"},
    {NULL, NULL, NULL, NULL},
};

const struct agent_program agent_program = {.commands = commands,
                                            .close = close_all};
