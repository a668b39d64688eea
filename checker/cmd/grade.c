/* kata grade, and kata test, which is grade with the fast stages. */
#include "base/alloc.h"
#include "base/path.h"
#include "cmd/attempt.h"
#include "cmd/awarding.h"
#include "cmd/commands.h"
#include "cmd/grading.h"
#include "report/report.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    OPT_SOLUTION = 256,
    OPT_STUB,
    OPT_SEED,
    OPT_STAGE,
    OPT_FIRST_FAILURE,
    OPT_FORMAT,
    OPT_TESTS,
    OPT_FOREIGN,
    OPT_GRADING,
    OPT_SUBMITTED,
    OPT_STUDENT,
    JOBS_MAX = 1024
};

struct grade_arguments {
    bool solution, stub, has_seed;
    bool foreign; /* not the learner's own code */
    uint64_t seed;
    const char *tests; /* of --tests */
    struct grade_options options;
    const char *command; /* as it is recorded */
    const struct report *report;
    const char *output;
    const char *grading, *submitted, *student;
};

static int set_stage(const char *name, struct grade_options *options,
                     struct err *err)
{
    enum stage_id id = stage_from_name(name);

    if (id == STAGE_COUNT)
        return err_set(err,
                       "--stage: there is no stage '%s' (build, policy, tests, "
                       "oracle, memory, faults, threads, growth, style)",
                       name);
    options->only[id] = true;
    return 0;
}

static int set_option(int id, const char *value, void *data, struct err *err)
{
    struct grade_arguments *arguments = data;
    long long number;

    switch (id) {
    case OPT_SOLUTION:
        arguments->solution = true;
        return 0;
    case OPT_STUB:
        arguments->stub = true;
        return 0;
    case OPT_SEED:
        if (opt_number(value, 0, INT64_MAX, &number, "--seed", err) < 0)
            return -1;
        arguments->has_seed = true;
        arguments->seed = (uint64_t)number;
        return 0;
    case OPT_STAGE:
        return set_stage(value, &arguments->options, err);
    case OPT_FIRST_FAILURE:
        arguments->options.first_failure = true;
        return 0;
    case OPT_FORMAT:
        arguments->report = report_find(value, err);
        return arguments->report ? 0 : err_context(err, "--format");
    case OPT_TESTS:
        arguments->tests = value;
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
    case OPT_FOREIGN:
        arguments->foreign = true;
        return 0;
    case 'j':
        if (opt_number(value, 1, JOBS_MAX, &number, "--jobs", err) < 0)
            return -1;
        arguments->options.jobs = (int)number;
        return 0;
    default:
        arguments->output = value;
        return 0;
    }
}

/* The path of what is graded, owned; NULL with a message for the person. */
static char *choose_submission(const struct cmd_context *context,
                               const struct grade_arguments *arguments,
                               struct err *err)
{
    const char *file =
        context->operands.count ? context->operands.items[0] : NULL;
    char *path;

    if (arguments->solution + arguments->stub + (file != NULL) > 1) {
        err_set(err, "FILE, --solution and --stub exclude one another");
        return NULL;
    }
    if (arguments->solution)
        return kata_reference(context->kata);
    if (arguments->stub)
        return kata_stub(context->kata);
    path = cmd_submission(context, file);
    if (!file && !path_is_file(path)) {
        err_set(err, "%s: no attempt yet; `kata start %s` makes one", path,
                context->kata->slug);
        free(path);
        return NULL;
    }
    return path;
}

static int grade_submission(const struct cmd_context *context,
                            const struct grade_arguments *arguments,
                            const char *submission, struct awarding *awarding,
                            struct err *err)
{
    uint64_t seed = arguments->has_seed ? arguments->seed : grading_seed();
    struct grading grading;
    struct grade grade;
    int status;

    if (arguments->tests &&
        kata_overlay(context->kata, arguments->tests, err) < 0)
        return -1;
    if (grading_open(&grading, context, submission, seed, !arguments->foreign,
                     err) < 0)
        return -1;
    if (grade_run(&grading.run, &arguments->options, &grade, err) < 0) {
        grading_close(&grading);
        return -1;
    }
    grade.path = xstrdup(submission);
    if (!arguments->solution && !arguments->stub && !arguments->foreign &&
        !grade.cancelled) {
        bool own = attempt_is_own(context, submission);

        /* The trace of another file must not take the place of the attempt's.
         */
        if (own || !attempt_exists(context))
            grading_save_trace(context, &grade);
        if (own)
            attempt_record(context, &grade, arguments->command);
    }
    status = grading_exit(&grade);
    if (!grade.cancelled &&
        (awarding_apply(awarding, arguments->student, &grade, err) < 0 ||
         report_save(arguments->report, &grade, arguments->output, err) < 0))
        status = -1;
    awarding_tell(awarding, false);
    grade_release(&grade);
    grading_close(&grading);
    return status;
}

/* Reads what is wanted of an instructor's files before anything is graded. */
static int grade_awarded(const struct cmd_context *context,
                         const struct grade_arguments *arguments,
                         const char *submission, struct err *err)
{
    struct awarding awarding;
    int status =
        awarding_open(&awarding, &context->catalog, context->kata->slug,
                      arguments->grading, arguments->submitted, err);

    if (status == 0)
        status =
            grade_submission(context, arguments, submission, &awarding, err);
    awarding_close(&awarding);
    return status;
}

/* Points are for all that a kata has. */
static bool is_partial(const struct grade_options *options)
{
    bool partial = options->first_failure;

    for (int i = 0; i < STAGE_COUNT; i++)
        partial = partial || options->only[i];
    return partial;
}

static int run_grade(const struct cmd *cmd, int argc, char **argv,
                     struct grade_arguments *arguments)
{
    struct cmd_context context;
    struct err err = ERR_INIT;
    char *submission;
    int status =
        cmd_begin(cmd, argc, argv, set_option, arguments, true, 1, &context);

    if (status >= 0)
        return status;
    arguments->command = cmd->name;
    submission = choose_submission(&context, arguments, &err);
    if (arguments->grading && is_partial(&arguments->options)) {
        status = cmd_usage(cmd, "--grading is for all stages: leave --stage "
                                "and --first-failure out");
    } else if (!submission) {
        status = cmd_usage(cmd, "%s", err.text);
    } else {
        proc_handle_signals();
        status = grade_awarded(&context, arguments, submission, &err);
        if (status < 0)
            status = proc_cancelled ? EXIT_INTERRUPTED : cmd_error(&err);
    }
    free(submission);
    cmd_release(&context);
    return status;
}

static int cmd_grade_run(const struct cmd *cmd, int argc, char **argv)
{
    struct grade_arguments arguments = {.report = report_find("term", NULL)};

    return run_grade(cmd, argc, argv, &arguments);
}

static int cmd_test_run(const struct cmd *cmd, int argc, char **argv)
{
    struct grade_arguments arguments = {.report = report_find("term", NULL)};

    arguments.options.only[STAGE_TESTS] = true;
    return run_grade(cmd, argc, argv, &arguments);
}

static const struct opt grade_opts[] = {
    {OPT_SOLUTION, "solution", NULL, "grade the reference"},
    {OPT_STUB, "stub", NULL, "grade the stub"},
    {OPT_SEED, "seed", "N", "seed of the random traces (default: a new one)"},
    {OPT_STAGE, "stage", "STAGE",
     "run only this stage and what it needs; may be repeated"},
    {OPT_FIRST_FAILURE, "first-failure", NULL,
     "one stage after the other, up to the first that fails"},
    {OPT_TESTS, "tests", "DIR",
     "count the tests and traces in DIR/SLUG, too (see docs/batch.md)"},
    {OPT_FOREIGN, "foreign", NULL,
     "FILE is not yours: refuse without a sandbox, note nothing in work/"},
    {OPT_GRADING, "grading", "FILE",
     "award points by an instructor's grading.json: see docs/grading.md"},
    {OPT_SUBMITTED, "submitted", "FILE",
     "when it was handed in: a CSV, or Gradescope's metadata"},
    {OPT_STUDENT, "student", "NAME", "whose it is, for both"},
    {'j', "jobs", "N", "stages at the same time (default: one a core)"},
    {OPT_FORMAT, "format", "FORMAT",
     "term (default), json, gcc, html ...: see docs/formats.md"},
    {'o', "output", "OUT", "write the report to OUT, whole or not at all"},
    {0, NULL, NULL, NULL}};

static const struct opt test_opts[] = {
    {OPT_SOLUTION, "solution", NULL, "test the reference"},
    {OPT_STUB, "stub", NULL, "test the stub"},
    {OPT_FORMAT, "format", "FORMAT",
     "term (default), json, gcc, html ...: see docs/formats.md"},
    {'o', "output", "OUT", "write the report to OUT, whole or not at all"},
    {0, NULL, NULL, NULL}};

const struct cmd cmd_grade = {
    "grade",
    "SLUG [FILE]",
    "Grade an attempt with every stage.",
    "FILE is graded instead of the attempt in work/SLUG. Exit status: 0 when\n"
    "the verdict is pass, 1 when it is fail, 3 when a stage could not run.",
    grade_opts,
    cmd_grade_run};

const struct cmd cmd_test = {
    "test",
    "SLUG [FILE]",
    "Build an attempt and run the Criterion tests: the fast loop.",
    NULL,
    test_opts,
    cmd_test_run};
