/*
 * Theory of operation.
 *
 * Traces are written ahead of the answers as far as the pipe takes them, so
 * that the agent never waits for us, and every pipe is served whenever it is
 * ready, so that neither side can block the other for good. Each line has one
 * answer, and the answer to the "--" that ends a trace is where both sides have
 * to agree: an answer too many or too few shows there at the latest.
 *
 * Each process is first told its limit and a lone "--". The answer says that it
 * runs; a process that ends before is a failure of ours and no crash of the
 * submission, none of whose code has run yet.
 *
 * What ends a trace early ends the process. What had been sent ahead is sent
 * again to the next one.
 *
 * Time. An endless loop uses up the trace's processor time, which the agent has
 * the kernel count (@cpu), and is ended by SIGPROF. A deadlock uses none:
 * while nothing comes we look at the jail's threads, and if all of them sleep
 * and none has run for a second, nobody will wake them. A process that wants to
 * run and may not (the machine is busy) is waited for. The rest, such as a loop
 * of short sleeps, ends when it has been found asleep for wall_seconds.
 */
#include "judge/session.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/str.h"
#include "exec/watch.h"
#include "judge/trace.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    AHEAD = 1 << 16,        /* bytes of lines kept ready to be written */
    ANSWER_MAX = 1 << 16,   /* a line, its newline included */
    ANSWERS_MAX = 64 << 20, /* of one trace */
    PRINTED_MAX = 1 << 20,  /* during one trace, about */
    PRINTED_KEPT = 8 << 10, /* of a session */
    THREADS = 64,           /* of a submission that may have any */
    TICK_MS = 50,
    BURY_MS = 1000, /* from the end of the answers to the process's */
    MOURN = 10,     /* times that, for process 1 of its jail */
    START_SECONDS = 60,
    WALL_SECONDS = 10,
    PATIENCE = 20, /* times wall_seconds, whatever the reason */
    MEMCHECK_SLOWER = 50
};

struct session {
    struct run *run;
    struct session_options options;
    struct jail jail;
    bool running;              /* `jail` is there */
    bool greeted;              /* and has answered */
    struct str lines, answers; /* to write; read and not yet taken */
    size_t written;
    size_t printed; /* bytes, during this trace */
    struct str shown;
    struct strv commands; /* answers to @commands */
};

/* One session_run. */
struct talk {
    struct session *session;
    const struct strv *traces;
    size_t count;
    const char *directives;
    bool stays_open; /* no "--" at the end */
    bool (*done)(size_t index, struct reply *reply, void *context);
    void *context;
    struct err *err;

    size_t sent, current; /* traces */
    struct reply reply;   /* to the current one */
    size_t reply_bytes;
    bool finished; /* all were answered, or `done` said stop */

    double moved; /* when something was last written or read */
    double sampled;
    struct watch_sample first, last; /* since then */
    double slept, idle;
};

void reply_release(struct reply *reply)
{
    strv_release(&reply->answers);
    *reply = (struct reply){.end = REPLY_DONE};
}

/* The process */

static double trace_seconds(const struct session *session)
{
    double seconds = session->options.trace_seconds;

    if (seconds <= 0)
        seconds = session->run->kata->seconds / 10.0;
    if (session->options.trace_seconds <= 0 && seconds < 1)
        seconds = 1;
    if (session->options.tool == SESSION_MEMCHECK)
        seconds *= MEMCHECK_SLOWER;
    return seconds;
}

static double sleep_seconds(const struct session *session)
{
    return session->options.sleep_seconds > 0 ? session->options.sleep_seconds
                                              : 1;
}

static double wall_seconds(const struct session *session)
{
    double seconds = session->options.wall_seconds;

    if (seconds <= 0)
        seconds = WALL_SECONDS;
    return session->greeted || seconds > START_SECONDS ? seconds
                                                       : START_SECONDS;
}

/* Of short sleeps in all: no more than the kata has time, where that is not
   said otherwise. */
static double idle_seconds(const struct session *session)
{
    double seconds = session->run->kata->seconds;

    return session->options.wall_seconds > 0 || seconds > WALL_SECONDS
               ? wall_seconds(session)
               : seconds;
}

static int start(struct session *session, struct err *err)
{
    bool memcheck = session->options.tool == SESSION_MEMCHECK;
    const struct kata *kata = session->run->kata;
    struct jail_mount mount = run_mount(session->run);
    char perturb[] = "MALLOC_PERTURB_=165", *env[] = {perturb, NULL};
    struct strv argv = STRV_INIT;
    struct jail_spec spec = {
        .profile = memcheck ? JAIL_VALGRIND : JAIL_AGENT,
        .mounts = &mount,
        .mount_count = 1,
        .env = env,
        .limits = {.memory_mb = session->options.memory_mb
                                    ? session->options.memory_mb
                                    : kata->memory_mb,
                   .file_mb = memcheck ? 16 : 0,
                   .processes = kata->threads ? THREADS : 1,
                   .output_max = PRINTED_MAX}};
    int status;

    if (memcheck)
        strv_add_all(&argv, "valgrind", "-q", "--leak-check=full", "--vgdb=no",
                     "--log-file=/dev/null", (char *)NULL);
    strv_add(&argv, run_program_path(PROGRAM_AGENT));
    spec.argv = argv.items;
    status = sandbox_start(session->run->sandbox, &spec, &session->jail, err);
    strv_release(&argv);
    if (status < 0)
        return -1;
    session->running = true;
    session->greeted = false;
    session->printed = session->written = 0;
    str_reset(&session->answers);
    str_reset(&session->lines);
    str_addf(&session->lines, "@cpu %ld\n--\n",
             (long)(trace_seconds(session) * 1000));
    return 0;
}

static void show(struct session *session, const char *bytes, size_t n)
{
    size_t room = PRINTED_KEPT - session->shown.length;

    session->printed += n;
    str_addn(&session->shown, bytes, n < room ? n : room);
}

/* Ends the process and tells how it ended; killed by us unless it had ended
   already. */
static int finish(struct session *session, bool killed,
                  struct proc_result *result, struct err *err)
{
    int status;

    *result = (struct proc_result){.out = STR_INIT, .err = STR_INIT};
    if (killed)
        proc_kill(&session->jail.proc);
    status = sandbox_finish(&session->jail, result, err);
    show(session, result->err.text, result->err.length);
    session->running = false;
    return status;
}

void session_restart(struct session *session)
{
    struct proc_result result;

    if (!session->running)
        return;
    finish(session, true, &result, NULL);
    proc_result_release(&result);
}

int session_open(struct session **session, struct run *run,
                 const struct session_options *options, struct err *err)
{
    *session = NULL;
    if (!run_build(run, PROGRAM_AGENT, err))
        return -1;
    *session = xcalloc(1, sizeof **session);
    (*session)->run = run;
    (*session)->options = *options;
    str_init(&(*session)->lines);
    str_init(&(*session)->answers);
    str_init(&(*session)->shown);
    return 0;
}

void session_close(struct session *session)
{
    if (!session)
        return;
    session_restart(session);
    str_release(&session->lines);
    str_release(&session->answers);
    str_release(&session->shown);
    strv_release(&session->commands);
    free(session);
}

const char *session_printed(const struct session *session)
{
    return session->shown.text;
}

/* Lines */

static void queue_trace(struct talk *talk)
{
    const struct strv *trace = &talk->traces[talk->sent++];
    struct str *lines = &talk->session->lines;

    if (talk->directives)
        str_addf(lines, "%s\n", talk->directives);
    for (size_t i = 0; i < trace->count; i++) {
        str_add(lines, trace->items[i]);
        str_addc(lines, '\n');
    }
    if (!talk->stays_open)
        str_add(lines, "--\n");
}

static void queue_traces(struct talk *talk)
{
    struct session *session = talk->session;

    if (session->written == session->lines.length) {
        str_reset(&session->lines);
        session->written = 0;
    }
    if (session->written > AHEAD) {
        memmove(session->lines.text, session->lines.text + session->written,
                session->lines.length - session->written);
        str_chop(&session->lines, session->written);
        session->written = 0;
    }
    while (talk->sent < talk->count &&
           session->lines.length - session->written < AHEAD)
        queue_trace(talk);
}

/* Answers */

/* The trace is over: hands its reply on and prepares the next one's. */
static void end_trace(struct talk *talk, enum reply_end end)
{
    talk->reply.end = end;
    if (!talk->done(talk->current, &talk->reply, talk->context))
        talk->finished = true;
    reply_release(&talk->reply);
    talk->reply_bytes = talk->session->printed = 0;
    if (++talk->current == talk->count)
        talk->finished = true;
}

/* Reads " KEY=NUMBER" and moves on; false where it is not there. */
static bool read_field(const char **text, const char *key, int base,
                       unsigned long long *number)
{
    size_t n = strlen(key);
    char *end;

    if (**text != ' ' || strncmp(*text + 1, key, n) != 0 ||
        (*text)[n + 1] != '=')
        return false;
    *number = strtoull(*text + n + 2, &end, base);
    if (end == *text + n + 2)
        return false;
    *text = end;
    return true;
}

/* "-- live=0 allocs=3 bytes=96 ..."; false where it is none. */
static bool read_end(const char *text, struct reply *reply)
{
    unsigned long long live, errors = 0, lost = 0;

    text += 2;
    if (!read_field(&text, "live", 10, &live) ||
        !read_field(&text, "allocs", 10, &reply->allocs) ||
        !read_field(&text, "bytes", 10, &reply->bytes))
        return false;
    if (read_field(&text, "errors", 10, &errors) &&
        !read_field(&text, "lost", 10, &lost))
        return false;
    read_field(&text, "failed", 16, &reply->failed_at);
    reply->live = (long)live;
    reply->errors = (long)errors;
    reply->lost = (long)lost;
    return *text == '\0';
}

/* "@crash stack 0x401234 ...": where the process is about to die. */
static void read_crash(const char *text, struct reply *reply)
{
    reply->stack = str_starts(text, " stack");
    text += reply->stack ? strlen(" stack") : 0;
    reply->frame_count = 0;
    while (*text == ' ' && reply->frame_count < SESSION_FRAMES) {
        char *end;

        reply->frames[reply->frame_count++] = strtoull(text, &end, 16);
        text = end;
    }
}

/* What comes in the middle of a call; false where the line is none such. */
static bool take_note(struct talk *talk, const char *asked, const char *line)
{
    if (strcmp(line, "@memory") == 0)
        talk->reply.exhausted = true;
    else if (str_starts(line, "@crash "))
        read_crash(line + strlen("@crash"), &talk->reply);
    else if (str_starts(line, "@command ") && strcmp(asked, "@commands") == 0)
        strv_add(&talk->session->commands, line + strlen("@command "));
    else
        return false;
    return true;
}

/* Is the line an answer that an agent gives to `asked`? */
static bool is_answer(const char *asked, const char *line, struct reply *reply)
{
    if (strcmp(asked, "--") == 0)
        return str_starts(line, "--") && read_end(line, reply);
    if (asked[0] == '@')
        return line[0] == '@';
    return strchr("=!?", line[0]) && (line[1] == ' ' || line[1] == '\0');
}

/* Takes one line; false where no agent would say it here. */
static bool take_line(struct talk *talk, const char *line)
{
    struct session *session = talk->session;
    const struct strv *trace = &talk->traces[talk->current];
    struct reply *reply = &talk->reply;
    size_t n = reply->answers.count;
    bool at_end = n == trace->count;
    const char *asked = at_end ? "--" : trace->items[n];

    if (take_note(talk, asked, line))
        return true;
    if (!session->greeted) {
        session->greeted = is_answer("--", line, &(struct reply){.live = 0});
        return session->greeted;
    }
    if (*line == '\0' || !is_answer(asked, line, reply))
        return false;
    if (at_end) {
        end_trace(talk, REPLY_DONE);
        return true;
    }
    talk->reply_bytes += strlen(line) + 1;
    strv_add(&reply->answers, str_starts(line, "--") ? "--" : line);
    if (talk->stays_open && n + 1 == trace->count)
        end_trace(talk, REPLY_DONE);
    return true;
}

/* Takes the whole lines that have come; false where one is garbled. */
static bool take_lines(struct talk *talk)
{
    struct str *answers = &talk->session->answers;
    char *line = answers->text, *end;
    size_t rest = answers->length;
    bool ok = true;

    while (ok && !talk->finished && (end = memchr(line, '\n', rest))) {
        *end = '\0';
        ok = end - line < ANSWER_MAX && strlen(line) == (size_t)(end - line) &&
             take_line(talk, line);
        rest -= (size_t)(end + 1 - line);
        line = end + 1;
    }
    /* Nothing may follow the last answer. */
    if (talk->finished && talk->current == talk->count && rest > 0)
        ok = false;
    memmove(answers->text, line, rest);
    str_chop(answers, answers->length - rest);
    return ok && rest < ANSWER_MAX;
}

/* How traces end early */

/* `end` is why we end the process. */
static void kill_trace(struct talk *talk, enum reply_end end)
{
    session_restart(talk->session);
    if (!talk->finished)
        end_trace(talk, end);
}

static enum reply_end reason(const struct talk *talk,
                             const struct proc_result *result)
{
    int signal = result->end == PROC_SIGNALED ? result->code : 0;

    if (result->end == PROC_OUTPUT || talk->session->printed > PRINTED_MAX)
        return REPLY_OUTPUT;
    if (signal == SIGPROF || signal == SIGXCPU)
        return REPLY_HANG;
    return talk->reply.exhausted ? REPLY_MEMORY : REPLY_CRASH;
}

static int no_start(struct talk *talk, const char *how)
{
    const char *said = talk->session->shown.text;

    return err_set(talk->err, "the agent does not run: %s%s%.300s", how,
                   *said ? ": " : "", said);
}

/* The answers are closed and the process is there: the submission did that.
   But process 1 of the jail may be slow to say that it is gone. */
static bool still_lives(const struct session *session)
{
    const struct jail *jail = &session->jail;
    struct pollfd ended = {.fd = jail->proc.pidfd, .events = POLLIN};
    int others = jail->init ? 1 : 0;

    for (int i = 0; i < MOURN; i++) {
        if (watch_take(jail->init ? jail->init : jail->proc.pid).processes >
            others)
            return true;
        if (poll(&ended, 1, BURY_MS) > 0)
            return false;
    }
    return true;
}

/* The process ended by itself. */
static int bury(struct talk *talk)
{
    struct session *session = talk->session;
    struct pollfd ended = {.fd = session->jail.proc.pidfd, .events = POLLIN};
    struct proc_result result;
    int status;

    if (poll(&ended, 1, BURY_MS) == 0 && still_lives(session)) {
        kill_trace(talk, REPLY_GARBLED);
        return 0;
    }
    status = finish(session, false, &result, talk->err);
    if (status == 0 && !session->greeted) {
        char *how = proc_describe(&result);

        status = no_start(talk, how);
        free(how);
    } else if (status == 0) {
        if (result.end == PROC_SIGNALED)
            talk->reply.signal = result.code;
        else
            talk->reply.code = result.code;
        end_trace(talk, reason(talk, &result));
    }
    proc_result_release(&result);
    return status;
}

/* Waiting */

static void note_movement(struct talk *talk, double now)
{
    talk->moved = talk->sampled = now;
    talk->first.known = talk->last.known = false;
    talk->slept = talk->idle = 0;
}

/* Looks at the jail's threads while nothing comes; true where nothing will. */
static bool is_hung(struct talk *talk, double now)
{
    const struct session *session = talk->session;
    const struct jail *jail = &session->jail;
    double passed = now - talk->sampled;
    struct watch_sample sample;

    if (passed < TICK_MS / 1e3)
        return false;
    talk->sampled = now;
    /* Where we ourselves were kept from looking, little is known. */
    if (passed > 4 * TICK_MS / 1e3)
        passed = 4 * TICK_MS / 1e3;
    sample = watch_take(jail->init ? jail->init : jail->proc.pid);
    if (!sample.known || sample.asleep)
        talk->idle += passed;
    if (talk->last.known && sample.known && sample.asleep &&
        talk->last.asleep && sample.cpu == talk->last.cpu)
        talk->slept += passed;
    else
        talk->slept = 0;
    if (!talk->first.known)
        talk->first = sample;
    talk->last = sample;
    talk->reply.asleep =
        session->greeted && (talk->slept >= sleep_seconds(session) ||
                             talk->idle >= idle_seconds(session));
    return talk->reply.asleep || talk->idle >= wall_seconds(session) ||
           now - talk->moved >= PATIENCE * wall_seconds(session) ||
           /* It has put the agent's timer off. */
           (double)sample.cpu >
               (double)talk->first.cpu + (2 * trace_seconds(session) + 1) * 1e9;
}

/* Bytes that were there; 0 at the end, -1 where there are none now. */
static ssize_t read_some(int fd, char *buffer, size_t size)
{
    ssize_t n;

    do
        n = read(fd, buffer, size);
    while (n < 0 && errno == EINTR);
    return n < 0 && errno != EAGAIN ? 0 : n;
}

static void read_printed(struct session *session)
{
    struct proc *proc = &session->jail.proc;
    char buffer[1 << 14];
    ssize_t n = read_some(proc->err, buffer, sizeof buffer);

    if (n > 0) {
        show(session, buffer, (size_t)n);
    } else if (n == 0) {
        close(proc->err);
        proc->err = -1;
    }
}

/* Reads what is there, or at least some of it; false at the end. */
static bool read_answers(struct session *session, bool all)
{
    char buffer[1 << 16];
    ssize_t n;

    do {
        n = read_some(session->jail.proc.out, buffer, sizeof buffer);
        if (n > 0)
            str_addn(&session->answers, buffer, (size_t)n);
    } while (n > 0 && all);
    return n != 0;
}

static void write_lines(struct session *session)
{
    ssize_t n = proc_write(session->jail.proc.in,
                           session->lines.text + session->written,
                           session->lines.length - session->written);

    if (n > 0)
        session->written += (size_t)n;
    else if (n < 0 && errno != EAGAIN)
        /* Nobody reads: the end of the answers says why. */
        session->written = session->lines.length;
}

/* What came is taken; then what ended the trace, if anything did. */
static int serve(struct talk *talk, bool ended)
{
    struct session *session = talk->session;
    bool sound = take_lines(talk);

    if (!sound && !session->greeted)
        return no_start(talk, "not one of ours");
    if (!sound)
        kill_trace(talk, REPLY_GARBLED);
    else if (session->printed > PRINTED_MAX || talk->reply_bytes > ANSWERS_MAX)
        kill_trace(talk, REPLY_OUTPUT);
    else if (ended && !talk->finished)
        return bury(talk);
    return 0;
}

static int give_up(struct talk *talk)
{
    if (!talk->session->greeted)
        return no_start(talk, "no answer");
    kill_trace(talk, REPLY_HANG);
    return 0;
}

/* One turn: waits for something to happen and serves it. */
static int turn(struct talk *talk)
{
    struct session *session = talk->session;
    struct proc *proc = &session->jail.proc;
    bool pending = session->written < session->lines.length, ended = false;
    struct pollfd polls[] = {{.fd = pending ? proc->in : -1, .events = POLLOUT},
                             {.fd = proc->out, .events = POLLIN},
                             {.fd = proc->err, .events = POLLIN},
                             {.fd = proc->pidfd, .events = POLLIN}};

    if (poll(polls, 4, TICK_MS) <= 0)
        memset(polls, 0, sizeof polls);
    if (polls[0].revents || polls[1].revents)
        note_movement(talk, clock_now());
    else if (!polls[3].revents && is_hung(talk, clock_now()))
        return give_up(talk);
    if (polls[0].revents)
        write_lines(session);
    if (polls[2].revents)
        read_printed(session);
    if (polls[1].revents || polls[3].revents)
        ended = !read_answers(session, polls[3].revents) || polls[3].revents;
    return serve(talk, ended);
}

void session_take_printed(struct session *session, struct str *text)
{
    /* It was written before the answer, so it is there. */
    if (session->running && session->jail.proc.err >= 0)
        read_printed(session);
    str_addn(text, session->shown.text, session->shown.length);
    str_reset(&session->shown);
}

/* A process may have ended since the last run, of a thread left behind. */
static bool has_ended(const struct session *session)
{
    struct pollfd ended = {.fd = session->jail.proc.pidfd, .events = POLLIN};

    return poll(&ended, 1, 0) > 0;
}

static int converse(struct talk *talk)
{
    struct session *session = talk->session;
    int status = 0;

    if (session->running && has_ended(session))
        session_restart(session);
    note_movement(talk, clock_now());
    talk->finished = talk->count == 0;
    while (status == 0 && !talk->finished) {
        if (proc_cancelled) {
            kill_trace(talk, REPLY_CANCELLED);
            break;
        }
        if (!session->running) {
            status = start(session, talk->err);
            talk->sent = talk->current;
            note_movement(talk, clock_now());
        }
        queue_traces(talk);
        if (status == 0)
            status = turn(talk);
    }
    /* Answers to what was sent ahead must not meet the next run. */
    if (status < 0 || talk->sent > talk->current)
        session_restart(session);
    reply_release(&talk->reply);
    return status;
}

int session_run(struct session *session, const struct strv *traces,
                size_t count, const char *directives,
                bool (*done)(size_t index, struct reply *reply, void *context),
                void *context, struct err *err)
{
    struct talk talk = {.session = session,
                        .traces = traces,
                        .count = count,
                        .directives = directives,
                        .done = done,
                        .context = context,
                        .err = err};

    return converse(&talk);
}

static bool keep_reply(size_t index, struct reply *reply, void *context)
{
    (void)index;
    *(struct reply *)context = *reply;
    *reply = (struct reply){.end = REPLY_DONE};
    return true;
}

int session_run_one(struct session *session, const struct strv *trace,
                    const char *directives, struct reply *reply,
                    struct err *err)
{
    *reply = (struct reply){.end = REPLY_DONE};
    return session_run(session, trace, 1, directives, keep_reply, reply, err);
}

int session_call(struct session *session, const char *line, struct reply *reply,
                 struct err *err)
{
    struct strv trace = STRV_INIT;
    struct talk talk = {.session = session,
                        .traces = &trace,
                        .count = 1,
                        .stays_open = true,
                        .done = keep_reply,
                        .context = reply,
                        .err = err};
    int status;

    *reply = (struct reply){.end = REPLY_DONE};
    strv_add(&trace, line);
    status = converse(&talk);
    strv_release(&trace);
    return status;
}

int session_commands(struct session *session, struct strv *commands,
                     struct err *err)
{
    struct reply reply;
    int status;

    strv_release(&session->commands);
    status = session_call(session, "@commands", &reply, err);
    if (status == 0 && reply.end != REPLY_DONE)
        status = err_set(err, "the agent does not name its commands");
    strv_copy(commands, &session->commands);
    reply_release(&reply);
    return status;
}
