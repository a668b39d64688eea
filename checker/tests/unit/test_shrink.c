#include "judge/shrink.h"

#include "base/alloc.h"
#include "base/random.h"
#include "base/str.h"
#include "judge/trace.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct grammar grammar;

static void load(void)
{
    static const char text[] =
        "{\"calls\": [{\"line\": \"put {key} {value}\"}, {\"line\": \"get "
        "{key}\"}, {\"line\": \"say {word}\"},"
        "  {\"line\": \"pick {colour}\"}, {\"line\": \"odd {odd}\"}, "
        "{\"line\": \"sum {keys}\"}, {\"line\": \"hi {high}\"},"
        "  {\"line\": \"neg {low}\"}, {\"line\": \"few {few}\"},"
        "  {\"line\": \"make\", \"makes\": \"node\"},"
        "  {\"line\": \"copy {node}\", \"makes\": \"node\"},"
        "  {\"line\": \"del {node}\", \"drops\": \"node\"},"
        "  {\"line\": \"link {node} {node}\"}],"
        " \"values\": {\"key\": {\"int\": [0, 1000]},"
        "  \"value\": {\"int\": [-1000, 1000]},"
        "  \"word\": {\"string\": {\"alphabet\": \"abc\", \"length\": [0, 8]}},"
        "  \"colour\": {\"choice\": [\"red\", \"green\", \"blue\"]},"
        "  \"node\": {\"handle\": \"node\"},"
        "  \"high\": {\"int\": [5, 90]}, \"low\": {\"int\": [-90, -5]},"
        "  \"few\": {\"ints\": [900, -7, 7, -9223372036854775808]},"
        "  \"keys\": {\"list\": {\"of\": \"key\", \"length\": [1, 6]}},"
        "  \"odd\": {\"mix\": [{\"weight\": 9, \"int\": [0, 9]},"
        "            {\"weight\": 1, \"ints\": [-2147483648]}]}},"
        " \"length\": [1, 60], \"traces\": 10}";
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

TestSuite(shrink, .init = load, .fini = unload);

typedef bool predicate(const struct strv *lines, const void *data);

struct judge {
    predicate *fails;
    const void *data;
    size_t batches, tests, most;
};

static bool judge_all(const struct strv *candidates, size_t count, bool *fails,
                      void *context)
{
    struct judge *judge = context;

    if (judge->most && judge->tests + count > judge->most)
        return false;
    judge->batches++;
    judge->tests += count;
    for (size_t i = 0; i < count; i++)
        fails[i] = judge->fails(&candidates[i], judge->data);
    return true;
}

static char *join(const struct strv *lines)
{
    struct str text = STR_INIT;

    for (size_t i = 0; i < lines->count; i++)
        str_addf(&text, "%s%s", i ? "|" : "", lines->items[i]);
    return str_detach(&text);
}

static void split(const char *text, struct strv *lines)
{
    char *copy = xstrdup(text);

    for (char *s = copy; *s; s++)
        if (*s == '|')
            *s = '\n';
    strv_add_lines(lines, copy);
    free(copy);
}

static void shrinks_to(const char *trace, predicate *fails, const void *data,
                       const char *expected)
{
    struct judge judge = {.fails = fails, .data = data};
    struct shrink_stats stats;
    struct strv lines = STRV_INIT;
    char *result;

    split(trace, &lines);
    cr_assert(fails(&lines, data), "%s does not fail", trace);
    shrink(&grammar, &lines, judge_all, &judge, 10, &stats);
    result = join(&lines);
    cr_expect_str_eq(result, expected, "%s became %s", trace, result);
    cr_expect(stats.minimal);
    cr_expect_eq(stats.tests, judge.tests);
    free(result);
    strv_release(&lines);
}

/* Fails while it holds all lines of `data`, NULL-terminated. */
static bool has_lines(const struct strv *lines, const void *data)
{
    for (const char *const *line = data; *line; line++)
        if (!strv_has(lines, *line))
            return false;
    return true;
}

Test(shrink, only_the_lines_that_matter_stay)
{
    static const char *const wanted[] = {"get 3", "put 0 0", NULL};

    shrinks_to("get 1|put 0 0|put 2 2|get 4|get 3|put 5 5|get 6", has_lines,
               wanted, "put 0 0|get 3");
    shrinks_to("get 3|put 0 0", has_lines, wanted, "get 3|put 0 0");
}

/* As an agent answers: does some line touch the object that line "copy" made
   of a copy? Numbers are what decides, not text. */
static bool deletes_a_copy(const struct strv *lines, const void *data)
{
    bool copies[256] = {false};
    size_t count = 0;

    (void)data;
    for (size_t i = 0; i < lines->count; i++) {
        unsigned n;

        if (strcmp(lines->items[i], "make") == 0) {
            copies[count++] = false;
        } else if (sscanf(lines->items[i], "copy %u", &n) == 1) {
            if (n < count)
                copies[count++] = true;
        } else if (sscanf(lines->items[i], "del %u", &n) == 1) {
            if (n < count && copies[n])
                return true;
        }
    }
    return false;
}

Test(shrink, objects_are_followed)
{
    shrinks_to("make|make|link 0 1|copy 1|make|copy 2|link 1 2|del 0|del 4",
               deletes_a_copy, NULL, "make|copy 0|del 1");
}

/* A line may fail without what made its object: the agent refuses it, and the
   submission's agent does so in other words. */
Test(shrink, a_maker_goes_as_text_where_its_objects_lines_stay)
{
    static const char *const wanted[] = {"link 0 0", "del 1", NULL};

    shrinks_to("make|make|link 0 0|get 1|del 1", has_lines, wanted,
               "link 0 0|del 1");
}

static bool number_over(const struct strv *lines, const void *data)
{
    const char *text = data;
    char name[16];
    int limit;

    sscanf(text, "%15s %d", name, &limit);
    for (size_t i = 0; i < lines->count; i++) {
        struct strv words = STRV_INIT;
        long long value = 0;
        bool over;

        trace_split(lines->items[i], &words);
        if (words.count)
            value = strtoll(words.items[words.count - 1], NULL, 10);
        over = words.count > 1 && strcmp(words.items[0], name) == 0 &&
               (limit < 0 ? value <= limit : value >= limit);
        strv_release(&words);
        if (over)
            return true;
    }
    return false;
}

Test(shrink, numbers_come_near_to_zero)
{
    shrinks_to("get 1|put 999 873|get 2", number_over, "put 501", "put 0 501");
    shrinks_to("put 999 -873", number_over, "put -17", "put 0 -17");
    shrinks_to("put 999 873", number_over, "put 0", "put 0 0");
    shrinks_to("hi 77", number_over, "hi 0", "hi 5");
    shrinks_to("hi 77", number_over, "hi 6", "hi 6");
    shrinks_to("neg -77", number_over, "neg -1", "neg -5");
    shrinks_to("few 900", number_over, "few 0", "few 7");
    shrinks_to("few 900", number_over, "few 8", "few 900");
    shrinks_to("few -9223372036854775808", number_over, "few -1", "few -7");
    shrinks_to("odd -2147483648", number_over, "odd -1", "odd -2147483648");
}

static bool is_odd_line(const struct strv *lines, const void *data)
{
    (void)data;
    return lines->count == 1 && strncmp(lines->items[0], "odd", 3) == 0;
}

Test(shrink, a_mix_is_left_for_its_simpler_part)
{
    shrinks_to("odd -2147483648", is_odd_line, NULL, "odd 0");
    /* Outside of the grammar: only what is inside is tried. */
    shrinks_to("odd 77777", is_odd_line, NULL, "odd 0");
}

static bool has_letter(const struct strv *lines, const void *data)
{
    for (size_t i = 0; i < lines->count; i++)
        if (strncmp(lines->items[i], "say", 3) == 0 &&
            strstr(lines->items[i], data))
            return true;
    return false;
}

Test(shrink, strings_get_short_and_plain)
{
    shrinks_to("say abcbcbca|say aacc", has_letter, "cc", "say cc");
    shrinks_to("say cabcbb", has_letter, "b", "say b");
    shrinks_to("say abcb", has_letter, "y ", "say \"\"");
}

static bool picks(const struct strv *lines, const void *data)
{
    (void)data;
    return lines->count > 0 && strncmp(lines->items[0], "pick", 4) == 0;
}

Test(shrink, choices_become_the_first)
{
    shrinks_to("pick blue|get 1", picks, NULL, "pick red");
}

static bool sums(const struct strv *lines, const void *data)
{
    return lines->count > 0 && strncmp(lines->items[0], "sum", 3) == 0 &&
           (!data || strstr(lines->items[0], data));
}

Test(shrink, lists_get_shorter_within_their_bounds)
{
    shrinks_to("sum 5 6 7 8 9", sums, NULL, "sum 0");
    shrinks_to("sum 5 6 777 8 9", sums, "777", "sum 777");
    shrinks_to("sum 5 6 777 8 9", sums, "777 8", "sum 777 8");
}

/* What ended early is the best so far, and says so. */
Test(shrink, giving_up_keeps_what_was_found)
{
    static const char *const wanted[] = {"get 7", NULL};
    struct judge judge = {.fails = has_lines, .data = wanted, .most = 5};
    struct shrink_stats stats;
    struct strv lines = STRV_INIT;

    for (int i = 0; i < 200; i++)
        strv_addf(&lines, "get %d", i);
    shrink(&grammar, &lines, judge_all, &judge, 10, &stats);
    cr_assert(!stats.minimal);
    cr_assert(has_lines(&lines, wanted));
    cr_assert_lt(lines.count, 200);
    judge.most = 0;
    shrink(&grammar, &lines, judge_all, &judge, 0, &stats);
    cr_assert(!stats.minimal);
    cr_assert_eq(stats.tests, 0);
    shrink(&grammar, &lines, judge_all, &judge, 10, &stats);
    cr_assert(stats.minimal);
    cr_assert_eq(lines.count, 1);
    strv_release(&lines);
}

/* A bug of random shape: some of the lines, in order, and some of them only
   while another is absent, so that removal is not monotonic. */
struct shape {
    int needed[4];
    int unless;
};

static bool has_shape(const struct strv *lines, const void *data)
{
    const struct shape *shape = data;
    size_t found = 0;

    for (size_t i = 0; i < lines->count; i++) {
        int key = -1;

        sscanf(lines->items[i], "get %d", &key);
        if (found < 4 && key % 10 == shape->needed[found])
            found++;
        else if (found == 2 && key % 10 == shape->unless)
            found = 1;
    }
    return found == 4;
}

static bool made_and_deleted(const struct strv *lines, const void *data)
{
    return deletes_a_copy(lines, NULL) && has_shape(lines, data);
}

static bool is_minimal(const struct strv *lines, predicate *fails,
                       const void *data)
{
    for (size_t i = 0; i < lines->count; i++) {
        struct strv less = STRV_INIT;
        bool still;

        strv_copy(&less, lines);
        strv_remove(&less, i);
        still = fails(&less, data);
        strv_release(&less);
        if (still)
            return false;
    }
    return true;
}

Test(shrink, the_result_is_minimal)
{
    size_t failing = 0, tests = 0, most = 0;

    for (uint64_t round = 0; round < 2000; round++) {
        struct random_state random;
        struct shape shape;
        predicate *fails = round % 2 ? has_shape : made_and_deleted;
        struct judge judge = {.fails = fails, .data = &shape};
        struct shrink_stats stats;
        struct strv lines = STRV_INIT;

        random_seed(&random, 3, round);
        for (int i = 0; i < 4; i++)
            shape.needed[i] = (int)random_between(&random, 0, 9);
        shape.unless = (int)random_between(&random, 0, 9);
        trace_generate(&grammar, 3, round, &lines);
        for (int i = 0; i < 25; i++)
            strv_addf(&lines, "get %d", (int)random_between(&random, 0, 1000));
        if (fails(&lines, &shape)) {
            shrink(&grammar, &lines, judge_all, &judge, 10, &stats);
            cr_assert(fails(&lines, &shape), "round %d", (int)round);
            cr_assert(stats.minimal);
            cr_assert(is_minimal(&lines, fails, &shape), "round %d",
                      (int)round);
            failing++;
            tests += judge.tests;
            most = judge.tests > most ? judge.tests : most;
        }
        strv_release(&lines);
    }
    cr_assert_gt(failing, 100);
    cr_log_info("%zu failing, %zu tests each, at most %zu", failing,
                tests / failing, most);
    cr_assert_lt(tests / failing, 400);
}
