#include "kata/schema.h"

#include "base/str.h"
#include "base/suggest.h"
#include "kata/kata.h"

#include <assert.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

const char *const schema_levels[] = {"junior", "mid", "senior", NULL};
const char *const schema_faults[] = {"none", "basic", "strong", NULL};
const char *const schema_classes[] = {"O(1)",       "O(log n)", "O(n)",
                                      "O(n log n)", "O(n^2)",   NULL};

enum type {
    TYPE_INT,
    TYPE_BOOL,
    TYPE_STRING,
    TYPE_CHARACTERS,
    TYPE_CHOICE,
    TYPE_STRINGS,
    TYPE_WORDS,
    TYPE_SLUGS,
    TYPE_INTS,
    TYPE_ASCENDING,
    TYPE_RANGE,
    TYPE_NAME,
    TYPE_LINE,
    TYPE_LINES,
    TYPE_EDGES,
    TYPE_OBJECT,
    TYPE_OBJECTS,
    TYPE_MAP,
    TYPE_GRAMMAR, /* an object that grammar.c has checked in turn */
    TYPE_COUNT
};

/*
 * One key. `in` has a bit for each object it belongs to. Without a `fallback`
 * it is required; "" is an optional one that has no default. Of the keys of an
 * object that are `one_of`, exactly one has to be there; one that has `with`
 * may only stand beside that other key.
 */
struct key {
    unsigned in;
    const char *name;
    enum type type;
    const char *fallback;
    long long low, high; /* of a number; of the numbers in a range or list */
    size_t least;        /* elements of a list */
    const char *const *choices;
    enum schema_object object; /* of what is an object or contains them */
    const char *with;
    const char *help;
    bool one_of;
};

#define IN(object) (1U << (object))
#define IN_VALUES (IN(SCHEMA_VALUE) | IN(SCHEMA_PART))
#define IN_LINES (IN(SCHEMA_CALL) | IN(SCHEMA_EDGE))
#define ANY_NUMBER .low = INT64_MIN, .high = INT64_MAX

static const struct key keys[] = {
    {IN(SCHEMA_KATA), "format", TYPE_INT, .low = 1, .high = 1,
     .help = "version of this format"},
    {IN(SCHEMA_KATA), "title", TYPE_STRING,
     .help = "what people call it, \"LRU cache\""},
    {IN(SCHEMA_KATA), "level", TYPE_CHOICE, .choices = schema_levels,
     .help = "of the interview it belongs to"},
    {IN(SCHEMA_KATA), "minutes", TYPE_INT, .low = 1, .high = 240,
     .help = "how long a candidate of that level needs"},
    {IN(SCHEMA_KATA), "needs", TYPE_SLUGS, "[]",
     .help = "katas to solve before this one"},
    {IN(SCHEMA_KATA), "tags", TYPE_STRINGS, "[]",
     .help = "words to find it by"},
    {IN(SCHEMA_KATA), "notes", TYPE_STRING, "",
     .help = "which of the notes it comes from, and the heading there"},
    {IN(SCHEMA_KATA), "allow", TYPE_WORDS, "[]",
     .help = "groups of library functions that a submission may call"},
    {IN(SCHEMA_KATA), "oracle", TYPE_GRAMMAR,
     .help = "the grammar of random traces"},
    {IN(SCHEMA_KATA), "growth", TYPE_OBJECTS, "[]", .object = SCHEMA_GROWTH,
     .help = "claims about cost that are measured"},
    {IN(SCHEMA_KATA), "faults", TYPE_CHOICE, .choices = schema_faults,
     .help = "what the contract promises when memory runs out. strong: a call "
             "that reports it had no effect. basic: it is reported, nothing "
             "leaks, the structure stays usable. none: it never allocates"},
    {IN(SCHEMA_KATA), "threads", TYPE_BOOL, "false",
     .help = "whether the structure is used from several threads"},
    {IN(SCHEMA_KATA), "hints", TYPE_OBJECTS, "[]", .object = SCHEMA_HINT,
     .help = "which hint comes first after which failure"},
    {IN(SCHEMA_KATA), "limits", TYPE_OBJECT, "{}", .object = SCHEMA_LIMITS,
     .help = "of one run of the submission"},
    {IN(SCHEMA_KATA), "weights", TYPE_OBJECT, .object = SCHEMA_WEIGHTS,
     .help = "points of each stage, 100 in all"},

    {IN(SCHEMA_LIMITS), "memory_mb", TYPE_INT, "512", .low = 16, .high = 8192,
     .help = "address space, in MiB"},
    {IN(SCHEMA_LIMITS), "seconds", TYPE_INT, "10", .low = 1, .high = 120,
     .help = "processor time"},

    {IN(SCHEMA_WEIGHTS), "tests", TYPE_INT, "0", .high = 100,
     .help = "the Criterion tests pass"},
    {IN(SCHEMA_WEIGHTS), "oracle", TYPE_INT, "0", .high = 100,
     .help = "random traces get the reference's answers"},
    {IN(SCHEMA_WEIGHTS), "memory", TYPE_INT, "0", .high = 100,
     .help = "no leak, no invalid access, no uninitialised read"},
    {IN(SCHEMA_WEIGHTS), "faults", TYPE_INT, "0", .high = 100,
     .help = "out of memory is handled as promised; 0 where faults is none"},
    {IN(SCHEMA_WEIGHTS), "threads", TYPE_INT, "0", .high = 100,
     .help = "no data race, no deadlock; 0 where threads is false"},
    {IN(SCHEMA_WEIGHTS), "growth", TYPE_INT, "0", .high = 100,
     .help = "the claims hold; 0 where there are none"},
    {IN(SCHEMA_WEIGHTS), "style", TYPE_INT, "0", .high = 100,
     .help = "formatted, and no warning at the strict set"},

    {IN(SCHEMA_ORACLE), "open", TYPE_EDGES, "[]", .object = SCHEMA_EDGE,
     .help = "lines that each trace begins with"},
    {IN(SCHEMA_ORACLE), "close", TYPE_EDGES, "[]", .object = SCHEMA_EDGE,
     .help = "lines that each trace ends with"},
    {IN(SCHEMA_ORACLE), "calls", TYPE_OBJECTS, .object = SCHEMA_CALL,
     .least = 1, .help = "the lines between, drawn by weight"},
    {IN(SCHEMA_ORACLE), "values", TYPE_MAP, "{}", .object = SCHEMA_VALUE,
     .help = "what the {names} in lines stand for"},
    {IN(SCHEMA_ORACLE), "length", TYPE_RANGE, .high = 10000,
     .help = "calls in a trace, open and close not counted"},
    {IN(SCHEMA_ORACLE), "traces", TYPE_INT, "300", .low = 1, .high = 100000,
     .help = "random traces in a grade"},

    {IN_LINES, "line", TYPE_LINE,
     .help = "a command and its arguments, each a plain word or a {name}"},
    {IN(SCHEMA_CALL), "weight", TYPE_INT, "1", .low = 1, .high = 1000000,
     .help = "how often, against the other calls"},
    {IN_LINES, "makes", TYPE_NAME, "",
     .help = "the kind of handle that this line makes one of"},
    {IN_LINES, "drops", TYPE_NAME, "",
     .help = "the {name} in this line whose object is gone afterwards"},

    {IN_VALUES, "int", TYPE_RANGE, "", ANY_NUMBER, .one_of = true,
     .help = "a number in this range, both ends included"},
    {IN_VALUES, "ints", TYPE_INTS, "", ANY_NUMBER, .least = 1, .one_of = true,
     .help = "one of these numbers"},
    {IN_VALUES, "string", TYPE_OBJECT, "", .object = SCHEMA_STRING,
     .one_of = true, .help = "a random string"},
    {IN_VALUES, "choice", TYPE_STRINGS, "", .least = 1, .one_of = true,
     .help = "one of these strings; one that is listed twice comes twice as "
             "often"},
    {IN_VALUES, "handle", TYPE_NAME, "", .one_of = true,
     .help = "an object of this kind, made earlier in the trace"},
    {IN_VALUES, "old", TYPE_INT, "1", .high = 1000000, .with = "handle",
     .help = "weight of any that is still there"},
    {IN_VALUES, "fresh", TYPE_INT, "0", .high = 1000000, .with = "handle",
     .help = "weight of the newest"},
    {IN_VALUES, "missing", TYPE_INT, "0", .high = 1000000, .with = "handle",
     .help = "weight of one that does not exist"},
    {IN(SCHEMA_VALUE), "list", TYPE_OBJECT, "", .object = SCHEMA_LIST,
     .one_of = true, .help = "several words; only as the last of a line"},
    {IN(SCHEMA_VALUE), "mix", TYPE_OBJECTS, "", .object = SCHEMA_PART,
     .least = 1, .one_of = true, .help = "one of several values, by weight"},
    {IN(SCHEMA_PART), "weight", TYPE_INT, .low = 1, .high = 1000000,
     .help = "how often, against the other parts"},

    {IN(SCHEMA_STRING), "alphabet", TYPE_CHARACTERS,
     .help = "its characters; one that is listed twice comes twice as often"},
    {IN(SCHEMA_STRING), "length", TYPE_RANGE, .high = 1000,
     .help = "how many of them"},

    {IN(SCHEMA_LIST), "of", TYPE_NAME,
     .help = "the name of the value that each word is"},
    {IN(SCHEMA_LIST), "length", TYPE_RANGE, .high = 1000,
     .help = "how many words"},

    {IN(SCHEMA_GROWTH), "claim", TYPE_STRING,
     .help = "the promise in words, \"get is O(1)\""},
    {IN(SCHEMA_GROWTH), "open", TYPE_LINES, "[]",
     .help = "run once, {n} is the size"},
    {IN(SCHEMA_GROWTH), "prepare", TYPE_LINES, "[]",
     .help = "then these for each {i} in 0 ... n-1"},
    {IN(SCHEMA_GROWTH), "measure", TYPE_LINES, .least = 1,
     .help = "then these, measured"},
    {IN(SCHEMA_GROWTH), "times", TYPE_INT, .low = 1, .high = 1000000,
     .help = "how often, {i} in 0 ... times-1; the cost is that of one"},
    {IN(SCHEMA_GROWTH), "n", TYPE_ASCENDING, .low = 1, .high = 10000000,
     .least = 3, .help = "the sizes"},
    {IN(SCHEMA_GROWTH), "at_most", TYPE_CHOICE, .choices = schema_classes,
     .help = "instructions of one measure"},
    {IN(SCHEMA_GROWTH), "bytes_at_most", TYPE_CHOICE, "",
     .choices = schema_classes,
     .help = "bytes that one measure asks of the allocator; for O(n) an array "
             "that grows in any proportion is right, so O(n log n) passes"},

    {IN(SCHEMA_HINT), "hint", TYPE_INT, .low = 1, .high = 64,
     .help = "its number in hints.md"},
    {IN(SCHEMA_HINT), "category", TYPE_NAME, "",
     .help = "of the finding, \"leak\""},
    {IN(SCHEMA_HINT), "test", TYPE_NAME, "",
     .help = "that found it: its name in test_SNAKE.c, without the suite"},
};

enum { KEY_COUNT = sizeof keys / sizeof *keys };

static const struct {
    const char *place, *intro;
} objects[SCHEMA_OBJECTS] = {
    [SCHEMA_KATA] = {"The file", "One object with these keys."},
    [SCHEMA_LIMITS] = {"`limits`", NULL},
    [SCHEMA_WEIGHTS] = {"`weights`",
                        "A stage that is not named has no points."},
    [SCHEMA_ORACLE] = {"`oracle`", NULL},
    [SCHEMA_CALL] = {"One of `oracle.calls`", NULL},
    [SCHEMA_EDGE] =
        {"One of `oracle.open` or `oracle.close`",
         "Mostly a plain line is enough: where it fits a line of `calls` it "
         "makes and drops what that one does. Written as an object it says "
         "for itself."},
    [SCHEMA_VALUE] = {"One of `oracle.values`",
                      "Exactly one of `int`, `ints`, `string`, `choice`, "
                      "`handle`, `list` and `mix`."},
    [SCHEMA_STRING] = {"`string`", NULL},
    [SCHEMA_LIST] = {"`list`", NULL},
    [SCHEMA_PART] = {"One of `mix`",
                     "A value with a weight; neither a list nor a mix."},
    [SCHEMA_GROWTH] = {"One of `growth`",
                       "Lines here may hold `{n}`, `{i}` and `{any}` (uniform "
                       "in 0 ... n-1) anywhere; no other names, and in `open` "
                       "no `{i}`."},
    [SCHEMA_HINT] = {"One of `hints`",
                     "With `category`, `test` or both: the findings that it "
                     "answers. `kata hint` looks at the last failure, and "
                     "opens the first of these that fits and is not open yet; "
                     "one that names a test goes before one that does not."},
};

/* More than the table nests. */
enum { DEPTH_MAX = 16 };

/* Where the check is: keys, and indices (name NULL), from the top. Made into
   text only for an error. */
struct check {
    const char *path; /* before all of them */
    struct {
        const char *name;
        size_t index;
    } steps[DEPTH_MAX];
    size_t depth;
    struct err *err;
};

typedef int checker(struct check *check, const struct key *key,
                    const json_t *json);

static int check_object(struct check *check, enum schema_object object,
                        const json_t *json);

static void push(struct check *check, const char *name, size_t index)
{
    assert(check->depth < DEPTH_MAX);
    check->steps[check->depth].name = name;
    check->steps[check->depth++].index = index;
}

static void pop(struct check *check)
{
    check->depth--;
}

static char *path_of(const struct check *check)
{
    struct str path = STR_INIT;

    str_add(&path, check->path);
    for (size_t i = 0; i < check->depth; i++)
        if (check->steps[i].name)
            str_addf(&path, "%s%s", path.length ? "." : "",
                     check->steps[i].name);
        else
            str_addf(&path, "[%zu]", check->steps[i].index);
    return str_detach(&path);
}

/* JSON as one short line that a terminal may show. */
static void add_json(struct str *out, const json_t *json)
{
    char *text;

    if (!json) {
        str_add(out, "nothing");
        return;
    }
    text = json_dumps(json, JSON_ENCODE_ANY | JSON_COMPACT);
    if (text)
        str_add_visible(out, text, strlen(text), 60, false);
    free(text);
}

int schema_wrong(struct err *err, const char *path, const json_t *got,
                 const char *expected, ...)
{
    char what[512];
    struct str text = STR_INIT;
    va_list args;

    va_start(args, expected);
    vsnprintf(what, sizeof what, expected, args);
    va_end(args);
    if (*path) {
        str_add_visible(&text, path, strlen(path), 200, false);
        str_add(&text, ": ");
    }
    str_addf(&text, "expected %s, got ", what);
    add_json(&text, got);
    err_set(err, "%s", text.text);
    str_release(&text);
    return -1;
}

static void add_numbers(struct str *out, const struct key *key)
{
    if (key->low == key->high)
        str_addf(out, " (%lld)", key->low);
    else if (key->low != INT64_MIN)
        str_addf(out, " in %lld ... %lld", key->low, key->high);
}

static void add_choices(struct str *out, const struct key *key)
{
    str_add(out, "one of ");
    for (size_t i = 0; key->choices[i]; i++)
        str_addf(out, "%s\"%s\"", i ? ", " : "", key->choices[i]);
}

/* What a value has to be, for messages and the documentation. */
static void describe(struct str *out, const struct key *key)
{
    static const char *const texts[TYPE_COUNT] = {
        [TYPE_INT] = "a whole number",
        [TYPE_BOOL] = "true or false",
        [TYPE_STRING] = "a string",
        [TYPE_CHARACTERS] = "a string of printable ASCII characters",
        [TYPE_CHOICE] = "",
        [TYPE_STRINGS] = "a list of strings",
        [TYPE_WORDS] = "a list of names",
        [TYPE_SLUGS] = "a list of slugs",
        [TYPE_INTS] = "a list of whole numbers",
        [TYPE_ASCENDING] = "an ascending list of whole numbers",
        [TYPE_RANGE] = "[low, high]",
        [TYPE_NAME] = "a name",
        [TYPE_LINE] = "a line",
        [TYPE_LINES] = "a line or a list of lines",
        [TYPE_EDGES] = "a line or a list of lines",
        [TYPE_OBJECT] = "an object",
        [TYPE_OBJECTS] = "a list of objects",
        [TYPE_MAP] = "an object",
        [TYPE_GRAMMAR] = "an object",
    };

    str_add(out, texts[key->type]);
    if (key->type == TYPE_CHOICE)
        add_choices(out, key);
    if (key->low || key->high)
        add_numbers(out, key);
    if (key->least > 0)
        str_addf(out, ", at least %zu", key->least);
}

static int wrong_text(struct check *check, const json_t *json,
                      const char *expected)
{
    char *path = path_of(check);

    schema_wrong(check->err, path, json, "%s", expected);
    free(path);
    return -1;
}

static int wrong(struct check *check, const struct key *key, const json_t *json)
{
    struct str text = STR_INIT;

    describe(&text, key);
    wrong_text(check, json, text.text);
    str_release(&text);
    return -1;
}

static bool in_range(const struct key *key, const json_t *json)
{
    return json_is_integer(json) && json_integer_value(json) >= key->low &&
           json_integer_value(json) <= key->high;
}

static int check_int(struct check *check, const struct key *key,
                     const json_t *json)
{
    return in_range(key, json) ? 0 : wrong(check, key, json);
}

static int check_bool(struct check *check, const struct key *key,
                      const json_t *json)
{
    return json_is_boolean(json) ? 0 : wrong(check, key, json);
}

/* Text for people: a terminal may show it as it is. */
static bool is_text(const json_t *json)
{
    struct str visible = STR_INIT;
    const char *text = json_string_value(json);
    bool same;

    if (!text || !*text)
        return false;
    str_add_visible(&visible, text, strlen(text), SIZE_MAX, false);
    same = strcmp(visible.text, text) == 0;
    str_release(&visible);
    return same;
}

static int check_string(struct check *check, const struct key *key,
                        const json_t *json)
{
    if (!json_is_string(json))
        return wrong(check, key, json);
    if (!is_text(json))
        return wrong_text(check, json, "text, in one line");
    return 0;
}

static bool is_printable(const char *text)
{
    for (; *text; text++)
        if (*text < ' ' || *text > '~')
            return false;
    return true;
}

static int check_characters(struct check *check, const struct key *key,
                            const json_t *json)
{
    const char *text = json_string_value(json);

    if (!text || !*text || !is_printable(text))
        return wrong(check, key, json);
    return 0;
}

static bool is_choice(const struct key *key, const char *text)
{
    for (size_t i = 0; text && key->choices[i]; i++)
        if (strcmp(key->choices[i], text) == 0)
            return true;
    return false;
}

static int check_choice(struct check *check, const struct key *key,
                        const json_t *json)
{
    if (!is_choice(key, json_string_value(json)))
        return wrong(check, key, json);
    return 0;
}

static bool is_name(const char *text)
{
    if (!text || !islower((unsigned char)*text))
        return false;
    return !text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-")];
}

static int check_name(struct check *check, const struct key *key,
                      const json_t *json)
{
    (void)key;
    if (!is_name(json_string_value(json)))
        return wrong_text(
            check, json,
            "a name of small letters, digits, - and _ that begins with a "
            "letter");
    return 0;
}

/* What an agent would not take for a call: its own marks. */
static bool is_mark(const char *text)
{
    return *text == '#' || *text == '@' || strcmp(text, "--") == 0 ||
           str_starts(text, "-- ");
}

static int check_line(struct check *check, const struct key *key,
                      const json_t *json)
{
    const char *text = json_string_value(json);

    if (!text)
        return wrong(check, key, json);
    if (!*text || !is_printable(text) || strlen(text) > 1000)
        return wrong_text(check, json,
                          "a line of 1 ... 1000 printable ASCII characters");
    if (*text == ' ' || str_ends(text, " ") || strstr(text, "  "))
        return wrong_text(check, json, "words with one space between them");
    if (is_mark(text))
        return wrong_text(check, json,
                          "a call (\"#\", \"@\" and \"--\" begin something "
                          "else)");
    return 0;
}

/* Runs `element` on each of a list with its index in the path. */
static int check_each(struct check *check, const struct key *key,
                      const json_t *json, checker *element)
{
    json_t *item;
    size_t i;

    if (!json_is_array(json) || json_array_size(json) < key->least)
        return wrong(check, key, json);
    json_array_foreach(json, i, item)
    {
        push(check, NULL, i);
        if (element(check, key, item) < 0)
            return -1;
        pop(check);
    }
    return 0;
}

static int check_word(struct check *check, const struct key *key,
                      const json_t *json)
{
    (void)key;
    return json_is_string(json) ? 0 : wrong_text(check, json, "a string");
}

static int check_strings(struct check *check, const struct key *key,
                         const json_t *json)
{
    return check_each(check, key, json, check_word);
}

static int check_unique(struct check *check, const struct key *key,
                        const json_t *json)
{
    size_t i, j;
    json_t *item;

    (void)key;
    json_array_foreach(
        json, i,
        item) for (j = 0; j < i;
                   j++) if (json_equal(item,
                                       json_array_get(
                                           json,
                                           j))) return wrong_text(check, item,
                                                                  "each once");
    return 0;
}

static int check_words(struct check *check, const struct key *key,
                       const json_t *json)
{
    if (check_each(check, key, json, check_name) < 0)
        return -1;
    return check_unique(check, key, json);
}

static int check_slug(struct check *check, const struct key *key,
                      const json_t *json)
{
    const char *slug = json_string_value(json);

    (void)key;
    if (!slug || !kata_is_slug(slug))
        return wrong_text(check, json, "a slug like \"hash-table\"");
    return 0;
}

static int check_slugs(struct check *check, const struct key *key,
                       const json_t *json)
{
    if (check_each(check, key, json, check_slug) < 0)
        return -1;
    return check_unique(check, key, json);
}

static int check_number(struct check *check, const struct key *key,
                        const json_t *json)
{
    struct str text = STR_INIT;

    if (in_range(key, json))
        return 0;
    str_add(&text, "a whole number");
    add_numbers(&text, key);
    wrong_text(check, json, text.text);
    str_release(&text);
    return -1;
}

static int check_ints(struct check *check, const struct key *key,
                      const json_t *json)
{
    return check_each(check, key, json, check_number);
}

static int check_ascending(struct check *check, const struct key *key,
                           const json_t *json)
{
    if (check_ints(check, key, json) < 0)
        return -1;
    for (size_t i = 1; i < json_array_size(json); i++)
        if (json_integer_value(json_array_get(json, i)) <=
            json_integer_value(json_array_get(json, i - 1)))
            return wrong(check, key, json);
    return 0;
}

static int check_range(struct check *check, const struct key *key,
                       const json_t *json)
{
    const json_t *low = json_array_get(json, 0),
                 *high = json_array_get(json, 1);

    if (json_array_size(json) != 2 || !in_range(key, low) ||
        !in_range(key, high) ||
        json_integer_value(low) > json_integer_value(high))
        return wrong(check, key, json);
    return 0;
}

static int check_lines(struct check *check, const struct key *key,
                       const json_t *json)
{
    if (json_is_string(json))
        return check_line(check, key, json);
    return check_each(check, key, json, check_line);
}

static int check_edge(struct check *check, const struct key *key,
                      const json_t *json)
{
    if (json_is_object(json))
        return check_object(check, key->object, json);
    if (json_is_string(json))
        return check_line(check, key, json);
    return wrong_text(check, json, "a line or an object");
}

static int check_edges(struct check *check, const struct key *key,
                       const json_t *json)
{
    if (!json_is_array(json) && !json_is_string(json) && !json_is_object(json))
        return wrong(check, key, json);
    if (!json_is_array(json))
        return check_edge(check, key, json);
    return check_each(check, key, json, check_edge);
}

static int check_one(struct check *check, const struct key *key,
                     const json_t *json)
{
    return check_object(check, key->object, json);
}

static int check_objects(struct check *check, const struct key *key,
                         const json_t *json)
{
    return check_each(check, key, json, check_one);
}

static int check_map(struct check *check, const struct key *key,
                     const json_t *json)
{
    const char *name;
    json_t *value;

    if (!json_is_object(json))
        return wrong(check, key, json);
    json_object_foreach((json_t *)json, name, value)
    {
        push(check, name, 0);
        if (!is_name(name))
            return wrong_text(check, value,
                              "a name of small letters, digits, - and _ that "
                              "begins with a letter before this");
        if (check_object(check, key->object, value) < 0)
            return -1;
        pop(check);
    }
    return 0;
}

static int check_grammar(struct check *check, const struct key *key,
                         const json_t *json)
{
    return json_is_object(json) ? 0 : wrong(check, key, json);
}

static checker *const checkers[TYPE_COUNT] = {
    [TYPE_INT] = check_int,         [TYPE_BOOL] = check_bool,
    [TYPE_STRING] = check_string,   [TYPE_CHARACTERS] = check_characters,
    [TYPE_CHOICE] = check_choice,   [TYPE_STRINGS] = check_strings,
    [TYPE_WORDS] = check_words,     [TYPE_SLUGS] = check_slugs,
    [TYPE_INTS] = check_ints,       [TYPE_ASCENDING] = check_ascending,
    [TYPE_RANGE] = check_range,     [TYPE_NAME] = check_name,
    [TYPE_LINE] = check_line,       [TYPE_LINES] = check_lines,
    [TYPE_EDGES] = check_edges,     [TYPE_OBJECT] = check_one,
    [TYPE_OBJECTS] = check_objects, [TYPE_MAP] = check_map,
    [TYPE_GRAMMAR] = check_grammar,
};

static const struct key *find_key(enum schema_object object, const char *name)
{
    for (size_t i = 0; i < KEY_COUNT; i++)
        if (keys[i].in & IN(object) && strcmp(keys[i].name, name) == 0)
            return &keys[i];
    return NULL;
}

static int unknown_key(struct check *check, enum schema_object object,
                       const char *name)
{
    struct suggest suggest = SUGGEST_INIT(name);
    struct str visible = STR_INIT;
    char *path;

    for (size_t i = 0; i < KEY_COUNT; i++)
        if (keys[i].in & IN(object))
            suggest_offer(&suggest, keys[i].name);
    push(check, name, 0);
    path = path_of(check);
    str_add_visible(&visible, path, strlen(path), 200, false);
    if (suggest.best)
        err_set(check->err, "%s: unknown key, did you mean \"%s\"?",
                visible.text, suggest.best);
    else
        err_set(check->err, "%s: unknown key", visible.text);
    str_release(&visible);
    free(path);
    return -1;
}

static int check_known(struct check *check, enum schema_object object,
                       const json_t *json)
{
    const char *name;
    json_t *value;

    json_object_foreach(
        (json_t *)json, name,
        value) if (!find_key(object, name)) return unknown_key(check, object,
                                                               name);
    return 0;
}

static int wrong_one_of(struct check *check, enum schema_object object,
                        const json_t *json)
{
    struct str text = STR_INIT;
    const char *between = "exactly one of ";

    for (size_t i = 0; i < KEY_COUNT; i++)
        if (keys[i].in & IN(object) && keys[i].one_of) {
            str_addf(&text, "%s%s", between, keys[i].name);
            between = ", ";
        }
    wrong_text(check, json, text.text);
    str_release(&text);
    return -1;
}

/* Of the keys of which one has to be there. */
static int check_one_of(struct check *check, enum schema_object object,
                        const json_t *json)
{
    size_t there = 0, choices = 0;

    for (size_t i = 0; i < KEY_COUNT; i++)
        if (keys[i].in & IN(object) && keys[i].one_of) {
            choices++;
            there += json_object_get(json, keys[i].name) != NULL;
        }
    return choices > 0 && there != 1 ? wrong_one_of(check, object, json) : 0;
}

static int wrong_with(struct check *check, const struct key *key,
                      const json_t *value)
{
    struct str text = STR_INIT;

    str_addf(&text, "this only beside \"%s\"", key->with);
    wrong_text(check, value, text.text);
    str_release(&text);
    return -1;
}

static int check_key(struct check *check, const struct key *key,
                     const json_t *json)
{
    const json_t *value = json_object_get(json, key->name);
    int status = 0;

    if (!value && key->fallback)
        return 0;
    push(check, key->name, 0);
    if (!value)
        status = wrong(check, key, NULL);
    else if (key->with && !json_object_get(json, key->with))
        status = wrong_with(check, key, value);
    else
        status = checkers[key->type](check, key, value);
    pop(check);
    return status;
}

static int check_object(struct check *check, enum schema_object object,
                        const json_t *json)
{
    if (!json_is_object(json))
        return wrong_text(check, json, "an object");
    if (check_known(check, object, json) < 0 ||
        check_one_of(check, object, json) < 0)
        return -1;
    for (size_t i = 0; i < KEY_COUNT; i++)
        if (keys[i].in & IN(object) && check_key(check, &keys[i], json) < 0)
            return -1;
    return 0;
}

int schema_check(enum schema_object object, const json_t *json,
                 const char *path, struct err *err)
{
    struct check check = {.path = path, .err = err};

    return check_object(&check, object, json);
}

long long schema_int(enum schema_object object, const json_t *json,
                     const char *name)
{
    const json_t *value = json_object_get(json, name);
    const struct key *key = find_key(object, name);

    assert(key && (value || key->fallback));
    return value ? json_integer_value(value) : strtoll(key->fallback, NULL, 10);
}

size_t schema_choice(enum schema_object object, const json_t *json,
                     const char *name)
{
    const char *text = json_string_value(json_object_get(json, name));
    const struct key *key = find_key(object, name);
    size_t i = 0;

    assert(key && is_choice(key, text));
    while (strcmp(key->choices[i], text) != 0)
        i++;
    return i;
}

/* The value column of the table. */
static void doc_type(FILE *out, const struct key *key)
{
    struct str text = STR_INIT;

    describe(&text, key);
    if (key->type == TYPE_CHOICE) {
        for (size_t i = 0; key->choices[i]; i++)
            fprintf(out, "%s`\"%s\"`", i ? ", " : "", key->choices[i]);
    } else {
        fputs(text.text, out);
    }
    str_release(&text);
}

static void doc_fallback(FILE *out, const struct key *key)
{
    if (!key->fallback)
        fputs("required", out);
    else if (*key->fallback)
        fprintf(out, "`%s`", key->fallback);
}

static void doc_key(FILE *out, const struct key *key)
{
    fprintf(out, "| `%s` | ", key->name);
    doc_type(out, key);
    fputs(" | ", out);
    doc_fallback(out, key);
    fprintf(out, " | %s |\n", key->help);
}

void schema_doc(FILE *out)
{
    for (enum schema_object object = 0; object < SCHEMA_OBJECTS; object++) {
        fprintf(out, "%s### %s\n\n", object ? "\n" : "", objects[object].place);
        if (objects[object].intro)
            fprintf(out, "%s\n\n", objects[object].intro);
        fputs("| Key | Value | Default | Meaning |\n|---|---|---|---|\n", out);
        for (size_t i = 0; i < KEY_COUNT; i++)
            if (keys[i].in & IN(object))
                doc_key(out, &keys[i]);
    }
}
