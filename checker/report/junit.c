/*
 * --format junit: JUnit's XML as Jenkins, GitLab and others read it. A suite a
 * stage for one grade, with a case a Criterion test; a suite a submission for
 * many, with a case a stage. What failed is a failure, what could not run an
 * error, what was not run is skipped.
 */
#include "base/alloc.h"
#include "judge/stage.h"
#include "report/formats.h"
#include "report/markup.h"

#include <stdlib.h>
#include <string.h>

/* How many cases of each kind. */
struct tally {
    size_t tests, failures, errors, skipped;
    double seconds;
};

static void count(struct tally *tally, enum status status, double seconds)
{
    tally->tests++;
    tally->failures += status == STATUS_FAIL;
    tally->errors += status == STATUS_ERROR;
    tally->skipped += status == STATUS_SKIP;
    tally->seconds += seconds;
}

static void put_tally(struct markup *xml, const struct tally *tally)
{
    markup_attrf(xml, "tests", "%zu", tally->tests);
    markup_attrf(xml, "failures", "%zu", tally->failures);
    markup_attrf(xml, "errors", "%zu", tally->errors);
    markup_attrf(xml, "skipped", "%zu", tally->skipped);
    markup_attrf(xml, "time", "%.4f", tally->seconds);
}

static void put_property(struct markup *xml, const char *name, double points)
{
    markup_open(xml, "property");
    markup_attr(xml, "name", name);
    markup_attrf(xml, "value", "%.8g", points);
    markup_close(xml, "property");
}

/* What a scheme awards: of a stage, or of all. */
static void put_award(struct markup *xml, const struct grade *grade,
                      const struct stage_result *stage)
{
    char *late = stage ? NULL : report_late(grade);

    if (!grade->award || (stage && !(report_stage_max(grade, stage->id) > 0)))
        return;
    markup_open(xml, "properties");
    if (grade->award->graded)
        put_property(xml, "awarded",
                     stage ? report_stage_score(grade, stage->id)
                           : report_score(grade));
    put_property(xml, "awarded_max",
                 stage ? report_stage_max(grade, stage->id)
                       : grade->award->max);
    if (late) {
        markup_open(xml, "property");
        markup_attr(xml, "name", "late");
        markup_attr(xml, "value", late);
        markup_close(xml, "property");
    }
    markup_close(xml, "properties");
    free(late);
}

/* Of one grade, before its stages: a suite without cases. */
static void put_total(struct markup *xml, const struct grade *grade)
{
    const struct tally none = {.tests = 0};

    if (!grade->award)
        return;
    markup_open(xml, "testsuite");
    markup_attr(xml, "name", grade->kata->slug);
    put_tally(xml, &none);
    put_award(xml, grade, NULL);
    markup_close(xml, "testsuite");
    str_addc(xml->out, '\n');
}

static void open_case(struct markup *xml, const char *class, const char *name,
                      double seconds)
{
    markup_open(xml, "testcase");
    markup_attr(xml, "classname", class);
    markup_attr(xml, "name", name);
    markup_attrf(xml, "time", "%.4f", seconds);
}

static void put_problem(struct markup *xml, const char *element,
                        const char *message, enum category category,
                        const char *text)
{
    markup_open(xml, element);
    markup_attr(xml, "message", message);
    markup_attr(xml, "type", category_name(category));
    markup_text(xml, text);
    markup_close(xml, element);
}

/* A stage as one case. */
static void put_stage(struct markup *xml, const char *class,
                      const struct stage_result *stage)
{
    char *cause = report_cause(stage);
    struct str text = STR_INIT;

    report_stage(&text, stage);
    open_case(xml, class, stage_table[stage->id].title, stage->seconds);
    if (stage->status == STATUS_SKIP) {
        markup_open(xml, "skipped");
        markup_attr(xml, "message", cause);
        markup_close(xml, "skipped");
    } else if (stage->status != STATUS_PASS) {
        put_problem(xml, stage->status == STATUS_FAIL ? "failure" : "error",
                    cause, stage->category, text.text);
    } else if (text.length) {
        markup_element(xml, "system-out", NULL, text.text);
    }
    markup_close(xml, "testcase");
    free(cause);
    str_release(&text);
}

/* The Criterion tests that passed, and those that the findings name. */
static void put_tests(struct markup *xml, const char *class,
                      const struct stage_result *stage)
{
    const json_t *passed = json_object_get(stage->details, "passed"), *name;
    size_t i;

    json_array_foreach(passed, i, name)
    {
        if (json_is_string(name)) {
            open_case(xml, class, json_string_value(name), 0);
            markup_close(xml, "testcase");
        }
    }
    for (i = 0; i < stage->count; i++) {
        const struct finding *finding = &stage->findings[i];
        struct str text = STR_INIT;

        if (finding->warning || !finding->test)
            continue;
        report_finding(&text, finding);
        open_case(xml, class, finding->test, 0);
        put_problem(xml, "failure", finding->message, finding->category,
                    text.text);
        markup_close(xml, "testcase");
        str_release(&text);
    }
}

/* A Criterion test that failed is a case of its own. */
static struct tally tally_tests(const struct stage_result *stage)
{
    const json_t *passed = json_object_get(stage->details, "passed"), *name;
    struct tally tally = {.tests = 0};
    size_t i;

    json_array_foreach(passed, i, name)
    {
        tally.tests += json_is_string(name);
    }
    for (i = 0; i < stage->count; i++)
        if (!stage->findings[i].warning && stage->findings[i].test)
            count(&tally, STATUS_FAIL, 0);
    return tally;
}

static void put_suite(struct markup *xml, const struct grade *grade,
                      const struct stage_result *stage)
{
    struct tally tally = {.tests = 0};
    char *class = xasprintf("%s.%s", grade->kata->slug, stage_name(stage->id));

    if (stage->id == STAGE_TESTS)
        tally = tally_tests(stage);
    count(&tally, stage->status, stage->seconds);
    markup_open(xml, "testsuite");
    markup_attr(xml, "name", class);
    put_tally(xml, &tally);
    put_award(xml, grade, stage);
    if (stage->id == STAGE_TESTS)
        put_tests(xml, class, stage);
    put_stage(xml, class, stage);
    markup_close(xml, "testsuite");
    str_addc(xml->out, '\n');
    free(class);
}

static int write_xml(struct markup *xml, FILE *out)
{
    size_t written;

    markup_end(xml);
    str_addc(xml->out, '\n');
    written = fwrite(xml->out->text, 1, xml->out->length, out);
    return written == xml->out->length ? 0 : -1;
}

static int write_junit(const struct grade *grade, FILE *out)
{
    struct str text = STR_INIT;
    struct markup xml;
    int status;

    markup_start(&xml, MARKUP_XML, &text);
    markup_open(&xml, "testsuites");
    markup_attr(&xml, "name", grade->kata->slug);
    put_total(&xml, grade);
    for (int i = 0; i < STAGE_COUNT; i++)
        if (grade->selected[i])
            put_suite(&xml, grade, &grade->stages[i]);
    markup_close(&xml, "testsuites");
    status = write_xml(&xml, out);
    str_release(&text);
    return status;
}

static void put_entry(struct markup *xml, const struct report_entry *entry)
{
    const struct grade *grade = entry->grade;
    char *class = xasprintf("%s.%s", entry->name, grade->kata->slug);
    struct tally tally = {.tests = 0};

    for (int i = 0; i < STAGE_COUNT; i++)
        if (grade->selected[i])
            count(&tally, grade->stages[i].status, grade->stages[i].seconds);
    markup_open(xml, "testsuite");
    markup_attr(xml, "name", class);
    put_tally(xml, &tally);
    put_award(xml, grade, NULL);
    for (int i = 0; i < STAGE_COUNT; i++)
        if (grade->selected[i])
            put_stage(xml, class, &grade->stages[i]);
    markup_close(xml, "testsuite");
    str_addc(xml->out, '\n');
    free(class);
}

static int write_all(const struct report_entry *entries, size_t n, FILE *out)
{
    struct str text = STR_INIT;
    struct markup xml;
    int status;

    markup_start(&xml, MARKUP_XML, &text);
    markup_open(&xml, "testsuites");
    markup_attr(&xml, "name", "kata batch");
    for (size_t i = 0; i < n; i++)
        put_entry(&xml, &entries[i]);
    markup_close(&xml, "testsuites");
    status = write_xml(&xml, out);
    str_release(&text);
    return status;
}

const struct report report_junit = {"junit",
                                    "JUnit XML, for Jenkins, GitLab and others",
                                    write_junit, write_all, false};
