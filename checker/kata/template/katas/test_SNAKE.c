#include "SNAKE.h"

#include <criterion/criterion.h>

/* TODO: a dozen tests or more, each small, with a name that teaches. Classic
   assertions only (cr_assert_eq and the like): the checker counts them. Assert
   that nothing is NULL before it is used: the stub must not crash. */

TestSuite(SNAKE);

Test(SNAKE, starts_at_zero)
{
    struct SNAKE *self = SNAKE_new();
    long long total;

    cr_assert_not_null(self, "SNAKE_new(): got NULL");
    total = SNAKE_total(self);
    cr_assert_eq(total, 0, "got %lld, want 0", total);
    SNAKE_free(self);
}

Test(SNAKE, adds_negative_numbers_too)
{
    struct SNAKE *self = SNAKE_new();

    cr_assert_not_null(self, "SNAKE_new(): got NULL");
    cr_assert_eq(SNAKE_add(self, 5), 5);
    cr_assert_eq(SNAKE_add(self, -7), -2);
    cr_assert_eq(SNAKE_total(self), -2);
    SNAKE_free(self);
}
