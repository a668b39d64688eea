/* A submission and its agent in one, for test_oracle.c: counters, and with
   BUG a mistake in them. */
#include "agent.h"
#include "channel.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#ifndef BUG
#define BUG 0
#endif

enum bug {
    NONE,
    WRONG,    /* seven is lost */
    CRASH,    /* seven twice in a row */
    HANG,     /* seven when there are ten */
    SLEEP,    /* the same, asleep */
    FLOOD,    /* the same, printing */
    EAT,      /* the same, with an appetite */
    FORGE,    /* the same, answering twice */
    SHARED,   /* something is left of what was closed */
    UNSTEADY, /* wrong once in a while */
    AT_END    /* freeing a counter of more than seven */
};

void *kata_sub_malloc(size_t size);
void kata_sub_free(void *block);

struct counter {
    int value, last;
};

static int closed; /* traces: the bug of SHARED */

/* No call decides this. */
static bool is_unlucky(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_nsec / 1000 % 32 == 0;
}

static void misbehave(void)
{
    switch (BUG) {
    case HANG:
        for (;;)
            __asm__ volatile("");
    case SLEEP:
        for (;;)
            pause();
    case FLOOD:
        for (;;)
            puts("flood");
    case EAT:
        for (;;)
            *(volatile char *)kata_sub_malloc(1 << 20) = 1;
    case FORGE:
        if (write(CHANNEL_OUT, "= 0\n", 4) < 0)
            abort();
        break;
    default:
        break;
    }
}

static int add(struct counter *counter, int n)
{
    if (n == 7 && BUG == WRONG)
        n = 0;
    if (n == 7 && counter->last == 7 && BUG == CRASH)
        abort();
    if (n == 7 && counter->value >= 10)
        misbehave();
    counter->last = n;
    counter->value += n;
    if (BUG == SHARED && closed > 3)
        counter->value++;
    if (BUG == UNSTEADY && is_unlucky())
        counter->value++;
    return counter->value;
}

static void cmd_new(struct agent_call *call)
{
    struct counter *counter = kata_sub_malloc(sizeof *counter);

    if (counter)
        *counter = (struct counter){0, 0};
    agent_make(call, "counter", counter);
}

static void cmd_add(struct agent_call *call)
{
    agent_say_int(call, add(agent_object(call, 0), agent_int(call, 1)));
}

static void destroy(struct counter *counter)
{
    if (BUG == AT_END && counter->value > 7)
        abort();
    kata_sub_free(counter);
}

static void cmd_free(struct agent_call *call)
{
    destroy(agent_object(call, 0));
    agent_drop(call, 0);
}

/* The reference does not get through a trace that has this as its first line,
   which no random trace has but many a candidate. */
static int lines;

static void cmd_touchy(struct agent_call *call)
{
    (void)call;
    if (lines == 0)
        abort();
}

static void cmd_calm(struct agent_call *call)
{
    (void)call;
    lines++;
}

static const struct agent_command commands[] = {
    {"new", NULL, cmd_new, NULL},
    {"add", "@counter int", cmd_add, NULL},
    {"free", "@counter", cmd_free, NULL},
    {"touchy", NULL, cmd_touchy, NULL},
    {"calm", NULL, cmd_calm, NULL},
    {NULL, NULL, NULL, NULL}};

static void close_all(void)
{
    struct counter *counter;

    while ((counter = agent_take("counter")))
        destroy(counter);
    lines = 0;
    closed++;
}

const struct agent_program agent_program = {.commands = commands,
                                            .close = close_all};
