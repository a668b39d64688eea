/*
 * --format check50: the JSON that check50 prints with -o json. A check a
 * stage: passed, failed, or (null) not run, with the stage that it waited for
 * as its dependency.
 */
#include "judge/stage.h"
#include "report/formats.h"

#include <stdlib.h>
#include <string.h>

/* The shape that is written is that of this version. */
static const char format_version[] = "3.0.0";

/* The last stage that has to pass before this one runs. */
static json_t *dependency(enum stage_id id)
{
    for (int i = (int)id - 1; i >= 0; i--)
        if (stage_table[id].needs & STAGE_BIT(i))
            return json_string(stage_name((enum stage_id)i));
    return json_null();
}

static json_t *log_of(const struct stage_result *stage)
{
    struct str text = STR_INIT;
    struct strv lines = STRV_INIT;
    json_t *log = json_array();

    report_stage(&text, stage);
    strv_add_lines(&lines, text.text);
    for (size_t i = 0; i < lines.count; i++)
        json_array_append_new(log, report_text(lines.items[i]));
    strv_release(&lines);
    str_release(&text);
    return log;
}

/* Where two answers differ, they come in a pair. */
static void add_mismatch(json_t *cause, const struct stage_result *stage)
{
    for (size_t i = 0; i < stage->count; i++) {
        const struct finding *finding = &stage->findings[i];

        if (!finding->expected || !finding->actual)
            continue;
        json_object_set_new(cause, "expected", report_text(finding->expected));
        json_object_set_new(cause, "actual", report_text(finding->actual));
        return;
    }
}

static json_t *cause_of(const struct stage_result *stage)
{
    char *text = report_cause(stage);
    json_t *cause = json_pack("{s:o, s:n}", "rationale",
                              report_text(*text ? text : "not run"), "help");

    if (stage->status == STATUS_FAIL)
        add_mismatch(cause, stage);
    if (stage->status == STATUS_ERROR)
        json_object_set_new(
            cause, "error",
            json_pack("{s:s, s:o, s:[]}", "type", "internal-error", "value",
                      report_text(stage->reason ? stage->reason : ""),
                      "traceback"));
    free(text);
    return cause;
}

/* The format has no total, so a stage's points are those after the late
   rules. */
static json_t *check(const struct grade *grade,
                     const struct stage_result *stage)
{
    bool passed = stage->status == STATUS_PASS;
    json_t *json = json_pack(
        "{s:s, s:s, s:o, s:o, s:{s:o, s:o}, s:o}", "name",
        stage_name(stage->id), "description", stage_table[stage->id].title,
        "log", log_of(stage), "cause", passed ? json_null() : cause_of(stage),
        "data", "score", report_points(report_stage_awarded(grade, stage->id)),
        "max_score", report_points(report_stage_max(grade, stage->id)),
        "dependency", dependency(stage->id));

    json_object_set_new(json, "passed",
                        passed || stage->status == STATUS_FAIL
                            ? json_boolean(passed)
                            : json_null());
    return json;
}

/* A check of its own says what the late rules did. */
static void add_late(json_t *results, const struct grade *grade)
{
    char *late = report_late(grade);

    if (late)
        json_array_append_new(results,
                              json_pack("{s:s, s:o, s:b, s:[], s:n, s:{}, s:n}",
                                        "name", "late", "description",
                                        report_text(late), "passed", true,
                                        "log", "cause", "data", "dependency"));
    free(late);
}

static int write_check50(const struct grade *grade, FILE *out)
{
    json_t *results = json_array();

    for (int i = 0; i < STAGE_COUNT; i++)
        if (grade->selected[i])
            json_array_append_new(results, check(grade, &grade->stages[i]));
    add_late(results, grade);
    return report_dump(json_pack("{s:s, s:o, s:s}", "slug", grade->kata->slug,
                                 "results", results, "version", format_version),
                       JSON_INDENT(2), out);
}

const struct report report_check50 = {"check50", "check50's JSON",
                                      write_check50, NULL, false};
