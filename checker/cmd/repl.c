/* kata repl: talk to an implementation, a call a line. */
#include "base/alloc.h"
#include "base/path.h"
#include "cmd/commands.h"
#include "cmd/grading.h"
#include "judge/session.h"
#include "report/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int set_solution(int id, const char *value, void *data, struct err *err)
{
    (void)id, (void)value, (void)err;
    *(bool *)data = true;
    return 0;
}

static void show_help(struct session *session, struct err *err)
{
    struct strv commands = STRV_INIT;

    if (session_commands(session, &commands, err) == 0) {
        for (size_t i = 0; i < commands.count; i++)
            printf("  %s\n", commands.items[i]);
        puts("  --: a fresh structure\n  help, quit");
    }
    strv_release(&commands);
}

static void print_visible(const char *text)
{
    struct str visible = STR_INIT;

    str_add_visible(&visible, text, strlen(text), 4000, false);
    puts(visible.text);
    str_release(&visible);
}

static void show_end(const struct reply *reply)
{
    switch (reply->end) {
    case REPLY_DONE:
        break;
    case REPLY_CRASH:
        printf("crashed: %s; what follows starts afresh\n",
               reply->signal ? strsignal(reply->signal)
                             : "it ended its process");
        break;
    case REPLY_HANG:
        puts("does not return; what follows starts afresh");
        break;
    default:
        puts("ended; what follows starts afresh");
    }
}

/* Answers one line; false to end. */
static bool answer(struct session *session, const char *line, struct err *err)
{
    struct reply reply = {.end = REPLY_DONE};
    bool go_on;

    if (strcmp(line, "quit") == 0 || strcmp(line, "exit") == 0)
        return false;
    if (strcmp(line, "help") == 0) {
        show_help(session, err);
        return !err->set;
    }
    if (*line == '@') {
        puts("? a line that begins with @ is no call");
        return true;
    }
    if (!*line || *line == '#')
        return true;
    go_on = session_call(session, line, &reply, err) == 0;
    for (size_t i = 0; i < reply.answers.count; i++)
        print_visible(reply.answers.items[i]);
    if (go_on)
        show_end(&reply);
    reply_release(&reply);
    return go_on;
}

static void talk(struct session *session, const struct kata *kata,
                 struct err *err)
{
    bool prompt = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    char *line = NULL;
    size_t size = 0;
    ssize_t n;

    if (prompt)
        printf("%s: a call a line; help, quit\n", kata->slug);
    do {
        if (prompt)
            fputs("> ", stdout);
        fflush(stdout);
        n = getline(&line, &size, stdin);
        if (n > 0 && line[n - 1] == '\n')
            line[n - 1] = '\0';
    } while (n > 0 && !proc_cancelled && answer(session, line, err));
    if (prompt && n <= 0)
        putchar('\n');
    free(line);
}

static int open_and_talk(const struct cmd_context *context,
                         const char *submission, struct err *err)
{
    struct session_options options = {.tool = SESSION_NATIVE};
    struct stage_result build = {.status = STATUS_PASS};
    struct session *session = NULL;
    struct grading grading;
    int status;

    if (grading_open(&grading, context, submission, 0, true, err) < 0)
        return -1;
    status = run_compile(&grading.run, &build, err);
    for (size_t i = 0; i < build.count; i++)
        term_finding(&build.findings[i], stderr);
    stage_result_release(&build);
    if (status == 0 &&
        session_open(&session, &grading.run, &options, err) == 0) {
        talk(session, context->kata, err);
        session_close(session);
    }
    grading_close(&grading);
    return err->set ? -1 : status;
}

static int cmd_repl_run(const struct cmd *cmd, int argc, char **argv)
{
    struct cmd_context context;
    struct err err = ERR_INIT;
    bool solution = false;
    char *submission;
    int status =
        cmd_begin(cmd, argc, argv, set_solution, &solution, true, 1, &context);

    if (status >= 0)
        return status;
    submission = solution
                     ? kata_reference(context.kata)
                     : cmd_submission(&context, context.operands.count
                                                    ? context.operands.items[0]
                                                    : NULL);
    if (path_is_file(submission)) {
        proc_handle_signals();
        status = open_and_talk(&context, submission, &err);
        if (status < 0)
            status = proc_cancelled ? EXIT_INTERRUPTED : cmd_error(&err);
    } else {
        status = cmd_usage(cmd, "%s: no attempt yet; `kata start %s` makes one",
                           submission, context.kata->slug);
    }
    free(submission);
    cmd_release(&context);
    return status;
}

static const struct opt options[] = {
    {'s', "solution", NULL, "talk to the reference"}, {0, NULL, NULL, NULL}};

const struct cmd cmd_repl = {
    "repl", "SLUG [FILE]", "Talk to your implementation, a call a line.",
    NULL,   options,       cmd_repl_run};
