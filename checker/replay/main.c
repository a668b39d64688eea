/*
 * replay: tests without libcriterion, then traces, in one process.
 *
 * Standard input says what to do, a line each:
 *
 *   suite::name   runs that test
 *   @fail K       the K-th allocation of the next test fails
 *   @cpu MS       from here on a test may use MS milliseconds of processor
 *                 time; then SIGPROF ends the process. 0 lifts the limit
 *   @isolate      from here on each test runs in a process of its own
 *   @nonce TEXT   a word for the closing record
 *   @watch MS     from here on a hang of MS milliseconds ends the process
 *                 (see watch.h)
 *   @schedule N   perturbs the order of threads by seed N (see schedule.h)
 *   @agent        what follows is for the agent (see agent/agent.c)
 *
 * What was standard output gets a record for each test,
 *
 *   test suite::name asserts=N failed=N live=BLOCKS
 *   skip suite::name REASON
 *   crash suite::name REASON    (isolated: its process ended before the test)
 *
 * a test's with what it asked for, " allocs=N bytes=N threads=N", if isolated,
 * and under Valgrind with " errors=N lost=BYTES"; before it, at the moment when
 * @fail strikes, "struck ADDRESS" with the failing call's return address; then
 * the agent's answers; and where the input ended and all went well "closing
 * TEXT tests=N". Without that record the process did not come to its end,
 * whatever its exit status says.
 *
 * Valgrind's report gets the name of each test before what is found in it.
 */
#include "replay.h"
#include "schedule.h"
#include "watch.h"

#include "../agent/agent.h"
#include "../agent/channel.h"
#include "../agent/heap.h"
#include "../agent/memcheck.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

struct session {
    int in, out;
    unsigned long tests;
    unsigned long long fail;
    long cpu_ms;
    int isolate;
    struct memcheck memcheck;
    char nonce[64];
};

static int record(const struct session *session, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static int record(const struct session *session, const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = vdprintf(session->out, format, args);
    va_end(args);
    return n < 0 ? -1 : 0;
}

/* Reads a line without its newline; byte by byte, for what follows "@agent" is
   not ours to take. Returns 1, 0 at the end of the input, -1 on error. */
static int read_line(int in, char *line, size_t size)
{
    size_t n = 0;
    ssize_t got;
    char c;

    while ((got = read(in, &c, 1)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 || n == size - 1)
            return -1;
        if (c == '\n')
            break;
        line[n++] = c;
    }
    line[n] = '\0';
    return got > 0 || n > 0;
}

static void limit_cpu(long ms)
{
    struct itimerval limit = {.it_value = {ms / 1000, ms % 1000 * 1000}};

    setitimer(ITIMER_PROF, &limit, NULL);
}

static int run_test(struct session *session, const char *name)
{
    struct replay_result result;
    struct heap_stats stats;
    unsigned long threads = schedule_threads();
    char valgrind[96], asked[96] = "";
    int found;

    VALGRIND_PRINTF("%s", name);
    limit_cpu(session->cpu_ms);
    heap_fail(session->fail);
    found = replay_run(name, &result);
    heap_stats(&stats);
    heap_reset();
    session->fail = 0;
    if (found < 0)
        return record(session, "skip %s no such test\n", name);
    if (result.left_out)
        return record(session, "skip %s %s\n", name, result.left_out);
    session->tests++;
    memcheck_text(&session->memcheck, stats.live_blocks > 0, valgrind,
                  sizeof valgrind);
    if (session->isolate)
        snprintf(asked, sizeof asked, " allocs=%llu bytes=%llu threads=%lu",
                 stats.calls, stats.bytes, schedule_threads() - threads);
    return record(session, "test %s asserts=%lu failed=%lu live=%zu%s%s\n",
                  name, result.passed + result.failed, result.failed,
                  stats.live_blocks, asked, valgrind);
}

/* What the process of an isolated test ends with after its record: a status
   that a submission's exit does not have by accident. */
enum { TEST_ENDED = 86, THREAD_STACK = 2 << 20 };

static int run_isolated(struct session *session, const char *name)
{
    pid_t child = fork();
    int status;

    if (child == 0)
        _exit(run_test(session, name) < 0 ? 3 : TEST_ENDED);
    session->fail = 0;
    session->tests++;
    while (child > 0 && waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    if (child < 0)
        return -1;
    if (WIFSIGNALED(status))
        return record(session, "crash %s %s\n", name,
                      strsignal(WTERMSIG(status)));
    if (WEXITSTATUS(status) != TEST_ENDED)
        return record(session, "crash %s it ended its process\n", name);
    return 0;
}

/* Where records go; a hook of the heap takes no context. */
static int records;

static void say_struck(const void *caller)
{
    dprintf(records, "struck %p\n", caller);
}

static const char *after(const char *line, const char *prefix)
{
    size_t n = strlen(prefix);

    return strncmp(line, prefix, n) == 0 ? line + n : NULL;
}

static int serve_line(struct session *session, const char *line)
{
    const char *rest;

    if ((rest = after(line, "@fail ")))
        session->fail = strtoull(rest, NULL, 10);
    else if ((rest = after(line, "@cpu ")))
        session->cpu_ms = strtol(rest, NULL, 10);
    else if (strcmp(line, "@isolate") == 0)
        session->isolate = 1;
    else if ((rest = after(line, "@nonce ")))
        snprintf(session->nonce, sizeof session->nonce, "%.63s", rest);
    else if ((rest = after(line, "@watch ")))
        return watch_start(session->out, strtol(rest, NULL, 10));
    else if ((rest = after(line, "@schedule ")))
        schedule_seed(strtoul(rest, NULL, 10));
    else if (strcmp(line, "@agent") == 0)
        return agent_serve(session->in, session->out);
    else if (session->isolate)
        return run_isolated(session, line);
    else
        return run_test(session, line);
    return 0;
}

static int serve(struct session *session)
{
    char line[512];
    int got;

    while ((got = read_line(session->in, line, sizeof line)) > 0)
        if (serve_line(session, line) < 0)
            return -1;
    if (got < 0)
        return -1;
    return record(session, "closing %s tests=%lu\n", session->nonce,
                  session->tests);
}

/* Valgrind takes a thread's stack in and out page by page: with the usual 8
   MiB that costs more than what most tests do in the thread. */
static void small_stacks(void)
{
    pthread_attr_t attributes;

    if (pthread_attr_init(&attributes) != 0)
        return;
    if (pthread_attr_setstacksize(&attributes, THREAD_STACK) == 0)
        pthread_setattr_default_np(&attributes);
    pthread_attr_destroy(&attributes);
}

int main(void)
{
    struct session session = {0};

    if (channel_open(&session.in, &session.out) < 0) {
        perror("replay");
        return 3;
    }
    if (RUNNING_ON_VALGRIND)
        small_stacks();
    records = session.out;
    heap_on_failure(say_struck);
    return serve(&session) < 0 ? 3 : 0;
}
