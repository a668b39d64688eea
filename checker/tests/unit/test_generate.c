#include "judge/trace.h"

#include "base/hash.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct grammar grammar;

static void load(const char *text)
{
    json_t *json = json_loads(text, 0, NULL);
    struct err err = ERR_INIT;

    cr_assert_not_null(json);
    cr_assert_eq(grammar_parse(json, &grammar, &err), 0, "%s", err.text);
    json_decref(json);
}

#define VALUES                                                                 \
    "\"values\": {\"capacity\": {\"int\": [0, 8]},"                            \
    " \"key\": {\"int\": [-3, 3]}, \"value\": {\"ints\": [-1, 7, 900]},"       \
    " \"word\": {\"string\": {\"alphabet\": \"ab !\","                         \
    "            \"length\": [0, 3]}},"                                        \
    " \"colour\": {\"choice\": [\"red\", \"light blue\"]},"                    \
    " \"node\": {\"handle\": \"node\"},"                                       \
    " \"any\": {\"handle\": \"node\", \"old\": 6, \"fresh\": 1,"               \
    "           \"missing\": 3},"                                              \
    " \"newest\": {\"handle\": \"node\", \"old\": 0, \"fresh\": 1},"           \
    " \"keys\": {\"list\": {\"of\": \"node\", \"length\": [0, 3]}},"           \
    " \"odd\": {\"mix\": [{\"weight\": 9, \"int\": [0, 9]},"                   \
    "           {\"weight\": 1, \"ints\": [2147483647]}]}}"

static const char all[] =
    "{\"open\": \"new {capacity}\","
    " \"calls\": [{\"line\": \"put {key} {value}\"}, {\"line\": \"say "
    "{word}\"}, {\"line\": \"pick {colour}\"},"
    "  {\"line\": \"odd {odd}\"}, {\"line\": \"sum {keys}\"},"
    "  {\"line\": \"make\", \"makes\": \"node\", \"weight\": 3},"
    "  {\"line\": \"del {node}\", \"drops\": \"node\"},"
    "  {\"line\": \"look {any}\"}, {\"line\": \"peek {newest}\"}],"
    " \"close\": [\"stats\"]," VALUES ", \"length\": [5, 40], \"traces\": 10}";

/* What the generator has to know of the objects, found anew. */
struct objects {
    bool living[64];
    size_t count, living_count;
};

static void follow(struct objects *objects, const struct trace_call *call,
                   size_t *missing, size_t *dropped)
{
    bool makes = call->line->makes >= 0;

    for (size_t i = 0; i < call->words.count; i++) {
        const char *name = call->line->words[0].literal;
        size_t n = strtoul(call->words.items[i], NULL, 10);

        if (!call->specs[i] || call->specs[i]->type != VALUE_HANDLE)
            continue;
        if (strcmp(name, "look") != 0)
            cr_assert(n < objects->count && objects->living[n], "%s %zu", name,
                      n);
        if (strcmp(name, "peek") == 0)
            for (size_t k = n + 1; k < objects->count; k++)
                cr_assert(!objects->living[k], "%zu is newer than %zu", k, n);
        *missing += n >= objects->count;
        *dropped += n < objects->count && !objects->living[n];
        cr_assert_leq(n, objects->count);
        if (call->line->drops == (int)i)
            objects->living[n] = false;
    }
    if (makes)
        objects->living[objects->count++] = true;
}

Test(generate, every_line_is_one_of_the_grammar)
{
    size_t missing = 0, dropped = 0, looks = 0;

    load(all);
    for (uint64_t number = 0; number < 400; number++) {
        struct strv lines = STRV_INIT;
        struct objects objects = {.count = 0};

        trace_generate(&grammar, 42, number, &lines);
        cr_assert_geq(lines.count, 7);
        cr_assert_leq(lines.count, 42);
        cr_assert_eq(strncmp(lines.items[0], "new ", 4), 0);
        cr_assert_str_eq(lines.items[lines.count - 1], "stats");
        for (size_t i = 0; i < lines.count; i++) {
            struct trace_call call;

            cr_assert(trace_match(&grammar, lines.items[i], &call), "%s",
                      lines.items[i]);
            for (size_t k = 0; k < call.words.count; k++)
                cr_assert(!call.specs[k] ||
                              trace_fits(call.specs[k], call.words.items[k]),
                          "%s: %s", lines.items[i], call.words.items[k]);
            looks += strncmp(lines.items[i], "look", 4) == 0;
            follow(&objects, &call, &missing, &dropped);
            trace_call_release(&call);
        }
        strv_release(&lines);
    }
    /* Three in ten, about half of them dropped ones. */
    cr_assert_gt(missing + dropped, looks / 5);
    cr_assert_lt(missing + dropped, looks / 2);
    cr_assert_gt(dropped, looks / 20);
    cr_assert_gt(missing, looks / 20);
    grammar_release(&grammar);
}

static void digest(uint64_t seed, uint64_t number, char text[HASH_TEXT_SIZE])
{
    struct strv lines = STRV_INIT;
    struct hash hash;

    hash_init(&hash);
    trace_generate(&grammar, seed, number, &lines);
    for (size_t i = 0; i < lines.count; i++)
        hash_add_text(&hash, lines.items[i]);
    hash_text(&hash, text);
    strv_release(&lines);
}

Test(generate, the_same_seed_gives_the_same_trace)
{
    char a[HASH_TEXT_SIZE], b[HASH_TEXT_SIZE];

    load(all);
    digest(42, 3, a);
    digest(42, 3, b);
    cr_assert_str_eq(a, b);
    digest(42, 4, b);
    cr_assert_str_neq(a, b);
    digest(43, 3, b);
    cr_assert_str_neq(a, b);
    grammar_release(&grammar);
}

/* A verdict is given with its seed, so this must never change unnoticed. */
Test(generate, traces_are_the_same_everywhere)
{
    static const char *const expected[] = {
        "new 8",   "sum",      "put -1 900", "make",   "make",     "peek 1",
        "say baa", "make",     "make",       "del 2",  "say \"\"", "make",
        "peek 4",  "put 0 7",  "make",       "peek 5", "peek 5",   "del 3",
        "put 1 7", "pick red", "stats"};
    struct strv lines = STRV_INIT;

    load(all);
    trace_generate(&grammar, 1, 0, &lines);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        cr_expect_str_eq(lines.items[i], expected[i], "%zu: %s", i,
                         lines.items[i]);
    strv_release(&lines);
    grammar_release(&grammar);
}

Test(generate, lengths_reach_both_ends)
{
    size_t counts[41] = {0}, total = 4000;

    load(all);
    for (uint64_t number = 0; number < total; number++) {
        struct strv lines = STRV_INIT;

        trace_generate(&grammar, 9, number, &lines);
        counts[lines.count - 2]++;
        strv_release(&lines);
    }
    for (size_t i = 5; i <= 40; i++)
        cr_assert_gt(counts[i], 0, "no trace of %zu calls", i);
    /* Of 36 lengths, two at an end have more than their share. */
    cr_assert_gt(counts[5] + counts[6], total * 2 / 36 * 4 / 3);
    cr_assert_gt(counts[39] + counts[40], total * 2 / 36 * 4 / 3);
    grammar_release(&grammar);
}

/* Nothing can be looked at before something was made. */
Test(generate, traces_begin_with_a_maker)
{
    load("{\"calls\": [{\"line\": \"look {node}\", \"weight\": 1000},"
         " {\"line\": \"make\", \"makes\": \"node\"}],"
         " \"values\": {\"node\": {\"handle\": \"node\"}},"
         " \"length\": [1, 5], \"traces\": 1}");
    for (uint64_t number = 0; number < 50; number++) {
        struct strv lines = STRV_INIT;

        trace_generate(&grammar, 1, number, &lines);
        cr_assert_str_eq(lines.items[0], "make");
        strv_release(&lines);
    }
    grammar_release(&grammar);
}

/* A maker whose argument is missing is refused, and its number not taken. */
Test(generate, refused_makers_make_nothing)
{
    size_t refused = 0;

    load("{\"calls\": [{\"line\": \"copy {any}\", \"makes\": \"node\"}],"
         " \"values\": {\"any\": {\"handle\": \"node\", \"old\": 0,"
         "              \"missing\": 1}},"
         " \"length\": [5, 5], \"traces\": 1}");
    for (uint64_t number = 0; number < 20; number++) {
        struct strv lines = STRV_INIT;

        trace_generate(&grammar, 1, number, &lines);
        cr_assert_eq(lines.count, 5);
        for (size_t i = 0; i < 5; i++)
            refused += strcmp(lines.items[i], "copy 0") == 0;
        strv_release(&lines);
    }
    cr_assert_eq(refused, 100);
    grammar_release(&grammar);
}

Test(generate, calls_come_as_often_as_their_weight_says)
{
    size_t often = 0, seldom = 0;

    load("{\"calls\": [{\"line\": \"often\", \"weight\": 9},"
         " {\"line\": \"seldom\"}], \"values\": {},"
         " \"length\": [1000, 1000], \"traces\": 1}");
    for (uint64_t number = 0; number < 10; number++) {
        struct strv lines = STRV_INIT;

        trace_generate(&grammar, 1, number, &lines);
        for (size_t i = 0; i < lines.count; i++) {
            often += strcmp(lines.items[i], "often") == 0;
            seldom += strcmp(lines.items[i], "seldom") == 0;
        }
        strv_release(&lines);
    }
    cr_assert_gt(often, 8800);
    cr_assert_lt(often, 9200);
    cr_assert_eq(often + seldom, 10000);
    grammar_release(&grammar);
}
