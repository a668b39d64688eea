#include "base/str.h"
#include "judge/diagnose.h"

#include <criterion/criterion.h>
#include <string.h>

/* Recorded from gcc 12.2, without what is not read. */
/* clang-format off */
#define AT(line, column)                                                       \
    "\"locations\": [{\"caret\": {\"line\": " #line ", \"file\": \"bag.c\", "  \
    "\"column\": " #column "}}]"
#define WARNING                                                                \
    "{\"kind\": \"warning\", " AT(5, 9) ", \"column-origin\": 1, \"option\": " \
    "\"-Wunused-variable\", \"children\": [], \"message\": "                   \
    "\"unused variable \\u2018unused\\u2019\"}"
#define ERROR                                                                  \
    "{\"kind\": \"error\", \"children\": [{\"kind\": \"note\", "              \
    AT(7, 12) ", \"message\": \"only once for each function\"}], "             \
    AT(7, 12) ", \"message\": \"\\u2018y\\u2019 undeclared\"}"
#define CONFLICT                                                               \
    "{\"kind\": \"error\", \"children\": [{\"kind\": \"note\", "              \
    AT(3, 5) ", \"message\": \"previous declaration\"}], "                     \
    AT(9, 6) ", \"message\": \"conflicting types\"}"
#define NOWHERE                                                                \
    "{\"kind\": \"warning\", " AT(4294967290, -1) ", \"message\": \"empty\"}"
#define FATAL                                                                  \
    "{\"kind\": \"fatal error\", \"column-origin\": 1, \"children\": [], "     \
    "\"escape-source\": false, \"locations\": [], \"message\": \"nope.h: No "  \
    "such file or directory\"}"
/* clang-format on */

static struct stage_result stage;
static struct err err;

static void reset(void)
{
    stage_result_release(&stage);
    stage = (struct stage_result){.status = STATUS_PASS};
    err_clear(&err);
}

TestSuite(diagnose, .init = reset, .fini = reset);

static void read_all(const char *json)
{
    cr_assert_eq(diagnose_gcc(json, CATEGORY_COMPILE_ERROR, &stage, &err), 0,
                 "%s", err.text);
}

static void expect_finding(size_t i, const char *message, int line, int column,
                           bool warning)
{
    const struct finding *finding = &stage.findings[i];

    cr_assert_lt(i, stage.count, "only %zu findings", stage.count);
    cr_assert_str_eq(finding->message, message, "%zu is \"%s\"", i,
                     finding->message);
    cr_assert_eq(finding->line, line, "%zu is in line %d", i, finding->line);
    cr_assert_eq(finding->column, column);
    cr_assert_eq(finding->warning, warning);
}

Test(diagnose, an_error_fails_the_stage_and_comes_before_a_warning)
{
    read_all("[" WARNING ", " ERROR "]\n");
    cr_assert_eq(stage.status, STATUS_FAIL);
    cr_assert_eq(stage.category, CATEGORY_COMPILE_ERROR);
    cr_assert_eq(stage.count, 2);
    expect_finding(0, "‘y’ undeclared", 7, 12, false);
    cr_assert_str_eq(stage.findings[0].file, "bag.c");
    expect_finding(1, "unused variable ‘unused’ [-Wunused-variable]", 5, 9,
                   true);
}

Test(diagnose, a_warning_alone_passes)
{
    read_all("[" WARNING "]\n");
    cr_assert_eq(stage.status, STATUS_PASS);
    cr_assert_eq(stage.count, 1);
}

Test(diagnose, nothing_said_is_nothing_found)
{
    read_all("[]\n");
    cr_assert_eq(stage.status, STATUS_PASS);
    cr_assert_eq(stage.count, 0);
}

Test(diagnose, a_note_that_points_elsewhere_is_told)
{
    read_all("[" CONFLICT "]");
    expect_finding(0, "conflicting types (bag.c:3: previous declaration)", 9, 6,
                   false);
}

Test(diagnose, a_place_that_is_none_is_not_known)
{
    read_all("[" NOWHERE "]");
    expect_finding(0, "empty", 0, 0, true);
}

Test(diagnose, a_fatal_error_has_no_place)
{
    read_all("[" FATAL "]\ncompilation terminated.\n");
    expect_finding(0, "nope.h: No such file or directory", 0, 0, false);
    cr_assert_null(stage.findings[0].file);
    cr_assert_eq(stage.count, 1);
}

Test(diagnose, what_was_whole_before_a_cut_counts)
{
    read_all("[" WARNING ", " ERROR ", {\"kind\": \"err");
    cr_assert_eq(stage.count, 3);
    cr_assert_eq(stage.status, STATUS_FAIL);
    expect_finding(2, "there are more messages: they were cut", 0, 0, true);
}

Test(diagnose, the_assembler_speaks_no_json)
{
    read_all("[]\n/tmp/x.s: Assembler messages:\n/tmp/x.s:12: Error: no such "
             "instruction: `frobnicate'\n");
    cr_assert_eq(stage.status, STATUS_FAIL);
    expect_finding(0, "no such instruction: `frobnicate'", 0, 0, false);
}

Test(diagnose, keeps_at_most_20_and_never_loses_the_error)
{
    struct str json = STR_INIT;

    str_add(&json, "[");
    for (int i = 0; i < 40; i++)
        str_add(&json, WARNING ", ");
    str_add(&json, ERROR "]");
    read_all(json.text);
    str_release(&json);
    cr_assert_eq(stage.count, 20);
    cr_assert_eq(stage.status, STATUS_FAIL);
    expect_finding(0, "‘y’ undeclared", 7, 12, false);
}

Test(diagnose, other_text_is_an_error)
{
    cr_assert_eq(diagnose_gcc("gcc: not found\n", CATEGORY_STYLE, &stage, &err),
                 -1);
    cr_assert(err.set);
    err_clear(&err);
    cr_assert_eq(diagnose_gcc("[{\"kind", CATEGORY_STYLE, &stage, &err), -1);
    cr_assert(err.set);
}

Test(diagnose, strange_json_is_survived)
{
    read_all("[1, \"x\", {}, {\"kind\": 3}, {\"kind\": \"error\", "
             "\"locations\": 7, \"children\": [[]]}, null]");
    cr_assert_eq(stage.count, 1);
    expect_finding(0, "", 0, 0, false);
}
