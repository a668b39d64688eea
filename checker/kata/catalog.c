#include "kata/catalog.h"

#include "base/alloc.h"
#include "base/path.h"
#include "base/str.h"
#include "base/suggest.h"

#include <stdlib.h>
#include <string.h>

const char *const catalog_topics[] = {"memory",      "objects",    "functions",
                                      "errors",      "containers", "algorithms",
                                      "concurrency", "async",      "patterns",
                                      "systems",     NULL};

static bool has_katas(const char *dir)
{
    char *path = path_join(dir, "katas");
    bool there = path_is_dir(path);

    free(path);
    return there;
}

/* The nearest folder at or above `dir` that has katas/, or NULL; frees `dir`
   where it is not that. */
static char *search_upwards(char *dir)
{
    for (;;) {
        char *above;

        if (has_katas(dir))
            return dir;
        above = path_dirname(dir);
        if (strcmp(above, dir) == 0) {
            free(above);
            free(dir);
            return NULL;
        }
        free(dir);
        dir = above;
    }
}

/* PREFIX/share/kata of a program in PREFIX/bin, or NULL. */
static char *installed(const char *program)
{
    char *bin = path_dirname(program), *prefix = path_dirname(bin);
    char *share = path_join(prefix, "share/kata");
    bool there = strcmp(path_base(bin), "bin") == 0 && has_katas(share);

    free(bin);
    free(prefix);
    if (there)
        return share;
    free(share);
    return NULL;
}

char *catalog_root(struct err *err)
{
    const char *wanted = getenv("KATA_ROOT");
    char *program, *root;

    if (wanted && *wanted) {
        if (has_katas(wanted))
            return path_real(wanted);
        err_set(err,
                "there is no folder katas/ in %s, to which KATA_ROOT is "
                "set",
                wanted);
        return NULL;
    }
    program = path_real("/proc/self/exe");
    if (!program) {
        err_set(err, "cannot tell where this program is; set KATA_ROOT to "
                     "the folder that has katas/");
        return NULL;
    }
    root = installed(program);
    if (!root)
        root = search_upwards(path_dirname(program));
    if (!root)
        err_set(err,
                "found no katas near %s; set KATA_ROOT to the folder "
                "that has katas/",
                program);
    free(program);
    return root;
}

static bool is_topic(const char *name)
{
    for (size_t i = 0; catalog_topics[i]; i++)
        if (strcmp(catalog_topics[i], name) == 0)
            return true;
    return false;
}

static char *topic_dir(const char *root, const char *topic)
{
    return xasprintf("%s/katas/%s", root, topic);
}

static const struct catalog_entry *find(const struct catalog *catalog,
                                        const char *slug)
{
    for (size_t i = 0; i < catalog->count; i++)
        if (strcmp(catalog->entries[i].slug, slug) == 0)
            return &catalog->entries[i];
    return NULL;
}

static void add(struct catalog *catalog, size_t *capacity, const char *topic,
                const char *slug)
{
    const struct catalog_entry *other = find(catalog, slug);
    struct catalog_entry entry = {.topic = xstrdup(topic),
                                  .slug = xstrdup(slug)};

    if (!is_topic(topic))
        entry.error = xasprintf("%s/katas/%s: there is no such topic",
                                catalog->root, topic);
    else if (other)
        entry.error = xasprintf("%s/katas/%s/%s: the slug is taken by a kata "
                                "in %s",
                                catalog->root, topic, slug, other->topic);
    catalog->entries =
        grow(catalog->entries, capacity, catalog->count, sizeof entry);
    catalog->entries[catalog->count++] = entry;
}

static int add_topic(struct catalog *catalog, size_t *capacity,
                     const char *topic, struct err *err)
{
    char *dir = topic_dir(catalog->root, topic);
    struct strv slugs = STRV_INIT;
    int status = path_is_dir(dir) ? path_list(dir, &slugs, err) : 0;

    for (size_t i = 0; i < slugs.count; i++) {
        char *path = path_join(dir, slugs.items[i]);

        if (slugs.items[i][0] != '.' && path_is_dir(path))
            add(catalog, capacity, topic, slugs.items[i]);
        free(path);
    }
    strv_release(&slugs);
    free(dir);
    return status;
}

/* Folders beside the topics: shown as broken, so that a misspelt one is not
   silently left out. */
static int add_strangers(struct catalog *catalog, size_t *capacity,
                         struct err *err)
{
    char *dir = path_join(catalog->root, "katas");
    struct strv topics = STRV_INIT;
    int status = path_list(dir, &topics, err);

    for (size_t i = 0; status == 0 && i < topics.count; i++)
        if (topics.items[i][0] != '.' && !is_topic(topics.items[i]))
            status = add_topic(catalog, capacity, topics.items[i], err);
    strv_release(&topics);
    free(dir);
    return status;
}

int catalog_open(const char *root, struct catalog *catalog, struct err *err)
{
    size_t capacity = 0;
    int status = 0;

    *catalog = (struct catalog){.root = xstrdup(root)};
    for (size_t i = 0; status == 0 && catalog_topics[i]; i++)
        status = add_topic(catalog, &capacity, catalog_topics[i], err);
    if (status == 0)
        status = add_strangers(catalog, &capacity, err);
    if (status < 0)
        catalog_release(catalog);
    return status;
}

static int load(const struct catalog *catalog,
                const struct catalog_entry *entry, struct kata **kata,
                struct err *err)
{
    if (entry->error)
        return err_set(err, "%s", entry->error);
    return kata_load(catalog->root, entry->topic, entry->slug, kata, err);
}

void catalog_load_all(struct catalog *catalog)
{
    for (size_t i = 0; i < catalog->count; i++) {
        struct catalog_entry *entry = &catalog->entries[i];
        struct err err = ERR_INIT;

        if (!entry->kata && !entry->error &&
            load(catalog, entry, &entry->kata, &err) < 0)
            entry->error = xstrdup(err.text);
    }
}

/* By "SLUG" or "TOPIC/SLUG". */
static const struct catalog_entry *lookup(const struct catalog *catalog,
                                          const char *name)
{
    const char *slash = strchr(name, '/');

    if (!slash)
        return find(catalog, name);
    for (size_t i = 0; i < catalog->count; i++) {
        const struct catalog_entry *entry = &catalog->entries[i];

        if (strlen(entry->topic) == (size_t)(slash - name) &&
            str_starts(name, entry->topic) &&
            strcmp(entry->slug, slash + 1) == 0)
            return entry;
    }
    return NULL;
}

bool catalog_has(const struct catalog *catalog, const char *slug)
{
    return lookup(catalog, slug) != NULL;
}

static int unknown(const struct catalog *catalog, const char *slug,
                   struct err *err)
{
    const char *slash = strchr(slug, '/');
    struct suggest suggest = SUGGEST_INIT(slash ? slash + 1 : slug);
    struct str typed = STR_INIT;

    for (size_t i = 0; i < catalog->count; i++)
        suggest_offer(&suggest, catalog->entries[i].slug);
    str_add_visible(&typed, slug, strlen(slug), 100, false);
    if (suggest.best)
        err_set(err, "there is no kata '%s'; did you mean '%s'?", typed.text,
                suggest.best);
    else
        err_set(err, "there is no kata '%s'; `kata list` shows them",
                typed.text);
    str_release(&typed);
    return -1;
}

static char *variants_dir(const struct catalog *catalog,
                          const struct catalog_entry *entry)
{
    return xasprintf("%s/katas/%s/%s/variants", catalog->root, entry->topic,
                     entry->slug);
}

int catalog_variants(const struct catalog *catalog, const char *slug,
                     struct strv *variants, struct err *err)
{
    const struct catalog_entry *entry = lookup(catalog, slug);
    struct strv names = STRV_INIT;
    char *dir;
    int status;

    if (!entry)
        return unknown(catalog, slug, err);
    dir = variants_dir(catalog, entry);
    status = path_is_dir(dir) ? path_list(dir, &names, err) : 0;
    for (size_t i = 0; i < names.count; i++) {
        char *path = path_join(dir, names.items[i]);

        if (names.items[i][0] != '.' && path_is_dir(path))
            strv_addf(variants, "%s+%s", entry->slug, names.items[i]);
        free(path);
    }
    strv_release(&names);
    free(dir);
    return status;
}

static int unknown_variant(const struct catalog *catalog,
                           const struct catalog_entry *entry, const char *name,
                           struct err *err)
{
    struct strv variants = STRV_INIT;
    char *wanted = xasprintf("%s+%s", entry->slug, name);
    struct suggest suggest = SUGGEST_INIT(wanted);
    struct str typed = STR_INIT;

    str_add_visible(&typed, wanted, strlen(wanted), 100, false);
    catalog_variants(catalog, entry->slug, &variants, NULL);
    for (size_t i = 0; i < variants.count; i++)
        suggest_offer(&suggest, variants.items[i]);
    if (suggest.best)
        err_set(err, "there is no variant '%s'; did you mean '%s'?", typed.text,
                suggest.best);
    else
        err_set(err, "there is no variant '%s'; %s has %zu", typed.text,
                entry->slug, variants.count);
    strv_release(&variants);
    free(wanted);
    str_release(&typed);
    return -1;
}

static int load_variant(const struct catalog *catalog, const char *slug,
                        struct kata **kata, struct err *err)
{
    const char *plus = strchr(slug, '+');
    char *name = xstrndup(slug, (size_t)(plus - slug)), *dir, *path, *full;
    const struct catalog_entry *entry = lookup(catalog, name);
    int status;

    if (!entry) {
        status = unknown(catalog, name, err);
        free(name);
        return status;
    }
    free(name);
    dir = variants_dir(catalog, entry);
    path = path_join(dir, plus + 1);
    full = xasprintf("%s%s", entry->slug, plus);
    status = kata_is_slug(plus + 1) && path_is_dir(path)
                 ? kata_load(catalog->root, entry->topic, full, kata, err)
                 : unknown_variant(catalog, entry, plus + 1, err);
    free(full);
    free(path);
    free(dir);
    return status;
}

int catalog_load(const struct catalog *catalog, const char *slug,
                 struct kata **kata, struct err *err)
{
    const struct catalog_entry *entry;

    if (strchr(slug, '+'))
        return load_variant(catalog, slug, kata, err);
    entry = lookup(catalog, slug);
    if (!entry)
        return unknown(catalog, slug, err);
    return load(catalog, entry, kata, err);
}

void catalog_release(struct catalog *catalog)
{
    for (size_t i = 0; i < catalog->count; i++) {
        free(catalog->entries[i].topic);
        free(catalog->entries[i].slug);
        kata_free(catalog->entries[i].kata);
        free(catalog->entries[i].error);
    }
    free(catalog->entries);
    free(catalog->root);
    *catalog = (struct catalog){.root = NULL};
}
