#include "judge/trace.h"

#include "base/alloc.h"
#include "base/path.h"
#include "base/random.h"
#include "base/str.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct grammar grammar;

static void load(void)
{
    static const char text[] =
        "{\"open\": \"new {capacity}\","
        " \"calls\": [{\"line\": \"put {key} {value}\"}, {\"line\": \"say "
        "{word}\"}, {\"line\": \"pick {colour}\"},"
        "  {\"line\": \"odd {odd}\"}, {\"line\": \"sum {keys}\"},"
        "  {\"line\": \"node {tag}\", \"makes\": \"node\"},"
        "  {\"line\": \"leaf {tag}\", \"makes\": \"leaf\"},"
        "  {\"line\": \"copy {node} {tag}\", \"makes\": \"node\"},"
        "  {\"line\": \"del {node}\", \"drops\": \"node\"},"
        "  {\"line\": \"link {node} {other} {tag}\"}, {\"line\": \"hang {leaf} "
        "{node} {tag}\"}],"
        " \"close\": \"stats\","
        " \"values\": {\"capacity\": {\"int\": [0, 8]},"
        "  \"key\": {\"int\": [0, 15]}, \"value\": {\"ints\": [-1, 7, 900]},"
        "  \"tag\": {\"int\": [0, 9999]},"
        "  \"word\": {\"string\": {\"alphabet\": \"ab !\","
        "             \"length\": [1, 3]}},"
        "  \"colour\": {\"choice\": [\"red\", \"light blue\"]},"
        "  \"node\": {\"handle\": \"node\"}, \"leaf\": {\"handle\": \"leaf\"},"
        "  \"other\": {\"handle\": \"node\", \"old\": 1, \"missing\": 1},"
        "  \"keys\": {\"list\": {\"of\": \"key\", \"length\": [1, 3]}},"
        "  \"odd\": {\"mix\": [{\"weight\": 9, \"int\": [0, 9]},"
        "            {\"weight\": 1, \"ints\": [-2147483648, 2147483647]}]}},"
        " \"length\": [1, 20], \"traces\": 10}";
    json_t *json = json_loads(text, 0, NULL);
    struct err err = ERR_INIT;

    cr_assert_not_null(json);
    cr_assert_eq(grammar_parse(json, &grammar, &err), 0, "%s", err.text);
    json_decref(json);
}

static void unload(void)
{
    grammar_release(&grammar);
}

TestSuite(trace, .init = load, .fini = unload);

static char *dir;

static char *write_file(const char *bytes, size_t n)
{
    struct err err = ERR_INIT;
    char *path;

    dir = path_make_temp("test-trace", &err);
    cr_assert_not_null(dir, "%s", err.text);
    path = path_join(dir, "a.trace");
    cr_assert_eq(path_write(path, bytes, n, 0600, &err), 0, "%s", err.text);
    return path;
}

static void clean(char *path)
{
    path_remove(dir, NULL);
    free(dir);
    free(path);
}

Test(trace, files_lose_comments_and_white_space)
{
    static const char text[] = "# what it is\n\n  put 1 2  \r\n--\n\tget 1\n#";
    char *path = write_file(text, sizeof text - 1);
    struct strv lines = STRV_INIT;
    struct err err = ERR_INIT;

    cr_assert_eq(trace_read(path, &lines, &err), 0, "%s", err.text);
    cr_assert_eq(lines.count, 3, "%zu lines", lines.count);
    cr_assert_str_eq(lines.items[0], "put 1 2");
    cr_assert_str_eq(lines.items[1], "--");
    cr_assert_str_eq(lines.items[2], "get 1");
    strv_release(&lines);
    clean(path);
}

Test(trace, what_is_written_is_read_back)
{
    struct strv lines = STRV_INIT, again = STRV_INIT;
    char *path = write_file("", 0);
    struct err err = ERR_INIT;

    strv_add_all(&lines, "new 2", "--", "say \"a b\"", (char *)NULL);
    cr_assert_eq(trace_write(path, &lines, "first\n\nsecond", &err), 0, "%s",
                 err.text);
    cr_assert_eq(trace_read(path, &again, &err), 0, "%s", err.text);
    cr_assert(strv_equal(&lines, &again));
    strv_release(&lines);
    strv_release(&again);
    clean(path);
}

static void refuses(const char *bytes, size_t n, const char *why)
{
    char *path = write_file(bytes, n);
    struct strv lines = STRV_INIT;
    struct err err = ERR_INIT;

    cr_assert_eq(trace_read(path, &lines, &err), -1);
    cr_assert_not_null(strstr(err.text, why), "%s", err.text);
    strv_release(&lines);
    clean(path);
}

Test(trace, directives_and_nuls_are_refused)
{
    char *lines = xmalloc(2 * TRACE_LINES_MAX + 2);
    char *line = xmalloc(TRACE_LINE_BYTES_MAX + 1);

    refuses("put 1 2\n @fail 1\n", 17, ":2:");
    refuses("put 1\0 2\n", 9, "NUL");
    for (size_t i = 0; i < 2 * (TRACE_LINES_MAX + 1); i++)
        lines[i] = "x\n"[i % 2];
    refuses(lines, 2 * TRACE_LINES_MAX + 2, "more than");
    memset(line, 'x', TRACE_LINE_BYTES_MAX + 1);
    refuses(line, TRACE_LINE_BYTES_MAX + 1, "bytes");
    free(lines);
    free(line);
}

static bool splits(const char *text, const char *joined)
{
    struct strv words = STRV_INIT;
    struct str all = STR_INIT;
    bool ok = trace_split(text, &words);

    for (size_t i = 0; i < words.count; i++)
        str_addf(&all, "%s|", words.items[i]);
    ok = ok && strcmp(all.text, joined) == 0;
    str_release(&all);
    strv_release(&words);
    return ok;
}

Test(trace, words_are_unquoted)
{
    cr_assert(splits("  put 1  \"a b\" ", "put|1|a b|"));
    cr_assert(splits("\"\"", "|"));
    cr_assert(
        splits("\"\\n\\t\\\"\\\\\\x41\\xc3\\xA9\"", "\n\t\"\\A\xc3\xa9|"));
    cr_assert(splits("a\"b c", "a\"b|c|"));
    cr_assert(!splits("", ""));
    cr_assert(!splits("   ", ""));
    cr_assert(!splits("\"a", "a|"));
    cr_assert(!splits("\"a\"b", "a|b|"));
    cr_assert(!splits("\"\\q\"", "q|"));
    cr_assert(!splits("\"\\x4\"", "4|"));
    cr_assert(!splits("\"a\\x00b\"", "a|"));
    cr_assert(!splits("\"\\", "|"));
}

static const char *matched(const char *text)
{
    struct trace_call call;
    const char *name = NULL;

    if (trace_match(&grammar, text, &call)) {
        name = call.line->words[0].literal;
        trace_call_release(&call);
    }
    return name ? name : "none";
}

Test(trace, lines_find_their_grammar)
{
    cr_assert_str_eq(matched("put 3 7"), "put");
    cr_assert_str_eq(matched("put 99999 123"), "put", "out of range fits too");
    cr_assert_str_eq(matched("put 3"), "none");
    cr_assert_str_eq(matched("put 3 7 9"), "none");
    cr_assert_str_eq(matched("put x 7"), "none");
    cr_assert_str_eq(matched("put +3 7"), "none");
    cr_assert_str_eq(matched("put 3 99999999999999999999"), "none");
    cr_assert_str_eq(matched("new 4"), "new");
    cr_assert_str_eq(matched("stats"), "stats");
    cr_assert_str_eq(matched("say \"\""), "say");
    cr_assert_str_eq(matched("sum"), "sum");
    cr_assert_str_eq(matched("sum 1 2 3 4 5"), "sum");
    cr_assert_str_eq(matched("sum 1 x"), "none");
    cr_assert_str_eq(matched("del -1"), "none");
    cr_assert_str_eq(matched("nothing"), "none");
    cr_assert_str_eq(matched("say \"a"), "none");
}

Test(trace, the_part_of_a_mix_is_found)
{
    struct trace_call call;

    cr_assert(trace_match(&grammar, "odd 2147483647", &call));
    cr_assert_eq(call.specs[1]->type, VALUE_INTS);
    cr_assert_null(call.specs[0]);
    trace_call_release(&call);
    cr_assert(trace_match(&grammar, "odd 5", &call));
    cr_assert_eq(call.specs[1]->type, VALUE_RANGE);
    trace_call_release(&call);
}

Test(trace, strings_fit_their_alphabet)
{
    struct trace_call call;

    cr_assert(trace_match(&grammar, "say a", &call));
    cr_assert(trace_fits(call.specs[1], "a"));
    cr_assert(trace_fits(call.specs[1], "b !"));
    cr_assert(!trace_fits(call.specs[1], ""));
    cr_assert(!trace_fits(call.specs[1], "aaaa"));
    cr_assert(!trace_fits(call.specs[1], "ac"));
    cr_assert(!trace_fits(call.specs[1], "aaA"));
    trace_call_release(&call);
}

/* Compares the trace without line `i` with `expected`, lines by '|'. */
static void without(const char *trace, size_t i, const char *expected)
{
    struct strv lines = STRV_INIT, result = STRV_INIT;
    struct str joined = STR_INIT;
    char *text = xstrdup(trace);

    for (char *s = text; *s; s++)
        if (*s == '|')
            *s = '\n';
    strv_add_lines(&lines, text);
    trace_without(&grammar, &lines, i, &result);
    for (size_t k = 0; k < result.count; k++)
        str_addf(&joined, "%s%s", k ? "|" : "", result.items[k]);
    cr_expect_str_eq(joined.text, expected, "%s without %zu: %s", trace, i,
                     joined.text);
    str_release(&joined);
    strv_release(&lines);
    strv_release(&result);
    free(text);
}

Test(trace, a_line_that_made_nothing_goes_alone)
{
    without("put 1 7|put 2 7|stats", 1, "put 1 7|stats");
    without("unknown|put 2 7", 0, "put 2 7");
    without("put 1 7|un  known \"", 0, "un  known \"");
}

Test(trace, what_names_a_removed_object_goes_too)
{
    without("node 1|node 2|link 0 1 3|del 0|del 1", 0, "node 2|del 0");
    without("node 1|node 2|link 1 1 3|del 0", 0, "node 2|link 0 0 3");
    without("node 1|copy 0 2|copy 1 3|del 2|node 4|del 3", 0, "node 4|del 0");
    without("node 1|leaf 2|hang 0 0 3|leaf 4|hang 1 0 5", 1,
            "node 1|leaf 4|hang 0 0 5");
}

Test(trace, numbers_begin_anew_in_each_part)
{
    without("node 1|node 2|--|node 3|node 4|del 1", 0,
            "node 2|--|node 3|node 4|del 1");
    without("node 1|--|node 2|del 0", 1, "node 1|node 2|del 1");
    without("node 1|--|node 2|del 0|--|node 3|del 0", 1,
            "node 1|node 2|del 1|--|node 3|del 0");
}

Test(trace, missing_objects_stay_missing)
{
    without("node 1|node 2|link 1 2 9", 0, "node 2|link 0 1 9");
    without("node 1|node 2|link 1 5 9", 0, "node 2|link 0 4 9");
    without("node 1|node 2|del 0|link 1 0 9", 2, "node 1|node 2|link 1 0 9");
}

/* A line that the agent refuses makes nothing, so it takes no number. */
Test(trace, refused_lines_take_no_number)
{
    without("put 1 7|copy 0 1|node 2|del 0", 0, "copy 0 1|node 2|del 0");
    without("node 1|del 0|copy 0 2|node 3|del 1", 4,
            "node 1|del 0|copy 0 2|node 3");
    /* Without the del the copy is made, and is number 1. */
    without("node 1|del 0|copy 0 2|node 3|link 1 1 4", 1,
            "node 1|copy 0 2|node 3|link 2 2 4");
    without("node 1|del 0|copy 0 2|node 3|link 1 1 4", 2,
            "node 1|del 0|node 3|link 1 1 4");
}

/* Which line made each object that a line names, as an agent would find it.
   Lines carry unique tags, so a line is known by its last word. */
static void identities(const struct strv *lines, struct strv *found)
{
    struct {
        char *tags[128];
        size_t count;
    } kinds[2] = {{.count = 0}};

    for (size_t i = 0; i < lines->count; i++) {
        struct str text = STR_INIT;
        struct trace_call call;

        if (strcmp(lines->items[i], "--") == 0) {
            kinds[0].count = kinds[1].count = 0;
            continue;
        }
        cr_assert(trace_match(&grammar, lines->items[i], &call));
        for (size_t k = 0; k < call.words.count; k++) {
            size_t n = strtoul(call.words.items[k], NULL, 10);

            if (call.specs[k] && call.specs[k]->type == VALUE_HANDLE)
                str_addf(&text, "%s ",
                         n < kinds[call.specs[k]->kind].count
                             ? kinds[call.specs[k]->kind].tags[n]
                             : "missing");
            else
                str_addf(&text, "%s ", call.words.items[k]);
        }
        if (call.line->makes >= 0)
            kinds[call.line->makes].tags[kinds[call.line->makes].count++] =
                strrchr(lines->items[i], ' ');
        strv_take(found, str_detach(&text));
        trace_call_release(&call);
    }
}

static void random_lines(struct random_state *random, struct strv *lines)
{
    int64_t nodes = 0, leaves = 0;

    for (int tag = 0; tag < 30; tag++) {
        int64_t k = random_between(random, 0, 9);
        int64_t node = nodes ? random_between(random, 0, nodes - 1) : 0;
        int64_t leaf = leaves ? random_between(random, 0, leaves - 1) : 0;

        if (k < 3 || !nodes || !leaves) {
            strv_addf(lines, "%s %d", k % 2 ? "node" : "leaf", tag);
            nodes += k % 2;
            leaves += k % 2 == 0;
        } else if (k < 5) {
            strv_addf(lines, "copy %d %d", (int)node, tag);
            nodes++;
        } else if (k < 9) {
            strv_addf(lines, "hang %d %d %d", (int)leaf, (int)node, tag);
        } else {
            strv_add(lines, "--");
            nodes = leaves = 0;
        }
    }
}

/* Every line that is left names the same objects as before. */
Test(trace, handles_keep_their_meaning)
{
    struct random_state random;

    for (uint64_t round = 0; round < 300; round++) {
        struct strv lines = STRV_INIT, result = STRV_INIT;
        struct strv before = STRV_INIT, after = STRV_INIT;
        bool keep[64];
        size_t at = 0;

        random_seed(&random, 7, round);
        random_lines(&random, &lines);
        for (size_t i = 0; i < lines.count; i++)
            keep[i] = random_between(&random, 0, 3) > 0;
        trace_select(&grammar, &lines, keep, &result);
        identities(&lines, &before);
        identities(&result, &after);
        for (size_t i = 0; i < after.count; i++, at++) {
            while (at < before.count &&
                   strcmp(before.items[at], after.items[i]) != 0)
                at++;
            cr_assert_lt(at, before.count, "round %d: %s", (int)round,
                         after.items[i]);
        }
        strv_release(&lines);
        strv_release(&result);
        strv_release(&before);
        strv_release(&after);
    }
}
