/*
 * --format tap: the Test Anything Protocol, version 14. A test point a stage,
 * with what is wrong as a YAML block. A stage that costs points only is a TODO
 * when it fails: harnesses do not count it.
 */
#include "judge/stage.h"
#include "report/formats.h"

#include <stdlib.h>
#include <string.h>

/* In a description or a reason, '#' and '\\' stand for themselves only after
   a '\\'. */
static void put_escaped(FILE *out, const char *text)
{
    char *line = report_line(text);

    for (const char *c = line; *c; c++) {
        if (*c == '#' || *c == '\\')
            fputc('\\', out);
        fputc(*c, out);
    }
    free(line);
}

/* JSON's strings are YAML's double-quoted scalars. */
static void put_scalar(FILE *out, const char *indent, const char *key,
                       const char *text)
{
    json_t *json = report_text(text);

    fprintf(out, "%s%s", indent, key);
    json_dumpf(json, out, JSON_ENCODE_ANY);
    fputc('\n', out);
    json_decref(json);
}

static void put_list(FILE *out, const char *key, const struct strv *list)
{
    if (list->count == 0)
        return;
    fprintf(out, "      %s:\n", key);
    for (size_t i = 0; i < list->count && i < RESULT_LIST_MAX; i++)
        put_scalar(out, "        - ", "", list->items[i]);
}

static void put_finding(FILE *out, const struct finding *finding)
{
    put_scalar(out, "    - ", "message: ", finding->message);
    put_scalar(out, "      ",
               "severity: ", finding->warning ? "warning" : "fail");
    put_scalar(out, "      ", "category: ", category_name(finding->category));
    if (finding->file)
        put_scalar(out, "      ", "file: ", finding->file);
    if (finding->line)
        fprintf(out, "      line: %d\n", finding->line);
    if (finding->test)
        put_scalar(out, "      ", "test: ", finding->test);
    if (finding->expected)
        put_scalar(out, "      ", "wanted: ", finding->expected);
    if (finding->actual)
        put_scalar(out, "      ", "found: ", finding->actual);
    put_list(out, "trace", &finding->trace);
    put_list(out, "want", &finding->want);
    put_list(out, "got", &finding->got);
}

static void put_yaml(FILE *out, const struct grade *grade,
                     const struct stage_result *stage)
{
    char *cause = report_cause(stage);

    fputs("  ---\n", out);
    put_scalar(out, "  ", "message: ", cause);
    fprintf(out, "  score: %.8g\n  max_score: %.8g\n  seconds: %.4f\n",
            report_stage_score(grade, stage->id),
            report_stage_max(grade, stage->id), stage->seconds);
    if (stage->count)
        fputs("  findings:\n", out);
    for (size_t i = 0; i < stage->count && i < REPORT_FINDINGS; i++)
        put_finding(out, &stage->findings[i]);
    fputs("  ...\n", out);
    free(cause);
}

static void put_point(FILE *out, int number, const struct grade *grade,
                      const struct stage_result *stage)
{
    bool failed = stage->status == STATUS_FAIL || stage->status == STATUS_ERROR;

    fprintf(out, "%sok %d - %s: %s", failed ? "not " : "", number,
            stage_name(stage->id), stage_table[stage->id].title);
    if (stage->status == STATUS_SKIP) {
        fputs(" # SKIP ", out);
        put_escaped(out, stage->reason ? stage->reason : "not run");
    } else if (stage->status == STATUS_FAIL &&
               !stage_table[stage->id].required) {
        fputs(" # TODO costs points, not the verdict", out);
    }
    fputc('\n', out);
    if (failed || stage->count)
        put_yaml(out, grade, stage);
}

static int write_tap(const struct grade *grade, FILE *out)
{
    char *verdict = report_verdict(grade), *late = report_late(grade);
    int number = 0;

    for (int i = 0; i < STAGE_COUNT; i++)
        number += grade->selected[i];
    fprintf(out, "TAP version 14\n1..%d\n# %s: %s\n", number, grade->kata->slug,
            verdict);
    if (late)
        fprintf(out, "# %s\n", late);
    free(late);
    number = 0;
    for (int i = 0; i < STAGE_COUNT; i++)
        if (grade->selected[i])
            put_point(out, ++number, grade, &grade->stages[i]);
    free(verdict);
    return ferror(out) ? -1 : 0;
}

const struct report report_tap = {"tap", "Test Anything Protocol 14", write_tap,
                                  NULL, false};
