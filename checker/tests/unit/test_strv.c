#include "base/strv.h"

#include "base/alloc.h"

#include <criterion/criterion.h>
#include <string.h>

Test(strv, starts_empty)
{
    struct strv strv = STRV_INIT;

    cr_assert_eq(strv.count, 0);
    cr_assert_null(strv.items);
    strv_sort(&strv);
    strv_release(&strv);
}

Test(strv, is_null_terminated_after_each_addition)
{
    struct strv strv = STRV_INIT;

    for (size_t i = 0; i < 100; i++) {
        strv_addf(&strv, "%zu", i);
        cr_assert_eq(strv.count, i + 1);
        cr_assert_null(strv.items[strv.count]);
    }
    cr_assert_str_eq(strv.items[0], "0");
    cr_assert_str_eq(strv.items[99], "99");
    strv_release(&strv);
    cr_assert_eq(strv.count, 0);
    cr_assert_null(strv.items);
}

Test(strv, add_copies_and_take_does_not)
{
    struct strv strv = STRV_INIT;
    char text[] = "one", *owned = xstrdup("two");

    strv_add(&strv, text);
    strv_take(&strv, owned);
    text[0] = 'X';
    cr_assert_str_eq(strv.items[0], "one");
    cr_assert_eq(strv.items[1], owned);
    strv_release(&strv);
}

Test(strv, addf_takes_long_texts)
{
    struct strv strv = STRV_INIT;

    for (int n = 4090; n < 4100; n++)
        strv_addf(&strv, "%*d", n, 7);
    for (size_t i = 0; i < strv.count; i++) {
        cr_assert_eq(strlen(strv.items[i]), 4090 + i);
        cr_assert_eq(strv.items[i][4089 + i], '7');
    }
    strv_release(&strv);
}

Test(strv, add_all_up_to_null)
{
    struct strv strv = STRV_INIT;

    strv_add_all(&strv, "gcc", "-c", NULL);
    strv_add_all(&strv, NULL);
    cr_assert_eq(strv.count, 2);
    cr_assert_str_eq(strv.items[1], "-c");
    strv_release(&strv);
}

Test(strv, remove_closes_the_gap)
{
    struct strv strv = STRV_INIT;

    strv_add_all(&strv, "a", "b", "c", NULL);
    strv_remove(&strv, 1);
    cr_assert_eq(strv.count, 2);
    cr_assert_str_eq(strv.items[0], "a");
    cr_assert_str_eq(strv.items[1], "c");
    cr_assert_null(strv.items[2]);
    strv_remove(&strv, 1);
    strv_remove(&strv, 0);
    cr_assert_eq(strv.count, 0);
    cr_assert_null(strv.items[0]);
    strv_release(&strv);
}

Test(strv, copy_adds_copies)
{
    struct strv from = STRV_INIT, to = STRV_INIT;

    strv_add(&to, "first");
    strv_add_all(&from, "a", "b", NULL);
    strv_copy(&to, &from);
    cr_assert_eq(to.count, 3);
    cr_assert_str_eq(to.items[2], "b");
    cr_assert_neq(to.items[2], from.items[1]);
    strv_release(&from);
    strv_release(&to);
}

Test(strv, has_and_equal)
{
    struct strv a = STRV_INIT, b = STRV_INIT;

    cr_assert(strv_equal(&a, &b));
    cr_assert_not(strv_has(&a, "x"));
    strv_add_all(&a, "x", "y", NULL);
    strv_add(&b, "x");
    cr_assert(strv_has(&a, "y"));
    cr_assert_not(strv_has(&a, "xy"));
    cr_assert_not(strv_equal(&a, &b), "a longer list");
    strv_add(&b, "z");
    cr_assert_not(strv_equal(&a, &b), "another last word");
    strv_remove(&b, 1);
    strv_add(&b, "y");
    cr_assert(strv_equal(&a, &b));
    strv_release(&a);
    strv_release(&b);
}

Test(strv, sort_is_by_bytes)
{
    struct strv strv = STRV_INIT, want = STRV_INIT;

    strv_add_all(&strv, "b", "\xc3\xa9", "a", "B", "", "ab", NULL);
    strv_add_all(&want, "", "B", "a", "ab", "b", "\xc3\xa9", NULL);
    strv_sort(&strv);
    cr_assert(strv_equal(&strv, &want));
    strv_release(&strv);
    strv_release(&want);
}

static void check_lines(const char *text, size_t count, const char *last)
{
    struct strv strv = STRV_INIT;

    strv_add_lines(&strv, text);
    cr_assert_eq(strv.count, count, "\"%s\": %zu lines", text, strv.count);
    if (last)
        cr_assert_str_eq(strv.items[count - 1], last);
    strv_release(&strv);
}

Test(strv, lines)
{
    check_lines("", 0, NULL);
    check_lines("\n", 1, "");
    check_lines("a", 1, "a");
    check_lines("a\n", 1, "a");
    check_lines("a\nb", 2, "b");
    check_lines("a\n\nb c\n", 3, "b c");
    check_lines("a\n\n", 2, "");
}
