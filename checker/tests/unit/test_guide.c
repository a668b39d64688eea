#include "kata/guide.h"

#include "kata/catalog.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(guide);

static const char head[] = "# Interview: LRU cache\n\n"
                           "## Opening question\n\n"
                           "\"What?\"\n\n```\n# no heading\n```\n\n"
                           "## Follow-ups\n\n";
static const char question[] = "### Why `two` links?\n\n"
                               "- **Strong:** Because\n  of that.\n"
                               "- **Adequate:** So.\n"
                               "- **Weak:** No.\n\n";
static const char rubric[] =
    "## Rubric\n\n| | 1 | 2 | 3 | 4 |\n|---|---|---|---|---|\n"
    "| Problem solving | a \\| b | b | c | d |\n"
    "| C and memory | a | b | c | d |\n"
    "| correctness and testing | a | b | c | d |\n"
    "| communication | a | b | c | d |\n";

static void refuse(const char *text, const char *message)
{
    struct guide guide = {.title = NULL};
    struct err err = ERR_INIT;

    cr_assert_eq(guide_parse(text, &guide, &err), -1, "taken: %s", text);
    cr_assert_not_null(strstr(err.text, message), "got '%s', want '%s'",
                       err.text, message);
    guide_release(&guide);
}

static char *join(const char *a, const char *b, const char *c)
{
    char *text = NULL;

    cr_assert_geq(asprintf(&text, "%s%s%s", a, b, c), 0);
    return text;
}

Test(guide, is_read)
{
    char *text = join(head, question, rubric);
    struct guide guide = {.title = NULL};
    struct err err = ERR_INIT;

    cr_assert_eq(guide_parse(text, &guide, &err), 0, "%s", err.text);
    cr_assert_str_eq(guide.title, "LRU cache");
    cr_assert_str_eq(guide.opening, "\"What?\"\n\n```\n# no heading\n```");
    cr_assert_eq(guide.question_count, 1);
    cr_assert_str_eq(guide.questions[0].question, "Why `two` links?");
    cr_assert_str_eq(guide.questions[0].strong, "Because of that.");
    cr_assert_str_eq(guide.questions[0].weak, "No.");
    cr_assert_eq(guide.criterion_count, 4);
    cr_assert_str_eq(guide.criteria[0].name, "problem solving");
    cr_assert_str_eq(guide.criteria[0].anchors[0], "a | b");
    cr_assert_str_eq(guide.criteria[3].anchors[3], "d");
    guide_release(&guide);
    free(text);
}

/* Takes `what` out of a guide that is whole, or puts `with` there. */
static void refuse_with(const char *what, const char *with, const char *message)
{
    char *text = join(head, question, rubric), *at = strstr(text, what);
    char *before, *changed;

    cr_assert_not_null(at, "%s", what);
    before = strndup(text, (size_t)(at - text));
    changed = join(before, with, at + strlen(what));
    refuse(changed, message);
    free(text);
    free(before);
    free(changed);
}

Test(guide, is_refused_with_the_line)
{
    refuse("", "line 1: expected # Interview: , got 'the end'");
    refuse_with("# Interview: LRU", "# LRU", "line 1:");
    refuse_with("\"What?\"\n\n```\n# no heading\n```\n", "",
                "expected the opening words");
    refuse_with("- **Strong:** ", "- **Strong** ",
                "line 15: expected - **Strong:** ");
    refuse_with("- **Adequate:** So.\n", "", "expected - **Adequate:** ");
    refuse_with("- **Weak:** No.\n", "", "expected - **Weak:** ");
    refuse_with(" No.\n\n", " No.\n\nMore.\n", "got 'More.'");
    refuse_with("## Rubric", "## Marks", "expected '## Rubric'");
    refuse_with("| | 1 | 2 | 3 | 4 |", "| | 1 | 2 | 3 |", "expected '| | 1");
    refuse_with("| b | c | d |\n| C", "| b | c |\n| C", "an anchor for each");
    refuse_with("| C and memory |", "| C |", "each once");
    refuse_with("| C and memory |", "| communication |", "each once");
    refuse_with("| C and memory | a | b | c | d |\n", "",
                "no row 'C and memory'");
    refuse_with("| C and memory | a |", "| C and memory | |",
                "an anchor in every cell");
    refuse_with("| communication | a | b | c | d |\n",
                "| communication | a | b | c | d |\n\nThe end.\n",
                "expected a row of the rubric");
}

Test(guide, hints_are_read_in_order)
{
    struct guide guide = {.title = NULL};
    struct err err = ERR_INIT;

    cr_assert_eq(guide_parse_hints("# Hints\n\n## 1. A\n\nOne.\n\n## 2. B\n\n"
                                   "Two.\nMore.\n",
                                   &guide, &err),
                 0, "%s", err.text);
    cr_assert_eq(guide.hint_count, 2);
    cr_assert_str_eq(guide.hints[0].title, "1. A");
    cr_assert_str_eq(guide.hints[1].text, "Two.\nMore.");
    guide_release(&guide);
    cr_assert_eq(
        guide_parse_hints("# Hints\n\n## 2. A\n\nOne.\n", &guide, &err), -1);
    cr_assert_not_null(strstr(err.text, "line 3: expected ## 1. "), "%s",
                       err.text);
    guide_release(&guide);
    err_clear(&err);
    cr_assert_eq(guide_parse_hints("# Hints\n\n## 1. A\n\n", &guide, &err), -1);
    cr_assert_not_null(strstr(err.text, "expected the hint"), "%s", err.text);
    guide_release(&guide);
    cr_assert_eq(guide_hint_cost(1), 4);
    cr_assert_eq(guide_hint_cost(3), 12);
}

Test(guide, of_every_kata_is_read)
{
    char *root = catalog_root(NULL);
    struct catalog catalog;

    cr_assert_not_null(root);
    cr_assert_eq(catalog_open(root, &catalog, NULL), 0);
    for (size_t i = 0; i < catalog.count; i++) {
        struct err err = ERR_INIT;
        struct guide guide;
        struct kata *kata;

        cr_assert_eq(
            catalog_load(&catalog, catalog.entries[i].slug, &kata, &err), 0);
        cr_assert_eq(guide_load(kata, &guide, &err), 0, "%s", err.text);
        cr_assert_geq(guide.question_count, 4);
        cr_assert_geq(guide.hint_count, 3);
        guide_release(&guide);
        kata_free(kata);
    }
    catalog_release(&catalog);
    free(root);
}
