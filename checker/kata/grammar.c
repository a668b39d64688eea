#include "kata/grammar.h"

#include "base/alloc.h"
#include "base/str.h"
#include "base/strv.h"
#include "base/suggest.h"
#include "kata/schema.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* agent.c keeps a table of that many. */
enum { KINDS_MAX = 16 };

struct reader {
    struct grammar *grammar;
    bool *used; /* for each value: does some line or list name it? */
    struct err *err;
};

static void read_range(const json_t *json, int64_t *low, int64_t *high)
{
    *low = json_integer_value(json_array_get(json, 0));
    *high = json_integer_value(json_array_get(json, 1));
}

static int find_kind(const struct grammar *grammar, const char *kind)
{
    for (size_t i = 0; i < grammar->kind_count; i++)
        if (strcmp(grammar->kinds[i], kind) == 0)
            return (int)i;
    return -1;
}

static void add_kind(struct grammar *grammar, const json_t *line)
{
    const char *kind = json_string_value(json_object_get(line, "makes"));

    if (!kind || find_kind(grammar, kind) >= 0)
        return;
    grammar->kinds = xreallocarray(grammar->kinds, grammar->kind_count + 1,
                                   sizeof *grammar->kinds);
    grammar->kinds[grammar->kind_count++] = xstrdup(kind);
}

/* open and close may be a single line instead of a list. */
static size_t line_count(const json_t *lines)
{
    if (!lines)
        return 0;
    return json_is_array(lines) ? json_array_size(lines) : 1;
}

static const json_t *line_at(const json_t *lines, size_t i)
{
    return json_is_array(lines) ? json_array_get(lines, i) : lines;
}

static int read_kinds(struct reader *reader, const json_t *oracle)
{
    static const char *const names[] = {"open", "calls", "close"};

    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        const json_t *lines = json_object_get(oracle, names[k]);

        for (size_t i = 0; i < line_count(lines); i++)
            add_kind(reader->grammar, line_at(lines, i));
    }
    if (reader->grammar->kind_count > KINDS_MAX)
        return err_set(reader->err,
                       "oracle: expected at most %d kinds of handles, got %zu",
                       KINDS_MAX, reader->grammar->kind_count);
    return 0;
}

static void read_ints(struct value_spec *spec, const json_t *json)
{
    spec->type = VALUE_INTS;
    spec->int_count = json_array_size(json);
    spec->ints = xcalloc(spec->int_count, sizeof *spec->ints);
    for (size_t i = 0; i < spec->int_count; i++)
        spec->ints[i] = json_integer_value(json_array_get(json, i));
}

static void read_string(struct value_spec *spec, const json_t *json)
{
    spec->type = VALUE_STRING;
    spec->alphabet =
        xstrdup(json_string_value(json_object_get(json, "alphabet")));
    read_range(json_object_get(json, "length"), &spec->low, &spec->high);
}

static void read_choice(struct value_spec *spec, const json_t *json)
{
    spec->type = VALUE_CHOICE;
    spec->choice_count = json_array_size(json);
    spec->choices = xcalloc(spec->choice_count, sizeof *spec->choices);
    for (size_t i = 0; i < spec->choice_count; i++)
        spec->choices[i] = xstrdup(json_string_value(json_array_get(json, i)));
}

/* `json` is the whole value, for its weights. */
static int read_handle(struct reader *reader, struct value_spec *spec,
                       const json_t *json, const char *path)
{
    const json_t *name = json_object_get(json, "handle");
    int kind = find_kind(reader->grammar, json_string_value(name));

    spec->type = VALUE_HANDLE;
    spec->old = (unsigned)schema_int(SCHEMA_VALUE, json, "old");
    spec->fresh = (unsigned)schema_int(SCHEMA_VALUE, json, "fresh");
    spec->missing = (unsigned)schema_int(SCHEMA_VALUE, json, "missing");
    if (kind < 0)
        return schema_wrong(reader->err, path, name,
                            "a kind of handle that some line \"makes\"");
    if (spec->old + spec->fresh + spec->missing == 0)
        return schema_wrong(reader->err, path, json,
                            "one of old, fresh and missing above 0");
    spec->kind = (size_t)kind;
    return 0;
}

/* All but lists and mixes. */
static int read_plain(struct reader *reader, struct value_spec *spec,
                      const json_t *json, const char *path)
{
    const json_t *value;

    if ((value = json_object_get(json, "int"))) {
        spec->type = VALUE_RANGE;
        read_range(value, &spec->low, &spec->high);
    } else if ((value = json_object_get(json, "ints"))) {
        read_ints(spec, value);
    } else if ((value = json_object_get(json, "string"))) {
        read_string(spec, value);
    } else if ((value = json_object_get(json, "choice"))) {
        read_choice(spec, value);
    } else {
        return read_handle(reader, spec, json, path);
    }
    return 0;
}

static int read_mix(struct reader *reader, struct value_spec *spec,
                    const json_t *json, const char *path)
{
    size_t count = json_array_size(json);
    int status = 0;

    spec->type = VALUE_MIX;
    spec->mix_count = count;
    spec->mix = xcalloc(count, sizeof *spec->mix);
    spec->mix_weights = xcalloc(count, sizeof *spec->mix_weights);
    for (size_t i = 0; status == 0 && i < count; i++) {
        const json_t *part = json_array_get(json, i);
        struct str where = STR_INIT;

        str_addf(&where, "%s.mix[%zu]", path, i);
        spec->mix_weights[i] =
            (unsigned)schema_int(SCHEMA_PART, part, "weight");
        status = read_plain(reader, &spec->mix[i], part, where.text);
        str_release(&where);
    }
    return status;
}

/* A list's `of` is found later, when all values are there. */
static int read_value(struct reader *reader, struct value_spec *spec,
                      const json_t *json, const char *path)
{
    const json_t *list = json_object_get(json, "list");
    const json_t *mix = json_object_get(json, "mix");

    if (mix)
        return read_mix(reader, spec, mix, path);
    if (!list)
        return read_plain(reader, spec, json, path);
    spec->type = VALUE_LIST;
    read_range(json_object_get(list, "length"), &spec->low, &spec->high);
    return 0;
}

static struct value_spec *find_value(const struct grammar *grammar,
                                     const char *name)
{
    for (size_t i = 0; i < grammar->value_count; i++)
        if (strcmp(grammar->values[i].name, name) == 0)
            return &grammar->values[i];
    return NULL;
}

/* The value of that name, which is from now on used; NULL with an error. */
static const struct value_spec *use_value(struct reader *reader,
                                          const char *name, const char *path,
                                          const json_t *json)
{
    const struct grammar *grammar = reader->grammar;
    const struct value_spec *value = find_value(grammar, name);
    struct suggest suggest = SUGGEST_INIT(name);

    if (value) {
        reader->used[value - grammar->values] = true;
        return value;
    }
    for (size_t i = 0; i < grammar->value_count; i++)
        suggest_offer(&suggest, grammar->values[i].name);
    schema_wrong(reader->err, path, json,
                 "a name that oracle.values defines instead of \"%.60s\"%s%s%s",
                 name, suggest.best ? " (did you mean \"" : "",
                 suggest.best ? suggest.best : "", suggest.best ? "\"?)" : "");
    return NULL;
}

static int read_of(struct reader *reader, struct value_spec *spec,
                   const json_t *list)
{
    const json_t *of = json_object_get(list, "of");
    struct str path = STR_INIT;

    str_addf(&path, "oracle.values.%s.list.of", spec->name);
    spec->of = use_value(reader, json_string_value(of), path.text, of);
    if (spec->of && spec->of->type == VALUE_LIST) {
        schema_wrong(reader->err, path.text, of, "a value that is no list");
        spec->of = NULL;
    }
    str_release(&path);
    return spec->of ? 0 : -1;
}

static int read_values(struct reader *reader, const json_t *values)
{
    struct grammar *grammar = reader->grammar;
    const char *name;
    json_t *json;
    int status = 0;

    grammar->values =
        xcalloc(json_object_size(values), sizeof *grammar->values);
    reader->used = xcalloc(json_object_size(values), sizeof *reader->used);
    json_object_foreach((json_t *)values, name, json)
    {
        struct value_spec *spec = &grammar->values[grammar->value_count++];
        struct str path = STR_INIT;

        spec->name = xstrdup(name);
        str_addf(&path, "oracle.values.%s", name);
        if (status == 0)
            status = read_value(reader, spec, json, path.text);
        str_release(&path);
    }
    for (size_t i = 0; status == 0 && i < grammar->value_count; i++)
        if (grammar->values[i].type == VALUE_LIST)
            status = read_of(
                reader, &grammar->values[i],
                json_object_get(
                    json_object_get(values, grammar->values[i].name), "list"));
    return status;
}

/* One word of a line. `json` is the line, for messages. */
static int read_word(struct reader *reader, struct grammar_word *word,
                     const char *text, size_t n, const char *path,
                     const json_t *json)
{
    char *copy = xstrndup(text, n);

    if (n > 2 && *copy == '{' && strcspn(copy, "}") == n - 1) {
        copy[n - 1] = '\0';
        word->value = use_value(reader, copy + 1, path, json);
        free(copy);
        return word->value ? 0 : -1;
    }
    word->literal = copy;
    if (copy[strcspn(copy, "{}\"\\")])
        return schema_wrong(
            reader->err, path, json,
            "plain words and {names} that each stand alone, not \"%.60s\"",
            copy);
    return 0;
}

static int read_words(struct reader *reader, struct grammar_line *line,
                      const json_t *json, const char *path)
{
    const char *text = json_string_value(json);

    line->words = xcalloc(strlen(text) / 2 + 1, sizeof *line->words);
    while (*text) {
        size_t n = strcspn(text, " ");

        if (line->count > 0 && line->words[line->count - 1].value &&
            line->words[line->count - 1].value->type == VALUE_LIST)
            return schema_wrong(reader->err, path, json,
                                "a list only as the last word");
        if (read_word(reader, &line->words[line->count++], text, n, path,
                      json) < 0)
            return -1;
        text += n + (text[n] == ' ');
    }
    if (!line->words[0].literal)
        return schema_wrong(reader->err, path, json,
                            "a command, not a value, as the first word");
    return 0;
}

static int read_drops(struct reader *reader, struct grammar_line *line,
                      const json_t *drops, const char *path)
{
    const char *name = json_string_value(drops);
    size_t found = 0;

    for (size_t i = 0; i < line->count; i++) {
        const struct value_spec *value = line->words[i].value;

        if (!value || value->type != VALUE_HANDLE ||
            strcmp(value->name, name) != 0)
            continue;
        line->drops = (int)i;
        found++;
    }
    if (found != 1)
        return schema_wrong(reader->err, path, drops,
                            "the name of a handle that stands once in the "
                            "line");
    return 0;
}

/* `json` is a string or an object with "line" and what else belongs to it. */
static int read_line(struct reader *reader, struct grammar_line *line,
                     const json_t *json, const char *path)
{
    const json_t *text =
        json_is_string(json) ? json : json_object_get(json, "line");
    const json_t *makes = json_object_get(json, "makes");
    const json_t *drops = json_object_get(json, "drops");
    struct str where = STR_INIT;
    int status;

    line->makes = line->drops = -1;
    /* A line of open or close has none, which is the same as the default. */
    line->weight = (unsigned)schema_int(SCHEMA_CALL, json, "weight");
    str_addf(&where, "%s%s", path, text == json ? "" : ".line");
    status = read_words(reader, line, text, where.text);
    str_release(&where);
    if (makes)
        line->makes = find_kind(reader->grammar, json_string_value(makes));
    if (status == 0 && drops) {
        str_addf(&where, "%s.drops", path);
        status = read_drops(reader, line, drops, where.text);
        str_release(&where);
    }
    return status;
}

static int read_lines(struct reader *reader, const json_t *oracle,
                      const char *name, struct grammar_line **lines,
                      size_t *count)
{
    const json_t *json = json_object_get(oracle, name);
    size_t total = line_count(json);

    *lines = xcalloc(total, sizeof **lines);
    while (*count < total) {
        struct str path = STR_INIT;
        size_t i = (*count)++;
        int status;

        str_addf(&path, "oracle.%s", name);
        if (json_is_array(json))
            str_addf(&path, "[%zu]", i);
        status = read_line(reader, &(*lines)[i], line_at(json, i), path.text);
        str_release(&path);
        if (status < 0)
            return -1;
    }
    return 0;
}

static bool is_number(const char *text, int64_t *number)
{
    char *end;

    errno = 0;
    *number = strtoll(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && *text != ' ';
}

static bool has_int(const struct value_spec *value, const char *text)
{
    int64_t number;

    if (!is_number(text, &number))
        return false;
    if (value->type == VALUE_RANGE)
        return number >= value->low && number <= value->high;
    for (size_t i = 0; i < value->int_count; i++)
        if (value->ints[i] == number)
            return true;
    return false;
}

/* Can `text` come from the value? */
static bool accepts(const struct value_spec *value, const char *text)
{
    int64_t number;

    switch (value->type) {
    case VALUE_RANGE:
    case VALUE_INTS:
        return has_int(value, text);
    case VALUE_STRING:
        return !text[strspn(text, value->alphabet)];
    case VALUE_CHOICE:
        for (size_t i = 0; i < value->choice_count; i++)
            if (strcmp(value->choices[i], text) == 0)
                return true;
        return false;
    case VALUE_HANDLE:
        return is_number(text, &number) && number >= 0;
    case VALUE_LIST:
        return accepts(value->of, text);
    case VALUE_MIX:
        for (size_t i = 0; i < value->mix_count; i++)
            if (accepts(&value->mix[i], text))
                return true;
        return false;
    }
    return false;
}

static bool accepts_any(const struct value_spec *value,
                        const struct value_spec *choice)
{
    for (size_t i = 0; i < choice->choice_count; i++)
        if (accepts(value, choice->choices[i]))
            return true;
    return false;
}

/* May two words be the same text? Says yes where it is not sure. */
static bool words_overlap(const struct grammar_word *a,
                          const struct grammar_word *b)
{
    if (a->literal && b->literal)
        return strcmp(a->literal, b->literal) == 0;
    if (a->literal)
        return accepts(b->value, a->literal);
    if (b->literal)
        return accepts(a->value, b->literal);
    if (a->value->type == VALUE_CHOICE)
        return accepts_any(b->value, a->value);
    if (b->value->type == VALUE_CHOICE)
        return accepts_any(a->value, b->value);
    return true;
}

/* Words of a line that are always there. */
static size_t fixed_count(const struct grammar_line *line)
{
    const struct value_spec *last = line->words[line->count - 1].value;

    return line->count - (last && last->type == VALUE_LIST);
}

static bool lines_overlap(const struct grammar_line *a,
                          const struct grammar_line *b)
{
    size_t fixed_a = fixed_count(a), fixed_b = fixed_count(b);
    size_t n = fixed_a < fixed_b ? fixed_a : fixed_b;

    if ((fixed_a > n && fixed_b == b->count) ||
        (fixed_b > n && fixed_a == a->count))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!words_overlap(&a->words[i], &b->words[i]))
            return false;
    return true;
}

/* A text must not mean two things: whoever reads a trace again has only the
   text to tell which handles are made and dropped. */
static int check_ambiguous(struct reader *reader, const json_t *calls)
{
    const struct grammar *grammar = reader->grammar;

    for (size_t i = 1; i < grammar->call_count; i++)
        for (size_t j = 0; j < i; j++) {
            const struct grammar_line *a = &grammar->calls[i];
            const struct grammar_line *b = &grammar->calls[j];

            if ((a->makes == b->makes && a->drops == b->drops) ||
                !lines_overlap(a, b))
                continue;
            return err_set(
                reader->err,
                "oracle.calls[%zu]: expected the same \"makes\" and "
                "\"drops\" as in oracle.calls[%zu], which the same text "
                "fits, got \"%s\"",
                i, j,
                json_string_value(
                    json_object_get(json_array_get(calls, i), "line")));
        }
    return 0;
}

/* A plain line of open or close does what the call does that it fits. */
static void inherit(const struct grammar *grammar, const json_t *json,
                    struct grammar_line *lines, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < grammar->call_count; j++)
            if (json_is_string(line_at(json, i)) &&
                lines_overlap(&lines[i], &grammar->calls[j])) {
                lines[i].makes = grammar->calls[j].makes;
                lines[i].drops = grammar->calls[j].drops;
                break;
            }
}

static int check_used(const struct reader *reader)
{
    for (size_t i = 0; i < reader->grammar->value_count; i++)
        if (!reader->used[i])
            return err_set(reader->err,
                           "oracle.values.%s: expected {%s} in some line, got "
                           "none",
                           reader->grammar->values[i].name,
                           reader->grammar->values[i].name);
    return 0;
}

static int read_grammar(struct reader *reader, const json_t *json)
{
    struct grammar *grammar = reader->grammar;

    if (schema_check(SCHEMA_ORACLE, json, "oracle", reader->err) < 0 ||
        read_kinds(reader, json) < 0 ||
        read_values(reader, json_object_get(json, "values")) < 0 ||
        read_lines(reader, json, "calls", &grammar->calls,
                   &grammar->call_count) < 0 ||
        read_lines(reader, json, "open", &grammar->open, &grammar->open_count) <
            0 ||
        read_lines(reader, json, "close", &grammar->close,
                   &grammar->close_count) < 0 ||
        check_used(reader) < 0 ||
        check_ambiguous(reader, json_object_get(json, "calls")) < 0)
        return -1;
    inherit(grammar, json_object_get(json, "open"), grammar->open,
            grammar->open_count);
    inherit(grammar, json_object_get(json, "close"), grammar->close,
            grammar->close_count);
    read_range(json_object_get(json, "length"), &grammar->length_low,
               &grammar->length_high);
    grammar->traces = schema_int(SCHEMA_ORACLE, json, "traces");
    return 0;
}

int grammar_parse(const json_t *json, struct grammar *grammar, struct err *err)
{
    struct reader reader = {.grammar = grammar, .err = err};
    int status;

    *grammar = (struct grammar){.kinds = NULL};
    status = read_grammar(&reader, json);
    free(reader.used);
    if (status < 0)
        grammar_release(grammar);
    return status;
}

static void release_value(struct value_spec *value)
{
    free(value->name);
    free(value->ints);
    free(value->alphabet);
    for (size_t i = 0; i < value->choice_count; i++)
        free(value->choices[i]);
    free(value->choices);
    for (size_t i = 0; i < value->mix_count; i++)
        release_value(&value->mix[i]);
    free(value->mix);
    free(value->mix_weights);
}

static void release_lines(struct grammar_line *lines, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < lines[i].count; j++)
            free(lines[i].words[j].literal);
        free(lines[i].words);
    }
    free(lines);
}

void grammar_release(struct grammar *grammar)
{
    for (size_t i = 0; i < grammar->kind_count; i++)
        free(grammar->kinds[i]);
    free(grammar->kinds);
    for (size_t i = 0; i < grammar->value_count; i++)
        release_value(&grammar->values[i]);
    free(grammar->values);
    release_lines(grammar->open, grammar->open_count);
    release_lines(grammar->calls, grammar->call_count);
    release_lines(grammar->close, grammar->close_count);
    *grammar = (struct grammar){.kinds = NULL};
}
