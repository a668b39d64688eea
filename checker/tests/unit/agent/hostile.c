/* A submission and its agent in one, for test_session.c: each command does
   something that an agent must survive or a session must tell. */
#include "agent.h"
#include "channel.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

void *kata_sub_malloc(size_t size);
void kata_sub_free(void *block);

static void say_raw(const char *text, size_t n)
{
    while (n > 0) {
        ssize_t written = write(CHANNEL_OUT, text, n);

        if (written <= 0)
            _exit(9);
        text += written;
        n -= (size_t)written;
    }
}

static void cmd_echo(struct agent_call *call)
{
    for (size_t i = 0; i < agent_argc(call); i++)
        agent_say_str(call, agent_str(call, i));
}

static void cmd_big(struct agent_call *call)
{
    for (int i = 0; i < agent_int(call, 0); i++)
        agent_say_int(call, 123456789);
}

static void cmd_crash(struct agent_call *call)
{
    int *volatile nowhere = NULL;

    agent_say_int(call, *nowhere);
}

static void cmd_exit(struct agent_call *call)
{
    _exit(agent_int(call, 0));
}

static void cmd_raise(struct agent_call *call)
{
    raise(agent_int(call, 0));
}

static void cmd_loop(struct agent_call *call)
{
    (void)call;
    for (;;)
        ;
}

/* An endless loop that has put the agent's timer off. */
static void cmd_evade(struct agent_call *call)
{
    struct itimerval off = {.it_value = {0, 0}};

    setitimer(ITIMER_PROF, &off, NULL);
    cmd_loop(call);
}

static void cmd_sleep(struct agent_call *call)
{
    struct timespec time = {.tv_sec = agent_int(call, 0) / 1000,
                            .tv_nsec = agent_int(call, 0) % 1000 * 1000000L};

    nanosleep(&time, NULL);
}

/* Sleeps for ever, but not at one go. */
static void cmd_nap(struct agent_call *call)
{
    struct timespec time = {.tv_nsec = 5000000};

    (void)call;
    for (;;)
        nanosleep(&time, NULL);
}

static void cmd_deadlock(struct agent_call *call)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

    (void)call;
    pthread_mutex_lock(&lock);
    pthread_mutex_lock(&lock);
}

static void cmd_print(struct agent_call *call)
{
    for (int i = 0; i < agent_int(call, 0); i++)
        puts("0123456789abcdef");
}

static void cmd_extra(struct agent_call *call)
{
    (void)call;
    say_raw("= 1\n", 4);
}

static void cmd_garbage(struct agent_call *call)
{
    (void)call;
    say_raw("hello\n", 6);
}

static void cmd_nul(struct agent_call *call)
{
    (void)call;
    say_raw("= \0\n", 4);
}

static void cmd_long(struct agent_call *call)
{
    static char text[1 << 17];

    (void)call;
    memset(text, 'x', sizeof text);
    text[0] = '=';
    text[1] = ' ';
    say_raw(text, sizeof text);
}

static void cmd_end(struct agent_call *call)
{
    (void)call;
    say_raw("-- live=0 allocs=0 bytes=0\n", 27);
}

static void cmd_close(struct agent_call *call)
{
    (void)call;
    close(CHANNEL_OUT);
}

static void *blocks[1 << 16];

/* Asks for memory until there is none; crashes then if told so. */
static void cmd_eat(struct agent_call *call)
{
    size_t n = 0;

    while ((blocks[n] = kata_sub_malloc(1 << 20)))
        n++;
    if (agent_int(call, 0))
        *(volatile char *)blocks[n] = 1;
    while (n > 0)
        kata_sub_free(blocks[--n]);
}

static void cmd_leak(struct agent_call *call)
{
    blocks[0] = kata_sub_malloc(agent_size(call, 0));
    agent_say_bool(call, blocks[0]);
}

static void cmd_deep(struct agent_call *call)
{
    volatile char frame[4096];

    frame[0] = 0;
    if (agent_argc(call) == 0)
        cmd_deep(call);
    agent_say_int(call, frame[0]);
}

static bool crash_at_close;

static void cmd_trap(struct agent_call *call)
{
    (void)call;
    crash_at_close = true;
}

static const struct agent_command commands[] = {
    {"echo", "str...", cmd_echo, "echo WORD...: say them"},
    {"big", "int", cmd_big, ""},
    {"crash", NULL, cmd_crash, ""},
    {"exit", "int", cmd_exit, ""},
    {"raise", "int", cmd_raise, ""},
    {"loop", NULL, cmd_loop, ""},
    {"evade", NULL, cmd_evade, ""},
    {"sleep", "int", cmd_sleep, ""},
    {"nap", NULL, cmd_nap, ""},
    {"deadlock", NULL, cmd_deadlock, ""},
    {"print", "int", cmd_print, ""},
    {"extra", NULL, cmd_extra, ""},
    {"garbage", NULL, cmd_garbage, ""},
    {"nul", NULL, cmd_nul, ""},
    {"long", NULL, cmd_long, ""},
    {"end", NULL, cmd_end, ""},
    {"close", NULL, cmd_close, ""},
    {"eat", "int", cmd_eat, ""},
    {"leak", "size", cmd_leak, ""},
    {"deep", NULL, cmd_deep, ""},
    {"trap", NULL, cmd_trap, ""},
    {NULL, NULL, NULL, NULL}};

static void close_all(void)
{
    if (crash_at_close)
        abort();
}

const struct agent_program agent_program = {.commands = commands,
                                            .close = close_all};
