/*
 * A conversation with an agent in the jail: traces in, answers out.
 *
 * One process serves many traces; after a crash or a hang the session starts a
 * new one. What the submission prints goes elsewhere and is only counted.
 *
 * A trace hangs when it has used its processor time, or when for a second all
 * threads sleep and nothing is answered. How busy the machine is does not
 * matter, so the same traces end in the same way everywhere.
 */
#ifndef JUDGE_SESSION_H
#define JUDGE_SESSION_H

#include "base/err.h"
#include "base/str.h"
#include "base/strv.h"
#include "judge/run.h"

#include <stdbool.h>
#include <stddef.h>

enum session_tool {
    SESSION_NATIVE,
    SESSION_MEMCHECK /* "--" answers carry errors= and lost= */
};

/* How a trace ended. */
enum reply_end {
    REPLY_DONE,
    REPLY_CRASH,   /* the process died; `signal`, or `code` where it exited */
    REPLY_HANG,    /* no answer within the limit */
    REPLY_OUTPUT,  /* printed more than the limit */
    REPLY_MEMORY,  /* over the memory limit, as far as that can be told */
    REPLY_GARBLED, /* an answer that no agent gives: tampering */
    REPLY_CANCELLED
};

enum { SESSION_FRAMES = 16 };

struct reply {
    enum reply_end end;
    int signal, code;
    struct strv answers; /* one a line; fewer where it ended early: the line
                            that did it is number answers.count, or the trace's
                            end where that is its length. The answers to "--"
                            lines inside a trace are "--" */
    bool exhausted;      /* the memory limit made an allocation fail */
    bool asleep;         /* hangs, but uses no processor time */
    bool stack;          /* crashed where the stack ends */
    unsigned long long frames[SESSION_FRAMES]; /* of a crash: return
                                                  addresses, innermost first */
    size_t frame_count;
    long live; /* blocks the submission did not free, counted from
                  the start of the process */
    unsigned long long allocs, bytes;
    long errors, lost; /* under memcheck: new errors, bytes newly lost */
    unsigned long long failed_at; /* address of the call that @fail made fail */
};

void reply_release(struct reply *reply);

struct session; /* owned by the caller of session_open */

struct session_options {
    enum session_tool tool;
    double trace_seconds; /* processor time a trace may use; 0: a tenth of the
                             kata's, at least 1 */
    double sleep_seconds; /* asleep without an answer; 0: 1 */
    double wall_seconds;  /* without an answer and not wanting the processor;
                             0: the kata's, at most 10 */
    int memory_mb;        /* 0: the kata's */
};

int session_open(struct session **session, struct run *run,
                 const struct session_options *options, struct err *err);
void session_close(struct session *session); /* NULL is fine */

/* A directive: see session_run. */
#define SESSION_WHOLE_TRACES "@flush trace"

/*
 * Runs `count` traces, each in a fresh structure, and calls `done` for each in
 * order; it may return false to stop. Traces are sent ahead of the answers.
 * `directives`, if not NULL, are sent before each trace ("@fail 3"). With
 * SESSION_WHOLE_TRACES answers come a trace at a time until the process ends,
 * which is much cheaper, and a trace that ends early has none. Returns -1 only
 * where the agent cannot be run at all.
 */
int session_run(struct session *session, const struct strv *traces,
                size_t count, const char *directives,
                bool (*done)(size_t index, struct reply *reply, void *context),
                void *context, struct err *err);

/* Runs one; the caller releases *reply, after an error too. */
int session_run_one(struct session *session, const struct strv *trace,
                    const char *directives, struct reply *reply,
                    struct err *err);

/*
 * Says one line of a trace that stays open: the next call goes on with it,
 * "--" ends it. reply->answers has the one answer. For `kata repl`.
 */
int session_call(struct session *session, const char *line, struct reply *reply,
                 struct err *err);

/* Adds what the agent can be told, "NAME ARGS: HELP" each. */
int session_commands(struct session *session, struct strv *commands,
                     struct err *err);

/* A new process for the next trace. */
void session_restart(struct session *session);

/* What the submission printed in this session so far, its first bytes; borrowed
   until the next call. */
const char *session_printed(const struct session *session);

/* Adds what it printed since the last time, cut, and forgets it. */
void session_take_printed(struct session *session, struct str *text);

#endif
