#include "kata/scheme.h"

#include "base/moment.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "{\"schema\": \"kata-grading/1\""
#define DEADLINE "\"deadline\": \"2026-03-01T23:59:59+01:00\""
#define LATE HEAD ", \"late\": {" DEADLINE

static int parse(const char *text, struct scheme *scheme, struct err *err)
{
    return scheme_parse("grading.json", text, strlen(text), scheme, err);
}

static void refused(const char *text, const char *error)
{
    struct scheme scheme;
    struct err err = ERR_INIT;

    cr_assert_eq(parse(text, &scheme, &err), -1, "%s", text);
    cr_assert_str_eq(err.text, error);
    cr_assert_eq(scheme.count, 0);
}

Test(scheme, reads_all_that_there_is)
{
    struct scheme scheme;
    struct scheme_rules rules;
    struct err err = ERR_INIT;

    cr_assert_eq(parse(HEAD ", \"points\": 20, \"weights\": {\"tests\": 1},"
                            "\"visibility\": {\"build\": \"hidden\","
                            "\"oracle\": \"after_published\"},"
                            "\"late\": {" DEADLINE ", \"grace_minutes\": 15,"
                            "\"each\": \"hour\", \"percent\": 2.5, \"cap\": 50,"
                            "\"last\": 48, \"extensions\": {"
                            "\"ada\": \"2026-03-04T23:59:59+01:00\"}},"
                            "\"katas\": {\"lru-cache\": {\"points\": 30.5,"
                            "\"weights\": {\"oracle\": 3, \"style\": 0},"
                            "\"visibility\": {}}}}",
                       &scheme, &err),
                 0, "%s", err.text);
    rules = scheme_rules(&scheme, "closure");
    cr_assert_eq(rules.points, 20);
    cr_assert_eq(rules.weights[STAGE_TESTS], 1);
    cr_assert_eq(rules.visibility[STAGE_BUILD], VISIBILITY_HIDDEN);
    cr_assert_eq(rules.visibility[STAGE_ORACLE], VISIBILITY_AFTER_PUBLISHED);
    cr_assert_eq(rules.visibility[STAGE_TESTS], VISIBILITY_VISIBLE);
    cr_assert(rules.has_late);
    cr_assert_eq(rules.late.deadline, 1772405999);
    cr_assert_eq(rules.late.grace, 900);
    cr_assert_eq(rules.late.each, 3600);
    cr_assert_eq(rules.late.percent, 2.5);
    cr_assert_eq(rules.late.cap, 50);
    cr_assert_eq(rules.late.last, 48);
    cr_assert_eq(rules.late.extension_count, 1);

    /* A kata's part takes the place of the whole part. */
    rules = scheme_rules(&scheme, "lru-cache");
    cr_assert_eq(rules.points, 30.5);
    cr_assert_eq(rules.weights[STAGE_TESTS], 0);
    cr_assert_eq(rules.weights[STAGE_ORACLE], 3);
    cr_assert_eq(rules.visibility[STAGE_BUILD], VISIBILITY_VISIBLE);
    cr_assert_eq(rules.late.deadline, 1772405999);
    scheme_release(&scheme);
}

Test(scheme, of_nothing_is_a_hundred_points)
{
    struct scheme scheme;
    struct scheme_rules rules;
    struct err err = ERR_INIT;

    cr_assert_eq(parse(HEAD "}", &scheme, &err), 0);
    rules = scheme_rules(&scheme, "lru-cache");
    cr_assert_eq(rules.points, SCHEME_POINTS);
    cr_assert_not(rules.has_weights || rules.has_late || rules.has_visibility);
    scheme_release(&scheme);
}

Test(scheme, names_what_is_wrong_at_the_top)
{
    refused("", "grading.json: line 1: '[' or '{' expected near end of file");
    refused("[]", "grading.json: expected an object, got []");
    refused("{}", "grading.json: schema: expected \"kata-grading/1\", got "
                  "nothing");
    refused("{\"schema\": \"kata-grading/2\"}",
            "grading.json: schema: expected \"kata-grading/1\", got "
            "\"kata-grading/2\"");
    refused(HEAD ", \"schema\": \"kata-grading/1\"}",
            "grading.json: line 1: duplicate object key near '\"schema\"'");
    refused(HEAD ", \"point\": 3}",
            "grading.json: point: unknown key, did you mean \"points\"?");
    refused(HEAD ", \"xyzzy\": 3}",
            "grading.json: xyzzy: unknown key, expected one of schema, points, "
            "weights, late, visibility, katas");
}

Test(scheme, names_wrong_points_and_weights)
{
    refused(HEAD ", \"points\": \"30\"}",
            "grading.json: points: expected a number from 0 to 100000, got "
            "\"30\"");
    refused(HEAD ", \"points\": -1}",
            "grading.json: points: expected a number from 0 to 100000, got -1");
    refused(HEAD ", \"points\": 1e9}", "grading.json: points: expected a "
                                       "number from 0 to 100000, got "
                                       "1000000000.0");
    refused(HEAD ", \"weights\": [1]}",
            "grading.json: weights: expected an object, got [1]");
    refused(HEAD ", \"weights\": {\"test\": 1}}",
            "grading.json: weights.test: unknown key, did you mean \"tests\"?");
    refused(HEAD ", \"weights\": {\"build\": 1}}",
            "grading.json: weights.build: unknown key, expected one of tests, "
            "oracle, memory, faults, threads, growth, style");
    refused(HEAD ", \"weights\": {\"tests\": true}}",
            "grading.json: weights.tests: expected a number from 0 to 10000, "
            "got true");
    refused(HEAD ", \"weights\": {\"tests\": 0}}",
            "grading.json: weights: expected a weight above 0, got "
            "{\"tests\":0}");
}

Test(scheme, names_what_is_wrong_in_katas_and_visibility)
{
    refused(HEAD ", \"katas\": 1}",
            "grading.json: katas: expected an object of katas, got 1");
    refused(HEAD ", \"katas\": {\"lru-cache\": 30}}",
            "grading.json: katas.lru-cache: expected an object, got 30");
    refused(HEAD ", \"katas\": {\"lru-cache\": {\"schema\": 1}}}",
            "grading.json: katas.lru-cache.schema: unknown key, expected one "
            "of points, weights, late, visibility");
    refused(HEAD
            ", \"katas\": {\"lru-cache\": {\"weights\": {\"style\": -1}}}}",
            "grading.json: katas.lru-cache.weights.style: expected a number "
            "from 0 to 10000, got -1");
    refused(HEAD ", \"visibility\": {\"orcale\": \"hidden\"}}",
            "grading.json: visibility.orcale: unknown key, did you mean "
            "\"oracle\"?");
    refused(HEAD ", \"visibility\": {\"oracle\": \"secret\"}}",
            "grading.json: visibility.oracle: expected \"visible\", "
            "\"hidden\", \"after_due_date\" or \"after_published\", got "
            "\"secret\"");
    refused(HEAD ", \"visibility\": {\"oracle\": true}}",
            "grading.json: visibility.oracle: expected \"visible\", "
            "\"hidden\", \"after_due_date\" or \"after_published\", got true");
    refused(HEAD ", \"visibility\": \"hidden\"}",
            "grading.json: visibility: expected an object, got \"hidden\"");
}

Test(scheme, names_wrong_deadlines)
{
    refused(HEAD ", \"late\": {\"percent\": 10}}",
            "grading.json: late.deadline: expected a time with its offset from "
            "UTC, like \"2026-03-01T23:59:59+01:00\", got nothing");
    refused(HEAD ", \"late\": {\"deadline\": \"2026-03-01T23:59:59\","
                 "\"percent\": 10}}",
            "grading.json: late.deadline: expected a time with its offset from "
            "UTC, like \"2026-03-01T23:59:59+01:00\", got "
            "\"2026-03-01T23:59:59\"");
    refused(LATE ", \"percent\": 10, \"extensions\": {\"ada\": "
                 "\"2026-03-05\"}}}",
            "grading.json: late.extensions.ada: expected a time with its "
            "offset from UTC, like \"2026-03-01T23:59:59+01:00\", got "
            "\"2026-03-05\"");
    refused(LATE ", \"percent\": 10, \"extensions\": {\"ada\": "
                 "\"2026-03-01T22:59:58Z\"}}}",
            "grading.json: late.extensions.ada: expected a time that is not "
            "before the deadline, got \"2026-03-01T22:59:58Z\"");
    refused(LATE ", \"percent\": 10, \"extensions\": [\"ada\"]}}",
            "grading.json: late.extensions: expected an object of students, "
            "got [\"ada\"]");
}

Test(scheme, names_wrong_late_rules)
{
    refused(LATE "}}", "grading.json: late.percent: expected what a started "
                       "day costs (or \"last\", the last one that counts), got "
                       "nothing");
    refused(LATE ", \"last\": 3, \"cap\": 50}}",
            "grading.json: late.cap: expected this only beside \"percent\", "
            "got 50");
    refused(LATE ", \"percent\": 101}}",
            "grading.json: late.percent: expected a number from 0 to 100, got "
            "101");
    refused(LATE ", \"percent\": 10, \"cap\": \"50 %\"}}",
            "grading.json: late.cap: expected a number from 0 to 100, got "
            "\"50 %\"");
    refused(LATE ", \"percent\": 10, \"last\": 1.5}}",
            "grading.json: late.last: expected a whole number from 0 to 10000, "
            "got 1.5");
    refused(LATE ", \"percent\": 10, \"grace_minutes\": -1}}",
            "grading.json: late.grace_minutes: expected a whole number from 0 "
            "to 525600, got -1");
    refused(LATE ", \"percent\": 10, \"each\": \"week\"}}",
            "grading.json: late.each: expected \"day\" or \"hour\", got "
            "\"week\"");
    refused(LATE ", \"percent\": 10, \"grace\": 5}}",
            "grading.json: late.grace: unknown key, did you mean "
            "\"grace_minutes\"?");
}

Test(scheme, knows_students_as_exports_write_them)
{
    cr_assert(scheme_is_student("ada", "ada"));
    cr_assert(scheme_is_student("Ada Lovelace_815", "Ada Lovelace"));
    cr_assert(scheme_is_student("Ada Lovelace_815", "Ada Lovelace_815"));
    cr_assert(scheme_is_student("Ada + Bo_7", "Bo"));
    cr_assert(scheme_is_student("Ada + Bo_7", "Ada + Bo"));
    cr_assert_not(scheme_is_student("Ada Lovelace_815", "Ada Lovelace_8"));
    cr_assert_not(scheme_is_student("Ada Lovelace", "Ada"));
    cr_assert_not(scheme_is_student("adam", "ada"));
    cr_assert_not(scheme_is_student("ada", "adam"));
    cr_assert_not(scheme_is_student("ada", ""));
    cr_assert_not(scheme_is_student("_7", ""));
    cr_assert_not(scheme_is_student(" + ", ""));
}
