/*
 * Every format with every hostile text in every place of a grade that a
 * submission can reach. Here: nothing acts on a terminal, everything is UTF-8,
 * bounded and parses. What the texts become in each format is looked at in
 * tests/cli/formats.bats, by parsers that are not ours.
 */
#include "report/report.h"

#include "base/alloc.h"
#include "report/formats.h"

#include <criterion/criterion.h>
#include <expat.h>
#include <stdlib.h>
#include <string.h>

static const char *const hostile[] = {
    "\x1b[2J\x1b]0;title\x07",
    "\xc2\x9b[31m C1",
    "\xe2\x80\xae evil \xe2\x81\xa6",
    "\xff\xfe\xc3(\xed\xa0\x80",
    "\xef\xbf\xbe\xef\xbf\xbf",
    "</script><script>alert(1)</script>",
    "]]><x/>",
    "<!-- --> <![CDATA[ &amp; &#0;",
    "::error file=x::y\n::stop-commands::z",
    "\r\n::set-output name=a::b",
    "%0A::error::x",
    "=cmd|' /C calc'!A0",
    "+1",
    "-1",
    "@SUM(1)",
    "\t=1",
    " =1",
    "\xef\xbc\x9d=",
    "a\"b,c;d'e",
    "```\n# heading\n<img src=x onerror=alert(1)>",
    "not ok 1 - x\n1..0\nBail out!\n  ...\n  ---",
    "# SKIP \\# TODO",
    "../../etc/passwd\\..\\",
    "",
};

enum { HOSTILE = sizeof hostile / sizeof *hostile };

static struct kata kata = {.slug = (char[]){"lru-cache"},
                           .snake = (char[]){"lru_cache"},
                           .title = (char[]){"LRU cache"}};

/* A grade with `text` wherever a submission could bring it. */
static struct grade make_grade(const char *text)
{
    struct grade grade = {.kata = &kata,
                          .path = xstrdup(text),
                          .verdict = VERDICT_FAIL,
                          .category = CATEGORY_WRONG_ANSWER,
                          .score = 12.5,
                          .max_score = 100,
                          .seed = 7,
                          .toolchain = xstrdup(text),
                          .sandbox = "bwrap"};
    struct stage_result *stage = &grade.stages[STAGE_ORACLE];
    struct finding *finding;

    for (int i = 0; i < STAGE_COUNT; i++) {
        grade.selected[i] = true;
        grade.stages[i] = (struct stage_result){.id = (enum stage_id)i,
                                                .status = STATUS_PASS};
    }
    finding = stage_fail(stage, CATEGORY_WRONG_ANSWER, "%s", text);
    finding->file = xstrdup(text);
    finding->line = 3;
    finding->test = xstrdup(text);
    finding->expected = xstrdup(text);
    finding->actual = xstrdup(text);
    finding->trace_file = xstrdup(text);
    strv_add(&finding->trace, text);
    strv_add(&finding->want, text);
    strv_add(&finding->got, text);
    finding =
        stage_warn(&grade.stages[STAGE_TESTS], CATEGORY_STYLE, "%s", text);
    finding->file = xstrdup("lru_cache.c");
    finding->line = 1;
    finding->test = xstrdup(text);
    stage_error(&grade.stages[STAGE_MEMORY], "%s", text);
    grade.stages[STAGE_FAULTS].status = STATUS_SKIP;
    grade.stages[STAGE_FAULTS].reason = xstrdup(text);
    grade.stages[STAGE_GROWTH].details =
        json_pack("{s:[{s:o, s:s, s:[{s:i, s:f, s:f}]}]}", "claims", "claim",
                  report_text(text), "class", "O(1)", "points", "n", 256,
                  "instructions", 3.5, "reference", 3.0);
    return grade;
}

static char *write_to_memory(const struct report *report,
                             const struct grade *grade, bool all,
                             size_t *length)
{
    char *text = NULL;
    FILE *memory = open_memstream(&text, length);
    struct report_entry entries[] = {{grade->path, grade},
                                     {grade->path, grade}};

    cr_assert_eq(all ? report->write_all(entries, 2, memory)
                     : report->write(grade, memory),
                 0, "%s", report->name);
    fclose(memory);
    return text;
}

/* The first byte that a terminal may act on or that is no UTF-8; -1: none. A
   CR before a LF is CSV's, U+0085 and beyond are the C1 controls. */
static long find_bad(const char *text, size_t length)
{
    struct str visible = STR_INIT;
    long at = -1;

    for (size_t i = 0; i < length && at < 0; i++)
        if ((unsigned char)text[i] < ' ' && text[i] != '\n' &&
            !(text[i] == '\r' && text[i + 1] == '\n'))
            at = (long)i;
    str_add_visible(&visible, text, length, length, true);
    for (size_t i = 0, k = 0; i < length && at < 0; i++, k++) {
        if (text[i] == '\r') {
            k += 3;
            continue;
        }
        if (visible.text[k] != text[i])
            at = (long)i;
    }
    str_release(&visible);
    return at;
}

static bool parses_as_xml(const char *text, size_t length)
{
    XML_Parser parser = XML_ParserCreate("UTF-8");
    bool ok = XML_Parse(parser, text, (int)length, 1) == XML_STATUS_OK;

    XML_ParserFree(parser);
    return ok;
}

static bool is_json(const struct report *report)
{
    static const char *const names[] = {"json",      "jsonl",      "sarif",
                                        "classroom", "gradescope", "check50"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(report->name, names[i]) == 0)
            return true;
    return false;
}

static void check(const struct report *report, const struct grade *grade,
                  size_t h)
{
    size_t length;
    char *text = write_to_memory(report, grade, false, &length);
    long bad = find_bad(text, length);

    cr_assert_eq(bad, -1, "%s, text %zu: byte %ld is 0x%02x in ...%.40s",
                 report->name, h, bad, (unsigned char)text[bad],
                 text + (bad > 20 ? bad - 20 : 0));
    cr_assert_lt(length, (size_t)2 << 20, "%s: %zu bytes", report->name,
                 length);
    if (is_json(report)) {
        json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

        cr_assert_not_null(json, "%s, text %zu: %s", report->name, h, text);
        json_decref(json);
    }
    if (strcmp(report->name, "junit") == 0)
        cr_assert(parses_as_xml(text, length), "text %zu: %s", h, text);
    free(text);
}

Test(report, no_format_lets_a_hostile_text_through, .timeout = 120)
{
    for (size_t h = 0; h < HOSTILE; h++) {
        struct grade grade = make_grade(hostile[h]);

        for (size_t i = 0; report_table[i]; i++)
            check(report_table[i], &grade, h);
        grade_release(&grade);
    }
}

/* For people; programs get all of it. */
Test(report, of_a_long_trace_both_ends_are_shown)
{
    static const char *const names[] = {"term", "gcc", "html"};
    struct grade grade = make_grade("x");
    struct finding *finding = &grade.stages[STAGE_ORACLE].findings[0];

    for (int i = 1; i < 100; i++) {
        strv_addf(&finding->trace, "call-%d-", i);
        strv_add(&finding->want, "=");
        strv_add(&finding->got, i < 99 ? "=" : "!");
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t length;
        char *text = write_to_memory(report_find(names[i], NULL), &grade, false,
                                     &length);

        cr_assert_not_null(strstr(text, "... 76 more ..."), "%s", text);
        for (int k = 1; k < 100; k++) {
            char *call = xasprintf("call-%d-", k);

            cr_assert_eq(strstr(text, call) != NULL, k < 8 || k >= 84, "%s: %s",
                         names[i], call);
            free(call);
        }
        free(text);
    }
    grade_release(&grade);
}

Test(report, a_megabyte_is_cut_in_every_format, .timeout = 120)
{
    static const char *const fills[] = {"<", "\x1b", "a", "\xff", "\n", "`"};

    for (size_t f = 0; f < sizeof fills / sizeof *fills; f++) {
        struct str text = STR_INIT;
        struct grade grade;

        while (text.length < 1 << 20)
            str_add(&text, fills[f]);
        grade = make_grade(text.text);
        for (size_t i = 0; report_table[i]; i++)
            check(report_table[i], &grade, f);
        grade_release(&grade);
        str_release(&text);
    }
}

Test(report, reports_of_many_hold_every_one)
{
    for (size_t h = 0; h < HOSTILE; h++) {
        struct grade grade = make_grade(hostile[h]);

        for (size_t i = 0; report_table[i]; i++) {
            size_t length;
            char *text;

            if (!report_table[i]->write_all)
                continue;
            text = write_to_memory(report_table[i], &grade, true, &length);
            cr_assert_eq(find_bad(text, length), -1, "%s, text %zu: %s",
                         report_table[i]->name, h, text);
            if (strcmp(report_table[i]->name, "junit") == 0)
                cr_assert(parses_as_xml(text, length), "%s", text);
            free(text);
        }
        grade_release(&grade);
    }
}

Test(report, the_check_for_terminals_can_fail)
{
    cr_assert_geq(find_bad("a\x1b[", 3), 0);
    cr_assert_geq(find_bad("\xc2\x9b", 2), 0);
    cr_assert_geq(find_bad("\xe2\x80\xae", 3), 0);
    cr_assert_geq(find_bad("\xff", 1), 0);
    cr_assert_eq(find_bad("a,\"b\"\r\n\xc3\xa9\n", 10), -1);
}

Test(report, a_cell_never_starts_a_formula)
{
    for (size_t h = 0; h < HOSTILE; h++) {
        struct grade grade = make_grade(hostile[h]);
        size_t length;
        char *text = write_to_memory(&report_csv, &grade, false, &length);
        static const char *const starts[] = {"=", "+", "-", "@", "|", "%"};

        for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
            char *quoted = xasprintf(",\"%s", starts[i]);
            char *first = xasprintf("\n\"%s", starts[i]);

            cr_assert_null(strstr(text, quoted), "%s", text);
            cr_assert_null(strstr(text, first), "%s", text);
            free(quoted);
            free(first);
        }
        free(text);
        grade_release(&grade);
    }
}

Test(report, an_error_is_no_zero_on_gradescope)
{
    struct grade grade = make_grade("x");
    size_t length;
    char *text;

    text = write_to_memory(&report_gradescope, &grade, false, &length);
    cr_assert_not_null(strstr(text, "\"score\""), "%s", text);
    free(text);
    grade.verdict = VERDICT_ERROR;
    text = write_to_memory(&report_gradescope, &grade, false, &length);
    cr_assert_null(strstr(text, "\"score\""), "%s", text);
    cr_assert_null(strstr(text, "\"leaderboard\""), "%s", text);
    free(text);
    grade_release(&grade);
}

Test(report, instructions_are_the_mean_over_claims)
{
    struct grade grade = {.kata = &kata};

    cr_assert_float_eq(report_instructions(&grade), 0, 1e-9);
    grade.stages[STAGE_GROWTH].details =
        json_pack("{s:[{s:[{s:f}, {s:f}]}, {s:[{s:f}]}, {s:[]}]}", "claims",
                  "points", "instructions", 1.0, "instructions", 10.0, "points",
                  "instructions", 1000.0, "points");
    cr_assert_float_eq(report_instructions(&grade), 100, 1e-9, "%g",
                       report_instructions(&grade));
    grade_release(&grade);
}

Test(report, an_unknown_format_names_those_that_are)
{
    struct err err = ERR_INIT;

    cr_assert_null(report_find("pdf", &err));
    for (size_t i = 0; report_table[i]; i++)
        cr_assert_not_null(strstr(err.text, report_table[i]->name), "%s",
                           err.text);
}

Test(report, a_result_comes_back_as_the_same_grade)
{
    struct grade grade = make_grade("plain text"), again;
    struct err err = ERR_INIT;
    json_t *json = grade_to_json(&grade), *second;

    cr_assert_eq(grade_from_json(json, &kata, &again, &err), 0, "%s", err.text);
    second = grade_to_json(&again);
    cr_assert(json_equal(json, second));
    json_decref(json);
    json_decref(second);
    grade_release(&again);
    grade_release(&grade);
}

/* One change to a right result that makes it wrong. */
Test(report, a_result_that_is_not_right_is_refused)
{
    static const char *const wrong[] = {
        "{\"schema\": \"kata-result/2\"}",
        "{\"verdict\": \"passed\"}",
        "{\"verdict\": null}",
        "{\"score\": -1}",
        "{\"score\": \"100\"}",
        "{\"seed\": 1.5}",
        "{\"category\": \"bad-luck\"}",
        "{\"provenance\": {}}",
        "{\"stages\": {}}",
        "{\"stages\": [1]}",
        "{\"stages\": [{\"name\": \"oracle\"}]}",
        "{\"stages\": [{\"name\": \"prayer\"}]}",
    };

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct grade grade = make_grade("plain"), again;
        struct err err = ERR_INIT;
        json_t *json = grade_to_json(&grade);
        json_t *change = json_loads(wrong[i], 0, NULL);

        cr_assert_eq(json_object_update(json, change), 0);
        cr_assert_eq(grade_from_json(json, &kata, &again, &err), -1, "%s",
                     wrong[i]);
        cr_assert(err.set);
        json_decref(change);
        json_decref(json);
        grade_release(&grade);
    }
}

/* What an instructor hides */

static const char secret[] = "SECRET";

/* Fails in one stage only, which is full of the secret. */
static struct grade make_secret(enum stage_id hidden)
{
    struct grade grade = make_grade("lru_cache.c");
    struct stage_result *stage = &grade.stages[hidden];
    struct finding *finding;

    for (int i = 0; i < STAGE_COUNT; i++) {
        stage_result_release(&grade.stages[i]);
        grade.stages[i].status = STATUS_PASS;
        grade.stages[i].score = grade.stages[i].max_score = 10;
    }
    finding = stage_fail(stage, CATEGORY_OUTPUT_LIMIT, "%s", secret);
    finding->test = xstrdup(secret);
    finding->expected = xstrdup(secret);
    finding->actual = xstrdup(secret);
    finding->trace_file = xstrdup(secret);
    strv_add(&finding->trace, secret);
    stage->score = 0;
    stage->details = json_pack(
        "{s:[s], s:[{s:s, s:s, s:[{s:i, s:f}]}]}", "passed", secret, "claims",
        "claim", secret, "class", secret, "points", "n", 7, "instructions", 3.);
    grade.category = CATEGORY_OUTPUT_LIMIT;
    return grade;
}

static char *award_secret(enum visibility visibility, enum stage_id stage,
                          const struct report *report)
{
    struct scheme scheme = {.all = {.has_visibility = true}};
    struct grade grade = make_secret(stage);
    struct err err = ERR_INIT;
    size_t length;
    char *text = NULL;
    FILE *memory = open_memstream(&text, &length);

    scheme.all.visibility[stage] = visibility;
    cr_assert_eq(award_grade(&scheme, "ada", NULL, &grade, &err), 0);
    cr_assert_eq(report_write(report, &grade, memory), 0);
    fclose(memory);
    grade_release(&grade);
    return text;
}

/* Gradescope hides tests itself: what is left without those. */
static char *without_hidden_tests(const char *text)
{
    json_t *json = json_loads(text, 0, NULL), *test;
    json_t *tests = json_object_get(json, "tests");
    char *left;
    size_t i = 0, hidden = 0;

    while ((test = json_array_get(tests, i)))
        if (strcmp(json_string_value(json_object_get(test, "visibility")),
                   "visible") != 0) {
            json_array_remove(tests, i);
            hidden++;
        } else {
            i++;
        }
    cr_assert_eq(hidden, 1);
    left = json_dumps(json, 0);
    json_decref(json);
    return left;
}

static bool is_for_teachers(const struct report *report)
{
    return strcmp(report->name, "json") == 0 ||
           strcmp(report->name, "jsonl") == 0 ||
           strcmp(report->name, "csv") == 0;
}

static void check_hidden(const struct report *report, enum stage_id stage,
                         enum visibility visibility)
{
    char *seen = award_secret(VISIBILITY_VISIBLE, stage, report);
    char *text = award_secret(visibility, stage, report);

    cr_assert(strstr(seen, secret), "%s shows no finding of %s", report->name,
              stage_name(stage));
    if (is_for_teachers(report)) {
        cr_assert(strstr(text, secret), "%s", report->name);
    } else if (strcmp(report->name, "gradescope") == 0) {
        char *left = without_hidden_tests(text);

        cr_assert(strstr(text, visibility_name(visibility)));
        cr_assert(strstr(text, secret));
        cr_assert_not(strstr(left, secret), "%s", left);
        cr_assert_not(strstr(left, "output-limit"), "%s", left);
        free(left);
    } else {
        cr_assert_not(strstr(text, secret), "%s: %s", report->name, text);
        /* SARIF lists all categories that there are. */
        cr_assert(strcmp(report->name, "sarif") == 0 ||
                      !strstr(text, "output-limit"),
                  "%s: %s", report->name, text);
    }
    free(seen);
    free(text);
}

Test(report, keeps_what_is_hidden_from_students)
{
    for (size_t i = 0; report_table[i]; i++)
        for (int stage = 0; stage < STAGE_COUNT; stage++)
            for (enum visibility v = VISIBILITY_HIDDEN;
                 v <= VISIBILITY_AFTER_PUBLISHED; v++)
                check_hidden(report_table[i], (enum stage_id)stage, v);
}

/* A stage that was skipped because of a hidden one does not say so, and the
   grade itself is left as it was. */
Test(report, leaves_no_reason_that_tells_of_what_is_hidden)
{
    struct scheme scheme = {.all = {.has_visibility = true}};
    struct grade grade = make_secret(STAGE_TESTS);
    struct report_view view;
    struct err err = ERR_INIT;

    grade.stages[STAGE_GROWTH].status = STATUS_SKIP;
    grade.stages[STAGE_GROWTH].reason = xstrdup("an earlier stage failed");
    scheme.all.visibility[STAGE_TESTS] = VISIBILITY_HIDDEN;
    cr_assert_eq(award_grade(&scheme, NULL, NULL, &grade, &err), 0);
    report_hide(&grade, &view);
    cr_assert_str_eq(view.grade.stages[STAGE_GROWTH].reason, "not run");
    cr_assert_eq(view.grade.category, CATEGORY_NONE);
    cr_assert(view.grade.stages[STAGE_TESTS].hidden);
    cr_assert_eq(grade.stages[STAGE_TESTS].count, 1);
    cr_assert_eq(grade.category, CATEGORY_OUTPUT_LIMIT);
    cr_assert_str_eq(grade.stages[STAGE_GROWTH].reason,
                     "an earlier stage failed");
    grade_release(&grade);
}

/* An error is no points, and no zero, in any format that has points. */
Test(report, awards_nothing_for_an_error)
{
    struct scheme scheme = {.all = {.has_points = true, .points = 30}};
    struct grade grade = make_secret(STAGE_TESTS);
    struct err err = ERR_INIT;
    char *text;
    json_t *json;
    size_t length;

    grade.verdict = VERDICT_ERROR;
    cr_assert_eq(award_grade(&scheme, NULL, NULL, &grade, &err), 0);
    text = write_to_memory(&report_term, &grade, false, &length);
    cr_assert(strstr(text, "error  no points"), "%s", text);
    free(text);
    text = write_to_memory(&report_gradescope, &grade, false, &length);
    cr_assert_not(strstr(text, "\"score\""), "%s", text);
    free(text);
    text = write_to_memory(&report_csv, &grade, false, &length);
    cr_assert(strstr(text, ",,30,none,"), "%s", text);
    free(text);
    text = write_to_memory(&report_classroom, &grade, false, &length);
    json = json_loads(text, 0, NULL);
    cr_assert_eq(json_integer_value(json_object_get(json, "max_score")), 0);
    json_decref(json);
    free(text);
    grade_release(&grade);
}
