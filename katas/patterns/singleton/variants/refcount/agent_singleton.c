#include "agent.h"
#include "singleton.h"

#include <stdlib.h>
#include <string.h>

/* A cell as a trace makes it, with its type. Its builder fails `failures`
   times, and may use the instance of another cell. */
struct holder {
    struct singleton_type type;
    struct singleton_cell cell;
    int failures;
    struct holder *needs;
    size_t taken; /* users that the trace made */
    struct holder *next;
};

/* Instances outlive their destruction, so that one that is destroyed twice or
   given away afterwards is noticed and not a crash. */
struct instance {
    size_t number;
    const struct holder *holder;
    struct holder *part; /* used as long as the instance is there */
    void *part_instance;
    int destroyed;
    struct instance *next, *gone;
};

static struct holder *holders;
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

static int build(void *context, void **instance)
{
    struct holder *holder = context;
    struct instance *made;
    void *part = NULL;
    int error = 0;

    *instance = &half;
    if (holder->needs)
        error = singleton_acquire(&holder->needs->cell, &part);
    if (error != 0)
        return error;
    if (holder->failures > 0) {
        if (holder->needs)
            singleton_release(&holder->needs->cell);
        return holder->failures--;
    }
    made = must(calloc(1, sizeof *made));
    *made = (struct instance){.number = built++,
                              .holder = holder,
                              .part = holder->needs,
                              .part_instance = part,
                              .next = instances};
    instances = made;
    *instance = made;
    return 0;
}

static void destroy(void *instance, void *context)
{
    struct instance *found = instance;

    if (!found || found == &half || found->holder != context ||
        found->destroyed++) {
        wrong = true;
        return;
    }
    *gone_end = found;
    gone_end = &found->gone;
    if (found->part && singleton_release(&found->part->cell) != 0)
        wrong = true;
}

/* Commands */

static void cmd_cell(struct agent_call *call)
{
    const char *own = agent_str(call, 1);
    bool owned = strcmp(own, "owned") == 0;
    struct holder *holder;

    if (agent_int(call, 0) < 0 || (!owned && strcmp(own, "plain") != 0)) {
        agent_make(call, "cell", NULL);
        agent_refuse(call, "no such cell");
        return;
    }
    holder = must(calloc(1, sizeof *holder));
    *holder = (struct holder){
        .type = {"thing", build, owned ? destroy : NULL, holder},
        .cell = SINGLETON_CELL(&holder->type),
        .failures = agent_int(call, 0),
        .next = holders};
    holders = holder;
    agent_make(call, "cell", holder);
}

/* What has no destructor cannot release what it uses. */
static void cmd_needs(struct agent_call *call)
{
    struct holder *holder = agent_object(call, 0);

    if (holder->type.destroy)
        holder->needs = agent_object(call, 1);
    else
        agent_refuse(call, "it is plain");
}

static void cmd_alone(struct agent_call *call)
{
    ((struct holder *)agent_object(call, 0))->needs = NULL;
}

static void cmd_break(struct agent_call *call)
{
    if (agent_int(call, 1) < 0)
        agent_refuse(call, "less than none");
    else
        ((struct holder *)agent_object(call, 0))->failures = agent_int(call, 1);
}

static void say_instance(struct agent_call *call, const struct instance *got)
{
    agent_say_size(call, got->number);
    if (got->part_instance) {
        agent_say_word(call, "on");
        agent_say_size(call,
                       ((const struct instance *)got->part_instance)->number);
    }
    if (got->destroyed)
        agent_say_word(call, "destroyed");
}

static void cmd_acquire(struct agent_call *call)
{
    struct holder *holder = agent_object(call, 0);
    void *got = call;
    int error = singleton_acquire(&holder->cell, &got);

    if (error != 0 && got != call) {
        agent_fail(call, "TOUCHED");
    } else if (error < 0) {
        agent_fail(call, error == SINGLETON_ECYCLE ? "ECYCLE" : "UNKNOWN");
    } else if (error > 0) {
        agent_say_word(call, "error");
        agent_say_int(call, error);
    } else if (!got || got == call || got == &half) {
        agent_say_word(call, "no-instance");
    } else {
        holder->taken++;
        say_instance(call, got);
    }
}

/* A user that the trace did not make is an instance that needs this one. */
static void cmd_release(struct agent_call *call)
{
    struct holder *holder = agent_object(call, 0);
    int error;

    if (holder->taken == 0 && singleton_users(&holder->cell) > 0) {
        agent_refuse(call, "only others use it");
        return;
    }
    error = singleton_release(&holder->cell);
    if (error == 0 && holder->taken > 0)
        holder->taken--;
    else if (error != 0)
        agent_fail(call, error == SINGLETON_EUNUSED ? "EUNUSED" : "UNKNOWN");
}

static void cmd_users(struct agent_call *call)
{
    agent_say_size(
        call, singleton_users(&((struct holder *)agent_object(call, 0))->cell));
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
    for (struct holder *holder = holders; holder; holder = holder->next)
        for (; holder->taken > 0; holder->taken--)
            singleton_release(&holder->cell);
    for (struct holder *holder = holders, *next; holder; holder = next) {
        next = holder->next;
        free(holder);
    }
    for (struct instance *made = instances, *next; made; made = next) {
        next = made->next;
        free(made);
    }
    holders = NULL;
    instances = gone = NULL;
    gone_end = &gone;
    built = 0;
    wrong = false;
}

static const struct agent_command commands[] = {
    {"cell", "int str", cmd_cell,
     "cell FAILURES owned|plain: a cell whose first builds fail; owned ones "
     "have a destructor"},
    {"needs", "@cell @cell", cmd_needs,
     "needs CELL OTHER: instances of CELL use OTHER, from building to "
     "destroying"},
    {"alone", "@cell", cmd_alone, "alone CELL: its next instances use nothing"},
    {"break", "@cell int", cmd_break,
     "break CELL FAILURES: its next builds fail, with errors that count down"},
    {"acquire", "@cell", cmd_acquire,
     "acquire CELL: one user more; the instance's number and what it stands "
     "on"},
    {"release", "@cell", cmd_release, "release CELL: one user less"},
    {"users", "@cell", cmd_users, "users CELL: how many there are"},
    {"gone", "", cmd_gone,
     "gone: what was destroyed since last asked, in that order"},
    {"lock", "", cmd_lock, "lock: can it be locked twice by one thread?"},
    {NULL, NULL, NULL, NULL},
};

const struct agent_program agent_program = {.commands = commands,
                                            .close = close_trace};
