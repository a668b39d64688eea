/*
 * kata replay: one trace again, on the reference and on an attempt, side by
 * side; then once more under memcheck. With --debug under gdb, stopped at the
 * call that goes wrong.
 */
#include "base/alloc.h"
#include "base/path.h"
#include "cmd/commands.h"
#include "cmd/grading.h"
#include "judge/session.h"
#include "judge/trace.h"
#include "report/report.h"

#include <stdlib.h>
#include <string.h>

enum { OPT_DEBUG = 256, OPT_SOLUTION };

struct replay_arguments {
    bool debug, solution;
};

static int set_option(int id, const char *value, void *data, struct err *err)
{
    struct replay_arguments *arguments = data;

    (void)value, (void)err;
    if (id == OPT_DEBUG)
        arguments->debug = true;
    else
        arguments->solution = true;
    return 0;
}

static int ask(struct run *run, enum session_tool tool,
               const struct strv *trace, struct reply *reply, struct err *err)
{
    struct session_options options = {.tool = tool};
    struct session *session;
    int status;

    if (session_open(&session, run, &options, err) < 0)
        return -1;
    status = session_run_one(session, trace, NULL, reply, err);
    session_close(session);
    return status;
}

/* The first line whose answers differ; the trace's length where none does. */
static size_t first_difference(const struct strv *trace,
                               const struct reply *want,
                               const struct reply *got)
{
    size_t i = 0;

    while (i < trace->count && i < want->answers.count &&
           i < got->answers.count &&
           strcmp(want->answers.items[i], got->answers.items[i]) == 0)
        i++;
    return i;
}

static const char *describe_end(enum reply_end end)
{
    static const char *const texts[] = {
        [REPLY_DONE] = "the answers differ",
        [REPLY_CRASH] = "the attempt crashes",
        [REPLY_HANG] = "the attempt does not return",
        [REPLY_OUTPUT] = "the attempt prints without end",
        [REPLY_MEMORY] = "the attempt wants more memory than there is",
        [REPLY_GARBLED] = "the attempt gives an answer that no agent gives",
        [REPLY_CANCELLED] = "interrupted"};

    return texts[end];
}

/* Prints the table; true where both did the same. */
static bool show(const struct strv *trace, struct reply *want,
                 struct reply *got)
{
    bool same = got->end == REPLY_DONE && want->end == REPLY_DONE &&
                first_difference(trace, want, got) == trace->count;
    struct finding finding = {.message =
                                  xstrdup(same ? "every answer is as expected"
                                               : describe_end(got->end))};

    strv_copy(&finding.trace, trace);
    strv_copy(&finding.want, &want->answers);
    strv_copy(&finding.got, &got->answers);
    term_finding(&finding, stdout);
    finding_release(&finding);
    return same;
}

/* What memcheck says of a trace whose answers are right. */
static int check_memory(struct grading *grading, const struct strv *trace,
                        struct err *err)
{
    struct reply reply = {.end = REPLY_DONE};
    int status = ask(&grading->run, SESSION_MEMCHECK, trace, &reply, err);

    if (status == 0) {
        status = reply.errors || reply.lost;
        if (reply.errors)
            printf("  Valgrind: %ld error%s\n", reply.errors,
                   reply.errors == 1 ? "" : "s");
        if (reply.lost)
            printf("  Valgrind: %ld bytes leaked\n", reply.lost);
    }
    reply_release(&reply);
    return status;
}

static int compare(struct grading *grading, const struct strv *trace,
                   size_t *line, struct err *err)
{
    struct reply want = {.end = REPLY_DONE}, got = {.end = REPLY_DONE};
    int status = -1;

    if (ask(grading->run.reference, SESSION_NATIVE, trace, &want, err) == 0 &&
        ask(&grading->run, SESSION_NATIVE, trace, &got, err) == 0) {
        status = !show(trace, &want, &got);
        *line = first_difference(trace, &want, &got);
        if (status == 0)
            status = check_memory(grading, trace, err);
    }
    reply_release(&want);
    reply_release(&got);
    return status;
}

/* gdb on the agent, unjailed: it is the learner's own code and a debugger
   needs the terminal. The trace is the agent's input, and agent_line is called
   with the number of each line before it runs. */
static int debug(struct grading *grading, const struct strv *trace, size_t line,
                 struct err *err)
{
    char *input = path_join(grading->run.dir, "input.trace");
    char *source = path_join(grading->run.dir, "src");
    struct strv argv = STRV_INIT;
    struct proc_spec spec = {.tty = true};
    struct proc_result result;
    int status = trace_write(input, trace, NULL, err);

    strv_add_all(&argv, "gdb", "-q", "-ex", (char *)NULL);
    strv_addf(&argv, "set substitute-path /box/src %s", source);
    strv_add_all(&argv, "-ex", "set breakpoint pending on", "-ex",
                 (char *)NULL);
    strv_addf(&argv, "break agent_line if line == %zu", line + 1);
    strv_add(&argv, "-ex");
    strv_addf(&argv, "run < %s", input);
    strv_add_all(&argv, "-ex", "finish", (char *)NULL);
    strv_add(&argv, grading->run.program[PROGRAM_AGENT]);
    spec.argv = argv.items;
    if (status == 0)
        status = proc_run(&spec, &result, err);
    if (status == 0)
        proc_result_release(&result);
    strv_release(&argv);
    free(input);
    free(source);
    return status;
}

static int prepare(struct grading *grading, struct err *err)
{
    struct stage_result build = {.status = STATUS_PASS};
    int status = run_compile(&grading->run, &build, err);

    if (status > 0) {
        for (size_t i = 0; i < build.count; i++)
            term_finding(&build.findings[i], stderr);
        status = err_set(err, "the attempt does not compile");
    }
    stage_result_release(&build);
    if (status == 0 && (!run_build(&grading->run, PROGRAM_AGENT, err) ||
                        !run_build(grading->run.reference, PROGRAM_AGENT, err)))
        status = -1;
    return status;
}

static int replay(const struct cmd_context *context,
                  const struct replay_arguments *arguments,
                  const char *submission, struct err *err)
{
    struct strv trace = STRV_INIT;
    struct grading grading;
    size_t line = 0;
    int status;

    if (trace_read(context->operands.items[0], &trace, err) < 0)
        return -1;
    if (grading_open(&grading, context, submission, 0, true, err) < 0) {
        strv_release(&trace);
        return -1;
    }
    status = prepare(&grading, err);
    if (status == 0)
        status = compare(&grading, &trace, &line, err);
    if (status >= 0 && arguments->debug &&
        debug(&grading, &trace, line < trace.count ? line : 0, err) < 0)
        status = -1;
    grading_close(&grading);
    strv_release(&trace);
    return status;
}

static int cmd_replay_run(const struct cmd *cmd, int argc, char **argv)
{
    struct replay_arguments arguments = {.debug = false};
    struct cmd_context context;
    struct err err = ERR_INIT;
    char *submission;
    int status =
        cmd_begin(cmd, argc, argv, set_option, &arguments, true, 2, &context);

    if (status >= 0)
        return status;
    if (context.operands.count == 0) {
        status = cmd_usage(cmd, "which trace? a failed one is kept as "
                                "failed.trace beside your attempt");
    } else {
        const char *file =
            context.operands.count > 1 ? context.operands.items[1] : NULL;

        submission = arguments.solution ? kata_reference(context.kata)
                                        : cmd_submission(&context, file);
        proc_handle_signals();
        status = replay(&context, &arguments, submission, &err);
        if (status < 0)
            status = proc_cancelled ? EXIT_INTERRUPTED : cmd_error(&err);
        free(submission);
    }
    cmd_release(&context);
    return status;
}

static const struct opt options[] = {
    {OPT_DEBUG, "debug", NULL,
     "under gdb, stopped at the call that goes wrong"},
    {OPT_SOLUTION, "solution", NULL, "the reference instead of an attempt"},
    {0, NULL, NULL, NULL}};

const struct cmd cmd_replay = {
    "replay",
    "SLUG TRACE [FILE]",
    "Run one trace again, beside the reference.",
    "TRACE has a call a line, as findings show them; '#' begins a comment and\n"
    "'--' a fresh structure. Exit status: 0 when every answer is as expected\n"
    "and Valgrind is silent, 1 when not.",
    options,
    cmd_replay_run};
