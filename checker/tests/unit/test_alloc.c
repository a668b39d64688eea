#include "base/alloc.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* More than there is; volatile, so that the compiler does not see it coming. */
static volatile size_t too_much = PTRDIFF_MAX;

Test(alloc, out_of_memory_ends_malloc, .exit_code = 3)
{
    free(xmalloc(too_much));
}

Test(alloc, out_of_memory_ends_calloc, .exit_code = 3)
{
    free(xcalloc(too_much, 1));
}

Test(alloc, overflow_ends_calloc, .exit_code = 3)
{
    free(xcalloc(too_much, 4));
}

Test(alloc, out_of_memory_ends_realloc, .exit_code = 3)
{
    free(xrealloc(NULL, too_much));
}

Test(alloc, overflow_ends_reallocarray, .exit_code = 3)
{
    free(xreallocarray(NULL, too_much, 4));
}

Test(alloc, size_zero_is_no_failure)
{
    void *blocks[] = {xmalloc(0), xcalloc(0, 4), xcalloc(4, 0),
                      xrealloc(NULL, 0), xreallocarray(NULL, 0, 4)};

    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        cr_assert_not_null(blocks[i], "case %zu", i);
        free(blocks[i]);
    }
}

Test(alloc, calloc_zeroes)
{
    unsigned char *bytes = xcalloc(100, 3);

    for (size_t i = 0; i < 300; i++)
        cr_assert_eq(bytes[i], 0, "byte %zu", i);
    free(bytes);
}

Test(alloc, strings_are_copied)
{
    char text[] = "abcdef";
    char *whole = xstrdup(text), *part = xstrndup(text, 3);
    char *made = xasprintf("%s-%d", text, 7);

    text[0] = 'X';
    cr_assert_str_eq(whole, "abcdef");
    cr_assert_str_eq(part, "abc");
    cr_assert_str_eq(made, "abcdef-7");
    free(whole);
    free(part);
    free(made);
}

Test(alloc, grow_makes_room_for_one_more)
{
    size_t capacity = 0, moves = 0;
    int *items = NULL;

    for (size_t count = 0; count < 1000; count++) {
        size_t before = capacity;

        items = grow(items, &capacity, count, sizeof *items);
        cr_assert_gt(capacity, count);
        moves += capacity != before;
        items[count] = (int)count;
    }
    for (int i = 0; i < 1000; i++)
        cr_assert_eq(items[i], i);
    cr_assert_leq(moves, 10, "grew %zu times", moves);
    free(items);
}
