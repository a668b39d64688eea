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
    struct str text = STR_INIT;
    json_t *json;

    if (stage->status != STATUS_PASS)
        report_stage(&text, stage);
    json = json_pack(
        "{s:s, s:s, s:o, s:i, s:o, s:s, s:o, s:i, s:f}", "name", name, "status",
        status_of(stage), "score", report_points(stage->score), "max_score",
        stage->max_score, "message", report_text(text.text), "test_code",
        stage_name(stage->id), "filename", report_text(path), "line_no",
        line_of(grade, stage), "duration", stage->seconds);
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
    return grade->selected[stage->id] &&
           (stage->max_score > 0 || stage->status == STATUS_FAIL ||
            stage->status == STATUS_ERROR);
}

static int write_classroom(const struct grade *grade, FILE *out)
{
    json_t *tests = json_array();

    for (int i = 0; i < STAGE_COUNT; i++)
        if (is_shown(grade, &grade->stages[i]))
            json_array_append_new(tests, test(grade, &grade->stages[i]));
    return report_dump(json_pack("{s:i, s:s, s:i, s:o}", "version", 1, "status",
                                 verdict_name(grade->verdict), "max_score",
                                 grade->max_score, "tests", tests),
                       JSON_INDENT(2), out);
}

const struct report report_classroom = {"classroom",
                                        "GitHub Classroom's autograding result",
                                        write_classroom, NULL};
