#include "judge/prose.h"

#include "base/alloc.h"
#include "kata/catalog.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct kata *kata;

static void load(void)
{
    struct err err = ERR_INIT;
    char *root = catalog_root(&err);

    cr_assert(root, "%s", err.text);
    cr_assert_eq(kata_load(root, "containers", "lru-cache", &kata, &err), 0,
                 "%s", err.text);
    free(root);
}

static void release(void)
{
    kata_free(kata);
}

TestSuite(prose, .init = load, .fini = release);

static void expect(const char *text)
{
    struct strv problems = STRV_INIT;

    prose_check(kata, &problems);
    if (text)
        cr_assert(problems.count == 1 && strstr(problems.items[0], text),
                  "%zu problems, the first: %s", problems.count,
                  problems.count ? problems.items[0] : "none");
    else
        cr_assert_eq(problems.count, 0, "%s", problems.items[0]);
    strv_release(&problems);
}

static void replace(char **text, const char *with)
{
    free(*text);
    *text = with ? xstrdup(with) : NULL;
}

Test(prose, a_kata_without_a_fault)
{
    expect(NULL);
}

Test(prose, a_tie_to_a_hint_that_is_not_there)
{
    kata->hints[0].hint = 60;
    expect("kata.json: hints[0]: hints.md has no hint 60");
}

Test(prose, a_tie_to_a_category_that_is_not_there)
{
    replace(&kata->hints[1].category, "leek");
    expect("kata.json: hints[1]: there is no category 'leek'");
}

Test(prose, a_tie_to_a_test_that_is_not_there)
{
    /* The beginning of one that is. */
    replace(&kata->hints[0].test, "get_is_a_us");
    expect("kata.json: hints[0]: there is no test 'get_is_a_us'");
}

Test(prose, a_tie_to_a_test_whose_name_is_on_the_next_line)
{
    replace(&kata->hints[0].test,
            "putting_a_known_key_into_a_full_cache_evicts_nothing");
    expect(NULL);
}
