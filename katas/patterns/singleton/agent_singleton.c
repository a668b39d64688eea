#include "agent.h"
#include "singleton.h"

#include <stdlib.h>
#include <string.h>

enum { UNTOLD = -77 };

/* A type as a trace makes it. It fails `failures` times, and may need the
   instance of another type, or of a cell, before it builds its own. Of one
   only: were it two, the first could be built when memory runs out for the
   second, and so a call that reports this would rightly have had an effect. */
struct kind {
    struct singleton_type type;
    int failures;
    struct kind *needs;
    struct holder *asks;
    size_t number; /* the handle; MANY for those of "fill" */
};

#define MANY ((size_t)-1)

/* Types are never freed before the trace ends: the registry borrows them. */
struct block {
    struct block *next;
    struct kind kinds[];
};

struct holder {
    struct singleton_cell cell;
    struct holder *next;
};

/* Instances outlive their destruction, so that one that is destroyed twice or
   given away afterwards is noticed and not a crash. */
struct instance {
    size_t number;
    const struct kind *kind;
    const struct instance *part;
    int destroyed;
    struct instance *next, *gone;
};

static struct block *blocks;
static struct holder *holders;
static struct instance *instances, *gone, **gone_end = &gone;
static size_t types, built;
static bool wrong; /* a destructor got what it should not */

static void *must(void *block)
{
    if (!block)
        abort();
    return block;
}

/* Builders */

/* What a builder leaves in *instance before it is done. */
static struct instance half = {.number = 999999};

static int find_part(struct kind *kind, void **part)
{
    if (kind->needs)
        return singleton_of(&kind->needs->type, part);
    return kind->asks ? singleton_get(&kind->asks->cell, part) : 0;
}

static int build(void *context, void **instance)
{
    struct kind *kind = context;
    struct instance *made;
    void *part = NULL;
    int error;

    *instance = &half;
    error = find_part(kind, &part);
    if (error != 0)
        return error;
    if (kind->failures > 0)
        return kind->failures--;
    made = must(calloc(1, sizeof *made));
    *made = (struct instance){
        .number = built++, .kind = kind, .part = part, .next = instances};
    instances = made;
    *instance = made;
    return 0;
}

static void destroy(void *instance, void *context)
{
    struct instance *found = instance;

    if (found == &half || found->kind != context || found->destroyed++) {
        wrong = true;
        return;
    }
    *gone_end = found;
    gone_end = &found->gone;
}

static struct kind *make_kinds(size_t n, int failures, bool owned)
{
    struct block *block =
        must(calloc(1, sizeof *block + n * sizeof *block->kinds));

    block->next = blocks;
    blocks = block;
    for (size_t i = 0; i < n; i++) {
        struct kind *kind = &block->kinds[i];

        kind->type = (struct singleton_type){"thing", build,
                                             owned ? destroy : NULL, kind};
        kind->failures = failures;
        kind->number = MANY;
    }
    return block->kinds;
}

/* Answers */

static const char *error_name(int error)
{
    if (error == SINGLETON_ENOMEM)
        return "ENOMEM";
    return error == SINGLETON_ECYCLE ? "ECYCLE" : "UNKNOWN";
}

static void say_instance(struct agent_call *call, const struct instance *got)
{
    agent_say_size(call, got->number);
    agent_say_word(call, "of");
    agent_say_size(call, got->kind->number);
    if (got->part) {
        agent_say_word(call, "on");
        agent_say_size(call, got->part->number);
    }
    if (got->destroyed)
        agent_say_word(call, "destroyed");
}

static void say_result(struct agent_call *call, int error, void *got,
                       const void *before)
{
    if (error != 0 && got != before) {
        agent_fail(call, "TOUCHED");
    } else if (error < 0) {
        agent_fail(call, error_name(error));
    } else if (error > 0) {
        agent_say_word(call, "error");
        agent_say_int(call, error);
    } else if (!got || got == before || got == &half) {
        agent_say_word(call, "no-instance");
    } else {
        say_instance(call, got);
    }
}

/* Commands */

static void cmd_type(struct agent_call *call)
{
    const char *own = agent_str(call, 1);
    int failures = agent_int(call, 0);
    bool owned = strcmp(own, "owned") == 0;
    struct kind *kind;

    if (failures < 0 || (!owned && strcmp(own, "plain") != 0)) {
        agent_make(call, "type", NULL);
        types++;
        agent_refuse(call, "no such type");
        return;
    }
    kind = make_kinds(1, failures, owned);
    kind->number = types++;
    agent_make(call, "type", kind);
}

static void cmd_needs(struct agent_call *call)
{
    struct kind *kind = agent_object(call, 0);

    kind->needs = agent_object(call, 1);
    kind->asks = NULL;
}

static void cmd_asks(struct agent_call *call)
{
    struct kind *kind = agent_object(call, 0);

    kind->asks = agent_object(call, 1);
    kind->needs = NULL;
}

static void cmd_alone(struct agent_call *call)
{
    struct kind *kind = agent_object(call, 0);

    kind->needs = NULL;
    kind->asks = NULL;
}

static void cmd_break(struct agent_call *call)
{
    int failures = agent_int(call, 1);

    if (failures < 0)
        agent_refuse(call, "less than none");
    else
        ((struct kind *)agent_object(call, 0))->failures = failures;
}

static void cmd_of(struct agent_call *call)
{
    struct kind *kind = agent_object(call, 0);
    void *got = call;
    int error = singleton_of(&kind->type, &got);

    say_result(call, error, got, call);
}

/* Evenly spaced descriptors, each got twice. */
static void cmd_fill(struct agent_call *call)
{
    size_t n = agent_size(call, 0), i = 0;
    struct kind *kinds;
    int error = 0;

    if (n > 100000) {
        agent_refuse(call, "too many");
        return;
    }
    kinds = make_kinds(n, 0, true);
    for (; i < n; i++) {
        void *first = NULL, *second = NULL;

        error = singleton_of(&kinds[i].type, &first);
        if (error == 0)
            error = singleton_of(&kinds[i].type, &second);
        if (error != 0 || !first || first != second)
            break;
    }
    agent_say_size(call, i);
    if (error < 0)
        agent_fail(call, error_name(error));
}

static void cmd_clear(struct agent_call *call)
{
    (void)call;
    singleton_clear();
}

static void cmd_cell(struct agent_call *call)
{
    struct kind *kind = agent_object(call, 0);
    struct holder *holder = must(calloc(1, sizeof *holder));

    *holder = (struct holder){SINGLETON_CELL(&kind->type), holders};
    holders = holder;
    agent_make(call, "cell", holder);
}

static void cmd_get(struct agent_call *call)
{
    struct holder *holder = agent_object(call, 0);
    void *got = call;
    int error = singleton_get(&holder->cell, &got);

    say_result(call, error, got, call);
}

static void cmd_destroy(struct agent_call *call)
{
    singleton_destroy(&((struct holder *)agent_object(call, 0))->cell);
}

/* What was destroyed since this was last asked, in that order. */
static void cmd_gone(struct agent_call *call)
{
    if (wrong)
        agent_say_word(call, "wrong");
    for (; gone; gone = gone->gone)
        agent_say_size(call, gone->number);
    gone_end = &gone;
}

static void cmd_settings(struct agent_call *call)
{
    const struct singleton_settings *settings = singleton_settings();

    if (!settings) {
        agent_say_none(call);
        return;
    }
    agent_say_str(call, settings->name);
    agent_say_int(call, settings->retries);
    agent_say_int(call, settings->timeout_ms);
}

static void cmd_set(struct agent_call *call)
{
    struct singleton_settings *settings = singleton_settings();

    if (!settings) {
        agent_say_none(call);
        return;
    }
    *settings = (struct singleton_settings){"changed", agent_int(call, 0),
                                            agent_int(call, 1)};
}

static void cmd_reset(struct agent_call *call)
{
    (void)call;
    singleton_settings_reset();
}

/* How often a thread that holds the lock can lock it again. */
static void cmd_lock(struct agent_call *call)
{
    pthread_mutex_t *lock = singleton_lock();
    int again = agent_int(call, 0), done = 0;

    if (again < 0 || again > 100) {
        agent_refuse(call, "too often");
        return;
    }
    if (!lock || pthread_mutex_trylock(lock) != 0) {
        agent_say_none(call);
        return;
    }
    while (done < again && pthread_mutex_trylock(lock) == 0)
        done++;
    for (int i = 0; i <= done; i++)
        pthread_mutex_unlock(lock);
    agent_say_int(call, done);
    agent_say_bool(call, singleton_lock() == lock);
}

static void close_trace(void)
{
    singleton_clear();
    for (struct holder *holder = holders, *next; holder; holder = next) {
        next = holder->next;
        singleton_destroy(&holder->cell);
        free(holder);
    }
    for (struct instance *made = instances, *next; made; made = next) {
        next = made->next;
        free(made);
    }
    for (struct block *block = blocks, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    holders = NULL;
    instances = gone = NULL;
    gone_end = &gone;
    blocks = NULL;
    types = built = 0;
    wrong = false;
    singleton_settings_reset();
}

static const struct agent_command commands[] = {
    {"type", "int str", cmd_type,
     "type FAILURES owned|plain: a type whose first builds fail; owned types "
     "have a destructor"},
    {"needs", "@type @type", cmd_needs,
     "needs TYPE OTHER: the builder gets OTHER from the registry first, and "
     "nothing else"},
    {"asks", "@type @cell", cmd_asks,
     "asks TYPE CELL: the builder gets CELL first, and nothing else"},
    {"alone", "@type", cmd_alone, "alone TYPE: the builder gets nothing first"},
    {"break", "@type int", cmd_break,
     "break TYPE FAILURES: its next builds fail, with errors that count down"},
    {"of", "@type", cmd_of,
     "of TYPE: the instance in the registry: its number, its type, what it "
     "stands on"},
    {"fill", "size", cmd_fill,
     "fill N: gets the instances of N new types, says how many were fine"},
    {"clear", "", cmd_clear, "clear: destroys all that is in the registry"},
    {"cell", "@type", cmd_cell, "cell TYPE: a cell for an instance of TYPE"},
    {"get", "@cell", cmd_get, "get CELL: the instance in the cell, as for of"},
    {"destroy", "@cell", cmd_destroy,
     "destroy CELL: destroys what is in the cell"},
    {"gone", "", cmd_gone,
     "gone: what was destroyed since last asked, in that order"},
    {"settings", "", cmd_settings, "settings: name, retries, timeout"},
    {"set", "int int", cmd_set, "set RETRIES TIMEOUT: changes the settings"},
    {"reset", "", cmd_reset, "reset: the settings as they started"},
    {"lock", "int", cmd_lock,
     "lock N: locks N times more while holding the lock; how often that went "
     "well, and whether it is the same lock each time"},
    {NULL, NULL, NULL, NULL},
};

const struct agent_program agent_program = {.commands = commands,
                                            .close = close_trace};
