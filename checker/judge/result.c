#include "judge/result.h"

#include "base/alloc.h"
#include "base/str.h"
#include "judge/award.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const category_names[] = {
    [CATEGORY_NONE] = "none",
    [CATEGORY_COMPILE_ERROR] = "compile-error",
    [CATEGORY_FORBIDDEN] = "forbidden",
    [CATEGORY_WRONG_ANSWER] = "wrong-answer",
    [CATEGORY_CRASH] = "crash",
    [CATEGORY_TIMEOUT] = "timeout",
    [CATEGORY_OUTPUT_LIMIT] = "output-limit",
    [CATEGORY_MEMORY_LIMIT] = "memory-limit",
    [CATEGORY_MEMORY_ERROR] = "memory-error",
    [CATEGORY_LEAK] = "leak",
    [CATEGORY_DATA_RACE] = "data-race",
    [CATEGORY_DEADLOCK] = "deadlock",
    [CATEGORY_ALLOC_FAILURE] = "alloc-failure",
    [CATEGORY_TOO_SLOW] = "too-slow",
    [CATEGORY_TOO_BIG] = "too-big",
    [CATEGORY_STYLE] = "style",
    [CATEGORY_TAMPERING] = "tampering",
    [CATEGORY_INTERNAL_ERROR] = "internal-error",
};

const char *category_name(enum category category)
{
    return category_names[category];
}

enum category category_from_name(const char *name)
{
    for (enum category c = CATEGORY_COMPILE_ERROR; c < CATEGORY_COUNT; c++)
        if (strcmp(category_names[c], name) == 0)
            return c;
    return CATEGORY_COUNT;
}

const char *status_name(enum status status)
{
    static const char *const names[] = {"skip", "pass", "fail", "error"};

    return names[status];
}

const char *verdict_name(enum verdict verdict)
{
    static const char *const names[] = {"pass", "fail", "error"};

    return names[verdict];
}

static char *format_text(const char *format, va_list args)
    __attribute__((format(printf, 1, 0)));

static char *format_text(const char *format, va_list args)
{
    char *text;

    if (vasprintf(&text, format, args) < 0)
        text = xstrdup("out of memory");
    return text;
}

static struct finding *add_finding(struct stage_result *stage,
                                   enum category category, char *message)
{
    struct finding *finding;

    stage->findings = grow(stage->findings, &stage->capacity, stage->count,
                           sizeof *stage->findings);
    finding = &stage->findings[stage->count++];
    *finding = (struct finding){.category = category, .message = message};
    return finding;
}

struct finding *stage_fail(struct stage_result *stage, enum category category,
                           const char *format, ...)
{
    va_list args;
    char *message;

    va_start(args, format);
    message = format_text(format, args);
    va_end(args);
    if (stage->status != STATUS_ERROR)
        stage->status = STATUS_FAIL;
    if (stage->category == CATEGORY_NONE)
        stage->category = category;
    return add_finding(stage, category, message);
}

struct finding *stage_warn(struct stage_result *stage, enum category category,
                           const char *format, ...)
{
    struct finding *finding;
    va_list args;

    va_start(args, format);
    finding = add_finding(stage, category, format_text(format, args));
    va_end(args);
    finding->warning = true;
    return finding;
}

void stage_error(struct stage_result *stage, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    free(stage->reason);
    stage->reason = format_text(format, args);
    va_end(args);
    stage->status = STATUS_ERROR;
    stage->category = CATEGORY_INTERNAL_ERROR;
    stage->score = 0;
}

size_t finding_hidden(const struct finding *finding, size_t i)
{
    enum { AT_ITS_BEGIN = 8, AT_ITS_END = 16, WORTH_A_LINE = 16 };
    size_t shown = AT_ITS_BEGIN + AT_ITS_END;

    if (i != AT_ITS_BEGIN || finding->trace.count < shown + WORTH_A_LINE)
        return 0;
    return finding->trace.count - shown;
}

void finding_release(struct finding *finding)
{
    free(finding->message);
    free(finding->file);
    free(finding->test);
    free(finding->expected);
    free(finding->actual);
    free(finding->trace_file);
    strv_release(&finding->trace);
    strv_release(&finding->want);
    strv_release(&finding->got);
}

void stage_result_release(struct stage_result *stage)
{
    for (size_t i = 0; i < stage->count; i++)
        finding_release(&stage->findings[i]);
    free(stage->findings);
    free(stage->reason);
    json_decref(stage->details);
    *stage = (struct stage_result){.id = stage->id};
}

void grade_release(struct grade *grade)
{
    for (int i = 0; i < STAGE_COUNT; i++)
        stage_result_release(&grade->stages[i]);
    free(grade->toolchain);
    free(grade->path);
    free(grade->award);
    grade->toolchain = grade->path = NULL;
    grade->award = NULL;
}

/*
 * Foreign bytes need not be UTF-8, and jansson takes nothing else: what is not
 * becomes \xHH.
 */
static json_t *text(const char *string)
{
    size_t length = strlen(string);
    struct str clean = STR_INIT;
    json_t *json = length > RESULT_TEXT_MAX ? NULL : json_string(string);

    if (json)
        return json;
    str_add_visible(&clean, string, length, RESULT_TEXT_MAX, true);
    json = json_string(clean.text);
    str_release(&clean);
    return json;
}

static void set_text(json_t *object, const char *key, const char *string)
{
    if (string)
        json_object_set_new(object, key, text(string));
}

static void set_list(json_t *object, const char *key, const struct strv *list)
{
    json_t *array;

    if (list->count == 0)
        return;
    array = json_array();
    for (size_t i = 0; i < list->count && i < RESULT_LIST_MAX; i++)
        json_array_append_new(array, text(list->items[i]));
    json_object_set_new(object, key, array);
}

static json_t *finding_to_json(const struct finding *finding)
{
    json_t *json = json_object();

    set_text(json, "category", category_name(finding->category));
    set_text(json, "severity", finding->warning ? "warning" : "error");
    set_text(json, "message", finding->message);
    set_text(json, "file", finding->file);
    if (finding->line)
        json_object_set_new(json, "line", json_integer(finding->line));
    if (finding->column)
        json_object_set_new(json, "column", json_integer(finding->column));
    set_text(json, "test", finding->test);
    set_text(json, "expected", finding->expected);
    set_text(json, "actual", finding->actual);
    set_list(json, "trace", &finding->trace);
    set_list(json, "want", &finding->want);
    set_list(json, "got", &finding->got);
    set_text(json, "trace_file", finding->trace_file);
    return json;
}

/* Seconds and points with as many digits as mean something. */
static json_t *rounded(double value, double unit)
{
    return json_real((double)(long long)(value / unit + 0.5) * unit);
}

static json_t *stage_to_json(const struct stage_result *stage)
{
    json_t *json = json_object(), *findings = json_array();

    set_text(json, "name", stage_name(stage->id));
    set_text(json, "status", status_name(stage->status));
    if (stage->category != CATEGORY_NONE)
        set_text(json, "category", category_name(stage->category));
    json_object_set_new(json, "score", rounded(stage->score, 0.01));
    json_object_set_new(json, "max_score", json_integer(stage->max_score));
    json_object_set_new(json, "seconds", rounded(stage->seconds, 0.0001));
    set_text(json, "reason", stage->reason);
    for (size_t i = 0; i < stage->count && i < RESULT_LIST_MAX; i++)
        json_array_append_new(findings, finding_to_json(&stage->findings[i]));
    json_object_set_new(json, "findings", findings);
    if (stage->details)
        json_object_set(json, "details", stage->details);
    return json;
}

json_t *grade_to_json(const struct grade *grade)
{
    json_t *json = json_object(), *stages = json_array(),
           *provenance = json_object();

    set_text(json, "schema", "kata-result/1");
    set_text(json, "kata", grade->kata->slug);
    set_text(json, "path", grade->path);
    set_text(json, "verdict", verdict_name(grade->verdict));
    if (grade->category != CATEGORY_NONE)
        set_text(json, "category", category_name(grade->category));
    json_object_set_new(json, "score", rounded(grade->score, 0.01));
    json_object_set_new(json, "max_score", json_integer(grade->max_score));
    json_object_set_new(json, "seed", json_integer((json_int_t)grade->seed));
    json_object_set_new(json, "seconds", rounded(grade->seconds, 0.0001));
    set_text(provenance, "submission", grade->submission_hash);
    set_text(provenance, "kata", grade->kata_hash);
    set_text(provenance, "toolchain", grade->toolchain);
    set_text(provenance, "sandbox", grade->sandbox);
    json_object_set_new(json, "provenance", provenance);
    for (int i = 0; i < STAGE_COUNT; i++)
        if (grade->selected[i])
            json_array_append_new(stages, stage_to_json(&grade->stages[i]));
    json_object_set_new(json, "stages", stages);
    if (grade->award)
        json_object_set_new(json, "awarded", award_to_json(grade));
    return json;
}
