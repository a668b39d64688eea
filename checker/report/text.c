#include "base/alloc.h"
#include "kata/kata.h"
#include "report/formats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

char *report_line(const char *text)
{
    struct str line = STR_INIT;

    str_add_visible(&line, text, strcspn(text, "\n"), REPORT_LINE_MAX, false);
    return str_detach(&line);
}

void report_finding(struct str *out, const struct finding *finding)
{
    char *text = NULL;
    size_t length = 0;
    FILE *memory = open_memstream(&text, &length);

    if (!memory)
        abort();
    term_finding(finding, memory);
    if (fclose(memory) != 0)
        abort();
    str_add_visible(out, text, length, REPORT_BLOCK_MAX / 4, true);
    if (out->length && out->text[out->length - 1] != '\n')
        str_addc(out, '\n');
    free(text);
}

void report_stage(struct str *out, const struct stage_result *stage)
{
    size_t start = out->length, shown = 0;

    if (stage->reason) {
        char *reason = report_line(stage->reason);

        str_addf(out, "%s\n", reason);
        free(reason);
    }
    while (shown < stage->count && shown < REPORT_FINDINGS &&
           out->length - start < (size_t)REPORT_BLOCK_MAX / 4 * 3)
        report_finding(out, &stage->findings[shown++]);
    if (shown < stage->count)
        str_addf(out, "  ... and %zu more\n", stage->count - shown);
}

char *report_cause(const struct stage_result *stage)
{
    const char *text = stage->reason ? stage->reason : "";
    char *line, *cause;

    for (size_t i = 0; !stage->reason && i < stage->count; i++)
        if (!stage->findings[i].warning) {
            text = stage->findings[i].message;
            break;
        }
    line = report_line(text);
    cause = xasprintf(
        "%s%s%s",
        stage->category == CATEGORY_NONE ? "" : category_name(stage->category),
        stage->category == CATEGORY_NONE || !*line ? "" : ": ", line);
    free(line);
    return cause;
}

char *report_verdict(const struct grade *grade)
{
    const char *verdict = verdict_name(grade->verdict);
    bool known = grade->category != CATEGORY_NONE;
    const char *between = known ? ", " : "";
    const char *category = known ? category_name(grade->category) : "";

    if (grade->award && !grade->award->graded)
        return xasprintf("%s, no points%s%s", verdict, between, category);
    return xasprintf("%s, %.8g of %.8g points%s%s", verdict,
                     report_score(grade), report_max(grade), between, category);
}

double report_score(const struct grade *grade)
{
    return grade->award ? grade->award->points : award_round(grade->score);
}

double report_max(const struct grade *grade)
{
    if (!grade->award)
        return grade->max_score;
    return grade->award->graded ? grade->award->max : 0;
}

double report_stage_score(const struct grade *grade, enum stage_id stage)
{
    return grade->award ? grade->award->stages[stage]
                        : award_round(grade->stages[stage].score);
}

double report_stage_max(const struct grade *grade, enum stage_id stage)
{
    return grade->award ? grade->award->stages_max[stage]
                        : grade->stages[stage].max_score;
}

double report_stage_awarded(const struct grade *grade, enum stage_id stage)
{
    return grade->award ? grade->award->awarded[stage]
                        : report_stage_score(grade, stage);
}

char *report_late(const struct grade *grade)
{
    return grade->award ? award_note(grade->award) : NULL;
}

bool report_is_hidden(const struct grade *grade, enum stage_id stage)
{
    return grade->award &&
           grade->award->visibility[stage] != VISIBILITY_VISIBLE;
}

char *report_path(const struct grade *grade)
{
    return grade->path ? xstrdup(grade->path)
                       : xasprintf("%s.c", grade->kata->snake);
}

bool report_is_inside(const struct grade *grade, const struct finding *finding)
{
    size_t n = strlen(grade->kata->snake);

    return finding->file &&
           strncmp(finding->file, grade->kata->snake, n) == 0 &&
           strcmp(finding->file + n, ".c") == 0;
}

/* A claim's instructions at the last, largest n. */
static double last_point(const json_t *claim)
{
    const json_t *points = json_object_get(claim, "points");
    size_t n = json_array_size(points);

    return n ? json_number_value(json_object_get(json_array_get(points, n - 1),
                                                 "instructions"))
             : 0;
}

double report_instructions(const struct grade *grade)
{
    const json_t *claim,
        *claims =
            json_object_get(grade->stages[STAGE_GROWTH].details, "claims");
    double sum = 0;
    size_t i, n = 0;

    json_array_foreach(claims, i, claim)
    {
        if (last_point(claim) > 0) {
            sum += log(last_point(claim));
            n++;
        }
    }
    return n ? exp(sum / (double)n) : 0;
}

json_t *report_text(const char *text)
{
    struct str visible = STR_INIT;
    json_t *json;

    str_add_visible(&visible, text, strlen(text), REPORT_BLOCK_MAX, true);
    json = json_string(visible.text);
    str_release(&visible);
    return json;
}

int report_dump(json_t *json, size_t flags, FILE *out)
{
    int status = json_dumpf(json, out,
                            flags | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(9));

    json_decref(json);
    return status < 0 || fputc('\n', out) == EOF ? -1 : 0;
}

json_t *report_points(double points)
{
    double rounded = round(points * 100) / 100;

    if (rounded == floor(rounded) && fabs(rounded) < 1e9)
        return json_integer((json_int_t)rounded);
    return json_real(rounded);
}
