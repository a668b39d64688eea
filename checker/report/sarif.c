/*
 * --format sarif: SARIF 2.1.0, for code scanning. A rule a category, a result
 * a finding. A finding that is not in the submission (a test's line, say) is
 * shown at the submission, as there is nothing else of the person's to show.
 */
#include "base/hash.h"
#include "judge/stage.h"
#include "report/formats.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* A path as a relative URI reference: a byte that has a meaning in one, or is
   not ASCII, is %XX. */
static json_t *uri(const char *path)
{
    struct str text = STR_INIT;
    json_t *json;

    for (size_t i = 0; path[i] && i < REPORT_LINE_MAX; i++) {
        unsigned char c = (unsigned char)path[i];

        if (c < 0x80 && (isalnum(c) || strchr("/-._~", c)))
            str_addc(&text, path[i]);
        else
            str_addf(&text, "%%%02X", c);
    }
    json = json_string(text.text);
    str_release(&text);
    return json;
}

static json_t *message(const char *text)
{
    return json_pack("{s:o}", "text", report_text(text));
}

static json_t *rules(void)
{
    json_t *list = json_array();

    for (enum category c = CATEGORY_COMPILE_ERROR; c < CATEGORY_COUNT; c++)
        json_array_append_new(
            list, json_pack("{s:s, s:o, s:{s:s}}", "id", category_name(c),
                            "shortDescription", message(category_name(c)),
                            "defaultConfiguration", "level",
                            c == CATEGORY_STYLE ? "warning" : "error"));
    return list;
}

static json_t *location(const struct grade *grade,
                        const struct finding *finding)
{
    char *path = report_path(grade);
    json_t *place =
        json_pack("{s:{s:o}}", "artifactLocation", "uri", uri(path));

    if (finding->line > 0 && report_is_inside(grade, finding)) {
        json_t *region = json_pack("{s:i}", "startLine", finding->line);

        if (finding->column > 0)
            json_object_set_new(region, "startColumn",
                                json_integer(finding->column));
        json_object_set_new(place, "region", region);
    }
    free(path);
    return json_pack("{s:o}", "physicalLocation", place);
}

/* What tells one finding from another, also when lines have moved. */
static json_t *fingerprint(const struct grade *grade, enum stage_id stage,
                           const struct finding *finding)
{
    char text[HASH_TEXT_SIZE];
    struct hash hash;

    hash_init(&hash);
    hash_add_text(&hash, grade->kata->slug);
    hash_add_text(&hash, stage_name(stage));
    hash_add_text(&hash, category_name(finding->category));
    hash_add_text(&hash, finding->test ? finding->test : "");
    hash_add_text(&hash, finding->message);
    hash_text(&hash, text);
    return json_string(text + strlen("sha256:"));
}

static void add_list(json_t *object, const char *key, const struct strv *list)
{
    json_t *array;

    if (list->count == 0)
        return;
    array = json_array();
    for (size_t i = 0; i < list->count && i < RESULT_LIST_MAX; i++)
        json_array_append_new(array, report_text(list->items[i]));
    json_object_set_new(object, key, array);
}

static json_t *result(const struct grade *grade, enum stage_id stage,
                      const struct finding *finding)
{
    json_t *json, *properties = json_pack("{s:s}", "stage", stage_name(stage));
    struct str text = STR_INIT;

    if (report_is_inside(grade, finding))
        str_addf(&text, "%s", finding->message);
    else
        report_finding(&text, finding);
    if (finding->test)
        json_object_set_new(properties, "test", report_text(finding->test));
    add_list(properties, "trace", &finding->trace);
    add_list(properties, "want", &finding->want);
    add_list(properties, "got", &finding->got);
    json =
        json_pack("{s:s, s:i, s:s, s:o, s:[o], s:{s:o}, s:o}", "ruleId",
                  category_name(finding->category), "ruleIndex",
                  (int)finding->category - 1, "level",
                  finding->warning ? "warning" : "error", "message",
                  message(text.text), "locations", location(grade, finding),
                  "partialFingerprints", "kataFinding/v1",
                  fingerprint(grade, stage, finding), "properties", properties);
    str_release(&text);
    return json;
}

/* Stages that could not run are the tool's trouble, not the submission's. */
static json_t *invocation(const struct grade *grade)
{
    json_t *notes = json_array();

    for (int i = 0; i < STAGE_COUNT; i++) {
        const struct stage_result *stage = &grade->stages[i];

        if (grade->selected[i] && stage->status == STATUS_ERROR)
            json_array_append_new(
                notes, json_pack("{s:s, s:o}", "level", "error", "message",
                                 message(stage->reason ? stage->reason
                                                       : "could not run")));
    }
    return json_pack("{s:b, s:o}", "executionSuccessful",
                     grade->verdict != VERDICT_ERROR,
                     "toolExecutionNotifications", notes);
}

static int write_sarif(const struct grade *grade, FILE *out)
{
    json_t *results = json_array(), *run;

    for (int i = 0; i < STAGE_COUNT; i++)
        for (size_t k = 0; grade->selected[i] && k < grade->stages[i].count &&
                           k < RESULT_LIST_MAX;
             k++)
            json_array_append_new(
                results,
                result(grade, (enum stage_id)i, &grade->stages[i].findings[k]));
    run =
        json_pack("{s:{s:{s:s, s:o}}, s:[o], s:s, s:o, s:{s:s, s:s, s:o, s:o}}",
                  "tool", "driver", "name", "kata", "rules", rules(),
                  "invocations", invocation(grade), "columnKind",
                  "unicodeCodePoints", "results", results, "properties", "kata",
                  grade->kata->slug, "verdict", verdict_name(grade->verdict),
                  "score", report_points(report_score(grade)), "maxScore",
                  report_points(report_max(grade)));
    return report_dump(
        json_pack("{s:s, s:s, s:[o]}", "$schema",
                  "https://json.schemastore.org/sarif-2.1.0.json", "version",
                  "2.1.0", "runs", run),
        JSON_INDENT(2), out);
}

const struct report report_sarif = {"sarif", "SARIF 2.1.0, for code scanning",
                                    write_sarif, NULL, false};
