#include "kata/kata.h"

#include "base/alloc.h"
#include "base/path.h"
#include "base/str.h"
#include "kata/layout.h"
#include "kata/schema.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_BYTES_MAX = 1 << 20, SLUG_MAX = 48 };

static const char *const stage_names[STAGE_COUNT] = {
    [STAGE_BUILD] = "build",     [STAGE_POLICY] = "policy",
    [STAGE_TESTS] = "tests",     [STAGE_ORACLE] = "oracle",
    [STAGE_MEMORY] = "memory",   [STAGE_FAULTS] = "faults",
    [STAGE_THREADS] = "threads", [STAGE_GROWTH] = "growth",
    [STAGE_STYLE] = "style",
};

const char *growth_class_name(enum growth_class class)
{
    return schema_classes[class];
}

const char *kata_level_name(enum kata_level level)
{
    return schema_levels[level];
}

const char *stage_name(enum stage_id stage)
{
    return stage_names[stage];
}

enum stage_id stage_from_name(const char *name)
{
    enum stage_id stage = 0;

    while (stage < STAGE_COUNT && strcmp(stage_names[stage], name) != 0)
        stage++;
    return stage;
}

bool kata_is_slug(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";

    if (*text < 'a' || *text > 'z' || strlen(text) > SLUG_MAX)
        return false;
    for (;;) {
        size_t n = strspn(text, letters);

        if (n == 0 || (text[n] && text[n] != '-'))
            return false;
        if (!text[n])
            return true;
        text += n + 1;
    }
}

char *kata_snake(const char *slug)
{
    char *snake = xstrdup(slug);

    for (char *c = snake; *c; c++)
        if (*c == '-')
            *c = '_';
    return snake;
}

static void read_strings(struct strv *strings, const json_t *json)
{
    size_t i;
    json_t *item;

    if (json_is_string(json))
        strv_add(strings, json_string_value(json));
    json_array_foreach(json, i, item)
        strv_add(strings, json_string_value(item));
}

/* The name after a brace, of a line of growth[].open, prepare or measure. */
static int check_name(const char *line, const char *brace, bool has_i,
                      const char *path, struct err *err)
{
    static const char *const names[] = {"{n}", "{any}", "{i}"};
    json_t *json;

    for (size_t i = 0; i < (has_i ? 3U : 2U); i++)
        if (str_starts(brace, names[i]))
            return 0;
    json = json_string(line);
    schema_wrong(err, path, json, "no names but {n}%s and {any}",
                 has_i ? ", {i}" : "");
    json_decref(json);
    return -1;
}

static int check_template(const char *line, bool has_i, const char *path,
                          struct err *err)
{
    const char *brace = line;

    for (;;) {
        brace += strcspn(brace, "{}");
        if (!*brace)
            return 0;
        if (check_name(line, brace, has_i, path, err) < 0)
            return -1;
        brace = strchr(brace, '}') + 1;
    }
}

static int read_templates(struct strv *lines, const json_t *claim,
                          const char *key, size_t number, struct err *err)
{
    bool has_i = strcmp(key, "open") != 0;
    struct str path = STR_INIT;
    int status = 0;

    read_strings(lines, json_object_get(claim, key));
    str_addf(&path, "growth[%zu].%s", number, key);
    for (size_t i = 0; status == 0 && i < lines->count; i++)
        status = check_template(lines->items[i], has_i, path.text, err);
    str_release(&path);
    return status;
}

static int read_claim(struct growth_claim *claim, const json_t *json, size_t i,
                      struct err *err)
{
    const json_t *n = json_object_get(json, "n");

    claim->claim = xstrdup(json_string_value(json_object_get(json, "claim")));
    claim->times = schema_int(SCHEMA_GROWTH, json, "times");
    claim->at_most =
        (enum growth_class)schema_choice(SCHEMA_GROWTH, json, "at_most");
    claim->has_bytes = json_object_get(json, "bytes_at_most") != NULL;
    if (claim->has_bytes)
        claim->bytes_at_most = (enum growth_class)schema_choice(
            SCHEMA_GROWTH, json, "bytes_at_most");
    claim->n_count = json_array_size(n);
    claim->n = xcalloc(claim->n_count, sizeof *claim->n);
    for (size_t k = 0; k < claim->n_count; k++)
        claim->n[k] = json_integer_value(json_array_get(n, k));
    if (read_templates(&claim->open, json, "open", i, err) < 0 ||
        read_templates(&claim->prepare, json, "prepare", i, err) < 0 ||
        read_templates(&claim->measure, json, "measure", i, err) < 0)
        return -1;
    return 0;
}

static int read_growth(struct kata *kata, const json_t *json, struct err *err)
{
    size_t count = json_array_size(json);

    kata->growth = xcalloc(count, sizeof *kata->growth);
    while (kata->growth_count < count) {
        size_t i = kata->growth_count++;

        if (read_claim(&kata->growth[i], json_array_get(json, i), i, err) < 0)
            return -1;
    }
    return 0;
}

/* A string that may be absent; owned, or NULL. */
static char *text_or_null(const json_t *json, const char *key)
{
    const char *text = json_string_value(json_object_get(json, key));

    return text ? xstrdup(text) : NULL;
}

static int read_hints(struct kata *kata, const json_t *json, struct err *err)
{
    size_t count = json_array_size(json);

    kata->hints = xcalloc(count, sizeof *kata->hints);
    while (kata->hint_count < count) {
        size_t i = kata->hint_count++;
        const json_t *item = json_array_get(json, i);
        struct hint_tie *tie = &kata->hints[i];

        tie->hint = (int)schema_int(SCHEMA_HINT, item, "hint");
        tie->category = text_or_null(item, "category");
        tie->test = text_or_null(item, "test");
        if (!tie->category && !tie->test)
            return err_set(err,
                           "hints[%zu]: expected a category or a test, "
                           "got neither",
                           i);
    }
    return 0;
}

/* Why a stage cannot have points, or NULL. */
static const char *not_applicable(const struct kata *kata, enum stage_id stage)
{
    if (stage == STAGE_FAULTS && kata->faults == FAULTS_NONE)
        return "\"faults\" is \"none\"";
    if (stage == STAGE_THREADS && !kata->threads)
        return "\"threads\" is false";
    if (stage == STAGE_GROWTH && kata->growth_count == 0)
        return "\"growth\" is empty";
    return NULL;
}

static int read_weights(struct kata *kata, const json_t *json, struct err *err)
{
    int sum = 0;

    for (enum stage_id stage = STAGE_TESTS; stage < STAGE_COUNT; stage++) {
        const char *name = stage_names[stage];
        int weight = (int)schema_int(SCHEMA_WEIGHTS, json, name);
        const char *reason = not_applicable(kata, stage);

        if (weight > 0 && reason)
            return err_set(err, "weights.%s: expected 0 because %s, got %d",
                           name, reason, weight);
        kata->weights[stage] = weight;
        sum += weight;
    }
    if (sum != 100)
        return err_set(err, "weights: expected a sum of 100, got %d", sum);
    return 0;
}

static int read_needs(struct kata *kata, const json_t *json, struct err *err)
{
    read_strings(&kata->needs, json);
    if (strv_has(&kata->needs, kata->slug))
        return err_set(err, "needs: expected other katas, got \"%s\" itself",
                       kata->slug);
    return 0;
}

/* Of a string that may be absent. */
static char *text_of(const json_t *json, const char *key)
{
    const char *text = json_string_value(json_object_get(json, key));

    return xstrdup(text ? text : "");
}

static int read_kata(struct kata *kata, const json_t *json, struct err *err)
{
    const json_t *limits;

    if (schema_check(SCHEMA_KATA, json, "", err) < 0)
        return -1;
    limits = json_object_get(json, "limits");
    kata->title = text_of(json, "title");
    kata->notes = text_of(json, "notes");
    kata->level = (enum kata_level)schema_choice(SCHEMA_KATA, json, "level");
    kata->minutes = (int)schema_int(SCHEMA_KATA, json, "minutes");
    read_strings(&kata->tags, json_object_get(json, "tags"));
    read_strings(&kata->allow, json_object_get(json, "allow"));
    kata->faults = (enum kata_faults)schema_choice(SCHEMA_KATA, json, "faults");
    kata->threads = json_is_true(json_object_get(json, "threads"));
    kata->memory_mb = (int)schema_int(SCHEMA_LIMITS, limits, "memory_mb");
    kata->seconds = (int)schema_int(SCHEMA_LIMITS, limits, "seconds");
    if (read_needs(kata, json_object_get(json, "needs"), err) < 0 ||
        grammar_parse(json_object_get(json, "oracle"), &kata->grammar, err) <
            0 ||
        read_growth(kata, json_object_get(json, "growth"), err) < 0 ||
        read_hints(kata, json_object_get(json, "hints"), err) < 0)
        return -1;
    return read_weights(kata, json_object_get(json, "weights"), err);
}

static int read_file(struct kata *kata, const char *path, struct err *err)
{
    struct str text = STR_INIT, message = STR_INIT;
    json_error_t where;
    json_t *json = NULL;
    int status = path_read(path, FILE_BYTES_MAX, &text, err);

    if (status == 0) {
        json =
            json_loadb(text.text, text.length, JSON_REJECT_DUPLICATES, &where);
        if (json) {
            status = read_kata(kata, json, err);
        } else {
            str_add_visible(&message, where.text, strlen(where.text), 200,
                            false);
            status = err_set(err, "line %d, column %d: %s", where.line,
                             where.column, message.text);
        }
        if (status < 0)
            err_context(err, "%s", path);
    }
    json_decref(json);
    str_release(&text);
    str_release(&message);
    return status;
}

/* ROOT/TREE/TOPIC/SLUG[/variants/NAME], owned. */
static char *dir_of(const struct kata *kata, const char *root, const char *tree)
{
    if (kata->variant_of)
        return xasprintf("%s/%s/%s/%s/variants/%s", root, tree, kata->topic,
                         kata->variant_of, strchr(kata->slug, '+') + 1);
    return xasprintf("%s/%s/%s/%s", root, tree, kata->topic, kata->slug);
}

int kata_load(const char *root, const char *topic, const char *slug,
              struct kata **result, struct err *err)
{
    const char *plus = strchr(slug, '+');
    char *main = plus ? xstrndup(slug, (size_t)(plus - slug)) : xstrdup(slug);
    struct kata *kata;
    char *path;
    int status;

    if (!kata_is_slug(main) || (plus && !kata_is_slug(plus + 1))) {
        free(main);
        return err_set(err,
                       "%s/katas/%s/%s: expected a slug like "
                       "\"hash-table\" as the folder's name",
                       root, topic, slug);
    }
    kata = xcalloc(1, sizeof *kata);
    kata->topic = xstrdup(topic);
    kata->slug = xstrdup(slug);
    kata->snake = kata_snake(main);
    if (plus)
        kata->variant_of = main;
    else
        free(main);
    kata->dir = dir_of(kata, root, "katas");
    kata->solution_dir = dir_of(kata, root, "solutions");
    path = path_join(kata->dir, "kata.json");
    status = read_file(kata, path, err);
    free(path);
    if (status < 0)
        kata_free(kata);
    else
        *result = kata;
    return status;
}

static void release_claim(struct growth_claim *claim)
{
    free(claim->claim);
    strv_release(&claim->open);
    strv_release(&claim->prepare);
    strv_release(&claim->measure);
    free(claim->n);
}

void kata_free(struct kata *kata)
{
    if (!kata)
        return;
    for (size_t i = 0; i < kata->growth_count; i++)
        release_claim(&kata->growth[i]);
    free(kata->growth);
    for (size_t i = 0; i < kata->hint_count; i++) {
        free(kata->hints[i].category);
        free(kata->hints[i].test);
    }
    free(kata->hints);
    grammar_release(&kata->grammar);
    strv_release(&kata->needs);
    strv_release(&kata->tags);
    strv_release(&kata->allow);
    free(kata->title);
    free(kata->notes);
    free(kata->topic);
    free(kata->slug);
    free(kata->snake);
    free(kata->variant_of);
    strv_release(&kata->more_tests);
    strv_release(&kata->more_traces);
    free(kata->dir);
    free(kata->solution_dir);
    free(kata);
}

/* Adds the files of a folder of which each name has to fit; hidden ones and the
   folder named `except` are passed over. */
static int add_files(const char *dir, const char *prefix, const char *suffix,
                     const char *except, struct strv *paths, struct err *err)
{
    struct strv names = STRV_INIT;
    int status = path_list(dir, &names, err);

    for (size_t i = 0; i < names.count && status == 0; i++) {
        const char *name = names.items[i];
        char *path = path_join(dir, name);

        if (name[0] == '.' || strcmp(name, except) == 0)
            free(path);
        else if (str_starts(name, prefix) && str_ends(name, suffix) &&
                 path_is_file(path))
            strv_take(paths, path);
        else {
            status = err_set(err, "%s: expected a file named %s*%s", path,
                             prefix, suffix);
            free(path);
        }
    }
    strv_release(&names);
    return status;
}

int kata_overlay(struct kata *kata, const char *dir, struct err *err)
{
    char *own = path_join(dir, kata->slug), *traces = path_join(own, "traces");
    int status = 0;

    if (!path_is_dir(dir))
        status = err_set(err, "%s: no such folder", dir);
    else if (path_is_dir(own))
        status =
            add_files(own, "test_", ".c", "traces", &kata->more_tests, err);
    if (status == 0 && path_is_dir(traces))
        status = add_files(traces, "", ".trace", "", &kata->more_traces, err);
    free(traces);
    free(own);
    return status;
}

static char *file_of(const char *dir, const char *before, const char *snake,
                     const char *after)
{
    return xasprintf("%s/%s%s%s", dir, before, snake, after);
}

char *kata_stub(const struct kata *kata)
{
    return file_of(kata->dir, "", kata->snake, ".c");
}

char *kata_header(const struct kata *kata)
{
    return file_of(kata->dir, "", kata->snake, ".h");
}

char *kata_tests(const struct kata *kata)
{
    return file_of(kata->dir, "test_", kata->snake, ".c");
}

char *kata_agent(const struct kata *kata)
{
    return file_of(kata->dir, "agent_", kata->snake, ".c");
}

char *kata_reference(const struct kata *kata)
{
    return file_of(kata->solution_dir, "", kata->snake, ".c");
}

static int missing(const struct layout_file *file, const char *path,
                   struct err *err)
{
    return err_set(err, "%s: no such file: %s", path, file->help);
}

int kata_check_files(const struct kata *kata, struct err *err)
{
    int status = 0;

    for (const struct layout_file *file = layout_files;
         status == 0 && file->name; file++) {
        char *path = layout_path(file, kata);

        if (file->graded && !path_is_file(path))
            status = missing(file, path, err);
        free(path);
    }
    return status;
}

void kata_format_doc(FILE *out)
{
    schema_doc(out);
}
