#include "cmd/class.h"

#include "base/alloc.h"
#include "base/path.h"
#include "cmd/saved.h"
#include "report/class.h"
#include "report/formats.h"

#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 8, SOURCE_MAX = 1 << 20 };

/* All that is read of a folder. */
struct reader {
    const char *root;
    struct saved_katas katas;
    struct class_entry *entries;
    size_t count, capacity;
    struct strv unread;
};

/* "OUT/a/anna.json" -> "a/anna"; owned. */
static char *name_of(const struct reader *reader, const char *path)
{
    const char *name = path + strlen(reader->root);

    name += strspn(name, "/");
    return xstrndup(name, strlen(name) - strlen(".json"));
}

static bool read_text(const char *path, struct class_entry *entry)
{
    struct str text = STR_INIT;
    struct err ignored = ERR_INIT;
    bool read =
        path_is_file(path) && path_read(path, SOURCE_MAX, &text, &ignored) == 0;

    if (read) {
        entry->length = text.length;
        entry->source = str_detach(&text);
    }
    str_release(&text);
    return read;
}

/* The submission: beside the result, or where a batch keeps it. */
static void read_source(const struct reader *reader, const char *path,
                        struct class_entry *entry)
{
    static const char hex[] = "0123456789abcdef";
    const char *hash = entry->grade->submission_hash;
    char *beside =
        xasprintf("%.*s.c", (int)(strlen(path) - strlen(".json")), path);
    char *kept;

    hash += str_starts(hash, "sha256:") ? strlen("sha256:") : 0;
    kept = xasprintf("%s/.kata/sources/%s.c", reader->root, hash);
    if (!read_text(beside, entry) && *hash && !hash[strspn(hash, hex)])
        read_text(kept, entry);
    free(beside);
    free(kept);
}

static void read_result(struct reader *reader, const char *path)
{
    struct grade *grade = xcalloc(1, sizeof *grade);
    struct class_entry entry = {.grade = grade};
    struct err err = ERR_INIT;
    char *name;

    if (saved_load_named(&reader->katas, path, grade, &name, &err) < 0) {
        if (!saved_is_other(path))
            strv_add(&reader->unread, err.text);
        free(grade);
        return;
    }
    entry.name = name ? name : name_of(reader, path);
    read_source(reader, path, &entry);
    reader->entries = grow(reader->entries, &reader->capacity, reader->count,
                           sizeof *reader->entries);
    reader->entries[reader->count++] = entry;
}

static int read_folder(struct reader *reader, const char *dir, int depth,
                       struct err *err)
{
    struct strv names = STRV_INIT;
    int status = path_list(dir, &names, err);

    for (size_t i = 0; i < names.count && status == 0; i++) {
        char *path = path_join(dir, names.items[i]);

        if (names.items[i][0] != '.' && path_is_dir(path) && depth < DEPTH_MAX)
            status = read_folder(reader, path, depth + 1, err);
        else if (names.items[i][0] != '.' && str_ends(names.items[i], ".json"))
            read_result(reader, path);
        free(path);
    }
    strv_release(&names);
    return status;
}

static void reader_release(struct reader *reader)
{
    for (size_t i = 0; i < reader->count; i++) {
        struct class_entry *entry = &reader->entries[i];

        grade_release((struct grade *)entry->grade);
        free((struct grade *)entry->grade);
        free((char *)entry->name);
        free((char *)entry->source);
    }
    free(reader->entries);
    strv_release(&reader->unread);
    saved_release(&reader->katas);
}

/* What is compared of one kata. */
struct compared {
    size_t *entries;
    size_t count;
    struct similar_pairs pairs;
};

/* The texts that everybody was given: the stub and the header. */
static void read_known(const struct kata *kata, struct str known[2])
{
    struct err ignored = ERR_INIT;
    char *stub, *header;

    if (!kata->dir)
        return;
    stub = kata_stub(kata);
    header = kata_header(kata);
    path_read(stub, SOURCE_MAX, &known[0], &ignored);
    path_read(header, SOURCE_MAX, &known[1], &ignored);
    free(stub);
    free(header);
}

static int compare(const struct reader *reader, const struct kata *kata,
                   const struct sandbox *sandbox, struct compared *compared,
                   struct err *err)
{
    struct similar_source *sources = xcalloc(reader->count, sizeof *sources);
    struct str texts[2] = {STR_INIT, STR_INIT};
    struct similar_source known[2];
    int status;

    compared->entries = xcalloc(reader->count, sizeof *compared->entries);
    for (size_t i = 0; i < reader->count; i++) {
        const struct class_entry *entry = &reader->entries[i];

        if (entry->grade->kata != kata || !entry->source)
            continue;
        sources[compared->count] =
            (struct similar_source){entry->source, entry->length};
        compared->entries[compared->count++] = i;
    }
    read_known(kata, texts);
    for (size_t i = 0; i < 2; i++)
        known[i] = (struct similar_source){texts[i].text, texts[i].length};
    status = similar_find(sandbox, sources, compared->count, known, 2,
                          SIMILAR_THRESHOLD, &compared->pairs, err);
    str_release(&texts[0]);
    str_release(&texts[1]);
    free(sources);
    return status;
}

static int write_text(const char *dir, const char *name, const char *text,
                      size_t length, struct err *err)
{
    char *path = path_join(dir, name);
    int status = path_write(path, text, length, 0644, err);

    free(path);
    return status;
}

static void make_page(const struct reader *reader, struct str *page)
{
    size_t n = reader->katas.count;
    struct compared *compared = xcalloc(n + 1, sizeof *compared);
    struct class_similar *similar = xcalloc(n + 1, sizeof *similar);
    struct class class = {.title = n == 1 ? reader->katas.items[0]->title
                                          : "Class report",
                          .entries = reader->entries,
                          .count = reader->count,
                          .similar = similar,
                          .similar_count = n,
                          .unread = &reader->unread};
    struct sandbox sandbox;
    struct err err = ERR_INIT;

    /* The sources are anybody's: without the jail they are not compared. */
    if (sandbox_open(&sandbox, &err) < 0)
        class.similar_note = err.text;
    for (size_t i = 0; i < n; i++) {
        if (!class.similar_note && compare(reader, reader->katas.items[i],
                                           &sandbox, &compared[i], &err) < 0)
            class.similar_note = err.text;
        similar[i] = (struct class_similar){
            reader->katas.items[i], compared[i].entries, &compared[i].pairs};
    }
    sandbox_close(&sandbox);
    class_page(&class, page);
    for (size_t i = 0; i < n; i++) {
        free(compared[i].entries);
        similar_release(&compared[i].pairs);
    }
    free(compared);
    free(similar);
}

static int write_all(const struct reader *reader, const char *to,
                     const struct report *report, const char *name,
                     struct err *err)
{
    struct report_entry *entries = xcalloc(reader->count, sizeof *entries);
    char *text = NULL;
    size_t length = 0;
    FILE *memory = open_memstream(&text, &length);
    int status = -1;

    for (size_t i = 0; i < reader->count; i++)
        entries[i] = (struct report_entry){reader->entries[i].name,
                                           reader->entries[i].grade};
    if (memory)
        status = report->write_all(entries, reader->count, memory);
    if (!memory || fclose(memory) != 0 || status < 0)
        status = err_errno(err, "the %s report", report->name);
    else
        status = write_text(to, name, text, length, err);
    free(text);
    free(entries);
    return status;
}

int class_write(const struct catalog *catalog, const char *from, const char *to,
                struct awarding *awarding, size_t *count, size_t *unread,
                struct err *err)
{
    struct reader reader = {.root = from, .katas = {.catalog = catalog}};
    struct str page = STR_INIT;
    int status = read_folder(&reader, from, 0, err);

    if (status == 0 && reader.count == 0)
        status = err_set(err, "%s: there is no result in this folder%s%s", from,
                         reader.unread.count ? "; " : "",
                         reader.unread.count ? reader.unread.items[0] : "");
    for (size_t i = 0; i < reader.count && status == 0; i++)
        status = awarding_apply(awarding, reader.entries[i].name,
                                (struct grade *)reader.entries[i].grade, err);
    if (status == 0) {
        make_page(&reader, &page);
        if (path_mkdirs(to, 0777, err) < 0 ||
            write_text(to, "class.html", page.text, page.length, err) < 0 ||
            write_all(&reader, to, &report_csv, "class.csv", err) < 0 ||
            write_all(&reader, to, &report_junit, "class.xml", err) < 0 ||
            write_all(&reader, to, &report_jsonl, "class.jsonl", err) < 0)
            status = -1;
    }
    *count = reader.count;
    *unread = reader.unread.count;
    str_release(&page);
    reader_release(&reader);
    return status;
}
