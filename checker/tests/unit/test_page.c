#include "cmd/page.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

static struct strv compose(struct page *page, int rows)
{
    struct strv lines = STRV_INIT;

    page_compose(page, (struct tty_size){rows, 40}, false, &lines);
    cr_assert_eq(lines.count, (size_t)rows);
    return lines;
}

static void expect(struct page *page, int rows, const char *const *want)
{
    struct strv lines = compose(page, rows);

    for (size_t i = 0; i < lines.count; i++)
        cr_assert_str_eq(lines.items[i], want[i], "line %zu: '%s'", i,
                         lines.items[i]);
    strv_release(&lines);
}

Test(page, the_body_fills_what_header_and_footer_leave)
{
    struct page page = {"h", "1\n2\n", "f", 0};
    const char *want[] = {"h", "1", "2", "", "", "f"};

    expect(&page, 6, want);
}

Test(page, what_does_not_fit_is_said_and_scrolled_to)
{
    struct page page = {"h", "1\n2\n3\n4\n5\n6", "f", 0};
    const char *top[] = {"h", "1", "2", "-- 4 more lines: space, arrows --",
                         "f"};
    const char *middle[] = {"h", "2", "3", "-- 3 more lines: space, arrows --",
                            "f"};
    const char *end[] = {"h", "4", "5", "6", "f"};

    expect(&page, 5, top);
    page.scroll = 1;
    expect(&page, 5, middle);
    page.scroll = SIZE_MAX / 2;
    expect(&page, 5, end);
    cr_assert_eq(page.scroll, 3);
}

Test(page, a_low_screen_keeps_the_keys)
{
    struct page page = {"h", "1", "f\nkeys", 0};
    const char *want[] = {"1", "", "", "keys"};

    expect(&page, 4, want);
    for (int rows = 1; rows < 4; rows++) {
        struct strv lines = compose(&page, rows);

        strv_release(&lines);
    }
}

Test(page, keys_scroll)
{
    size_t scroll = 0;

    cr_assert(page_scroll(&scroll, TTY_DOWN, 24));
    cr_assert_eq(scroll, 1);
    cr_assert(page_scroll(&scroll, ' ', 24));
    cr_assert_gt(scroll, 10);
    cr_assert(page_scroll(&scroll, TTY_HOME, 24));
    cr_assert(page_scroll(&scroll, TTY_UP, 24));
    cr_assert(page_scroll(&scroll, TTY_PAGE_UP, 24));
    cr_assert_eq(scroll, 0);
    cr_assert_not(page_scroll(&scroll, 'x', 24));
}
