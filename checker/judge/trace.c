#include "judge/trace.h"

#include "base/alloc.h"
#include "base/path.h"
#include "base/str.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_BYTES_MAX = 16 << 20 };

/* Files */

static int add_line(const char *path, size_t number, const char *text, size_t n,
                    struct strv *lines, struct err *err)
{
    while (n > 0 && strchr(" \t\r", *text)) {
        text++;
        n--;
    }
    while (n > 0 && strchr(" \t\r", text[n - 1]))
        n--;
    if (n == 0 || *text == '#')
        return 0;
    if (*text == '@')
        return err_set(err, "%s:%zu: a trace cannot hold directives ('@')",
                       path, number);
    if (n > TRACE_LINE_BYTES_MAX)
        return err_set(err, "%s:%zu: line over %d bytes", path, number,
                       TRACE_LINE_BYTES_MAX);
    if (lines->count == TRACE_LINES_MAX)
        return err_set(err, "%s: more than %d lines", path, TRACE_LINES_MAX);
    strv_take(lines, xstrndup(text, n));
    return 0;
}

int trace_read(const char *path, struct strv *lines, struct err *err)
{
    struct str text = STR_INIT;
    int status = path_read(path, FILE_BYTES_MAX, &text, err);
    const char *at = text.text;

    if (status == 0 && memchr(text.text, '\0', text.length))
        status = err_set(err, "%s: holds NUL bytes, so it is no trace", path);
    for (size_t number = 1; status == 0 && *at; number++) {
        size_t n = strcspn(at, "\n");

        status = add_line(path, number, at, n, lines, err);
        at += n + (at[n] == '\n');
    }
    str_release(&text);
    return status;
}

int trace_write(const char *path, const struct strv *lines, const char *comment,
                struct err *err)
{
    struct strv comments = STRV_INIT;
    struct str text = STR_INIT;
    int status;

    strv_add_lines(&comments, comment ? comment : "");
    for (size_t i = 0; i < comments.count; i++)
        str_addf(&text, "#%s%s\n", *comments.items[i] ? " " : "",
                 comments.items[i]);
    for (size_t i = 0; i < lines->count; i++)
        str_addf(&text, "%s\n", lines->items[i]);
    status = path_write(path, text.text, text.length, 0644, err);
    str_release(&text);
    strv_release(&comments);
    return status;
}

/* Words */

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    const char *at = c ? strchr(digits, c) : NULL;
    int value = at ? (int)(at - digits) : -1;

    return value > 15 ? value - 6 : value;
}

/* Adds what the escape after a backslash stands for; its length, or 0 where
   there is none such. */
static size_t add_escape(struct str *word, const char *s)
{
    static const char names[] = "nt\"\\", values[] = "\n\t\"\\";
    const char *at = *s ? strchr(names, *s) : NULL;
    int byte;

    if (at) {
        str_addc(word, values[at - names]);
        return 1;
    }
    if (*s != 'x' || hex_digit(s[1]) < 0 || hex_digit(s[2]) < 0)
        return 0;
    byte = hex_digit(s[1]) * 16 + hex_digit(s[2]);
    str_addc(word, (char)byte);
    return byte ? 3 : 0;
}

/* Adds the quoted word that begins after the quote at `s`; what follows it, or
   NULL. */
static const char *add_quoted(struct str *word, const char *s)
{
    while (*s && *s != '"') {
        size_t n = 1;

        if (*s == '\\')
            n = add_escape(word, ++s);
        else
            str_addc(word, *s);
        if (n == 0)
            return NULL;
        s += n;
    }
    return *s == '"' && (s[1] == '\0' || s[1] == ' ') ? s + 1 : NULL;
}

bool trace_split(const char *text, struct strv *words)
{
    const char *s = text + strspn(text, " ");

    while (s && *s) {
        struct str word = STR_INIT;
        size_t n = strcspn(s, " ");

        if (*s == '"') {
            s = add_quoted(&word, s + 1);
        } else {
            str_addn(&word, s, n);
            s += n;
        }
        strv_take(words, str_detach(&word));
        if (s)
            s += strspn(s, " ");
    }
    return s && words->count > 0;
}

/* Matching */

static bool read_int(const char *word, int64_t *number)
{
    const char *digits = word + (*word == '-');

    if (!*digits || digits[strspn(digits, "0123456789")])
        return false;
    errno = 0;
    *number = strtoll(word, NULL, 10);
    return errno == 0;
}

static bool has_int(const struct value_spec *spec, int64_t number)
{
    if (spec->type == VALUE_RANGE)
        return number >= spec->low && number <= spec->high;
    for (size_t i = 0; i < spec->int_count; i++)
        if (spec->ints[i] == number)
            return true;
    return false;
}

static bool has_choice(const struct value_spec *spec, const char *word)
{
    for (size_t i = 0; i < spec->choice_count; i++)
        if (strcmp(spec->choices[i], word) == 0)
            return true;
    return false;
}

static bool has_string(const struct value_spec *spec, const char *word)
{
    size_t length = strlen(word);

    return !word[strspn(word, spec->alphabet)] &&
           (int64_t)length >= spec->low && (int64_t)length <= spec->high;
}

/* Is `word` of the spec's type, and where `strict` one of its values? For all
   but lists and mixes. */
static bool fits_plain(const struct value_spec *spec, const char *word,
                       bool strict)
{
    int64_t number;

    switch (spec->type) {
    case VALUE_RANGE:
    case VALUE_INTS:
        return read_int(word, &number) && (!strict || has_int(spec, number));
    case VALUE_HANDLE:
        return read_int(word, &number) && *word != '-';
    case VALUE_STRING:
        return !strict || has_string(spec, word);
    case VALUE_CHOICE:
        return !strict || has_choice(spec, word);
    case VALUE_LIST:
    case VALUE_MIX:
        break;
    }
    return false;
}

/* The spec that the word is a value of: `spec` or a part of the mix. */
static const struct value_spec *find_spec(const struct value_spec *spec,
                                          const char *word, bool strict)
{
    if (spec->type == VALUE_LIST)
        return find_spec(spec->of, word, strict);
    if (spec->type != VALUE_MIX)
        return fits_plain(spec, word, strict) ? spec : NULL;
    for (size_t i = 0; i < spec->mix_count; i++)
        if (fits_plain(&spec->mix[i], word, true))
            return &spec->mix[i];
    for (size_t i = 0; i < spec->mix_count && !strict; i++)
        if (fits_plain(&spec->mix[i], word, false))
            return &spec->mix[i];
    return NULL;
}

bool trace_fits(const struct value_spec *spec, const char *word)
{
    return find_spec(spec, word, true) != NULL;
}

/* A list is always the last word of its line. */
static const struct value_spec *list_of(const struct grammar_line *line)
{
    const struct value_spec *last = line->words[line->count - 1].value;

    return last && last->type == VALUE_LIST ? last : NULL;
}

static bool fits_line(const struct grammar_line *line, struct trace_call *call,
                      bool strict)
{
    const struct value_spec *list = list_of(line);
    size_t fixed = line->count - (list != NULL), count = call->words.count;

    if (list ? count < fixed : count != fixed)
        return false;
    if (list && strict &&
        ((int64_t)(count - fixed) < list->low ||
         (int64_t)(count - fixed) > list->high))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct grammar_word *word = &line->words[i < fixed ? i : fixed];

        call->specs[i] =
            word->literal
                ? NULL
                : find_spec(word->value, call->words.items[i], strict);
        if (word->literal ? strcmp(word->literal, call->words.items[i]) != 0
                          : !call->specs[i])
            return false;
    }
    return true;
}

static bool find_line(const struct grammar *grammar, struct trace_call *call,
                      bool strict)
{
    const struct grammar_line *lines[] = {grammar->calls, grammar->open,
                                          grammar->close};
    const size_t counts[] = {grammar->call_count, grammar->open_count,
                             grammar->close_count};

    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < counts[k]; i++)
            if (fits_line(&lines[k][i], call, strict)) {
                call->line = &lines[k][i];
                return true;
            }
    return false;
}

bool trace_match(const struct grammar *grammar, const char *text,
                 struct trace_call *call)
{
    *call = (struct trace_call){.line = NULL};
    if (trace_split(text, &call->words)) {
        call->specs = xcalloc(call->words.count, sizeof *call->specs);
        if (find_line(grammar, call, true) || find_line(grammar, call, false))
            return true;
    }
    trace_call_release(call);
    return false;
}

void trace_call_release(struct trace_call *call)
{
    strv_release(&call->words);
    free(call->specs);
    *call = (struct trace_call){.line = NULL};
}

/* Taking lines out */

/* What became of the objects of one kind, by their numbers in the old trace. */
struct renaming {
    struct renamed {
        size_t number; /* in the new trace */
        bool removed;
        bool dropped, dropped_anew; /* in the old trace, in the new one */
    } * objects;
    size_t count, capacity;
    size_t made; /* in the new trace so far */
};

struct selection {
    const struct grammar *grammar;
    struct renaming *kinds;
    struct strv *result;
};

/* The numbers of a part begin at 0 again; those of the result only if the
   "--" stays. */
static void begin_part(struct selection *selection, bool joined)
{
    for (size_t k = 0; k < selection->grammar->kind_count; k++) {
        selection->kinds[k].count = 0;
        if (!joined)
            selection->kinds[k].made = 0;
    }
}

static struct renaming *handle_kind(const struct selection *selection,
                                    const struct trace_call *call, size_t i,
                                    size_t *number)
{
    if (!call->specs[i] || call->specs[i]->type != VALUE_HANDLE)
        return NULL;
    *number = strtoull(call->words.items[i], NULL, 10);
    return &selection->kinds[call->specs[i]->kind];
}

/* Does the line name an object whose maker is gone? */
static bool is_orphan(const struct selection *selection,
                      const struct trace_call *call)
{
    for (size_t i = 0; i < call->words.count; i++) {
        size_t number;
        const struct renaming *kind = handle_kind(selection, call, i, &number);

        if (kind && number < kind->count && kind->objects[number].removed)
            return true;
    }
    return false;
}

/* Does the line name an object that is not there? Then the agent refuses it,
   and it neither makes nor drops any. */
static bool is_refused(const struct selection *selection,
                       const struct trace_call *call, bool anew)
{
    for (size_t i = 0; i < call->words.count; i++) {
        size_t number;
        const struct renaming *kind = handle_kind(selection, call, i, &number);

        if (kind &&
            (number >= kind->count || (anew ? kind->objects[number].dropped_anew
                                            : kind->objects[number].dropped)))
            return true;
    }
    return false;
}

/* Gives each handle its new number; true where one changed. A number that was
   not made yet stays as far from the next one as it was. */
static bool renumber(const struct selection *selection, struct trace_call *call)
{
    bool changed = false;

    for (size_t i = 0; i < call->words.count; i++) {
        size_t number, fresh;
        const struct renaming *kind = handle_kind(selection, call, i, &number);

        if (!kind)
            continue;
        fresh = number < kind->count ? kind->objects[number].number
                                     : kind->made + (number - kind->count);
        if (fresh == number)
            continue;
        free(call->words.items[i]);
        call->words.items[i] = xasprintf("%zu", fresh);
        changed = true;
    }
    return changed;
}

static void emit(const struct trace_call *call, struct strv *result)
{
    struct str line = STR_INIT;

    for (size_t i = 0; i < call->words.count; i++) {
        if (i)
            str_addc(&line, ' ');
        if (call->specs[i])
            str_add_word(&line, call->words.items[i]);
        else
            str_add(&line, call->words.items[i]);
    }
    strv_take(result, str_detach(&line));
}

static void follow_drop(const struct selection *selection,
                        const struct trace_call *call, bool old, bool anew)
{
    size_t number;
    const struct renaming *kind;

    if (call->line->drops < 0)
        return;
    kind = handle_kind(selection, call, (size_t)call->line->drops, &number);
    if (!kind || number >= kind->count)
        return;
    kind->objects[number].dropped |= old;
    kind->objects[number].dropped_anew |= anew;
}

/*
 * Notes what the line made and dropped. One that was refused in the old trace,
 * because its object was dropped, is not refused in the new one if what
 * dropped the object is gone.
 */
static void follow(struct selection *selection, const struct trace_call *call,
                   bool kept)
{
    bool old = !is_refused(selection, call, false);
    bool anew = kept && !is_refused(selection, call, true);
    struct renaming *kind;

    follow_drop(selection, call, old, anew);
    if (call->line->makes < 0)
        return;
    kind = &selection->kinds[call->line->makes];
    if (old) {
        kind->objects = grow(kind->objects, &kind->capacity, kind->count,
                             sizeof *kind->objects);
        kind->objects[kind->count++] =
            (struct renamed){.number = kind->made, .removed = !kept};
    }
    kind->made += anew;
}

static void select_line(struct selection *selection, const char *text,
                        bool keep)
{
    struct trace_call call;

    if (!trace_match(selection->grammar, text, &call)) {
        if (keep)
            strv_add(selection->result, text);
        return;
    }
    keep = keep && !is_orphan(selection, &call);
    follow(selection, &call, keep);
    if (keep && renumber(selection, &call))
        emit(&call, selection->result);
    else if (keep)
        strv_add(selection->result, text);
    trace_call_release(&call);
}

void trace_select(const struct grammar *grammar, const struct strv *lines,
                  const bool *keep, struct strv *result)
{
    struct selection selection = {.grammar = grammar, .result = result};

    selection.kinds = xcalloc(grammar->kind_count + 1, sizeof(struct renaming));
    for (size_t i = 0; i < lines->count; i++) {
        if (strcmp(lines->items[i], "--") != 0) {
            select_line(&selection, lines->items[i], keep[i]);
            continue;
        }
        begin_part(&selection, !keep[i]);
        if (keep[i])
            strv_add(result, "--");
    }
    for (size_t k = 0; k < grammar->kind_count; k++)
        free(selection.kinds[k].objects);
    free(selection.kinds);
}

void trace_without(const struct grammar *grammar, const struct strv *lines,
                   size_t i, struct strv *result)
{
    bool *keep = xcalloc(lines->count + 1, sizeof *keep);

    for (size_t k = 0; k < lines->count; k++)
        keep[k] = k != i;
    trace_select(grammar, lines, keep, result);
    free(keep);
}
