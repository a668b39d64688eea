#include "base/tty.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void expect_key(const char *bytes, size_t n, int key, size_t used)
{
    int got = 0;
    size_t took = tty_parse_key(bytes, n, &got);

    cr_assert_eq(took, used, "%zu bytes of %zu taken", took, n);
    if (used)
        cr_assert_eq(got, key, "key %d", got);
}

Test(tty, keys_are_told_apart)
{
    expect_key("q", 1, 'q', 1);
    expect_key("qx", 2, 'q', 1);
    expect_key("\r", 1, TTY_ENTER, 1);
    expect_key("\n", 1, TTY_ENTER, 1);
    expect_key("\b", 1, TTY_BACKSPACE, 1);
    expect_key("\x7f", 1, TTY_BACKSPACE, 1);
    expect_key("\033[A", 3, TTY_UP, 3);
    expect_key("\033OB", 3, TTY_DOWN, 3);
    expect_key("\033[6~q", 5, TTY_PAGE_DOWN, 4);
    expect_key("\033[1;5C", 6, TTY_UNKNOWN, 6);
    expect_key("\303\251q", 3, TTY_UNKNOWN, 2);
}

Test(tty, half_a_key_is_none_yet)
{
    expect_key("\033", 1, 0, 0);
    expect_key("\033[", 2, 0, 0);
    expect_key("\033[5", 3, 0, 0);
    expect_key("\033O", 2, 0, 0);
}

static struct strv wrap(const char *text, int width)
{
    struct strv lines = STRV_INIT;

    tty_wrap(&lines, text, width);
    return lines;
}

static void expect_lines(struct strv lines, size_t count,
                         const char *const *want)
{
    cr_assert_eq(lines.count, count, "%zu lines", lines.count);
    for (size_t i = 0; i < count; i++)
        cr_assert_str_eq(lines.items[i], want[i]);
    strv_release(&lines);
}

Test(tty, long_lines_break_at_a_space_that_is_near)
{
    const char *words[] = {"one two ", "three"};
    const char *far[] = {"a bcdefgh", "ijk"};
    const char *empty[] = {"a", "", "b"};

    expect_lines(wrap("one two three\n", 9), 2, words);
    expect_lines(wrap("a bcdefghijk", 9), 2, far);
    expect_lines(wrap("a\n\nb", 9), 3, empty);
    expect_lines(wrap("", 9), 0, NULL);
}

Test(tty, what_fits_exactly_is_not_broken)
{
    const char *whole[] = {"abcd"}, *narrow[] = {"a", "b"};

    expect_lines(wrap("abcd\n", 4), 1, whole);
    expect_lines(wrap("ab", 0), 2, narrow);
}

Test(tty, styles_take_no_room_and_go_on)
{
    const char *want[] = {"\033[31mabcd", "\033[31mef\033[0mgh"};
    const char *utf8[] = {"\303\251\303\251", "\303\251"};

    expect_lines(wrap("\033[31mabcdef\033[0mgh", 4), 2, want);
    expect_lines(wrap("\303\251\303\251\303\251", 2), 2, utf8);
}

Test(tty, without_a_terminal_nothing_is_taken)
{
    struct err err = ERR_INIT;

    close(STDIN_FILENO);
    cr_assert_eq(open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
    cr_assert_eq(tty_enter(&err), -1);
    cr_assert(strstr(err.text, "terminal"));
    tty_leave();
}
