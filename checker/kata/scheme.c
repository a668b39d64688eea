#include "kata/scheme.h"

#include "base/alloc.h"
#include "base/moment.h"
#include "base/path.h"
#include "base/suggest.h"
#include "kata/schema.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum {
    FILE_MAX = 1 << 20,
    POINTS_MAX = 100000,
    WEIGHT_MAX = 10000,
    GRACE_MAX = 60 * 24 * 365,
    LAST_MAX = 10000,
    DAY = 86400,
    HOUR = 3600,
    MINUTE = 60
};

static const char schema_name[] = "kata-grading/1";

static const char *const visibilities[] = {"visible", "hidden",
                                           "after_due_date", "after_published"};

enum { VISIBILITIES = sizeof visibilities / sizeof *visibilities };

/* What may stand where; each ends with NULL. */
static const char *const top_keys[] = {
    "schema", "points", "weights", "late", "visibility", "katas", NULL};
static const char *const kata_keys[] = {"points", "weights", "late",
                                        "visibility", NULL};
static const char *const late_keys[] = {
    "deadline", "grace_minutes", "each",       "percent",
    "cap",      "last",          "extensions", NULL};
static const char *const stage_keys[] = {
    "build",  "policy",  "tests",  "oracle", "memory",
    "faults", "threads", "growth", "style",  NULL};

/* kata.json gives no points for these two: without them nothing runs. */
static const char *const *const weight_keys = stage_keys + STAGE_TESTS;

const char *visibility_name(enum visibility visibility)
{
    return visibilities[visibility];
}

/* "late.deadline"; owned. */
static char *path_to(const char *path, const char *key)
{
    return *path ? xasprintf("%s.%s", path, key) : xstrdup(key);
}

/* Who calls has made the path for its key; returns -1. */
static int wrong(char *path, const json_t *got, const char *expected,
                 struct err *err)
{
    schema_wrong(err, path, got, "%s", expected);
    free(path);
    return -1;
}

static int unknown_key(const char *path, const char *name,
                       const char *const *keys, struct err *err)
{
    struct suggest suggest = SUGGEST_INIT(name);
    struct str visible = STR_INIT, all = STR_INIT;
    char *full = path_to(path, name);

    for (size_t i = 0; keys[i]; i++) {
        suggest_offer(&suggest, keys[i]);
        str_addf(&all, "%s%s", i ? ", " : "", keys[i]);
    }
    str_add_visible(&visible, full, strlen(full), 200, false);
    if (suggest.best)
        err_set(err, "%s: unknown key, did you mean \"%s\"?", visible.text,
                suggest.best);
    else
        err_set(err, "%s: unknown key, expected one of %s", visible.text,
                all.text);
    str_release(&visible);
    str_release(&all);
    free(full);
    return -1;
}

/* An object with these keys only. */
static int check_object(const json_t *json, const char *path,
                        const char *const *keys, struct err *err)
{
    const char *name;
    json_t *value;

    if (!json_is_object(json))
        return schema_wrong(err, path, json, "an object");
    json_object_foreach((json_t *)json, name, value)
    {
        size_t i = 0;

        while (keys[i] && strcmp(keys[i], name) != 0)
            i++;
        if (!keys[i])
            return unknown_key(path, name, keys, err);
    }
    return 0;
}

/* A number under `key`, where it is there. */
static int get_number(const json_t *json, const char *path, const char *key,
                      int high, double *number, struct err *err)
{
    const json_t *value = json_object_get(json, key);
    double got = json_number_value(value);

    if (!value)
        return 0;
    if (!json_is_number(value) || !(got >= 0 && got <= high)) {
        char *expected = xasprintf("a number from 0 to %d", high);

        wrong(path_to(path, key), value, expected, err);
        free(expected);
        return -1;
    }
    *number = got;
    return 0;
}

static int get_whole(const json_t *json, const char *path, const char *key,
                     int high, long long *number, struct err *err)
{
    const json_t *value = json_object_get(json, key);

    if (!value)
        return 0;
    if (!json_is_integer(value) || json_integer_value(value) < 0 ||
        json_integer_value(value) > high) {
        char *expected = xasprintf("a whole number from 0 to %d", high);

        wrong(path_to(path, key), value, expected, err);
        free(expected);
        return -1;
    }
    *number = json_integer_value(value);
    return 0;
}

static int get_moment(const json_t *json, const char *path, const char *key,
                      int64_t *seconds, struct err *err)
{
    const json_t *value = json_object_get(json, key);
    const char *text = json_string_value(value);

    if (!text || moment_read(text, seconds) < 0)
        return wrong(path_to(path, key), value, moment_expected, err);
    return 0;
}

static int read_weights(const json_t *json, const char *path,
                        struct scheme_rules *rules, struct err *err)
{
    double sum = 0;

    if (check_object(json, path, weight_keys, err) < 0)
        return -1;
    for (int i = STAGE_TESTS; i < STAGE_COUNT; i++) {
        if (get_number(json, path, stage_keys[i], WEIGHT_MAX,
                       &rules->weights[i], err) < 0)
            return -1;
        sum += rules->weights[i];
    }
    if (!(sum > 0))
        return schema_wrong(err, path, json, "a weight above 0");
    return 0;
}

static int read_visibility(const json_t *json, const char *path,
                           struct scheme_rules *rules, struct err *err)
{
    if (check_object(json, path, stage_keys, err) < 0)
        return -1;
    for (int i = 0; i < STAGE_COUNT; i++) {
        const json_t *value = json_object_get(json, stage_keys[i]);
        const char *text = json_string_value(value);
        int k = 0;

        if (!value)
            continue;
        while (k < VISIBILITIES &&
               (!text || strcmp(text, visibilities[k]) != 0))
            k++;
        if (k == VISIBILITIES)
            return wrong(path_to(path, stage_keys[i]), value,
                         "\"visible\", \"hidden\", \"after_due_date\" or "
                         "\"after_published\"",
                         err);
        rules->visibility[i] = (enum visibility)k;
    }
    return 0;
}

static int read_extensions(const json_t *json, const char *path,
                           struct scheme_late *late, struct err *err)
{
    size_t capacity = 0;
    const char *student;
    json_t *value;

    if (!json_is_object(json))
        return schema_wrong(err, path, json, "an object of students");
    json_object_foreach((json_t *)json, student, value)
    {
        int64_t deadline;

        if (get_moment(json, path, student, &deadline, err) < 0)
            return -1;
        if (deadline < late->deadline)
            return wrong(path_to(path, student), value,
                         "a time that is not before the deadline", err);
        late->extensions =
            grow(late->extensions, &capacity, late->extension_count,
                 sizeof *late->extensions);
        late->extensions[late->extension_count++] =
            (struct scheme_extension){xstrdup(student), deadline};
    }
    return 0;
}

static int read_each(const json_t *json, const char *path,
                     struct scheme_late *late, struct err *err)
{
    const json_t *value = json_object_get(json, "each");
    const char *text = json_string_value(value);

    late->each = DAY;
    if (text && strcmp(text, "hour") == 0)
        late->each = HOUR;
    else if (value && (!text || strcmp(text, "day") != 0))
        return wrong(path_to(path, "each"), value, "\"day\" or \"hour\"", err);
    return 0;
}

/* A deadline that costs nothing to miss is a mistake, and so is a bound of
   something that is not there. */
static int check_late(const json_t *json, const char *path, struct err *err)
{
    bool percent = json_object_get(json, "percent");

    if (!percent && !json_object_get(json, "last"))
        return wrong(path_to(path, "percent"), NULL,
                     "what a started day costs (or \"last\", the last one that "
                     "counts)",
                     err);
    if (!percent && json_object_get(json, "cap"))
        return wrong(path_to(path, "cap"), json_object_get(json, "cap"),
                     "this only beside \"percent\"", err);
    return 0;
}

static int read_late(const json_t *json, const char *path,
                     struct scheme_rules *rules, struct err *err)
{
    struct scheme_late *late = &rules->late;
    const json_t *extensions = json_object_get(json, "extensions");
    long long minutes = 0;
    int status = 0;

    late->cap = 100;
    late->last = -1;
    if (check_object(json, path, late_keys, err) < 0 ||
        get_moment(json, path, "deadline", &late->deadline, err) < 0 ||
        get_whole(json, path, "grace_minutes", GRACE_MAX, &minutes, err) < 0 ||
        read_each(json, path, late, err) < 0 ||
        get_number(json, path, "percent", 100, &late->percent, err) < 0 ||
        get_number(json, path, "cap", 100, &late->cap, err) < 0 ||
        get_whole(json, path, "last", LAST_MAX, &late->last, err) < 0 ||
        check_late(json, path, err) < 0)
        return -1;
    late->grace = minutes * MINUTE;
    if (extensions) {
        char *full = path_to(path, "extensions");

        status = read_extensions(extensions, full, late, err);
        free(full);
    }
    return status;
}

/* Reads one part with its reader where it is there. */
static int read_part(const json_t *json, const char *path, const char *key,
                     int (*read)(const json_t *json, const char *path,
                                 struct scheme_rules *rules, struct err *err),
                     struct scheme_rules *rules, bool *there, struct err *err)
{
    const json_t *part = json_object_get(json, key);
    char *full = path_to(path, key);
    int status = 0;

    if (part) {
        *there = true;
        status = read(part, full, rules, err);
    }
    free(full);
    return status;
}

static int read_rules(const json_t *json, const char *path,
                      struct scheme_rules *rules, struct err *err)
{
    rules->has_points = json_object_get(json, "points") != NULL;
    if (get_number(json, path, "points", POINTS_MAX, &rules->points, err) < 0 ||
        read_part(json, path, "weights", read_weights, rules,
                  &rules->has_weights, err) < 0 ||
        read_part(json, path, "late", read_late, rules, &rules->has_late, err) <
            0 ||
        read_part(json, path, "visibility", read_visibility, rules,
                  &rules->has_visibility, err) < 0)
        return -1;
    return 0;
}

static int read_katas(const json_t *json, struct scheme *scheme,
                      struct err *err)
{
    size_t capacity = 0;
    const char *slug;
    json_t *value;

    if (!json)
        return 0;
    if (!json_is_object(json))
        return schema_wrong(err, "katas", json, "an object of katas");
    json_object_foreach((json_t *)json, slug, value)
    {
        char *path = path_to("katas", slug);
        int status = check_object(value, path, kata_keys, err);

        scheme->katas = grow(scheme->katas, &capacity, scheme->count,
                             sizeof *scheme->katas);
        scheme->katas[scheme->count] =
            (struct scheme_rules){.slug = xstrdup(slug)};
        if (status == 0)
            status =
                read_rules(value, path, &scheme->katas[scheme->count], err);
        scheme->count++;
        free(path);
        if (status < 0)
            return -1;
    }
    return 0;
}

static int read_all(const json_t *json, struct scheme *scheme, struct err *err)
{
    const json_t *schema = json_object_get(json, "schema");
    const char *version = json_string_value(schema);

    if (!json_is_object(json))
        return schema_wrong(err, "", json, "an object");
    if (!version || strcmp(version, schema_name) != 0)
        return schema_wrong(err, "schema", schema, "\"%s\"", schema_name);
    if (check_object(json, "", top_keys, err) < 0 ||
        read_rules(json, "", &scheme->all, err) < 0 ||
        read_katas(json_object_get(json, "katas"), scheme, err) < 0)
        return -1;
    return 0;
}

int scheme_parse(const char *name, const char *text, size_t length,
                 struct scheme *scheme, struct err *err)
{
    json_error_t where;
    json_t *json = json_loadb(text, length, JSON_REJECT_DUPLICATES, &where);
    int status;

    *scheme = (struct scheme){.count = 0};
    if (!json)
        return err_set(err, "%s: line %d: %s", name, where.line, where.text);
    status = read_all(json, scheme, err);
    json_decref(json);
    if (status < 0) {
        err_context(err, "%s", name);
        scheme_release(scheme);
    }
    return status;
}

int scheme_load(const char *path, struct scheme *scheme, struct err *err)
{
    struct str text = STR_INIT;
    int status = path_read(path, FILE_MAX, &text, err);

    *scheme = (struct scheme){.count = 0};
    if (status == 0)
        status = scheme_parse(path, text.text, text.length, scheme, err);
    str_release(&text);
    return status;
}

static void rules_release(struct scheme_rules *rules)
{
    for (size_t i = 0; i < rules->late.extension_count; i++)
        free(rules->late.extensions[i].student);
    free(rules->late.extensions);
    free(rules->slug);
}

void scheme_release(struct scheme *scheme)
{
    rules_release(&scheme->all);
    for (size_t i = 0; i < scheme->count; i++)
        rules_release(&scheme->katas[i]);
    free(scheme->katas);
    *scheme = (struct scheme){.count = 0};
}

struct scheme_rules scheme_rules(const struct scheme *scheme, const char *slug)
{
    struct scheme_rules rules = scheme->all;

    for (size_t i = 0; i < scheme->count; i++) {
        const struct scheme_rules *own = &scheme->katas[i];

        if (strcmp(own->slug, slug) != 0)
            continue;
        if (own->has_points)
            rules.points = own->points;
        if (own->has_weights)
            memcpy(rules.weights, own->weights, sizeof rules.weights);
        if (own->has_late)
            rules.late = own->late;
        if (own->has_visibility)
            memcpy(rules.visibility, own->visibility, sizeof rules.visibility);
        rules.has_points = rules.has_points || own->has_points;
        rules.has_weights = rules.has_weights || own->has_weights;
        rules.has_late = rules.has_late || own->has_late;
        rules.has_visibility = rules.has_visibility || own->has_visibility;
    }
    if (!rules.has_points)
        rules.points = SCHEME_POINTS;
    return rules;
}

/* The length of a student's name without "_815" at its end. */
static size_t without_number(const char *student)
{
    size_t length = strlen(student), n = length;

    while (n > 0 && isdigit((unsigned char)student[n - 1]))
        n--;
    return n > 1 && n < length && student[n - 1] == '_' ? n - 1 : length;
}

bool scheme_is_student(const char *student, const char *name)
{
    size_t length = without_number(student), n = strlen(name);
    const char *at = student, *end = student + length;

    if (strcmp(student, name) == 0 ||
        (n == length && strncmp(student, name, n) == 0))
        return true;
    while (n) {
        const char *next = strstr(at, " + ");
        const char *stop = next && next < end ? next : end;

        if ((size_t)(stop - at) == n && strncmp(at, name, n) == 0)
            return true;
        if (stop == end)
            break;
        at = stop + strlen(" + ");
    }
    return false;
}

int64_t scheme_deadline(const struct scheme_late *late, const char *student)
{
    int64_t deadline = late->deadline;

    for (size_t i = 0; student && i < late->extension_count; i++)
        if (late->extensions[i].deadline > deadline &&
            scheme_is_student(student, late->extensions[i].student))
            deadline = late->extensions[i].deadline;
    return deadline;
}
