/*
 * --format classroom: the result that GitHub Classroom's autograding reporter
 * reads (in base64) from a step's output. Its tests are the stages that give
 * points, with partial points.
 */
#include "base/alloc.h"
#include "judge/stage.h"
#include "report/formats.h"

#include <stdlib.h>

/* The reporter knows pass, fail and error only. */
static const char *status_of(const struct stage_result *stage)
{
    return status_name(stage->status == STATUS_SKIP ? STATUS_FAIL
                                                    : stage->status);
}

/* As much as the points, which the reporter adds up and shows, tell anyway. */
static const char *hidden_status(const struct grade *grade,
                                 const struct stage_result *stage)
{
    bool all = report_stage_score(grade, stage->id) >=
               report_stage_max(grade, stage->id);

    return status_name(all ? STATUS_PASS : STATUS_FAIL);
}

/* The line of the submission that is wrong; 0: not known. */
static int line_of(const struct grade *grade, const struct stage_result *stage)
{
    for (size_t i = 0; i < stage->count; i++)
        if (report_is_inside(grade, &stage->findings[i]))
            return stage->findings[i].line;
    return 0;
}

static json_t *test(const struct grade *grade, const struct stage_result *stage)
{
    char *name = xasprintf("%s: %s", stage_name(stage->id),
                           stage_table[stage->id].title);
    char *path = report_path(grade);
    bool hidden = report_is_hidden(grade, stage->id);
    double max = report_stage_max(grade, stage->id);
    struct str text = STR_INIT;
    json_t *json;

    if (hidden)
        str_add(&text, "hidden by the instructor\n");
    else if (stage->status != STATUS_PASS)
        report_stage(&text, stage);
    json = json_pack(
        "{s:s, s:s, s:o, s:o, s:o, s:s, s:o, s:i, s:f}", "name", name, "status",
        hidden ? hidden_status(grade, stage) : status_of(stage), "score",
        report_points(report_stage_awarded(grade, stage->id)), "max_score",
        report_points(max), "message", report_text(text.text), "test_code",
        stage_name(stage->id), "filename", report_text(path), "line_no",
        hidden ? 0 : line_of(grade, stage), "duration",
        hidden ? 0.0 : stage->seconds);
    str_release(&text);
    free(path);
    free(name);
    return json;
}

/* A stage without points counts where it did not pass: it is why others were
   skipped. */
static bool is_shown(const struct grade *grade,
                     const struct stage_result *stage)
{
    if (!grade->selected[stage->id])
        return false;
    return report_stage_max(grade, stage->id) > 0 ||
           (!report_is_hidden(grade, stage->id) &&
            (stage->status == STATUS_FAIL || stage->status == STATUS_ERROR));
}

/* A test without points says what the late rules did. */
static void add_late(json_t *tests, const struct grade *grade)
{
    char *late = report_late(grade), *path;

    if (!late)
        return;
    path = report_path(grade);
    json_array_append_new(
        tests,
        json_pack("{s:s, s:s, s:i, s:i, s:o, s:s, s:o, s:i, s:f}", "name",
                  "late rules", "status", "pass", "score", 0, "max_score", 0,
                  "message", report_text(late), "test_code", "late", "filename",
                  report_text(path), "line_no", 0, "duration", 0.0));
    free(path);
    free(late);
}

static int write_classroom(const struct grade *grade, FILE *out)
{
    json_t *tests = json_array();

    for (int i = 0; i < STAGE_COUNT; i++)
        if (is_shown(grade, &grade->stages[i]))
            json_array_append_new(tests, test(grade, &grade->stages[i]));
    add_late(tests, grade);
    return report_dump(json_pack("{s:i, s:s, s:o, s:o}", "version", 1, "status",
                                 verdict_name(grade->verdict), "max_score",
                                 report_points(report_max(grade)), "tests",
                                 tests),
                       JSON_INDENT(2), out);
}

const struct report report_classroom = {"classroom",
                                        "GitHub Classroom's autograding result",
                                        write_classroom, NULL, true};
