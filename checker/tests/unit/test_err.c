#include "base/err.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

Test(err, set_returns_minus_one_and_records)
{
    struct err err = ERR_INIT;

    cr_assert_eq(err_set(&err, "line %d", 3), -1);
    cr_assert(err.set);
    cr_assert_str_eq(err.text, "line 3");
}

Test(err, first_error_wins)
{
    struct err err = ERR_INIT;

    err_set(&err, "first");
    err_set(&err, "second");
    errno = ENOENT;
    err_errno(&err, "third");
    cr_assert_str_eq(err.text, "first");
}

Test(err, errno_appends_its_text)
{
    struct err err = ERR_INIT;

    errno = ENOENT;
    cr_assert_eq(err_errno(&err, "open %s", "x"), -1);
    cr_assert_str_eq(err.text, "open x: No such file or directory");
}

Test(err, context_goes_before_what_is_recorded)
{
    struct err err = ERR_INIT;

    cr_assert_eq(err_context(&err, "nothing yet"), -1);
    cr_assert_not(err.set, "context alone is no error");
    err_set(&err, "bad key");
    cr_assert_eq(err_context(&err, "kata.json:%d", 4), -1);
    cr_assert_str_eq(err.text, "kata.json:4: bad key");
}

Test(err, null_is_allowed)
{
    cr_assert_eq(err_set(NULL, "x"), -1);
    cr_assert_eq(err_errno(NULL, "x"), -1);
    cr_assert_eq(err_context(NULL, "x"), -1);
}

Test(err, clear_forgets)
{
    struct err err = ERR_INIT;

    err_set(&err, "first");
    err_clear(&err);
    cr_assert_not(err.set);
    cr_assert_str_empty(err.text);
    err_set(&err, "second");
    cr_assert_str_eq(err.text, "second");
}

Test(err, too_long_texts_are_cut)
{
    struct err err = ERR_INIT;
    char text[3000];

    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    errno = EIO;
    err_errno(&err, "%s", text);
    cr_assert_eq(strlen(err.text), sizeof err.text - 1);
    err_context(&err, "%s", text);
    cr_assert_eq(strlen(err.text), sizeof err.text - 1);
}
