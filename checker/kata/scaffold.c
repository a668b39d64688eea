#include "kata/scaffold.h"

#include "base/alloc.h"
#include "base/path.h"
#include "base/str.h"
#include "base/suggest.h"
#include "kata/catalog.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_BYTES_MAX = 1 << 20 };

/*
 * SNAKE.h would hide a header of the system or of the agent, or SNAKE cannot
 * be the tag of a structure.
 */
static const char *const reserved[] = {
    "agent",       "alignas", "alignof",  "assert",    "auto",     "break",
    "case",        "channel", "char",     "complex",   "const",    "continue",
    "ctype",       "default", "do",       "double",    "else",     "enum",
    "errno",       "extern",  "fcntl",    "fenv",      "float",    "for",
    "goto",        "heap",    "if",       "inline",    "int",      "inttypes",
    "iso646",      "limits",  "locale",   "long",      "malloc",   "math",
    "memcheck",    "memory",  "pthread",  "register",  "replay",   "restrict",
    "return",      "sched",   "search",   "semaphore", "setjmp",   "short",
    "signal",      "signed",  "sizeof",   "static",    "stdalign", "stdarg",
    "stdatomic",   "stdbool", "stddef",   "stdint",    "stdio",    "stdlib",
    "stdnoreturn", "string",  "strings",  "struct",    "switch",   "tgmath",
    "threads",     "time",    "typedef",  "uchar",     "union",    "unistd",
    "unsigned",    "void",    "volatile", "wchar",     "wctype",   "while",
    NULL};

struct names {
    char *slug, *snake, *upper, *title;
};

static struct names make_names(const char *slug)
{
    struct names names = {.slug = xstrdup(slug),
                          .snake = kata_snake(slug),
                          .upper = kata_snake(slug),
                          .title = xstrdup(slug)};

    for (char *c = names.upper; *c; c++)
        *c = (char)toupper((unsigned char)*c);
    for (char *c = names.title; *c; c++)
        if (*c == '-')
            *c = ' ';
    names.title[0] = (char)toupper((unsigned char)names.title[0]);
    return names;
}

static void names_release(struct names *names)
{
    free(names->slug);
    free(names->snake);
    free(names->upper);
    free(names->title);
}

/* A template's text, or a file's name, with the kata's names put in. */
static void fill(struct str *out, const char *text, const struct names *names)
{
    const struct {
        const char *word, *with;
    } words[] = {{"SNAKE", names->snake},
                 {"UPPER", names->upper},
                 {"TITLE", names->title},
                 {"SLUG", names->slug}};
    const size_t count = sizeof words / sizeof *words;

    while (*text) {
        size_t i = 0;

        while (i < count && !str_starts(text, words[i].word))
            i++;
        if (i < count) {
            str_add(out, words[i].with);
            text += strlen(words[i].word);
        } else {
            str_addc(out, *text++);
        }
    }
}

static int copy_file(const char *from, const char *to,
                     const struct names *names, struct err *err)
{
    struct str text = STR_INIT, filled = STR_INIT;
    int status = path_read(from, FILE_BYTES_MAX, &text, err);

    if (status == 0) {
        fill(&filled, text.text, names);
        status = path_write(to, filled.text, filled.length, 0666, err);
    }
    str_release(&text);
    str_release(&filled);
    return status;
}

static int copy_tree(const char *from, const char *to,
                     const struct names *names, struct err *err)
{
    struct strv list = STRV_INIT;
    int status = path_list(from, &list, err);

    if (status == 0)
        status = path_mkdirs(to, 0777, err);
    for (size_t i = 0; status == 0 && i < list.count; i++) {
        struct str name = STR_INIT;
        char *source = path_join(from, list.items[i]), *target;

        fill(&name, list.items[i], names);
        target = path_join(to, name.text);
        status = path_is_dir(source) ? copy_tree(source, target, names, err)
                                     : copy_file(source, target, names, err);
        str_release(&name);
        free(source);
        free(target);
    }
    strv_release(&list);
    return status;
}

static int check_topic(const char *topic, struct err *err)
{
    struct suggest suggest = SUGGEST_INIT(topic);
    struct str names = STR_INIT;

    for (size_t i = 0; catalog_topics[i]; i++) {
        if (strcmp(catalog_topics[i], topic) == 0) {
            str_release(&names);
            return 0;
        }
        suggest_offer(&suggest, catalog_topics[i]);
        str_addf(&names, "%s%s", i ? ", " : "", catalog_topics[i]);
    }
    if (suggest.best)
        err_set(err, "there is no topic '%.100s'; did you mean '%s'?", topic,
                suggest.best);
    else
        err_set(err, "there is no topic '%.100s'; they are %s", topic,
                names.text);
    str_release(&names);
    return -1;
}

static bool is_reserved(const char *slug)
{
    char *snake = kata_snake(slug);
    bool found = false;

    for (size_t i = 0; !found && reserved[i]; i++)
        found = strcmp(reserved[i], snake) == 0;
    free(snake);
    return found;
}

static int check_free(const char *root, const char *slug, struct err *err)
{
    struct catalog catalog;
    int status = catalog_open(root, &catalog, err);

    if (status < 0)
        return -1;
    for (size_t i = 0; status == 0 && i < catalog.count; i++)
        if (strcmp(catalog.entries[i].slug, slug) == 0)
            status = err_set(err, "there is a kata '%s' already, in %s", slug,
                             catalog.entries[i].topic);
    catalog_release(&catalog);
    return status;
}

int scaffold_check(const char *root, const char *topic, const char *slug,
                   struct err *err)
{
    if (check_topic(topic, err) < 0)
        return -1;
    if (!kata_is_slug(slug))
        return err_set(err,
                       "'%.100s' is no slug: small letters and digits, '-' "
                       "between words, at most 48 in all",
                       slug);
    if (is_reserved(slug))
        return err_set(err, "'%s' is a name of C or of a header", slug);
    return check_free(root, slug, err);
}

/* One of the two folders of a kata: filled beside its place, then renamed. */
struct half {
    char *template, *topic, *made, *place;
    bool had_topic; /* the topic's folder was there before */
};

static struct half half_open(const char *root, const char *tree,
                             const char *topic, const char *slug)
{
    struct half half = {
        .template = xasprintf("%s/checker/kata/template/%s", root, tree),
        .topic = xasprintf("%s/%s/%s", root, tree, topic),
        .made = xasprintf("%s/%s/%s/.new-%s", root, tree, topic, slug),
        .place = xasprintf("%s/%s/%s/%s", root, tree, topic, slug),
    };

    half.had_topic = path_is_dir(half.topic);
    return half;
}

static int half_fill(const struct half *half, const struct names *names,
                     struct err *err)
{
    if (access(half->place, F_OK) == 0)
        return err_set(err, "%s is there already", half->place);
    /* What an interrupted run left behind. */
    if (path_remove(half->made, err) < 0)
        return -1;
    return copy_tree(half->template, half->made, names, err);
}

static int half_place(const struct half *half, struct err *err)
{
    if (rename(half->made, half->place) < 0)
        return err_errno(err, "%s", half->place);
    return 0;
}

static void half_undo(const struct half *half)
{
    path_remove(half->made, NULL);
    if (!half->had_topic)
        rmdir(half->topic);
}

static void half_release(struct half *half)
{
    free(half->template);
    free(half->topic);
    free(half->made);
    free(half->place);
}

static int place_both(const struct half *kata, const struct half *solution,
                      struct err *err)
{
    if (half_place(solution, err) < 0)
        return -1;
    if (half_place(kata, err) < 0) {
        path_remove(solution->place, NULL);
        return -1;
    }
    return 0;
}

int scaffold_kata(const char *root, const char *topic, const char *slug,
                  struct err *err)
{
    struct half kata, solution;
    struct names names;
    int status = scaffold_check(root, topic, slug, err);

    if (status < 0)
        return -1;
    names = make_names(slug);
    kata = half_open(root, "katas", topic, slug);
    solution = half_open(root, "solutions", topic, slug);
    if (half_fill(&kata, &names, err) < 0 ||
        half_fill(&solution, &names, err) < 0 ||
        place_both(&kata, &solution, err) < 0) {
        half_undo(&kata);
        half_undo(&solution);
        status = -1;
    }
    half_release(&kata);
    half_release(&solution);
    names_release(&names);
    return status;
}
