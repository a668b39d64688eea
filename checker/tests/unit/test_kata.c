#include "kata/kata.h"

#include "base/alloc.h"
#include "base/path.h"
#include "base/str.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Uses every kind of key and value once. */
static const char good[] =
    "{\"format\": 1, \"title\": \"Toy stack\", \"level\": \"mid\",\n"
    " \"minutes\": 35, \"needs\": [\"hash-table\"], \"tags\": [\"stack\"],\n"
    " \"notes\": \"000, 'stacks'\", \"allow\": [\"memory\"],\n"
    " \"oracle\": {\"open\": \"new {size}\",\n"
    "  \"close\": [\"stats\", {\"line\": \"end\", \"makes\": \"node\"}],\n"
    "  \"calls\": [{\"line\": \"put {key} {keys}\", \"weight\": 4},\n"
    "   {\"line\": \"new {size}\", \"makes\": \"node\"},\n"
    "   {\"line\": \"say {text} {word}\"},\n"
    "   {\"line\": \"free {node}\", \"drops\": \"node\"}],\n"
    "  \"values\": {\"size\": {\"int\": [0, 8]}, \"key\": {\"ints\": [1, 2]},\n"
    "   \"text\": {\"string\": {\"alphabet\": \"ab\", \"length\": [0, 5]}},\n"
    "   \"word\": {\"choice\": [\"red\", \"green\"]},\n"
    "   \"node\": {\"handle\": \"node\", \"old\": 8, \"fresh\": 1},\n"
    "   \"keys\": {\"list\": {\"of\": \"odd\", \"length\": [0, 4]}},\n"
    "   \"odd\": {\"mix\": [{\"weight\": 9, \"int\": [0, 9]},\n"
    "                   {\"weight\": 1, \"ints\": [-2147483648]}]}},\n"
    "  \"length\": [1, 80], \"traces\": 200},\n"
    " \"growth\": [{\"claim\": \"get is O(1)\", \"open\": \"new {n}\",\n"
    "   \"prepare\": [\"put {i} -{i}\"], \"measure\": \"get {any} {i}\",\n"
    "   \"times\": 1000, \"n\": [256, 1024, 4096], \"at_most\": \"O(1)\",\n"
    "   \"bytes_at_most\": \"O(n log n)\"}],\n"
    " \"faults\": \"strong\", \"threads\": true,\n"
    " \"hints\": [{\"hint\": 2, \"category\": \"leak\"},\n"
    "   {\"hint\": 1, \"test\": \"full\", \"category\": \"crash\"}],\n"
    " \"limits\": {\"memory_mb\": 256, \"seconds\": 5},\n"
    " \"weights\": {\"tests\": 30, \"oracle\": 25, \"memory\": 15,\n"
    "   \"faults\": 10, \"threads\": 5, \"growth\": 10, \"style\": 5}}\n";

static char *root, *file;

static void set_up(void)
{
    struct err err = ERR_INIT;
    char *dir;

    /* Thousands of files are written: a disk would take half a minute. */
    if (access("/dev/shm", W_OK) == 0)
        setenv("TMPDIR", "/dev/shm", 1);
    root = path_make_temp("kata-unit", &err);
    cr_assert(root, "%s", err.text);
    dir = path_join(root, "katas/containers/toy-stack");
    cr_assert_eq(path_mkdirs(dir, 0755, &err), 0, "%s", err.text);
    file = path_join(dir, "kata.json");
    free(dir);
}

static void tear_down(void)
{
    path_remove(root, NULL);
    free(root);
    free(file);
}

TestSuite(kata, .init = set_up, .fini = tear_down);

static int load(const char *text, size_t length, struct kata **kata,
                struct err *err)
{
    FILE *out = fopen(file, "wb");

    cr_assert(out && fwrite(text, 1, length, out) == length);
    cr_assert_eq(fclose(out), 0);
    return kata_load(root, "containers", "toy-stack", kata, err);
}

static struct kata *load_good(void)
{
    struct kata *kata = NULL;
    struct err err = ERR_INIT;

    cr_assert_eq(load(good, strlen(good), &kata, &err), 0, "%s", err.text);
    return kata;
}

Test(kata, reads_metadata)
{
    struct kata *kata = load_good();

    cr_assert_str_eq(kata->title, "Toy stack");
    cr_assert_str_eq(kata->notes, "000, 'stacks'");
    cr_assert_str_eq(kata->topic, "containers");
    cr_assert_str_eq(kata->slug, "toy-stack");
    cr_assert_str_eq(kata->snake, "toy_stack");
    cr_assert_eq(kata->level, LEVEL_MID);
    cr_assert_eq(kata->minutes, 35);
    cr_assert_str_eq(kata->needs.items[0], "hash-table");
    cr_assert_str_eq(kata->tags.items[0], "stack");
    cr_assert_str_eq(kata->allow.items[0], "memory");
    cr_assert_eq(kata->faults, FAULTS_STRONG);
    cr_assert(kata->threads);
    cr_assert_eq(kata->memory_mb, 256);
    cr_assert_eq(kata->seconds, 5);
    kata_free(kata);
}

Test(kata, reads_weights_of_stages)
{
    struct kata *kata = load_good();

    cr_assert_eq(kata->weights[STAGE_BUILD], 0);
    cr_assert_eq(kata->weights[STAGE_POLICY], 0);
    cr_assert_eq(kata->weights[STAGE_TESTS], 30);
    cr_assert_eq(kata->weights[STAGE_ORACLE], 25);
    cr_assert_eq(kata->weights[STAGE_THREADS], 5);
    cr_assert_eq(kata->weights[STAGE_STYLE], 5);
    kata_free(kata);
}

Test(kata, reads_growth_claims)
{
    struct kata *kata = load_good();
    const struct growth_claim *claim = kata->growth;

    cr_assert_eq(kata->growth_count, 1);
    cr_assert_str_eq(claim->claim, "get is O(1)");
    cr_assert_str_eq(claim->open.items[0], "new {n}");
    cr_assert_str_eq(claim->prepare.items[0], "put {i} -{i}");
    cr_assert_eq(claim->measure.count, 1);
    cr_assert_eq(claim->times, 1000);
    cr_assert_eq(claim->n_count, 3);
    cr_assert_eq(claim->n[2], 4096);
    cr_assert_eq(claim->at_most, GROWTH_CONSTANT);
    cr_assert(claim->has_bytes);
    cr_assert_eq(claim->bytes_at_most, GROWTH_LINEAR_LOG);
    kata_free(kata);
}

/* `good` with the keys of `patch` (an object, inner ones merged) put in. */
static int load_patched(const char *patch, struct kata **kata, struct err *err)
{
    json_error_t where;
    json_t *json = json_loads(good, 0, &where);
    json_t *more = json_loads(patch, 0, &where);
    char *text;
    int status;

    cr_assert(json && more, "%s: %s", patch, where.text);
    json_object_update_recursive(json, more);
    text = json_dumps(json, 0);
    status = load(text, strlen(text), kata, err);
    free(text);
    json_decref(json);
    json_decref(more);
    return status;
}

static void expect_error(const char *patch, const char *message)
{
    struct kata *kata = NULL;
    struct err err = ERR_INIT;

    cr_assert_eq(load_patched(patch, &kata, &err), -1, "%s was accepted",
                 patch);
    cr_assert(str_starts(err.text, file), "no file in: %s", err.text);
    cr_assert_str_eq(err.text + strlen(file), message);
}

static void expect_good(const char *patch)
{
    struct kata *kata = NULL;
    struct err err = ERR_INIT;

    cr_assert_eq(load_patched(patch, &kata, &err), 0, "%s", err.text);
    kata_free(kata);
}

Test(kata, names_what_is_wrong_with_a_value)
{
    expect_error("{\"minutes\": 0}",
                 ": minutes: expected a whole number in 1 ... 240, got 0");
    expect_error("{\"minutes\": 241}",
                 ": minutes: expected a whole number in 1 ... 240, got 241");
    expect_error("{\"minutes\": 3.5}",
                 ": minutes: expected a whole number in 1 ... 240, got 3.5");
    expect_error("{\"format\": 2}",
                 ": format: expected a whole number (1), got 2");
    expect_error("{\"level\": \"easy\"}",
                 ": level: expected one of \"junior\", \"mid\", \"senior\", "
                 "got \"easy\"");
    expect_error("{\"faults\": true}",
                 ": faults: expected one of \"none\", \"basic\", \"strong\", "
                 "got true");
    expect_error("{\"threads\": 0}",
                 ": threads: expected true or false, got 0");
    expect_error("{\"title\": \"\"}",
                 ": title: expected text, in one line, got \"\"");
    expect_error("{\"needs\": [\"Hash_Table\"]}",
                 ": needs[0]: expected a slug like \"hash-table\", got "
                 "\"Hash_Table\"");
    expect_error("{\"allow\": [\"memory\", \"memory\"]}",
                 ": allow: expected each once, got \"memory\"");
    expect_error("{\"limits\": {\"memory_mb\": 15}}",
                 ": limits.memory_mb: expected a whole number in 16 ... 8192, "
                 "got 15");
    expect_error("{\"needs\": [\"toy-stack\"]}",
                 ": needs: expected other katas, got \"toy-stack\" itself");
}

Test(kata, escapes_what_a_terminal_would_obey)
{
    expect_error("{\"title\": \"a\\u001b[31m\"}",
                 ": title: expected text, in one line, got \"a\\u001B[31m\"");
    expect_error("{\"level\": \"\\u202e\"}",
                 ": level: expected one of \"junior\", \"mid\", \"senior\", "
                 "got \"\\xe2\\x80\\xae\"");
}

Test(kata, suggests_known_keys)
{
    expect_error("{\"titel\": 1}",
                 ": titel: unknown key, did you mean \"title\"?");
    expect_error("{\"oracle\": {\"value\": {}}}",
                 ": oracle.value: unknown key, did you mean \"values\"?");
    expect_error("{\"weights\": {\"build\": 0}}",
                 ": weights.build: unknown key");
    expect_error("{\"weights\": {\"orcale\": 0}}",
                 ": weights.orcale: unknown key, did you mean \"oracle\"?");
}

Test(kata, wants_weights_to_add_up)
{
    expect_error("{\"weights\": {\"tests\": 31}}",
                 ": weights: expected a sum of 100, got 101");
    expect_error("{\"weights\": {\"tests\": 29}}",
                 ": weights: expected a sum of 100, got 99");
    expect_error("{\"weights\": {\"tests\": -1}}",
                 ": weights.tests: expected a whole number in 0 ... 100, got "
                 "-1");
    expect_error("{\"threads\": false}",
                 ": weights.threads: expected 0 because \"threads\" is false, "
                 "got 5");
    expect_error("{\"faults\": \"none\"}",
                 ": weights.faults: expected 0 because \"faults\" is "
                 "\"none\", got 10");
    expect_error("{\"growth\": []}",
                 ": weights.growth: expected 0 because \"growth\" is empty, "
                 "got 10");
    expect_good("{\"threads\": false,"
                " \"weights\": {\"threads\": 0, \"tests\": 35}}");
}

static void expect_growth_error(const char *change, const char *message)
{
    struct str patch = STR_INIT;

    str_addf(&patch,
             "{\"growth\": [{\"claim\": \"c\", \"measure\": \"get\","
             " \"times\": 1, \"n\": [1, 2, 3], \"at_most\": \"O(1)\"},"
             " {\"claim\": \"c\", \"times\": 1, \"at_most\": \"O(1)\", %s}]}",
             change);
    expect_error(patch.text, message);
    str_release(&patch);
}

Test(kata, checks_growth_claims)
{
    expect_growth_error("\"measure\": \"get\", \"n\": [1, 2]",
                        ": growth[1].n: expected an ascending list of whole "
                        "numbers in 1 ... 10000000, at least 3, got [1,2]");
    expect_growth_error("\"measure\": \"get\", \"n\": [1, 2, 2]",
                        ": growth[1].n: expected an ascending list of whole "
                        "numbers in 1 ... 10000000, at least 3, got [1,2,2]");
    expect_growth_error("\"measure\": \"get\", \"n\": [0, 1, 2]",
                        ": growth[1].n[0]: expected a whole number in 1 ... "
                        "10000000, got 0");
    expect_growth_error("\"n\": [1, 2, 3], \"measure\": []",
                        ": growth[1].measure: expected a line or a list of "
                        "lines, at least 1, got []");
    expect_growth_error("\"n\": [1, 2, 3], \"measure\": [\"a\", \"get {j}\"]",
                        ": growth[1].measure: expected no names but {n}, {i} "
                        "and {any}, got \"get {j}\"");
    expect_growth_error("\"n\": [1, 2, 3], \"measure\": \"a\","
                        " \"open\": \"new {i}\"",
                        ": growth[1].open: expected no names but {n} and "
                        "{any}, got \"new {i}\"");
    expect_growth_error("\"n\": [1, 2, 3], \"measure\": \"a}\"",
                        ": growth[1].measure: expected no names but {n}, {i} "
                        "and {any}, got \"a}\"");
    expect_growth_error("\"n\": [1, 2, 3], \"measure\": \"a {n\"",
                        ": growth[1].measure: expected no names but {n}, {i} "
                        "and {any}, got \"a {n\"");
}

Test(kata, reads_what_hints_answer)
{
    struct kata *kata = load_good();

    cr_assert_eq(kata->hint_count, 2);
    cr_assert_eq(kata->hints[0].hint, 2);
    cr_assert_str_eq(kata->hints[0].category, "leak");
    cr_assert_eq(kata->hints[0].test, NULL);
    cr_assert_str_eq(kata->hints[1].test, "full");
    kata_free(kata);
}

Test(kata, wants_hints_to_answer_something)
{
    expect_error("{\"hints\": [{\"hint\": 1}]}",
                 ": hints[0]: expected a category or a test, got neither");
    expect_error("{\"hints\": [{\"hint\": 0, \"test\": \"x\"}]}",
                 ": hints[0].hint: expected a whole number in 1 ... 64, got 0");
    expect_error("{\"hints\": [{\"test\": \"x\"}]}",
                 ": hints[0].hint: expected a whole number in 1 ... 64, got "
                 "nothing");
    expect_error("{\"hints\": [{\"hint\": 1, \"tests\": \"x\"}]}",
                 ": hints[0].tests: unknown key, did you mean \"test\"?");
    expect_good("{\"hints\": []}");
}

Test(kata, gives_defaults)
{
    static const char text[] =
        "{\"format\": 1, \"title\": \"T\", \"level\": \"junior\","
        " \"minutes\": 1, \"faults\": \"none\", \"weights\": {\"tests\": 100},"
        " \"oracle\": {\"calls\": [{\"line\": \"a\"}], \"length\": [1, 2]}}";
    struct kata *kata = NULL;
    struct err err = ERR_INIT;

    cr_assert_eq(load(text, strlen(text), &kata, &err), 0, "%s", err.text);
    cr_assert_eq(kata->memory_mb, 512);
    cr_assert_eq(kata->seconds, 10);
    cr_assert_eq(kata->grammar.traces, 300);
    cr_assert_str_eq(kata->notes, "");
    cr_assert_not(kata->threads);
    cr_assert_eq(kata->needs.count + kata->tags.count + kata->allow.count, 0);
    cr_assert_eq(kata->growth_count, 0);
    kata_free(kata);
}

static void expect_text_error(const char *text, const char *message)
{
    struct kata *kata = NULL;
    struct err err = ERR_INIT;

    cr_assert_eq(load(text, strlen(text), &kata, &err), -1);
    cr_assert(str_starts(err.text, file), "no file in: %s", err.text);
    cr_assert(strstr(err.text, message), "no \"%s\" in: %s", message, err.text);
}

Test(kata, says_where_json_is_broken)
{
    expect_text_error("{\"format\": 1,\n \"title\" 2}",
                      ": line 2, column 10: ':' expected");
    expect_text_error("{\"format\": 1, \"format\": 1}", "duplicate object key");
    expect_text_error("", ": line 1, column 0: ");
    expect_text_error("[]", ": expected an object, got []");
    expect_text_error("{} {}", "end of file expected");
}

Test(kata, names_a_missing_file)
{
    struct kata *kata = NULL;
    struct err err = ERR_INIT;

    cr_assert_eq(kata_load(root, "containers", "none", &kata, &err), -1);
    cr_assert(strstr(err.text, "katas/containers/none/kata.json"), "%s",
              err.text);
    err_clear(&err);
    cr_assert_eq(kata_load(root, "containers", "Toy", &kata, &err), -1);
    cr_assert(strstr(err.text, "expected a slug"), "%s", err.text);
}

Test(kata, knows_slugs)
{
    static const char *const yes[] = {"a", "lru-cache", "b2b-4", NULL};
    static const char *const no[] = {"",     "-a",  "a-",  "a--b", "A",
                                     "2sum", "a_b", "a/b", "..",   NULL};

    for (size_t i = 0; yes[i]; i++)
        cr_assert(kata_is_slug(yes[i]), "%s", yes[i]);
    for (size_t i = 0; no[i]; i++)
        cr_assert_not(kata_is_slug(no[i]), "%s", no[i]);
}

static void touch(const char *path)
{
    struct err err = ERR_INIT;
    char *dir = path_dirname(path);

    cr_assert_eq(path_mkdirs(dir, 0755, &err), 0, "%s", err.text);
    cr_assert_eq(path_write(path, "", 0, 0644, &err), 0, "%s", err.text);
    free(dir);
}

Test(kata, checks_that_files_are_there)
{
    struct kata *kata = load_good();
    char *paths[] = {kata_header(kata), kata_stub(kata), kata_tests(kata),
                     kata_agent(kata), kata_reference(kata)};

    for (size_t i = 0; i < 5; i++) {
        struct err err = ERR_INIT;

        cr_assert_eq(kata_check_files(kata, &err), -1);
        cr_assert(str_starts(err.text, paths[i]), "%s", err.text);
        touch(paths[i]);
        free(paths[i]);
    }
    cr_assert_eq(kata_check_files(kata, NULL), 0);
    kata_free(kata);
}

Test(kata, names_stages_and_classes)
{
    for (enum stage_id stage = 0; stage < STAGE_COUNT; stage++)
        cr_assert_eq(stage_from_name(stage_name(stage)), stage);
    cr_assert_eq(stage_from_name("non"), STAGE_COUNT);
    cr_assert_str_eq(growth_class_name(GROWTH_CONSTANT), "O(1)");
    cr_assert_str_eq(growth_class_name(GROWTH_QUADRATIC), "O(n^2)");
    cr_assert_str_eq(kata_level_name(LEVEL_SENIOR), "senior");
}

Test(kata, documents_each_key)
{
    static const char *const keys[] = {"`minutes`", "`memory_mb`", "`alphabet`",
                                       "`bytes_at_most`", NULL};
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    kata_format_doc(out);
    fclose(out);
    for (size_t i = 0; keys[i]; i++)
        cr_assert(strstr(text, keys[i]), "%s", keys[i]);
    free(text);
}

/* The tests are run in the repository's top folder. */
Test(kata, example_in_the_documentation_is_valid)
{
    struct str text = STR_INIT;
    struct kata *kata = NULL;
    struct err err = ERR_INIT;
    const char *start, *end;

    cr_assert_eq(path_read("docs/kata-format.md", 1 << 20, &text, &err), 0,
                 "%s", err.text);
    start = strstr(text.text, "```json\n");
    cr_assert(start);
    start = strchr(start, '\n');
    end = strstr(start, "\n```");
    cr_assert_eq(load(start, (size_t)(end - start), &kata, &err), 0, "%s",
                 err.text);
    cr_assert_eq(kata->grammar.open[0].makes, 0, "as the line in calls");
    kata_free(kata);
    str_release(&text);
}

/* Broken files: whatever is done to a good one, it loads or the error names
   the file and holds nothing that a terminal obeys. */
struct tally {
    size_t good, bad;
};

static void try_bytes(const char *text, size_t length, struct tally *tally)
{
    struct kata *kata = NULL;
    struct err err = ERR_INIT;

    if (load(text, length, &kata, &err) == 0) {
        tally->good++;
        kata_free(kata);
        return;
    }
    tally->bad++;
    cr_assert(err.set && str_starts(err.text, file), "%.*s: %s", (int)length,
              text, err.text);
    for (const char *c = err.text; *c; c++)
        cr_assert_geq((unsigned char)*c, ' ', "%s", err.text);
}

static void try_json(const json_t *json, struct tally *tally)
{
    char *text = json_dumps(json, JSON_ENCODE_ANY);

    try_bytes(text, strlen(text), tally);
    free(text);
}

/* Calls `visit` on the container and key or index of each value in turn. */
struct walk {
    json_t *top;
    struct tally tally;
    void (*visit)(struct walk *walk, json_t *in, const char *key, size_t i);
};

static void walk_all(struct walk *walk, json_t *in)
{
    struct strv keys = STRV_INIT;
    const char *key;
    json_t *value;

    json_object_foreach(in, key, value) strv_add(&keys, key);
    for (size_t i = 0; i < keys.count; i++) {
        walk->visit(walk, in, keys.items[i], 0);
        walk_all(walk, json_object_get(in, keys.items[i]));
    }
    strv_release(&keys);
    for (size_t i = 0; i < json_array_size(in); i++) {
        walk->visit(walk, in, NULL, i);
        walk_all(walk, json_array_get(in, i));
    }
}

static void put(json_t *in, const char *key, size_t i, json_t *value)
{
    if (key)
        json_object_set(in, key, value);
    else
        json_array_set(in, i, value);
}

static json_t *get(json_t *in, const char *key, size_t i)
{
    return json_incref(key ? json_object_get(in, key) : json_array_get(in, i));
}

static void without(struct walk *walk, json_t *in, const char *key, size_t i)
{
    json_t *value = get(in, key, i);

    if (key)
        json_object_del(in, key);
    else
        json_array_remove(in, i);
    try_json(walk->top, &walk->tally);
    if (key)
        json_object_set(in, key, value);
    else
        json_array_insert(in, i, value);
    json_decref(value);
}

static void replaced(struct walk *walk, json_t *in, const char *key, size_t i)
{
    static const char *const others[] = {
        "null",        "true",        "0",
        "-1",          "1.5",         "9223372036854775807",
        "\"\"",        "\"x\"",       "\"{n\"",
        "\"\\u001b\"", "[]",          "[[]]",
        "[0]",         "[1, 0]",      "[\"\", \"a {b} c\"]",
        "{}",          "{\"x\": {}}", "[-9223372036854775808, 1]",
        "[{}]",        "\"node\"",    "{\"line\": \"{size}\"}"};
    json_t *value = get(in, key, i);

    for (size_t k = 0; k < sizeof others / sizeof *others; k++) {
        json_t *other = json_loads(others[k], JSON_DECODE_ANY, NULL);

        cr_assert(other, "%s", others[k]);
        put(in, key, i, other);
        try_json(walk->top, &walk->tally);
        json_decref(other);
    }
    put(in, key, i, value);
    json_decref(value);
}

static void walk_good(void (*visit)(struct walk *, json_t *, const char *,
                                    size_t),
                      struct tally *tally)
{
    struct walk walk = {.top = json_loads(good, 0, NULL), .visit = visit};

    walk_all(&walk, walk.top);
    *tally = walk.tally;
    try_json(walk.top, tally);
    cr_assert_eq(tally->good, walk.tally.good + 1, "the walk left a change");
    json_decref(walk.top);
}

Test(kata, survives_missing_keys)
{
    struct tally tally;

    walk_good(without, &tally);
    cr_assert_gt(tally.bad, 50);
    cr_assert_gt(tally.good, 5);
}

Test(kata, survives_wrong_types)
{
    struct tally tally;

    walk_good(replaced, &tally);
    cr_assert_gt(tally.bad, 1000);
}

Test(kata, survives_truncation)
{
    struct tally tally = {0};
    size_t end = strlen(good) - 2; /* without "}\n" it is broken */

    for (size_t n = 0; n <= end; n++)
        try_bytes(good, n, &tally);
    cr_assert_eq(tally.good, 0);
}

static void insert(size_t at, const char *junk, size_t n, struct tally *tally)
{
    struct str text = STR_INIT;

    str_addn(&text, good, at);
    str_addn(&text, junk, n);
    str_add(&text, good + at);
    try_bytes(text.text, text.length, tally);
    str_release(&text);
}

Test(kata, survives_junk)
{
    static const char *const junk[] = {"{", "]", "\"", "\x80", "9", ",", "\n"};
    struct tally tally = {0};

    for (size_t at = 0; at < strlen(good); at++) {
        insert(at, "", 1, &tally);
        insert(at, junk[at % 7], 1, &tally);
    }
    cr_assert_gt(tally.bad, strlen(good));
}

Test(kata, survives_deep_nesting)
{
    struct str text = STR_INIT;
    struct tally tally = {0};

    for (int i = 0; i < 100000; i++)
        str_addc(&text, '[');
    try_bytes(text.text, text.length, &tally);
    cr_assert_eq(tally.bad, 1);
    str_release(&text);
}

static void put_file(const char *name)
{
    char *path = path_join(root, name), *dir = path_dirname(path);
    struct err err = ERR_INIT;

    cr_assert_eq(path_mkdirs(dir, 0755, &err), 0, "%s", err.text);
    cr_assert_eq(path_write(path, "x", 1, 0644, &err), 0, "%s", err.text);
    free(dir);
    free(path);
}

Test(kata, takes_tests_and_traces_from_an_overlay)
{
    struct kata *kata = load_good();
    char *dir = path_join(root, "private");
    struct err err = ERR_INIT;

    put_file("private/toy-stack/test_b.c");
    put_file("private/toy-stack/test_a.c");
    put_file("private/toy-stack/.hidden");
    put_file("private/toy-stack/traces/edge.trace");
    put_file("private/another/test_c.c");
    cr_assert_eq(kata_overlay(kata, dir, &err), 0, "%s", err.text);
    cr_assert_eq(kata->more_tests.count, 2);
    cr_assert(str_ends(kata->more_tests.items[0], "/toy-stack/test_a.c"));
    cr_assert_eq(kata->more_traces.count, 1);
    free(dir);
    kata_free(kata);
}

Test(kata, leaves_no_file_of_an_overlay_out_by_its_name)
{
    const char *wrong[] = {"toy-stack/more_tests.c", "toy-stack/test_a.cc",
                           "toy-stack/traces/edge.txt"};

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct kata *kata = load_good();
        char *dir = xasprintf("%s/%zu", root, i);
        char *name = xasprintf("%zu/%s", i, wrong[i]);
        struct err err = ERR_INIT;

        put_file(name);
        cr_assert_eq(kata_overlay(kata, dir, &err), -1);
        cr_assert(strstr(err.text, path_base(wrong[i])), "%s", err.text);
        free(name);
        free(dir);
        kata_free(kata);
    }
}

Test(kata, needs_the_overlay_to_be_there)
{
    struct kata *kata = load_good();
    char *dir = path_join(root, "nowhere");
    struct err err = ERR_INIT;

    cr_assert_eq(kata_overlay(kata, dir, &err), -1);
    cr_assert(strstr(err.text, "no such folder"), "%s", err.text);
    free(dir);
    kata_free(kata);
}
