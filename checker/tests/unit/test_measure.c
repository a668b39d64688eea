#include "base/strv.h"
#include "judge/measure.h"

#include "valgrind/fixture.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static long long sizes[] = {3, 2000, 5000};
static struct growth_claim claim = {.n = sizes, .n_count = 3, .times = 20};
static struct kata kata = {.growth = &claim, .growth_count = 1, .seconds = 10};
static struct str script;

static void setup(void)
{
    str_init(&script);
    strv_add(&claim.open, "new {n}");
    strv_add(&claim.prepare, "put {i} {i}");
    strv_add(&claim.measure, "get {any}");
    strv_add(&claim.measure, "has {i} \"{x}\"");
}

static void teardown(void)
{
    str_release(&script);
    strv_release(&claim.open);
    strv_release(&claim.prepare);
    strv_release(&claim.measure);
}

TestSuite(measure, .init = setup, .fini = teardown);

static size_t count(const char *line)
{
    size_t found = 0;

    for (const char *at = script.text; (at = strstr(at, line)); at++)
        found++;
    return found;
}

Test(measure, a_script_opens_prepares_and_measures)
{
    bool instrumented = false;

    claim.times = 2;
    measure_script(&kata, 0, 0, &instrumented, &script);
    cr_assert(instrumented);
    cr_assert(str_starts(script.text,
                         "@quiet on\n@cpu 4000\nnew 3\nput 0 0\nput 1 1\nput 2 "
                         "2\n@dump -\n@measure on\nget "),
              "%s", script.text);
    cr_assert_eq(count("\nhas 0 \"{x}\"\n@dump 0.0.0\n"), 1, "%s", script.text);
    cr_assert_eq(count("\nhas 1 \"{x}\"\n@dump 0.0.1\n"), 1);
    cr_assert(str_ends(script.text, "@dump 0.0.1\n@measure hold\n--\n"));
}

Test(measure, the_calls_alone_are_a_trace)
{
    static const char *const calls[] = {"new 3", "put 0 0", "put 1 1",
                                        "put 2 2", "has 0 \"{x}\""};
    struct strv trace = STRV_INIT;

    claim.times = 1;
    strv_remove(&claim.measure, 0);
    measure_calls(&kata, 0, 0, &trace);
    cr_assert_eq(trace.count, 5);
    for (size_t i = 0; i < 5; i++)
        cr_assert_str_eq(trace.items[i], calls[i]);
    strv_release(&trace);
}

Test(measure, calls_are_spread_over_eight_batches)
{
    bool instrumented = false;

    measure_script(&kata, 0, 1, &instrumented, &script);
    cr_assert_eq(count("\n@dump 0.1."), 8);
    cr_assert_eq(count("\nget "), 20);
    cr_assert_eq(count("\nput "), 2000);
}

Test(measure, the_same_numbers_are_drawn_each_time)
{
    struct str first = STR_INIT;
    bool instrumented = false;

    measure_script(&kata, 0, 2, &instrumented, &first);
    instrumented = false;
    measure_script(&kata, 0, 2, &instrumented, &script);
    cr_assert_str_eq(first.text, script.text);
    str_release(&first);
}

Test(measure, counting_is_off_for_a_long_preparation_only)
{
    bool instrumented = true;

    measure_script(&kata, 0, 0, &instrumented, &script);
    cr_assert_eq(count("@measure off"), 0);
    str_reset(&script);
    measure_script(&kata, 0, 1, &instrumented, &script);
    cr_assert_eq(count("@measure off"), 1);
    cr_assert(instrumented);
}

/* Recorded from callgrind 3.19, which gets the summary wrong here. */
static const char dump_text[] =
    "# callgrind format\nversion: 1\ncreator: callgrind-3.19.0\npid: 5665\n"
    "cmd:  /box/bin/agent\npart: 7\n\n\ndesc: I1 cache: \ndesc: D1 cache: \n"
    "desc: LL cache: \n\ndesc: Timerange: Basic block 901 - 1203\n"
    "desc: Trigger: Client Request: 2.1.7\n\npositions: line\nevents: Ir\n"
    "summary: 18446744073709551552\n\n\nob=(1) /box/bin/agent\n"
    "fl=(1) agent.c\nfn=(0) run_measured\n661 12\n+1 2\ncalls=1 8 \n* 1\n\n"
    "totals: 60\n";

Test(measure, a_dump_says_what_was_counted_where)
{
    struct measure_dump dump;

    cr_assert(measure_read_dump(dump_text, &dump));
    cr_assert_eq(dump.claim, 2);
    cr_assert_eq(dump.point, 1);
    cr_assert_eq(dump.batch, 7);
    cr_assert_eq(dump.instructions, 60);
}

Test(measure, other_dumps_are_passed_over)
{
    struct measure_dump dump;

    cr_assert_not(measure_read_dump("", &dump));
    cr_assert_not(measure_read_dump(
        "\ndesc: Trigger: Client Request: -\ntotals: 3\n", &dump));
    cr_assert_not(measure_read_dump(
        "\ndesc: Trigger: Program termination\ntotals: 3\n", &dump));
    cr_assert_not(
        measure_read_dump("\ndesc: Trigger: Client Request: 1.1.1\n", &dump));
}

Test(measure, what_was_measured_can_be_kept)
{
    struct measured_point points[] = {{3, {1.5, 0}, {1.25, 8}, 16, 0},
                                      {2000, {2, 0.1}, {2, 8}, 16, 1},
                                      {5000, {1e9, 3}, {7, 8}, 16, UINT64_MAX}};
    struct measured_claim measured = {.points = points, .count = 3}, *read;
    json_t *json = measure_to_json(&measured, 1);

    read = measure_from_json(json, &kata);
    cr_assert_not_null(read);
    cr_assert_eq(read->count, 3);
    cr_assert_eq(memcmp(read->points, points, sizeof points), 0);
    measure_free(read, 1);
    sizes[1] = 2001;
    cr_assert_null(measure_from_json(json, &kata));
    json_decref(json);
}

Test(measure, what_was_kept_must_be_of_this_kata)
{
    static const char *const texts[] = {
        "[]", "{}", "[[]]", "[[[3,1,1,1,1,1,1]]]", "[[1,2,3]]", "[[],[]]", "3"};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        json_t *json = json_loads(texts[i], JSON_DECODE_ANY, NULL);

        cr_assert_null(measure_from_json(json, &kata), "%s", texts[i]);
        json_decref(json);
    }
}

/* Measured live, of the fixture's agent. */

static struct fixture fixture;
static long long points[] = {16, 256, 3000};
static measure_choose *choose; /* NULL: everything */

static struct measured_claim *measure(const char *const *lines, size_t count,
                                      long long times)
{
    struct measured_claim *measured;
    struct err err = ERR_INIT;

    fixture_open(&fixture);
    fixture_share(&fixture);
    fixture.kata.growth_count = count;
    fixture.kata.growth = xcalloc(count, sizeof *fixture.kata.growth);
    for (size_t i = 0; i < count; i++) {
        struct growth_claim *live = &fixture.kata.growth[i];

        live->n = points;
        live->n_count = 3;
        live->times = times;
        strv_add(&live->open, "open {n}");
        strv_add(&live->prepare, "fine");
        strv_add(&live->measure, lines[i]);
    }
    measured = measure_claims(&fixture.run, choose, NULL, &err);
    cr_assert_not_null(measured, "%s", err.text);
    return measured;
}

static void finish(struct measured_claim *measured)
{
    size_t count = fixture.kata.growth_count;

    measure_free(measured, count);
    for (size_t i = 0; i < count; i++) {
        strv_release(&fixture.kata.growth[i].open);
        strv_release(&fixture.kata.growth[i].prepare);
        strv_release(&fixture.kata.growth[i].measure);
    }
    free(fixture.kata.growth);
    fixture_close(&fixture);
}

Test(measure, only_the_command_is_counted, .timeout = 120)
{
    static const char *const lines[] = {"fine", "walk", "fine"};
    struct measured_claim *measured = measure(lines, 3, 20);

    for (size_t i = 0; i < 3; i++) {
        double one = measured[0].points[i].mean.instructions;
        double walk = measured[1].points[i].mean.instructions;

        cr_assert_eq(measured[i].end, MEASURE_DONE);
        cr_assert_eq(measured[i].count, 3);
        /* The same for every n, and the second time. */
        cr_assert_eq(one, measured[0].points[0].mean.instructions);
        cr_assert_eq(one, measured[2].points[i].mean.instructions);
        cr_assert_leq(one, 30, "an empty call costs %g", one);
        cr_assert_gt(walk, (double)points[i] * 3);
        cr_assert_lt(walk, (double)points[i] * 20 + 50);
    }
    finish(measured);
}

Test(measure, bytes_are_told_and_a_burst_is_not_typical, .timeout = 120)
{
    static const char *const lines[] = {"burst {i}"};
    struct measured_claim *measured = measure(lines, 1, 100);

    for (size_t i = 0; i < 3; i++) {
        const struct measured_point *point = &measured->points[i];

        cr_assert_eq(point->mean.bytes, (double)points[i] * 8 / 100);
        cr_assert_eq(point->typical.bytes, 0);
        cr_assert_lt(point->typical.instructions, point->mean.instructions);
    }
    finish(measured);
}

Test(measure, what_takes_too_long_ends_the_claim, .timeout = 300)
{
    static const char *const lines[] = {"spin", "fine"};
    struct measured_claim *measured = measure(lines, 2, 1);

    cr_assert_eq(measured[0].end, MEASURE_TIME);
    cr_assert_eq(measured[0].count, 1);
    cr_assert_eq(measured[1].end, MEASURE_SKIPPED);
    finish(measured);
}

Test(measure, a_crash_takes_one_claim_and_not_the_next, .timeout = 120)
{
    static const char *const lines[] = {"exit", "fine"};
    struct measured_claim *measured = measure(lines, 2, 1);

    cr_assert_eq(measured[0].end, MEASURE_CRASH);
    cr_assert_eq(measured[0].count, 0);
    cr_assert_eq(measured[1].end, MEASURE_DONE);
    cr_assert_eq(measured[1].count, 3);
    finish(measured);
}

/* After the second point of the first claim, and of no other. */
static enum measure_next next;

static enum measure_next
leave_first(size_t number, const struct measured_claim *measured, void *context)
{
    (void)context;
    return number == 0 && measured->count == 2 ? next : MEASURE_ON;
}

Test(measure, what_is_not_wanted_is_left_out, .timeout = 120)
{
    static const char *const lines[] = {"fine", "fine", "fine"};
    struct measured_claim *measured;

    choose = leave_first;
    next = MEASURE_NEXT_CLAIM;
    measured = measure(lines, 3, 1);
    cr_assert_eq(measured[0].end, MEASURE_ENOUGH);
    cr_assert_eq(measured[0].count, 2);
    cr_assert_eq(measured[1].end, MEASURE_DONE);
    cr_assert_eq(measured[2].count, 3);
    finish(measured);
    next = MEASURE_NO_MORE;
    measured = measure(lines, 3, 1);
    cr_assert_eq(measured[0].end, MEASURE_ENOUGH);
    cr_assert_eq(measured[1].end, MEASURE_SKIPPED);
    cr_assert_eq(measured[2].end, MEASURE_SKIPPED);
    cr_assert_eq(measured[2].count, 0);
    finish(measured);
}

static enum measure_next
after_crash(size_t number, const struct measured_claim *measured, void *context)
{
    (void)number;
    (void)context;
    return measured->end == MEASURE_CRASH ? MEASURE_NO_MORE : MEASURE_ON;
}

Test(measure, a_claim_that_ends_early_is_told_too, .timeout = 120)
{
    static const char *const lines[] = {"exit", "fine"};
    struct measured_claim *measured;

    choose = after_crash;
    measured = measure(lines, 2, 1);
    cr_assert_eq(measured[0].end, MEASURE_CRASH);
    cr_assert_eq(measured[1].end, MEASURE_SKIPPED);
    finish(measured);
}
