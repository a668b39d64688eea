/* Reads a kata-result/1 object back into a grade. */
#include "base/alloc.h"
#include "judge/result.h"

#include <stdlib.h>
#include <string.h>

/* A key that has to be there (or, `optional`, may be missing) and to be of one
   type. *value is NULL where it is missing. */
static int get(const json_t *object, const char *key, json_type type,
               bool optional, json_t **value, struct err *err)
{
    *value = json_object_get(object, key);
    if (!*value)
        return optional ? 0 : err_set(err, "the result has no '%s'", key);
    if (type == JSON_REAL ? !json_is_number(*value)
                          : json_typeof(*value) != type)
        return err_set(err, "'%s' is of the wrong type", key);
    return 0;
}

static int get_number(const json_t *object, const char *key, double *number,
                      struct err *err)
{
    json_t *value;

    if (get(object, key, JSON_REAL, false, &value, err) < 0)
        return -1;
    *number = json_number_value(value);
    return *number < 0 ? err_set(err, "'%s' is negative", key) : 0;
}

static int get_int(const json_t *object, const char *key, bool optional,
                   int *number, struct err *err)
{
    json_t *value;

    if (get(object, key, JSON_INTEGER, optional, &value, err) < 0)
        return -1;
    if (!value)
        return 0;
    if (json_integer_value(value) < 0 || json_integer_value(value) > 1000000000)
        return err_set(err, "'%s' is out of range", key);
    *number = (int)json_integer_value(value);
    return 0;
}

/* A text, owned; *text stays NULL where it is missing. */
static int get_text(const json_t *object, const char *key, char **text,
                    struct err *err)
{
    json_t *value;

    if (get(object, key, JSON_STRING, true, &value, err) < 0)
        return -1;
    if (value)
        *text = xstrdup(json_string_value(value));
    return 0;
}

/* The index of a name among `count` that name_of gives. */
static int get_name(const json_t *object, const char *key, int count,
                    const char *(*name_of)(int), int *index, struct err *err)
{
    json_t *value;

    if (get(object, key, JSON_STRING, false, &value, err) < 0)
        return -1;
    for (*index = 0; *index < count; ++*index)
        if (strcmp(name_of(*index), json_string_value(value)) == 0)
            return 0;
    return err_set(err, "'%s' has a value that is not known", key);
}

static const char *name_of_verdict(int i)
{
    return verdict_name((enum verdict)i);
}

static const char *name_of_status(int i)
{
    return status_name((enum status)i);
}

static int get_category(const json_t *object, bool optional,
                        enum category *category, struct err *err)
{
    json_t *value;

    *category = CATEGORY_NONE;
    if (get(object, "category", JSON_STRING, optional, &value, err) < 0)
        return -1;
    if (value)
        *category = category_from_name(json_string_value(value));
    return *category == CATEGORY_COUNT
               ? err_set(err, "'category' has a value that is not known")
               : 0;
}

static int get_list(const json_t *object, const char *key, struct strv *list,
                    struct err *err)
{
    json_t *array, *item;
    size_t i;

    if (get(object, key, JSON_ARRAY, true, &array, err) < 0)
        return -1;
    json_array_foreach(array, i, item)
    {
        if (!json_is_string(item))
            return err_set(err, "'%s' holds something that is no text", key);
        strv_add(list, json_string_value(item));
    }
    return 0;
}

static int read_finding(const json_t *json, struct finding *finding,
                        struct err *err)
{
    json_t *severity;

    if (!json_is_object(json))
        return err_set(err, "a finding is no object");
    if (get_category(json, false, &finding->category, err) < 0 ||
        get(json, "severity", JSON_STRING, true, &severity, err) < 0 ||
        get_text(json, "message", &finding->message, err) < 0 ||
        get_text(json, "file", &finding->file, err) < 0 ||
        get_int(json, "line", true, &finding->line, err) < 0 ||
        get_int(json, "column", true, &finding->column, err) < 0 ||
        get_text(json, "test", &finding->test, err) < 0 ||
        get_text(json, "expected", &finding->expected, err) < 0 ||
        get_text(json, "actual", &finding->actual, err) < 0 ||
        get_list(json, "trace", &finding->trace, err) < 0 ||
        get_list(json, "want", &finding->want, err) < 0 ||
        get_list(json, "got", &finding->got, err) < 0 ||
        get_text(json, "trace_file", &finding->trace_file, err) < 0)
        return -1;
    if (!finding->message)
        return err_set(err, "a finding has no 'message'");
    finding->warning =
        severity && strcmp(json_string_value(severity), "warning") == 0;
    return 0;
}

static int read_stage(const json_t *json, struct stage_result *stage,
                      struct err *err)
{
    json_t *findings, *finding, *details;
    int status;
    size_t i;

    if (get_name(json, "status", STATUS_ERROR + 1, name_of_status, &status,
                 err) < 0 ||
        get_category(json, true, &stage->category, err) < 0 ||
        get_number(json, "score", &stage->score, err) < 0 ||
        get_int(json, "max_score", false, &stage->max_score, err) < 0 ||
        get_number(json, "seconds", &stage->seconds, err) < 0 ||
        get_text(json, "reason", &stage->reason, err) < 0 ||
        get(json, "findings", JSON_ARRAY, false, &findings, err) < 0 ||
        get(json, "details", JSON_OBJECT, true, &details, err) < 0)
        return -1;
    stage->status = (enum status)status;
    stage->details = json_incref(details);
    json_array_foreach(findings, i, finding)
    {
        stage->findings = grow(stage->findings, &stage->capacity, stage->count,
                               sizeof *stage->findings);
        stage->findings[stage->count++] = (struct finding){.line = 0};
        if (read_finding(finding, &stage->findings[i], err) < 0)
            return -1;
    }
    return 0;
}

static int read_stages(const json_t *json, struct grade *grade, struct err *err)
{
    json_t *stages, *stage, *name;
    size_t i;

    if (get(json, "stages", JSON_ARRAY, false, &stages, err) < 0)
        return -1;
    json_array_foreach(stages, i, stage)
    {
        enum stage_id id;

        if (!json_is_object(stage))
            return err_set(err, "a stage is no object");
        if (get(stage, "name", JSON_STRING, false, &name, err) < 0)
            return -1;
        id = stage_from_name(json_string_value(name));
        if (id == STAGE_COUNT || grade->selected[id])
            return err_set(err, "a stage is not known or comes twice");
        grade->selected[id] = true;
        if (read_stage(stage, &grade->stages[id], err) < 0)
            return err_context(err, "stage %s", stage_name(id));
    }
    return 0;
}

/* Copies a text of the provenance into a fixed field. */
static int get_hash(const json_t *object, const char *key,
                    char hash[HASH_TEXT_SIZE], struct err *err)
{
    json_t *value;

    if (get(object, key, JSON_STRING, false, &value, err) < 0)
        return -1;
    if (json_string_length(value) >= HASH_TEXT_SIZE)
        return err_set(err, "'%s' is too long for a hash", key);
    memcpy(hash, json_string_value(value), json_string_length(value) + 1);
    return 0;
}

static int read_provenance(const json_t *json, struct grade *grade,
                           struct err *err)
{
    json_t *provenance, *sandbox;

    if (get(json, "provenance", JSON_OBJECT, false, &provenance, err) < 0 ||
        get_hash(provenance, "submission", grade->submission_hash, err) < 0 ||
        get_hash(provenance, "kata", grade->kata_hash, err) < 0 ||
        get_text(provenance, "toolchain", &grade->toolchain, err) < 0 ||
        get(provenance, "sandbox", JSON_STRING, false, &sandbox, err) < 0)
        return -1;
    grade->sandbox =
        strcmp(json_string_value(sandbox), "none") == 0 ? "none" : "bwrap";
    return 0;
}

static int read_grade(const json_t *json, struct grade *grade, struct err *err)
{
    json_t *seed;
    int verdict;

    if (get_name(json, "verdict", VERDICT_ERROR + 1, name_of_verdict, &verdict,
                 err) < 0 ||
        get_category(json, true, &grade->category, err) < 0 ||
        get_number(json, "score", &grade->score, err) < 0 ||
        get_int(json, "max_score", false, &grade->max_score, err) < 0 ||
        get_number(json, "seconds", &grade->seconds, err) < 0 ||
        get(json, "seed", JSON_INTEGER, false, &seed, err) < 0 ||
        get_text(json, "path", &grade->path, err) < 0)
        return -1;
    grade->verdict = (enum verdict)verdict;
    grade->seed = (uint64_t)json_integer_value(seed);
    return read_provenance(json, grade, err) < 0 ||
                   read_stages(json, grade, err) < 0
               ? -1
               : 0;
}

const char *grade_json_slug(const json_t *json)
{
    const char *schema = json_string_value(json_object_get(json, "schema"));

    if (!schema || strcmp(schema, "kata-result/1") != 0)
        return NULL;
    return json_string_value(json_object_get(json, "kata"));
}

int grade_from_json(const json_t *json, const struct kata *kata,
                    struct grade *grade, struct err *err)
{
    *grade = (struct grade){.kata = kata};
    for (int i = 0; i < STAGE_COUNT; i++)
        grade->stages[i].id = (enum stage_id)i;
    if (!grade_json_slug(json))
        return err_set(err, "this is no kata-result/1 object");
    if (read_grade(json, grade, err) < 0) {
        grade_release(grade);
        return -1;
    }
    return 0;
}
