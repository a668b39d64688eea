/* kata report: a result that was saved as JSON, in another format. */
#include "report/report.h"

#include "base/path.h"
#include "cmd/class.h"
#include "cmd/commands.h"
#include "cmd/saved.h"
#include "exec/proc.h"
#include <string.h>

enum { OPT_FORMAT = 256 };

struct report_arguments {
    const struct report *report;
    const char *output;
};

static int set_option(int id, const char *value, void *data, struct err *err)
{
    struct report_arguments *arguments = data;

    if (id == 'o') {
        arguments->output = value;
        return 0;
    }
    arguments->report = report_find(value, err);
    return arguments->report ? 0 : err_context(err, "--format");
}

static int convert(const struct cmd_context *context,
                   const struct report_arguments *arguments, struct err *err)
{
    struct saved_katas katas = {.catalog = &context->catalog};
    struct grade grade;
    int status = saved_load(&katas, context->operands.items[0], &grade, err);

    if (status == 0) {
        status = report_save(arguments->report, &grade, arguments->output, err);
        grade_release(&grade);
    }
    saved_release(&katas);
    return status;
}

static int convert_class(const struct cmd_context *context,
                         const struct report_arguments *arguments,
                         struct err *err)
{
    const char *from = context->operands.items[0];
    const char *to = arguments->output ? arguments->output : from;
    size_t count, unread;

    if (class_write(&context->catalog, from, to, &count, &unread, err) < 0)
        return -1;
    printf("%zu results: %s/class.html, class.csv, class.xml, class.jsonl\n",
           count, to);
    if (unread)
        fprintf(stderr, "kata: not read: %zu of the files; the page says why\n",
                unread);
    return 0;
}

static int run_report(const struct cmd *cmd, const struct cmd_context *context,
                      const struct report_arguments *arguments)
{
    struct err err = ERR_INIT;
    int status;

    if (context->operands.count == 0)
        return cmd_usage(cmd, "FILE is missing: a result, of "
                              "`kata grade --format json`, or a folder");
    if (!path_is_dir(context->operands.items[0]))
        status = convert(context, arguments, &err);
    else if (strcmp(arguments->report->name, "term") != 0)
        return cmd_usage(cmd, "--format is for one result, not for a folder");
    else
        status = convert_class(context, arguments, &err);
    return status < 0 ? cmd_error(&err) : EXIT_PASS;
}

static int cmd_report_run(const struct cmd *cmd, int argc, char **argv)
{
    struct report_arguments arguments = {.report = report_find("term", NULL)};
    struct cmd_context context;
    int status =
        cmd_begin(cmd, argc, argv, set_option, &arguments, false, 1, &context);

    if (status >= 0)
        return status;
    proc_handle_signals();
    status = run_report(cmd, &context, &arguments);
    cmd_release(&context);
    return status;
}

static const struct opt report_opts[] = {
    {OPT_FORMAT, "format", "FORMAT",
     "term (default), json, html, junit ...: see docs/formats.md"},
    {'o', "output", "OUT",
     "write to OUT: a file, whole or not at all, or a class' folder"},
    {0, NULL, NULL, NULL}};

const struct cmd cmd_report = {
    "report",
    "FILE",
    "Show a result that was saved with --format json, in any format.",
    "FILE holds what `kata grade --format json` wrote: one grading, reports "
    "in\n"
    "several formats. Of a folder of results (of a class, say) it writes\n"
    "class.html, class.csv, class.xml (JUnit) and class.jsonl into that "
    "folder, or\n"
    "into OUT. The exit status is 0 whatever the verdicts.",
    report_opts,
    cmd_report_run};
