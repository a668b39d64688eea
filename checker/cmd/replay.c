/*
 * kata replay: one trace again, on the reference and on an attempt, side by
 * side; then once more under memcheck. With --debug under gdb, stopped at the
 * call that goes wrong.
 */
#include "base/alloc.h"
#include "base/path.h"
#include "cmd/commands.h"
#include "cmd/grading.h"
#include "judge/compare.h"
#include "judge/locate.h"
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

/* Prints the table; true where both did the same. *line is the first that
   differs, the trace's length where it is the end or none. */
static bool show(struct run *run, const struct strv *trace,
                 const struct strv *want, const struct reply *got, size_t *line)
{
    enum category category = compare_reply(want, got, line);
    struct finding finding = {.category = category};

    strv_copy(&finding.trace, trace);
    strv_copy(&finding.want, want);
    strv_copy(&finding.got, &got->answers);
    if (category == CATEGORY_NONE) {
        finding.message = xstrdup("every answer is as expected");
    } else {
        finding.message = compare_describe(trace, want, got, category, *line);
        finding.line =
            locate_line(run, PROGRAM_AGENT, got->frames, got->frame_count);
        if (finding.line)
            finding.file = xasprintf("%s.c", run->kata->snake);
    }
    term_finding(&finding, stdout);
    finding_release(&finding);
    return category == CATEGORY_NONE;
}

/* What memcheck says of a trace whose answers are right. Without Valgrind the
   answers alone count. */
static int check_memory(struct grading *grading, const struct strv *trace)
{
    struct reply reply = {.end = REPLY_DONE};
    struct err err = ERR_INIT;
    int status = ask(&grading->run, SESSION_MEMCHECK, trace, &reply, &err);

    if (status < 0) {
        printf("  not looked at by Valgrind: %s\n", err.text);
        status = 0;
    } else {
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
        want.end != REPLY_DONE)
        err_set(err, "the reference does not get through this trace");
    else if (!err->set &&
             ask(&grading->run, SESSION_NATIVE, trace, &got, err) == 0) {
        if (got.end == REPLY_CANCELLED)
            status = err_set(err, "interrupted");
        else
            status = !show(&grading->run, trace, &want.answers, &got, line);
        if (status == 0)
            status = check_memory(grading, trace);
    }
    reply_release(&want);
    reply_release(&got);
    return status;
}

/* What gdb does before the person has it. It runs up to the line that goes
   wrong, without a word, since that is in the agent: agent_line is called with
   the number of each line before it runs. Then it stops in the first function
   of the submission. A file, for `commands` takes several lines. */
static int write_script(const char *path, size_t line, struct err *err)
{
    struct str script = STR_INIT;
    int status;

    str_addf(&script,
             "set confirm off\n"
             "set debuginfod enabled off\n"
             "set breakpoint pending on\n"
             "break agent_line if line == %zu\n"
             "commands\n"
             "silent\n"
             "end\n",
             line + 1);
    status = path_write(path, script.text, script.length, 0644, err);
    str_release(&script);
    return status;
}

static void add_commands(struct strv *argv, const struct grading *grading,
                         const char *script, const char *input)
{
    /* As a session has it, so that memory that was not written reads alike. */
    strv_add_all(argv, "gdb", "-q", "-ex",
                 "set environment MALLOC_PERTURB_ 165", "-ex", (char *)NULL);
    strv_addf(argv, "set substitute-path /box/src '%s/src'", grading->run.dir);
    strv_add_all(argv, "-x", script, "-ex", (char *)NULL);
    strv_addf(argv, "run < '%s' > /dev/null", input);
    strv_add_all(argv, "-ex", "delete", "-ex", (char *)NULL);
    strv_addf(argv, "pipe rbreak %s.c:. | cat > /dev/null",
              grading->run.kata->snake);
    strv_add_all(argv, "-ex", "continue", "-ex", "delete", "-ex",
                 "set confirm on", grading->run.program[PROGRAM_AGENT],
                 (char *)NULL);
}

/* gdb on the agent, unjailed: it is the learner's own code and a debugger
   needs the terminal. The trace is the agent's input. */
static int debug(struct grading *grading, const struct strv *trace, size_t line,
                 struct err *err)
{
    char *input = path_join(grading->run.dir, "input.trace");
    char *script = path_join(grading->run.dir, "debug.gdb");
    struct strv argv = STRV_INIT, lines = STRV_INIT;
    struct proc_spec spec = {.tty = true};
    struct proc_result result;
    int status;

    strv_copy(&lines, trace);
    strv_add(&lines, "--");
    status = trace_write(input, &lines, NULL, err);
    if (status == 0)
        status = write_script(script, line, err);
    printf("  gdb runs the program outside the sandbox, with your rights; it\n"
           "  stops in the first of your functions that %s calls\n",
           line < trace->count ? "the marked line" : "the end of the trace");
    fflush(stdout);
    add_commands(&argv, grading, script, input);
    spec.argv = argv.items;
    if (status == 0)
        status = proc_run(&spec, &result, err);
    if (status == 0)
        proc_result_release(&result);
    strv_release(&argv);
    strv_release(&lines);
    free(input);
    free(script);
    return status;
}

/* Returns 1 where the attempt does not compile; why has been printed. */
static int prepare(struct grading *grading, struct err *err)
{
    struct stage_result build = {.status = STATUS_PASS};
    int status = run_compile(&grading->run, &build, err);

    for (size_t i = 0; i < build.count && status > 0; i++)
        if (!build.findings[i].warning)
            term_finding(&build.findings[i], stderr);
    stage_result_release(&build);
    if (status == 0 && (!run_build(&grading->run, PROGRAM_AGENT, err) ||
                        !run_build(grading->run.reference, PROGRAM_AGENT, err)))
        status = -1;
    return status;
}

static int replay(const struct cmd_context *context,
                  const struct replay_arguments *arguments, const char *path,
                  const char *submission, struct err *err)
{
    struct strv trace = STRV_INIT;
    struct grading grading;
    size_t line = 0;
    bool built = false;
    int status;

    if (trace_read(path, &trace, err) < 0)
        return -1;
    if (grading_open(&grading, context, submission, 0, true, err) < 0) {
        strv_release(&trace);
        return -1;
    }
    status = prepare(&grading, err);
    if (status == 0) {
        status = compare(&grading, &trace, &line, err);
        built = true;
    }
    if (status >= 0 && built && arguments->debug &&
        debug(&grading, &trace, line, err) < 0)
        status = -1;
    grading_close(&grading);
    strv_release(&trace);
    return status;
}

/* TRACE, or where there is none the counterexample of the attempt's last
   failure; owned, NULL where there is none either. */
static char *choose_trace(const struct cmd_context *context)
{
    char *dir, *path;

    if (context->operands.count > 0)
        return xstrdup(context->operands.items[0]);
    dir = cmd_attempt_dir(context);
    path = path_join(dir, "failed.trace");
    free(dir);
    if (!path_is_file(path)) {
        free(path);
        path = NULL;
    }
    return path;
}

static int run_replay(const struct cmd_context *context,
                      const struct replay_arguments *arguments,
                      const char *trace)
{
    const char *file =
        context->operands.count > 1 ? context->operands.items[1] : NULL;
    char *submission = arguments->solution ? kata_reference(context->kata)
                                           : cmd_submission(context, file);
    struct err err = ERR_INIT;
    int status;

    proc_handle_signals();
    status = replay(context, arguments, trace, submission, &err);
    if (status < 0)
        status = proc_cancelled ? EXIT_INTERRUPTED : cmd_error(&err);
    free(submission);
    return status;
}

static int cmd_replay_run(const struct cmd *cmd, int argc, char **argv)
{
    struct replay_arguments arguments = {.debug = false};
    struct cmd_context context;
    char *trace;
    int status =
        cmd_begin(cmd, argc, argv, set_option, &arguments, true, 2, &context);

    if (status >= 0)
        return status;
    trace = choose_trace(&context);
    if (context.operands.count == 2 && arguments.solution)
        status = cmd_usage(cmd, "FILE and --solution exclude one another");
    else if (!trace)
        status = cmd_usage(cmd, "which trace? no grade of your attempt has "
                                "left one");
    else
        status = run_replay(&context, &arguments, trace);
    free(trace);
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
    "SLUG [TRACE [FILE]]",
    "Run one trace again, beside the reference.",
    "Without TRACE: the counterexample of the attempt's last failure. A trace\n"
    "has a call a line, as findings show them; '#' begins a comment and '--' "
    "a\n"
    "fresh structure. Exit status: 0 when every answer is as expected and\n"
    "Valgrind is silent, 1 when not.",
    options,
    cmd_replay_run};
