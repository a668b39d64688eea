/* kata repl: talk to an implementation, a call a line. */
#include "base/alloc.h"
#include "base/path.h"
#include "cmd/commands.h"
#include "cmd/grading.h"
#include "judge/compare.h"
#include "judge/session.h"
#include "report/report.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_MAX = 1 << 16 };

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

/* Foreign text, its lines kept where `whole`. */
static void print_visible(const char *text, bool whole)
{
    struct str visible = STR_INIT;

    str_add_visible(&visible, text, strlen(text), TEXT_MAX, whole);
    fputs(visible.text, stdout);
    if (visible.length && visible.text[visible.length - 1] != '\n')
        putchar('\n');
    str_release(&visible);
}

/* What the implementation printed during the call. */
static void show_printed(struct session *session)
{
    struct str printed = STR_INIT;

    session_take_printed(session, &printed);
    print_visible(printed.text, true);
    str_release(&printed);
}

static void show_end(const char *line, const struct reply *reply)
{
    struct strv trace = STRV_INIT, want = STRV_INIT;
    enum category category;
    size_t at;
    char *text;

    if (reply->end == REPLY_DONE || reply->end == REPLY_CANCELLED)
        return;
    strv_add(&trace, line);
    category = compare_reply(&want, reply, &at);
    text = compare_describe(&trace, &want, reply, category, 0);
    print_visible(text, false);
    puts("all that was made is gone; what follows starts afresh");
    free(text);
    strv_release(&trace);
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
    show_printed(session);
    for (size_t i = 0; i < reply.answers.count; i++)
        print_visible(reply.answers.items[i], false);
    if (go_on)
        show_end(line, &reply);
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
        if (n > 0)
            line[strcspn(line, "\r\n")] = '\0';
    } while (n > 0 && !proc_cancelled && answer(session, line, err));
    if (prompt && n <= 0)
        putchar('\n');
    free(line);
}

static int open_and_talk(const struct cmd_context *context,
                         const char *submission, struct err *err)
{
    /* The limits are those of a trace, which here lasts as long as the person
       likes. */
    struct session_options options = {.tool = SESSION_NATIVE,
                                      .trace_seconds = 60,
                                      .sleep_seconds = 5,
                                      .wall_seconds = 60};
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
