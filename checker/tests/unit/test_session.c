/* Conversations with agents that behave and that do not, in the jail. */
#include "judge/session.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/path.h"
#include "base/str.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct sandbox sandbox;
static struct kata kata = {.memory_mb = 128, .seconds = 3};
static struct run run;
static struct session *session;

static void build(const char *source)
{
    struct strv argv = STRV_INIT;
    struct proc_spec spec = {.seconds = 120};
    struct proc_result result;
    struct err err = ERR_INIT;

    strv_add_all(&argv, "gcc", "-std=c17", "-D_GNU_SOURCE", "-g", "-no-pie",
                 "-pthread", "-Ichecker/agent", "-o", (char *)NULL);
    strv_addf(&argv, "%s/agent", run.bin);
    strv_add_all(&argv, "checker/agent/agent.c", "checker/agent/heap.c",
                 "checker/agent/main.c", source, (char *)NULL);
    spec.argv = argv.items;
    cr_assert_eq(proc_run(&spec, &result, &err), 0, "%s", err.text);
    cr_assert(result.end == PROC_EXITED && result.code == 0, "%s",
              result.err.text);
    proc_result_release(&result);
    strv_release(&argv);
}

static void open_session(const struct session_options *options)
{
    struct err err = ERR_INIT;

    cr_assert_eq(session_open(&session, &run, options, &err), 0, "%s",
                 err.text);
}

static void set_up(void)
{
    struct session_options options = {.tool = SESSION_NATIVE,
                                      .trace_seconds = 0.3};
    struct err err = ERR_INIT;

    cr_assert_eq(sandbox_open(&sandbox, &err), 0, "%s", err.text);
    run = (struct run){.kata = &kata, .sandbox = &sandbox};
    run.dir = path_make_temp("test-session", &err);
    cr_assert_not_null(run.dir, "%s", err.text);
    run.bin = path_join(run.dir, "bin");
    run.program[PROGRAM_AGENT] = path_join(run.bin, "agent");
    cr_assert_eq(path_mkdirs(run.bin, 0700, &err), 0, "%s", err.text);
    build("checker/tests/unit/agent/hostile.c");
    cr_assert_eq(sandbox_share(&sandbox, run.dir, false, &err), 0, "%s",
                 err.text);
    run.built[PROGRAM_AGENT] = 1;
    pthread_mutex_init(&run.lock[PROGRAM_AGENT], NULL);
    kata.threads = true;
    open_session(&options);
}

static void tear_down(void)
{
    session_close(session);
    path_remove(run.dir, NULL);
    free(run.program[PROGRAM_AGENT]);
    free(run.bin);
    free(run.dir);
    sandbox_close(&sandbox);
}

TestSuite(session, .init = set_up, .fini = tear_down, .timeout = 120);

static void split(const char *text, struct strv *lines)
{
    char *copy = xstrdup(text);

    for (char *s = copy; *s; s++)
        if (*s == '|')
            *s = '\n';
    strv_add_lines(lines, copy);
    free(copy);
}

/* Runs one trace, lines by '|', and compares its answers and its end. */
static struct reply ask_with(const char *directives, const char *text,
                             enum reply_end end, const char *answers)
{
    struct strv trace = STRV_INIT;
    struct str joined = STR_INIT;
    struct err err = ERR_INIT;
    struct reply reply;

    split(text, &trace);
    cr_assert_eq(session_run_one(session, &trace, directives, &reply, &err), 0,
                 "%s", err.text);
    for (size_t i = 0; i < reply.answers.count; i++)
        str_addf(&joined, "%s%s", i ? "|" : "", reply.answers.items[i]);
    cr_expect_str_eq(joined.text, answers, "%s: %s", text, joined.text);
    cr_expect_eq(reply.end, end, "%s ended with %d (signal %d, status %d)",
                 text, (int)reply.end, reply.signal, reply.code);
    str_release(&joined);
    strv_release(&trace);
    return reply;
}

static struct reply ask(const char *text, enum reply_end end,
                        const char *answers)
{
    return ask_with(NULL, text, end, answers);
}

static void expect(const char *text, enum reply_end end, const char *answers)
{
    struct reply reply = ask(text, end, answers);

    reply_release(&reply);
}

/* After whatever happened, the next trace is answered. */
static void expect_alive(void)
{
    expect("echo alive", REPLY_DONE, "= alive");
}

Test(session, traces_are_answered_line_by_line)
{
    expect("echo a|echo b c|echo", REPLY_DONE, "= a|= b c|=");
    expect("echo \"a b\"|--|echo|nonsense|", REPLY_DONE,
           "= \"a b\"|--|=|? no command nonsense");
    expect("", REPLY_DONE, "");
}

Test(session, what_was_allocated_is_told)
{
    struct reply reply = ask("leak 10|leak 20", REPLY_DONE, "= true|= true");

    cr_assert_eq(reply.live, 2);
    cr_assert_eq(reply.allocs, 2);
    cr_assert_eq(reply.bytes, 30);
    cr_assert_eq(reply.failed_at, 0);
    reply_release(&reply);
    reply =
        ask_with("@fail 2", "leak 10|leak 20", REPLY_DONE, "= true|= false");
    cr_assert_eq(reply.live, 3);
    cr_assert_neq(reply.failed_at, 0);
    reply_release(&reply);
    reply = ask("leak 10|@void -|leak 20", REPLY_DONE, "= true|@void|= true");
    reply_release(&reply);
}

struct collected {
    size_t count, crashed, stop_after;
};

static bool collect(size_t index, struct reply *reply, void *context)
{
    struct collected *collected = context;
    char number[32];

    cr_assert_eq(index, collected->count++);
    snprintf(number, sizeof number, "= %zu", index);
    cr_assert_str_eq(reply->answers.items[0], number);
    collected->crashed += reply->end == REPLY_CRASH;
    cr_assert_eq(reply->answers.count, reply->end == REPLY_CRASH ? 1 : 40);
    return collected->count != collected->stop_after;
}

/* Far more than the pipes hold, in both directions. */
Test(session, many_traces_stream)
{
    enum { COUNT = 600 };
    static struct strv traces[COUNT];
    struct collected collected = {.count = 0};
    struct str wide = STR_INIT;
    struct err err = ERR_INIT;

    for (int i = 0; i < 2000; i++)
        str_addc(&wide, 'x');
    for (size_t i = 0; i < COUNT; i++) {
        strv_addf(&traces[i], "echo %zu", i);
        for (int k = 1; k < 40; k++)
            strv_addf(&traces[i],
                      i % 100 == 50 && k == 1 ? "crash"
                      : i % 2                 ? "big 300"
                                              : "echo %s",
                      wide.text);
    }
    cr_assert_eq(
        session_run(session, traces, COUNT, NULL, collect, &collected, &err), 0,
        "%s", err.text);
    cr_assert_eq(collected.count, COUNT);
    cr_assert_eq(collected.crashed, 6);
    collected = (struct collected){.stop_after = 10};
    cr_assert_eq(
        session_run(session, traces, COUNT, NULL, collect, &collected, &err), 0,
        "%s", err.text);
    cr_assert_eq(collected.count, 10);
    expect_alive();
    for (size_t i = 0; i < COUNT; i++)
        strv_release(&traces[i]);
    str_release(&wide);
}

Test(session, a_crash_names_signal_line_and_place)
{
    struct reply reply = ask("echo a|crash|echo b", REPLY_CRASH, "= a");

    cr_assert_eq(reply.signal, SIGSEGV);
    cr_assert_gt(reply.frame_count, 1);
    cr_assert(!reply.stack);
    reply_release(&reply);
    reply = ask("deep", REPLY_CRASH, "");
    cr_assert_eq(reply.signal, SIGSEGV);
    cr_assert(reply.stack);
    reply_release(&reply);
    reply = ask("echo a|exit 0|echo b", REPLY_CRASH, "= a");
    cr_assert_eq(reply.signal, 0);
    cr_assert_eq(reply.code, 0);
    reply_release(&reply);
    reply = ask("exit 7", REPLY_CRASH, "");
    cr_assert_eq(reply.code, 7);
    reply_release(&reply);
    reply = ask("raise 9", REPLY_CRASH, "");
    cr_assert_eq(reply.signal, SIGKILL);
    reply_release(&reply);
    reply = ask("echo a|trap|echo b", REPLY_CRASH, "= a|=|= b");
    cr_assert_eq(reply.signal, SIGABRT);
    reply_release(&reply);
    expect_alive();
}

Test(session, whole_traces_come_at_their_end)
{
    struct reply reply;

    reply =
        ask_with(SESSION_WHOLE_TRACES, "echo a|echo b", REPLY_DONE, "= a|= b");
    reply_release(&reply);
    reply =
        ask_with(SESSION_WHOLE_TRACES, "echo a|crash|echo b", REPLY_CRASH, "");
    cr_assert_eq(reply.signal, SIGSEGV);
    cr_assert_gt(reply.frame_count, 1);
    reply_release(&reply);
    reply = ask_with(SESSION_WHOLE_TRACES, "echo a|exit 7", REPLY_CRASH, "");
    cr_assert_eq(reply.code, 7);
    reply_release(&reply);
    /* A new process knows nothing of it. */
    expect("echo a|crash|echo b", REPLY_CRASH, "= a");
    expect_alive();
}

Test(session, an_endless_loop_uses_its_time_up)
{
    double start = clock_now();
    struct reply reply = ask("echo a|loop", REPLY_HANG, "= a");

    cr_assert(!reply.asleep);
    reply_release(&reply);
    expect_alive();
    cr_assert_lt(clock_now() - start, 8);
}

Test(session, a_loop_that_puts_the_timer_off_is_found)
{
    expect("evade", REPLY_HANG, "");
    expect_alive();
}

Test(session, a_deadlock_is_told_from_a_busy_machine)
{
    double start = clock_now();
    struct reply reply = ask("echo a|deadlock", REPLY_HANG, "= a");

    cr_assert(reply.asleep);
    cr_assert_geq(clock_now() - start, 0.9);
    cr_assert_lt(clock_now() - start, 8);
    reply_release(&reply);
    expect("sleep 600", REPLY_DONE, "=");
    reply = ask("sleep 30000", REPLY_HANG, "");
    cr_assert(reply.asleep);
    reply_release(&reply);
    expect_alive();
}

Test(session, naps_end_with_the_wall_clock)
{
    struct session_options options = {.wall_seconds = 1.5};
    struct reply reply;

    session_close(session);
    open_session(&options);
    reply = ask("echo a|nap", REPLY_HANG, "= a");
    cr_assert(reply.asleep);
    reply_release(&reply);
    expect_alive();
}

Test(session, printing_disturbs_nothing_and_has_a_limit)
{
    expect("print 1|echo a|print 1", REPLY_DONE, "=|= a|=");
    session_restart(session);
    cr_assert_str_eq(session_printed(session),
                     "0123456789abcdef\n0123456789abcdef\n");
    for (int i = 0; i < 5; i++)
        expect("print 20000", REPLY_DONE, "=");
    expect("echo a|print 1000000000", REPLY_OUTPUT, "= a");
    cr_assert_leq(strlen(session_printed(session)), 1 << 14);
    expect_alive();
}

Test(session, what_no_agent_says_is_garbled)
{
    expect("echo a|garbage|echo b", REPLY_GARBLED, "= a");
    expect("echo a|nul|echo b", REPLY_GARBLED, "= a");
    expect("echo a|long|echo b", REPLY_GARBLED, "= a");
    expect("echo a|end|echo b", REPLY_GARBLED, "= a");
    /* One answer too many shifts the others: the end shows it. */
    expect("echo a|extra|echo b", REPLY_GARBLED, "= a|= 1|=");
    expect_alive();
}

Test(session, closed_answers_are_a_hang)
{
    struct reply reply = ask("echo a|close|echo b", REPLY_CRASH, "= a");

    /* The agent itself ends when it cannot answer. */
    cr_assert_eq(reply.code, 3);
    reply_release(&reply);
    expect_alive();
}

Test(session, a_long_answer_is_whole)
{
    struct strv trace = STRV_INIT;
    struct err err = ERR_INIT;
    struct reply reply;

    strv_add_all(&trace, "big 6000", "big 70000", "echo a", (char *)NULL);
    cr_assert_eq(session_run_one(session, &trace, NULL, &reply, &err), 0);
    cr_assert_eq(reply.end, REPLY_DONE);
    cr_assert_eq(strlen(reply.answers.items[0]), 60001);
    cr_assert_eq(strlen(reply.answers.items[1]), 65535);
    cr_assert_str_eq(reply.answers.items[2], "= a");
    reply_release(&reply);
    strv_release(&trace);
}

Test(session, the_memory_limit_is_told)
{
    struct reply reply = ask("echo a|eat 1", REPLY_MEMORY, "= a");

    cr_assert_eq(reply.signal, SIGSEGV);
    reply_release(&reply);
    reply = ask("echo a|eat 0|echo b", REPLY_DONE, "= a|=|= b");
    cr_assert(reply.exhausted);
    reply_release(&reply);
    reply = ask("leak 18446744073709551615|leak 9223372036854775807",
                REPLY_DONE, "? 18446744073709551615: not size|= false");
    cr_assert(!reply.exhausted, "nobody has that much: no matter of a limit");
    reply_release(&reply);
}

Test(session, calls_may_come_one_by_one)
{
    struct strv commands = STRV_INIT;
    struct err err = ERR_INIT;
    struct reply reply;

    cr_assert_eq(session_commands(session, &commands, &err), 0, "%s", err.text);
    cr_assert_str_eq(commands.items[0], "echo str...: echo WORD...: say them");
    strv_release(&commands);
    cr_assert_eq(session_call(session, "leak 5", &reply, &err), 0);
    cr_assert_str_eq(reply.answers.items[0], "= true");
    reply_release(&reply);
    cr_assert_eq(session_call(session, "crash", &reply, &err), 0);
    cr_assert_eq(reply.end, REPLY_CRASH);
    reply_release(&reply);
    cr_assert_eq(session_call(session, "leak 5", &reply, &err), 0);
    reply_release(&reply);
    cr_assert_eq(session_call(session, "--", &reply, &err), 0);
    cr_assert_str_eq(reply.answers.items[0], "--");
    cr_assert_eq(reply.live, 1);
    reply_release(&reply);
    expect_alive();
}

Test(session, an_agent_that_cannot_run_is_an_error)
{
    struct strv trace = STRV_INIT;
    struct err err = ERR_INIT;
    struct reply reply;
    char text[] = "#!/bin/nothing\n";

    strv_add(&trace, "echo a");
    cr_assert_eq(path_write(run.program[PROGRAM_AGENT], text, sizeof text - 1,
                            0755, &err),
                 0);
    cr_assert_eq(session_run_one(session, &trace, NULL, &reply, &err), -1);
    cr_assert(err.set);
    reply_release(&reply);
    err_clear(&err);
    build("checker/tests/unit/agent/hostile.c");
    cr_assert_eq(session_run_one(session, &trace, NULL, &reply, &err), 0, "%s",
                 err.text);
    reply_release(&reply);
    strv_release(&trace);
}

Test(session, a_person_can_interrupt)
{
    proc_cancelled = 1;
    expect("loop", REPLY_CANCELLED, "");
    proc_cancelled = 0;
    expect_alive();
}
