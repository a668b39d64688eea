/*
 * --format gradescope: the results.json of a Gradescope autograder. A test a
 * stage, with partial points; a leaderboard by instructions a call, for those
 * that passed. A grade that is an error carries no points at all, so that
 * Gradescope shows a failed autograder and no zero.
 */
#include "base/alloc.h"
#include "judge/stage.h"
#include "report/formats.h"

#include <stdlib.h>

static const char *visibility_of(const struct grade *grade, enum stage_id stage)
{
    return visibility_name(grade->award ? grade->award->visibility[stage]
                                        : VISIBILITY_VISIBLE);
}

static json_t *test(const struct grade *grade, const struct stage_result *stage)
{
    double max = report_stage_max(grade, stage->id);
    struct str text = STR_INIT;
    json_t *json;

    report_stage(&text, stage);
    json =
        json_pack("{s:s++, s:s, s:s, s:o, s:s}", "name", stage_name(stage->id),
                  ": ", stage_table[stage->id].title, "name_format", "text",
                  "output_format", "text", "output", report_text(text.text),
                  "visibility", visibility_of(grade, stage->id));
    str_release(&text);
    if (!json)
        abort();
    if (stage->status == STATUS_PASS || stage->status == STATUS_FAIL)
        json_object_set_new(
            json, "status",
            json_string(stage->status == STATUS_PASS ? "passed" : "failed"));
    if (grade->verdict != VERDICT_ERROR && max > 0) {
        json_object_set_new(
            json, "score", report_points(report_stage_score(grade, stage->id)));
        json_object_set_new(json, "max_score", report_points(max));
    }
    return json;
}

static json_t *leaderboard(const struct grade *grade)
{
    double instructions = report_instructions(grade);
    json_t *board = json_array();

    json_array_append_new(
        board, json_pack("{s:s, s:o, s:s}", "name", "Score", "value",
                         report_points(report_score(grade)), "order", "desc"));
    if (grade->verdict == VERDICT_PASS && instructions > 0)
        json_array_append_new(board, json_pack("{s:s, s:o, s:s}", "name",
                                               "Instructions a call", "value",
                                               report_points(instructions),
                                               "order", "asc"));
    return board;
}

/* What stands above the tests, which every student reads. */
static char *output_of(const struct grade *grade)
{
    char *verdict = report_verdict(grade), *late = report_late(grade);
    char *output = xasprintf(
        "%s: %s\n%s%sseed %llu\n%s", grade->kata->slug, verdict,
        late ? late : "", late ? "\n" : "", (unsigned long long)grade->seed,
        grade->verdict == VERDICT_ERROR
            ? "The grader could not finish. This is no zero: tell your "
              "instructor.\n"
            : "");

    free(verdict);
    free(late);
    return output;
}

/* Gradescope hides tests itself; all else is of what may be seen. */
static json_t *tests_of(const struct grade *grade, const struct grade *seen)
{
    json_t *tests = json_array();

    for (int i = 0; i < STAGE_COUNT; i++)
        if (grade->selected[i])
            json_array_append_new(tests, seen->stages[i].hidden
                                             ? test(grade, &grade->stages[i])
                                             : test(seen, &seen->stages[i]));
    return tests;
}

static int write_gradescope(const struct grade *grade, FILE *out)
{
    struct report_view view;
    char *output;
    json_t *json;

    report_hide(grade, &view);
    output = output_of(&view.grade);
    json = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:f, s:o}", "output",
                     output, "output_format", "text", "test_output_format",
                     "text", "test_name_format", "text", "visibility",
                     "visible", "stdout_visibility", "hidden", "execution_time",
                     grade->seconds, "tests", tests_of(grade, &view.grade));
    json_object_set_new(
        json, "extra_data",
        json_pack("{s:s, s:s, s:I, s:s}", "kata", grade->kata->slug, "verdict",
                  verdict_name(grade->verdict), "seed", (json_int_t)grade->seed,
                  "submission", grade->submission_hash));
    if (grade->verdict != VERDICT_ERROR) {
        json_object_set_new(json, "score", report_points(report_score(grade)));
        json_object_set_new(json, "leaderboard", leaderboard(&view.grade));
    }
    free(output);
    return report_dump(json, JSON_INDENT(2), out);
}

const struct report report_gradescope = {
    "gradescope", "results.json of a Gradescope autograder", write_gradescope,
    NULL, true};
