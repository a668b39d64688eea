#include "judge/result.h"

#include "base/alloc.h"

#include <criterion/criterion.h>
#include <string.h>

Test(result, categories_have_names_and_come_back)
{
    for (enum category c = CATEGORY_COMPILE_ERROR; c < CATEGORY_COUNT; c++)
        cr_assert_eq(category_from_name(category_name(c)), c, "%s",
                     category_name(c));
    cr_assert_eq(category_from_name("none"), CATEGORY_COUNT);
    cr_assert_eq(category_from_name("nonsense"), CATEGORY_COUNT);
}

Test(result, the_first_failure_names_the_category)
{
    struct stage_result stage = {.status = STATUS_PASS};

    stage_warn(&stage, CATEGORY_STYLE, "a warning");
    cr_assert_eq(stage.status, STATUS_PASS);
    stage_fail(&stage, CATEGORY_LEAK, "%d bytes", 8);
    stage_fail(&stage, CATEGORY_CRASH, "later");
    cr_assert_eq(stage.status, STATUS_FAIL);
    cr_assert_eq(stage.category, CATEGORY_LEAK);
    cr_assert_eq(stage.count, 3);
    cr_assert_str_eq(stage.findings[1].message, "8 bytes");
    stage_result_release(&stage);
}

Test(result, an_error_is_never_turned_back_into_a_failure)
{
    struct stage_result stage = {.status = STATUS_PASS};

    stage_error(&stage, "no tool");
    stage_fail(&stage, CATEGORY_LEAK, "leak");
    cr_assert_eq(stage.status, STATUS_ERROR);
    cr_assert_eq(stage.category, CATEGORY_INTERNAL_ERROR);
    cr_assert_str_eq(stage.reason, "no tool");
    stage_result_release(&stage);
}

Test(result, json_holds_what_is_not_utf8_and_parses_again)
{
    struct kata kata = {.slug = (char[]){"lru-cache"}};
    struct grade grade = {.kata = &kata,
                          .verdict = VERDICT_FAIL,
                          .category = CATEGORY_WRONG_ANSWER,
                          .score = 1.0 / 3,
                          .max_score = 100,
                          .seed = 7,
                          .sandbox = "bwrap"};
    struct stage_result *stage = &grade.stages[STAGE_ORACLE];
    struct finding *finding;
    json_t *json, *again;
    char *text;

    grade.selected[STAGE_ORACLE] = true;
    *stage = (struct stage_result){.id = STAGE_ORACLE, .status = STATUS_PASS};
    finding = stage_fail(stage, CATEGORY_WRONG_ANSWER, "got \xff\x1b[31m\"");
    strv_add(&finding->trace, "put 1 1");
    json = grade_to_json(&grade);
    text = json_dumps(json, JSON_ENSURE_ASCII);
    cr_assert_not_null(text);
    again = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    cr_assert_not_null(again);
    cr_assert_str_eq(json_string_value(json_object_get(again, "verdict")),
                     "fail");
    cr_assert_float_eq(json_number_value(json_object_get(again, "score")), 0.33,
                       1e-9);
    cr_assert_eq(json_array_size(json_object_get(again, "stages")), 1);
    cr_assert_not_null(strstr(text, "\\\\xff"));
    free(text);
    json_decref(json);
    json_decref(again);
    grade_release(&grade);
}
