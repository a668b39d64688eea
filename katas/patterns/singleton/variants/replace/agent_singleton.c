#include "agent.h"
#include "singleton.h"

#include <stdlib.h>
#include <string.h>

/* A type as a trace makes it. Its builder fails `failures` times, and may ask
   something of a cell before. */
struct maker {
    struct singleton_type type;
    int failures;
    enum { ASKS_NOTHING, ASKS_USE, ASKS_RELOAD, ASKS_EMPTY } asks;
    struct singleton_cell *cell; /* of which it asks */
    struct maker *next;
};

/* Instances outlive their destruction, so that one that is destroyed twice or
   given away afterwards is noticed and not a crash. */
struct instance {
    size_t number;
    const struct maker *maker;
    struct singleton_version *part; /* held as long as the instance is there */
    int destroyed;
    struct instance *next, *gone;
};

static struct maker *makers;
static struct instance *instances, *gone, **gone_end = &gone;
static size_t built;
static bool wrong; /* a destructor got what it should not */

static void *must(void *block)
{
    if (!block)
        abort();
    return block;
}

/* What a builder leaves in *instance before it is done. */
static struct instance half = {.number = 999999};

static int ask(const struct maker *maker, struct singleton_version **part)
{
    switch (maker->asks) {
    case ASKS_USE:
        return singleton_acquire(maker->cell, part);
    case ASKS_RELOAD:
        return singleton_replace(maker->cell, NULL, NULL);
    case ASKS_EMPTY:
        return singleton_restore(maker->cell, NULL);
    default:
        return 0;
    }
}

static int build(void *context, void **instance)
{
    struct maker *maker = context;
    struct singleton_version *part = NULL;
    struct instance *made;
    int error;

    *instance = &half;
    error = ask(maker, &part);
    if (error != 0)
        return error;
    if (maker->failures > 0) {
        singleton_release(part);
        return maker->failures--;
    }
    made = must(calloc(1, sizeof *made));
    *made = (struct instance){
        .number = built++, .maker = maker, .part = part, .next = instances};
    instances = made;
    *instance = made;
    return 0;
}

static void destroy(void *instance, void *context)
{
    struct instance *found = instance;

    if (!found || found == &half || found->maker != context ||
        found->destroyed++) {
        wrong = true;
        return;
    }
    *gone_end = found;
    gone_end = &found->gone;
    singleton_release(found->part);
}

/* Commands */

static void cmd_type(struct agent_call *call)
{
    const char *own = agent_str(call, 1);
    bool owned = strcmp(own, "owned") == 0;
    struct maker *maker;

    if (agent_int(call, 0) < 0 || (!owned && strcmp(own, "plain") != 0)) {
        agent_make(call, "type", NULL);
        agent_refuse(call, "no such type");
        return;
    }
    maker = must(calloc(1, sizeof *maker));
    *maker =
        (struct maker){.type = {"thing", build, owned ? destroy : NULL, maker},
                       .failures = agent_int(call, 0),
                       .next = makers};
    makers = maker;
    agent_make(call, "type", maker);
}

static void cmd_cell(struct agent_call *call)
{
    const struct maker *maker = agent_object(call, 0);
    struct singleton_cell *cell = must(calloc(1, sizeof *cell));

    *cell = (struct singleton_cell)SINGLETON_CELL(&maker->type);
    agent_make(call, "cell", cell);
}

/* What has no destructor cannot release what it uses. */
static void cmd_asks(struct agent_call *call)
{
    struct maker *maker = agent_object(call, 0);
    const char *what = agent_str(call, 1);

    if (strcmp(what, "use") == 0 && !maker->type.destroy) {
        agent_refuse(call, "it is plain");
        return;
    }
    if (strcmp(what, "use") != 0 && strcmp(what, "reload") != 0 &&
        strcmp(what, "empty") != 0) {
        agent_refuse(call, "it cannot ask that");
        return;
    }
    maker->asks = what[0] == 'u'   ? ASKS_USE
                  : what[0] == 'r' ? ASKS_RELOAD
                                   : ASKS_EMPTY;
    maker->cell = agent_object(call, 2);
}

static void cmd_alone(struct agent_call *call)
{
    ((struct maker *)agent_object(call, 0))->asks = ASKS_NOTHING;
}

static void cmd_break(struct agent_call *call)
{
    if (agent_int(call, 1) < 0)
        agent_refuse(call, "less than none");
    else
        ((struct maker *)agent_object(call, 0))->failures = agent_int(call, 1);
}

static void say_error(struct agent_call *call, int error)
{
    if (error > 0) {
        agent_say_word(call, "error");
        agent_say_int(call, error);
    } else {
        agent_fail(call, error == SINGLETON_ENOMEM   ? "ENOMEM"
                         : error == SINGLETON_ECYCLE ? "ECYCLE"
                                                     : "UNKNOWN");
    }
}

static void say_instance(struct agent_call *call, const struct instance *got)
{
    if (!got || got == &half) {
        agent_say_word(call, "no-instance");
        return;
    }
    agent_say_size(call, got->number);
    if (got->part && !got->destroyed) {
        const struct instance *part = singleton_instance(got->part);

        agent_say_word(call, "on");
        agent_say_size(call, part->number);
    }
    if (got->destroyed)
        agent_say_word(call, "destroyed");
}

/* What a call stored or, where it failed, did not. */
static void say_hold(struct agent_call *call, int error,
                     struct singleton_version *untouched,
                     struct singleton_version *got)
{
    bool stored = error == 0 && got != untouched;

    agent_make(call, "hold", stored ? got : NULL);
    if (error != 0 && got != untouched)
        agent_fail(call, "TOUCHED");
    else if (error != 0)
        say_error(call, error);
    else if (got && stored)
        say_instance(call, singleton_instance(got));
    else
        agent_say_none(call);
}

static void cmd_acquire(struct agent_call *call)
{
    struct singleton_version *untouched = (void *)&half, *got = untouched;
    int error = singleton_acquire(agent_object(call, 0), &got);

    say_hold(call, error, untouched, got);
}

static void cmd_release(struct agent_call *call)
{
    singleton_release(agent_object(call, 0));
    agent_drop(call, 0);
}

static void cmd_instance(struct agent_call *call)
{
    say_instance(call, singleton_instance(agent_object(call, 0)));
}

static void cmd_replace(struct agent_call *call)
{
    const struct maker *maker = agent_object(call, 1);
    int error = singleton_replace(agent_object(call, 0), &maker->type, NULL);

    if (error != 0)
        say_error(call, error);
}

static void cmd_keep(struct agent_call *call)
{
    const struct maker *maker = agent_object(call, 1);
    struct singleton_version *untouched = (void *)&half, *got = untouched;
    int error = singleton_replace(agent_object(call, 0), &maker->type, &got);

    say_hold(call, error, untouched, got);
}

static void cmd_reload(struct agent_call *call)
{
    int error = singleton_replace(agent_object(call, 0), NULL, NULL);

    if (error != 0)
        say_error(call, error);
}

static void cmd_restore(struct agent_call *call)
{
    int error = singleton_restore(agent_object(call, 0), agent_object(call, 1));

    if (error != 0)
        say_error(call, error);
}

static void cmd_empty(struct agent_call *call)
{
    int error = singleton_restore(agent_object(call, 0), NULL);

    if (error != 0)
        say_error(call, error);
}

static void cmd_nothing(struct agent_call *call)
{
    (void)call;
    singleton_release(NULL);
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

/* Whether a thread that holds the lock can lock it again. */
static void cmd_lock(struct agent_call *call)
{
    pthread_mutex_t *lock = singleton_lock();
    bool again;

    if (!lock || pthread_mutex_trylock(lock) != 0) {
        agent_say_none(call);
        return;
    }
    again = pthread_mutex_trylock(singleton_lock()) == 0;
    if (again)
        pthread_mutex_unlock(lock);
    pthread_mutex_unlock(lock);
    agent_say_bool(call, again);
}

static void close_trace(void)
{
    struct singleton_cell *cell;
    struct singleton_version *held;

    while ((held = agent_take("hold")))
        singleton_release(held);
    while ((cell = agent_take("cell"))) {
        singleton_restore(cell, NULL);
        free(cell);
    }
    for (struct maker *maker = makers, *next; maker; maker = next) {
        next = maker->next;
        free(maker);
    }
    for (struct instance *made = instances, *next; made; made = next) {
        next = made->next;
        free(made);
    }
    makers = NULL;
    instances = gone = NULL;
    gone_end = &gone;
    built = 0;
    wrong = false;
}

static const struct agent_command commands[] = {
    {"type", "int str", cmd_type,
     "type FAILURES owned|plain: a type whose first builds fail; owned ones "
     "have a destructor"},
    {"cell", "@type", cmd_cell, "cell TYPE: an empty cell"},
    {"asks", "@type str @cell", cmd_asks,
     "asks TYPE use|reload|empty CELL: what its builder does first; what it "
     "uses it releases when it is destroyed"},
    {"alone", "@type", cmd_alone, "alone TYPE: its builder asks for nothing"},
    {"break", "@type int", cmd_break,
     "break TYPE FAILURES: its next builds fail, with errors that count down"},
    {"acquire", "@cell", cmd_acquire,
     "acquire CELL: holds what is current; its number and what it stands on"},
    {"release", "@hold", cmd_release, "release HOLD: one holder less"},
    {"instance", "@hold", cmd_instance,
     "instance HOLD: its number and what it stands on"},
    {"replace", "@cell @type", cmd_replace,
     "replace CELL TYPE: a new instance; lets go of the old one"},
    {"keep", "@cell @type", cmd_keep,
     "keep CELL TYPE: a new instance; holds and tells the old one"},
    {"reload", "@cell", cmd_reload,
     "reload CELL: a new instance of the cell's own type"},
    {"restore", "@cell @hold", cmd_restore,
     "restore CELL HOLD: makes it current"},
    {"empty", "@cell", cmd_empty, "empty CELL: nothing is current"},
    {"nothing", "", cmd_nothing, "nothing: releases NULL"},
    {"gone", "", cmd_gone,
     "gone: what was destroyed since last asked, in that order"},
    {"lock", "", cmd_lock, "lock: can it be locked twice by one thread?"},
    {NULL, NULL, NULL, NULL},
};

const struct agent_program agent_program = {.commands = commands,
                                            .close = close_trace};
