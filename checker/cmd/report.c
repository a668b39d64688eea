/* kata report: a result that was saved as JSON, in another format. */
#include "report/report.h"

#include "base/path.h"
#include "cmd/awarding.h"
#include "cmd/class.h"
#include "cmd/commands.h"
#include "cmd/saved.h"
#include "exec/proc.h"

#include <stdlib.h>
#include <string.h>

enum { OPT_FORMAT = 256, OPT_GRADING, OPT_SUBMITTED, OPT_STUDENT };

struct report_arguments {
    const struct report *report;
    const char *output, *grading, *submitted, *student;
};

static int set_option(int id, const char *value, void *data, struct err *err)
{
    struct report_arguments *arguments = data;

    switch (id) {
    case 'o':
        arguments->output = value;
        return 0;
    case OPT_GRADING:
        arguments->grading = value;
        return 0;
    case OPT_SUBMITTED:
        arguments->submitted = value;
        return 0;
    case OPT_STUDENT:
        arguments->student = value;
        return 0;
    default:
        arguments->report = report_find(value, err);
        return arguments->report ? 0 : err_context(err, "--format");
    }
}

static int convert(const struct cmd_context *context,
                   const struct report_arguments *arguments,
                   struct awarding *awarding, struct err *err)
{
    struct saved_katas katas = {.catalog = &context->catalog};
    struct grade grade;
    char *name = NULL;
    int status = saved_load_named(&katas, context->operands.items[0], &grade,
                                  &name, err);

    if (status == 0) {
        status = awarding_apply(awarding,
                                arguments->student ? arguments->student : name,
                                &grade, err);
        if (status == 0)
            status =
                report_save(arguments->report, &grade, arguments->output, err);
        awarding_tell(awarding, false);
        grade_release(&grade);
    }
    free(name);
    saved_release(&katas);
    return status;
}

static int convert_class(const struct cmd_context *context,
                         const struct report_arguments *arguments,
                         struct awarding *awarding, struct err *err)
{
    const char *from = context->operands.items[0];
    const char *to = arguments->output ? arguments->output : from;
    size_t count, unread;

    if (awarding_read_times(awarding, from, err) < 0 ||
        class_write(&context->catalog, from, to, awarding, &count, &unread,
                    err) < 0)
        return -1;
    awarding_tell(awarding, true);
    printf("%zu results: %s/class.html, class.csv, class.xml, class.jsonl\n",
           count, to);
    if (unread)
        fprintf(stderr, "kata: not read: %zu of the files; the page says why\n",
                unread);
    return unread ? EXIT_ENVIRONMENT : EXIT_PASS;
}

static int convert_any(const struct cmd_context *context,
                       const struct report_arguments *arguments,
                       struct err *err)
{
    struct awarding awarding;
    int status = awarding_open(&awarding, &context->catalog, NULL,
                               arguments->grading, arguments->submitted, err);

    if (status == 0 && path_is_dir(context->operands.items[0]))
        status = convert_class(context, arguments, &awarding, err);
    else if (status == 0)
        status = convert(context, arguments, &awarding, err);
    awarding_close(&awarding);
    return status;
}

static int run_report(const struct cmd *cmd, const struct cmd_context *context,
                      const struct report_arguments *arguments)
{
    struct err err = ERR_INIT;
    int status;

    if (context->operands.count == 0)
        return cmd_usage(cmd, "FILE is missing: a result, of "
                              "`kata grade --format json`, or a folder");
    if (path_is_dir(context->operands.items[0]) &&
        strcmp(arguments->report->name, "term") != 0)
        return cmd_usage(cmd, "--format is for one result, not for a folder");
    status = convert_any(context, arguments, &err);
    return status < 0 ? cmd_error(&err) : status;
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
    {OPT_GRADING, "grading", "FILE",
     "award points by an instructor's grading.json: see docs/grading.md"},
    {OPT_SUBMITTED, "submitted", "FILE",
     "when what was handed in: a CSV, or Gradescope's metadata"},
    {OPT_STUDENT, "student", "NAME", "whose the one result is, for both"},
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
    "into OUT. The exit status is 0 whatever the verdicts, and 3 where a file "
    "of\n"
    "the folder could not be read.",
    report_opts,
    cmd_report_run};

/* The same next to `kata batch status` and diff, where it is looked for. */
const struct cmd cmd_batch_report = {
    "batch report",
    "DIR",
    "Write the class report: as `kata report DIR`.",
    "DIR is the -o of a batch. It gets class.html, class.csv, class.xml "
    "(JUnit) and\n"
    "class.jsonl, or OUT does. Nothing is graded again.",
    report_opts,
    cmd_report_run};
