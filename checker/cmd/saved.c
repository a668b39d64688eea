#include "cmd/saved.h"

#include "base/alloc.h"
#include "base/path.h"

#include <stdlib.h>
#include <string.h>

enum { RESULT_MAX = 64 << 20, SLUG_MAX = 100 };

/* The JSON document in a file; NULL on error. */
static json_t *load(const char *path, struct err *err)
{
    struct str text = STR_INIT;
    json_error_t where;
    json_t *json = NULL;

    if (path_read(path, RESULT_MAX, &text, err) == 0) {
        json =
            json_loadb(text.text, text.length, JSON_REJECT_DUPLICATES, &where);
        if (!json)
            err_set(err, "%s: line %d: %s", path, where.line, where.text);
    }
    str_release(&text);
    return json;
}

/* A slug, or that of a variant: what may stand in any report as it is. */
static bool is_slug(const char *text)
{
    return *text && strlen(text) <= SLUG_MAX &&
           !text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-+")];
}

static struct kata *name_only(const char *slug)
{
    struct kata *kata = xcalloc(1, sizeof *kata);

    kata->slug = xstrdup(slug);
    kata->title = xstrdup(slug);
    kata->snake = kata_snake(slug);
    return kata;
}

static const struct kata *find(struct saved_katas *katas, const char *slug)
{
    struct err ignored = ERR_INIT;
    struct kata *kata;

    for (size_t i = 0; i < katas->count; i++)
        if (strcmp(katas->items[i]->slug, slug) == 0)
            return katas->items[i];
    if (!catalog_has(katas->catalog, slug) ||
        catalog_load(katas->catalog, slug, &kata, &ignored) < 0)
        kata = name_only(slug);
    katas->items = grow(katas->items, &katas->capacity, katas->count,
                        sizeof *katas->items);
    katas->items[katas->count++] = kata;
    return kata;
}

bool saved_is_other(const char *path)
{
    struct err ignored = ERR_INIT;
    json_t *json = load(path, &ignored);
    bool other = json && !grade_json_slug(json);

    json_decref(json);
    return other;
}

int saved_load_named(struct saved_katas *katas, const char *path,
                     struct grade *grade, char **name, struct err *err)
{
    json_t *json = load(path, err), *student;
    const char *slug;
    int status;

    *name = NULL;
    if (!json)
        return -1;
    slug = grade_json_slug(json);
    if (!slug || !is_slug(slug)) {
        status = err_set(err, "%s: this is no kata-result/1 object", path);
    } else {
        status = grade_from_json(json, find(katas, slug), grade, err);
        student = json_object_get(json, "student");
        student = student ? student : json_object_get(json, "name");
        if (status < 0)
            err_context(err, "%s", path);
        else if (json_is_string(student))
            *name = xstrdup(json_string_value(student));
    }
    json_decref(json);
    return status;
}

int saved_load(struct saved_katas *katas, const char *path, struct grade *grade,
               struct err *err)
{
    char *name;
    int status = saved_load_named(katas, path, grade, &name, err);

    free(name);
    return status;
}

void saved_release(struct saved_katas *katas)
{
    for (size_t i = 0; i < katas->count; i++)
        kata_free(katas->items[i]);
    free(katas->items);
    katas->items = NULL;
    katas->count = katas->capacity = 0;
}
