#include "judge/mutation.h"

#include "base/alloc.h"
#include "base/hash.h"
#include "base/path.h"
#include "exec/proc.h"

#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static int add_mutation(struct mutations *mutations, const char *line,
                        struct err *err)
{
    json_t *json = json_loads(line, 0, NULL);
    json_int_t number, offset, length;
    const char *text, *what;
    struct mutation *mutation;

    if (json_unpack(json, "{s:I, s:I, s:I, s:s, s:s}", "line", &number,
                    "offset", &offset, "length", &length, "text", &text, "what",
                    &what) < 0 ||
        offset < 0 || length < 0 || (size_t)offset > mutations->source.length ||
        (size_t)length > mutations->source.length - (size_t)offset) {
        json_decref(json);
        return err_set(err, "kata-mutate said: %.200s", line);
    }
    mutations->items = grow(mutations->items, &mutations->capacity,
                            mutations->count, sizeof *mutations->items);
    mutation = &mutations->items[mutations->count++];
    *mutation = (struct mutation){.line = (int)number,
                                  .offset = (size_t)offset,
                                  .length = (size_t)length,
                                  .text = xstrdup(text),
                                  .what = xstrdup(what)};
    json_decref(json);
    return 0;
}

static int run_mutate(const struct kata *kata, const char *program,
                      const char *file, struct strv *lines, struct err *err)
{
    struct strv argv = STRV_INIT;
    struct proc_spec spec = {.seconds = 60, .output_max = 64 << 20};
    struct proc_result result;
    int status;

    strv_add_all(&argv, program, file, "-std=c17", "-D_GNU_SOURCE",
                 (char *)NULL);
    strv_addf(&argv, "-I%s", kata->dir);
    spec.argv = argv.items;
    status = proc_run(&spec, &result, err);
    if (status == 0 && (result.end != PROC_EXITED || result.code != 0))
        status = err_set(err, "%.600s", result.err.text);
    if (status == 0)
        strv_add_lines(lines, result.out.text);
    proc_result_release(&result);
    strv_release(&argv);
    return status;
}

int mutations_find(const struct kata *kata, const char *program,
                   struct mutations *mutations, struct err *err)
{
    char *file = kata_reference(kata);
    struct strv lines = STRV_INIT;
    int status;

    *mutations = (struct mutations){.source = STR_INIT};
    status = path_read(file, 1 << 20, &mutations->source, err);
    if (status == 0)
        status = run_mutate(kata, program, file, &lines, err);
    for (size_t i = 0; i < lines.count && status == 0; i++)
        status = add_mutation(mutations, lines.items[i], err);
    strv_release(&lines);
    free(file);
    if (status < 0)
        mutations_release(mutations);
    return status;
}

void mutations_release(struct mutations *mutations)
{
    for (size_t i = 0; i < mutations->count; i++) {
        free(mutations->items[i].text);
        free(mutations->items[i].what);
    }
    free(mutations->items);
    str_release(&mutations->source);
    *mutations = (struct mutations){.source = STR_INIT};
}

void mutation_apply(const struct mutations *mutations,
                    const struct mutation *mutation, struct str *source)
{
    size_t after = mutation->offset + mutation->length;

    str_addn(source, mutations->source.text, mutation->offset);
    str_add(source, mutation->text);
    str_addn(source, mutations->source.text + after,
             mutations->source.length - after);
}

/* The lines of text[start, end) with the space at their ends taken away. */
static char *trimmed(const char *text, size_t start, size_t end)
{
    struct strv lines = STRV_INIT;
    struct str result = STR_INIT;
    char *copy = xstrndup(text + start, end - start);

    strv_add_lines(&lines, copy);
    for (size_t i = 0; i < lines.count; i++) {
        const char *line = lines.items[i];
        size_t n;

        line += strspn(line, " \t");
        n = strlen(line);
        while (n > 0 && isspace((unsigned char)line[n - 1]))
            n--;
        if (n > 0 && result.length)
            str_addc(&result, '\n');
        str_addn(&result, line, n);
    }
    strv_release(&lines);
    free(copy);
    return str_detach(&result);
}

void mutation_lines(const struct mutations *mutations,
                    const struct mutation *mutation, char **before,
                    char **after)
{
    const char *text = mutations->source.text;
    size_t start = mutation->offset, end = start + mutation->length;
    struct str mutated = STR_INIT;

    while (start > 0 && text[start - 1] != '\n')
        start--;
    while (end < mutations->source.length && text[end] != '\n')
        end++;
    *before = trimmed(text, start, end);
    str_addn(&mutated, text + start, mutation->offset - start);
    str_add(&mutated, mutation->text);
    str_addn(&mutated, text + mutation->offset + mutation->length,
             end - mutation->offset - mutation->length);
    *after = trimmed(mutated.text, 0, mutated.length);
    str_release(&mutated);
}

/* Equivalent ones */

static const char because[] = "Because: ", by_chance[] = "By chance: ";

static void join(char **text, const char *line)
{
    char *joined;

    line += strspn(line, " \t");
    joined = *text ? xasprintf("%s\n%s", *text, line) : xstrdup(line);
    free(*text);
    *text = joined;
}

static void take_chance(struct equivalent *entry, const char *reason)
{
    entry->by_chance = true;
    join(&entry->reason, reason);
}

static int end_entry(struct equivalents *list, struct equivalent *entry,
                     const char *path, int line, struct err *err)
{
    if (!entry->before && !entry->after && !entry->reason)
        return 0;
    list->items =
        grow(list->items, &list->capacity, list->count, sizeof *list->items);
    if (!entry->before || !entry->after || !entry->reason)
        return err_set(err,
                       "%s:%d: expected lines '- ...', '+ ...' and "
                       "'Because: ...' or 'By chance: ...'",
                       path, line);
    list->items[list->count++] = *entry;
    *entry = (struct equivalent){.before = NULL};
    return 0;
}

static void equivalent_release(struct equivalent *entry)
{
    free(entry->before);
    free(entry->after);
    free(entry->reason);
}

static int parse_lines(const struct strv *lines, const char *path,
                       struct equivalents *list, struct equivalent *entry,
                       struct err *err)
{
    for (size_t i = 0; i < lines->count; i++) {
        const char *line = lines->items[i];

        if (str_starts(line, "- "))
            join(&entry->before, line + 2);
        else if (str_starts(line, "+ "))
            join(&entry->after, line + 2);
        else if (str_starts(line, because))
            join(&entry->reason, line + strlen(because));
        else if (str_starts(line, by_chance))
            take_chance(entry, line + strlen(by_chance));
        else if (*line && entry->reason)
            join(&entry->reason, line);
        else if (*line)
            return err_set(err, "%s:%zu: not understood: %s", path, i + 1,
                           line);
        else if (end_entry(list, entry, path, (int)i, err) < 0)
            return -1;
    }
    return end_entry(list, entry, path, (int)lines->count, err);
}

static int parse_equivalents(const struct strv *lines, const char *path,
                             struct equivalents *list, struct err *err)
{
    struct equivalent entry = {.before = NULL};
    int status = parse_lines(lines, path, list, &entry, err);

    equivalent_release(&entry);
    return status;
}

int equivalents_load(const struct kata *kata, struct equivalents *list,
                     struct err *err)
{
    char *path = path_join(kata->solution_dir, "mutants/equivalent.txt");
    struct strv lines = STRV_INIT;
    struct str text = STR_INIT;
    int status = 0;

    *list = (struct equivalents){.items = NULL};
    if (path_is_file(path)) {
        status = path_read(path, 1 << 20, &text, err);
        strv_add_lines(&lines, text.text);
        if (status == 0)
            status = parse_equivalents(&lines, path, list, err);
    }
    str_release(&text);
    strv_release(&lines);
    free(path);
    if (status < 0)
        equivalents_release(list);
    return status;
}

void equivalents_release(struct equivalents *list)
{
    for (size_t i = 0; i < list->count; i++)
        equivalent_release(&list->items[i]);
    free(list->items);
    *list = (struct equivalents){.items = NULL};
}

struct equivalent *equivalents_find(struct equivalents *list,
                                    const char *before, const char *after)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i].before, before) == 0 &&
            strcmp(list->items[i].after, after) == 0)
            return &list->items[i];
    return NULL;
}

bool mutation_machine_code(const struct kata *kata, const struct str *source,
                           char hash_out[HASH_TEXT_SIZE])
{
    struct strv argv = STRV_INIT;
    struct proc_spec spec = {.input = source->text,
                             .input_length = source->length,
                             .seconds = 60,
                             .output_max = 64 << 20};
    struct proc_result result;
    struct hash hash;
    bool compiled;

    strv_add_all(&argv, "gcc", "-std=c17", "-D_GNU_SOURCE", "-O2", "-g0", "-w",
                 "-pthread", "-S", "-o", "-", "-x", "c", (char *)NULL);
    strv_addf(&argv, "-I%s", kata->dir);
    strv_add(&argv, "-");
    spec.argv = argv.items;
    compiled = proc_run(&spec, &result, NULL) == 0 &&
               result.end == PROC_EXITED && result.code == 0;
    if (compiled) {
        hash_init(&hash);
        hash_add(&hash, result.out.text, result.out.length);
        hash_text(&hash, hash_out);
    }
    proc_result_release(&result);
    strv_release(&argv);
    return compiled;
}
