/* kata report: a result that was saved as JSON, in another format. */
#include "report/report.h"
#include "cmd/commands.h"
#include "cmd/saved.h"

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

static int cmd_report_run(const struct cmd *cmd, int argc, char **argv)
{
    struct report_arguments arguments = {.report = report_find("term", NULL)};
    struct cmd_context context;
    struct err err = ERR_INIT;
    int status =
        cmd_begin(cmd, argc, argv, set_option, &arguments, false, 1, &context);

    if (status >= 0)
        return status;
    if (context.operands.count == 0)
        status = cmd_usage(
            cmd, "FILE is missing: a result, of kata grade --format json");
    else if (convert(&context, &arguments, &err) < 0)
        status = cmd_error(&err);
    else
        status = EXIT_PASS;
    cmd_release(&context);
    return status;
}

static const struct opt report_opts[] = {
    {OPT_FORMAT, "format", "FORMAT",
     "term (default), json, html, junit ...: see docs/formats.md"},
    {'o', "output", "OUT", "write the report to OUT, whole or not at all"},
    {0, NULL, NULL, NULL}};

const struct cmd cmd_report = {
    "report",
    "FILE",
    "Show a result that was saved with --format json, in any format.",
    "FILE holds what `kata grade --format json` wrote. Grade once, report in "
    "several formats. The exit status is 0 whatever the\n"
    "verdict.",
    report_opts,
    cmd_report_run};
