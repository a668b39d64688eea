#include "closure.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>

static struct cell *new_cell(int value)
{
    struct cell *cell = cell_new(&value);

    cr_assert_not_null(cell, "cell_new returned NULL");
    return cell;
}

static struct closure *new_closure(closure_function *function,
                                   struct cell *const *cells, size_t cell_count)
{
    struct closure *closure = closure_new(function, cells, cell_count);

    cr_assert_not_null(closure, "closure_new returned NULL");
    return closure;
}

static void expect_value(const struct cell *cell, int want)
{
    int got = 4711, status = cell_get(cell, &got);

    cr_assert_eq(status, 0, "cell_get: got %d, want 0", status);
    cr_assert_eq(got, want, "the cell's value: got %d, want %d", got, want);
}

static void expect_unbound(const struct cell *cell)
{
    int got = 4711, status = cell_get(cell, &got);

    cr_assert_eq(status, CLOSURE_EUNBOUND, "cell_get: got %d, want %d", status,
                 CLOSURE_EUNBOUND);
    cr_assert_eq(got, 4711, "cell_get of an unbound cell stored %d", got);
}

static void expect_references(const struct cell *cell, size_t want)
{
    size_t got = cell_references(cell);

    cr_assert_eq(got, want, "references: got %zu, want %zu", got, want);
}

static void expect_call(struct closure *closure, int want)
{
    int got = 4711, status = closure_call(closure, NULL, 0, &got);

    cr_assert_eq(status, 0, "closure_call: got %d, want 0", status);
    cr_assert_eq(got, want, "the call's result: got %d, want %d", got, want);
}

/* A cell_gone whose context is an int to count in. */
static void count_gone(void *context)
{
    ++*(int *)context;
}

/* A cell_gone whose context is a closure to release. */
static void release_closure(void *context)
{
    closure_release(context);
}

static int get(struct closure *self, const int *arguments,
               size_t argument_count, int *result)
{
    (void)arguments;
    (void)argument_count;
    return cell_get(closure_cell(self, 0), result);
}

static int increment(struct closure *self, const int *arguments,
                     size_t argument_count, int *result)
{
    struct cell *cell = closure_cell(self, 0);
    int value;

    (void)arguments;
    (void)argument_count;
    if (cell_get(cell, &value) < 0)
        return CLOSURE_EUNBOUND;
    cell_set(cell, value + 1);
    *result = value + 1;
    return 0;
}

/* Its cells and its arguments as the digits of a number. */
static int digits(struct closure *self, const int *arguments,
                  size_t argument_count, int *result)
{
    for (size_t i = 0; i < closure_cell_count(self); i++) {
        int digit;

        if (cell_get(closure_cell(self, i), &digit) < 0)
            return CLOSURE_EUNBOUND;
        *result = *result * 10 + digit;
    }
    for (size_t i = 0; i < argument_count; i++)
        *result = *result * 10 + arguments[i];
    return 0;
}

static int store_and_fail(struct closure *self, const int *arguments,
                          size_t argument_count, int *result)
{
    (void)self;
    (void)arguments;
    (void)argument_count;
    *result = 12;
    return 5;
}

static int store_nothing(struct closure *self, const int *arguments,
                         size_t argument_count, int *result)
{
    (void)self;
    (void)arguments;
    (void)argument_count;
    (void)result;
    return 0;
}

/* Gives up the caller's reference on itself, then goes on. */
static int forget_itself(struct closure *self, const int *arguments,
                         size_t argument_count, int *result)
{
    (void)arguments;
    (void)argument_count;
    closure_release(self);
    return cell_get(closure_cell(self, 0), result);
}

Test(cell, is_unbound_until_it_gets_a_value)
{
    struct cell *cell = cell_new(NULL);

    cr_assert_not_null(cell, "cell_new(NULL) returned NULL");
    expect_unbound(cell);
    cell_set(cell, -1);
    expect_value(cell, -1);
    cell_set(cell, INT_MIN);
    expect_value(cell, INT_MIN);
    cell_release(cell);
}

Test(cell, has_the_value_it_was_made_with)
{
    struct cell *zero = new_cell(0), *most = new_cell(INT_MAX);

    expect_value(zero, 0);
    expect_value(most, INT_MAX);
    cr_assert_eq(cell_get(zero, NULL), 0, "cell_get(cell, NULL) of a value");
    cell_release(zero);
    cell_release(most);
}

Test(cell, can_be_deleted_once_and_bound_again)
{
    struct cell *cell = new_cell(3);

    cr_assert_eq(cell_delete(cell), 0, "cell_delete of a value failed");
    expect_unbound(cell);
    cr_assert_eq(cell_get(cell, NULL), CLOSURE_EUNBOUND,
                 "cell_get(cell, NULL) of an unbound cell");
    cr_assert_eq(cell_delete(cell), CLOSURE_EUNBOUND,
                 "cell_delete of an unbound cell");
    cell_set(cell, 4);
    expect_value(cell, 4);
    cell_release(cell);
}

Test(cell, goes_with_the_last_reference)
{
    struct cell *cell = new_cell(1);
    int gone = 0;

    cell_watch(cell, count_gone, &gone);
    cr_assert_eq(cell_retain(cell), cell, "cell_retain returns its argument");
    expect_references(cell, 2);
    cell_release(cell);
    cr_assert_eq(gone, 0, "gone with a reference left");
    expect_references(cell, 1);
    cell_release(cell);
    cr_assert_eq(gone, 1, "told %d times that the cell is gone, want 1", gone);
}

Test(cell, tells_only_the_last_one_who_asked)
{
    struct cell *cell = new_cell(1), *quiet = new_cell(1);
    int first = 0, second = 0;

    cell_watch(cell, count_gone, &first);
    cell_watch(cell, count_gone, &second);
    cell_watch(quiet, count_gone, &first);
    cell_watch(quiet, NULL, NULL);
    cell_release(cell);
    cell_release(quiet);
    cr_assert_eq(first, 0, "told %d times, but it was replaced", first);
    cr_assert_eq(second, 1, "told %d times, want 1", second);
}

Test(closure, keeps_its_variable_when_the_maker_has_returned)
{
    struct cell *cell = new_cell(5);
    struct closure *counter = new_closure(increment, &cell, 1);
    int gone = 0;

    cell_watch(cell, count_gone, &gone);
    cell_release(cell);
    cell = NULL; /* the array was the caller's */
    expect_call(counter, 6);
    expect_call(counter, 7);
    cr_assert_eq(gone, 0, "the cell is gone while a closure holds it");
    closure_release(counter);
    cr_assert_eq(gone, 1, "the cell stayed when the closure went");
}

Test(closure, assignment_is_seen_by_all_who_share_the_cell)
{
    struct cell *cell = new_cell(0);
    struct closure *writer = new_closure(increment, &cell, 1);
    struct closure *reader = new_closure(get, &cell, 1);

    expect_call(writer, 1);
    expect_call(reader, 1);
    cell_set(cell, 41);
    expect_call(writer, 42);
    expect_call(reader, 42);
    expect_value(cell, 42);
    closure_release(writer);
    expect_call(reader, 42);
    closure_release(reader);
    cell_release(cell);
}

Test(closure, two_calls_of_the_maker_give_two_variables)
{
    struct cell *cells[2] = {new_cell(0), new_cell(100)};
    struct closure *one = new_closure(increment, &cells[0], 1);
    struct closure *other = new_closure(increment, &cells[1], 1);

    expect_call(one, 1);
    expect_call(other, 101);
    expect_call(one, 2);
    expect_value(cells[1], 101);
    closure_release(one);
    closure_release(other);
    cell_release(cells[0]);
    cell_release(cells[1]);
}

Test(closure, reading_an_unbound_variable_is_an_error)
{
    struct cell *cell = cell_new(NULL);
    struct closure *closure;
    int result = 4711, status;

    cr_assert_not_null(cell, "cell_new(NULL) returned NULL");
    closure = new_closure(increment, &cell, 1);
    status = closure_call(closure, NULL, 0, &result);
    cr_assert_eq(status, CLOSURE_EUNBOUND, "got %d, want %d", status,
                 CLOSURE_EUNBOUND);
    cr_assert_eq(result, 4711, "a failed call stored %d", result);
    cell_set(cell, 7);
    expect_call(closure, 8);
    closure_release(closure);
    cell_release(cell);
}

Test(closure, passes_arguments_and_the_result)
{
    struct cell *cells[2] = {new_cell(1), new_cell(2)};
    struct closure *closure = new_closure(digits, cells, 2);
    const int arguments[] = {3, 4};
    int result = 4711, status;

    status = closure_call(closure, arguments, 2, &result);
    cr_assert_eq(status, 0, "got %d, want 0", status);
    cr_assert_eq(result, 1234, "got %d, want 1234", result);
    status = closure_call(closure, arguments, 2, NULL);
    cr_assert_eq(status, 0, "with a NULL result: got %d, want 0", status);
    expect_call(closure, 12);
    closure_release(closure);
    cell_release(cells[0]);
    cell_release(cells[1]);
}

Test(closure, result_is_0_by_default_and_untouched_by_a_failure)
{
    struct closure *nothing = new_closure(store_nothing, NULL, 0);
    struct closure *failing = new_closure(store_and_fail, NULL, 0);
    int result = 4711, status = closure_call(failing, NULL, 0, &result);

    cr_assert_eq(status, 5, "the function's own error: got %d, want 5", status);
    cr_assert_eq(result, 4711, "a failed call stored %d", result);
    expect_call(nothing, 0);
    closure_release(nothing);
    closure_release(failing);
}

Test(closure, shows_its_cells)
{
    struct cell *cells[3] = {new_cell(1), new_cell(2), NULL};
    struct closure *closure;

    cells[2] = cells[0];
    closure = new_closure(digits, cells, 3);
    cr_assert_eq(closure_cell_count(closure), 3, "cell count: got %zu, want 3",
                 closure_cell_count(closure));
    for (size_t i = 0; i < 3; i++)
        cr_assert_eq(closure_cell(closure, i), cells[i], "cell %zu", i);
    cr_assert_null(closure_cell(closure, 3), "there is no cell 3");
    cr_assert_null(closure_cell(closure, SIZE_MAX), "there is no such cell");
    expect_references(cells[0], 3);
    expect_references(cells[1], 2);
    closure_release(closure);
    expect_references(cells[0], 1);
    cell_release(cells[0]);
    cell_release(cells[1]);
}

Test(closure, nested_has_its_parents_cells_and_then_its_own)
{
    struct cell *cells[3] = {new_cell(1), new_cell(2), new_cell(3)};
    struct closure *outer = new_closure(digits, cells, 1);
    struct closure *middle = closure_nest(outer, digits, cells + 1, 2);
    struct closure *inner;

    cr_assert_not_null(middle, "closure_nest returned NULL");
    inner = closure_nest(middle, digits, NULL, 0);
    cr_assert_not_null(inner, "closure_nest returned NULL");
    closure_release(outer);
    closure_release(middle);
    for (size_t i = 0; i < 3; i++)
        expect_references(cells[i], 2);
    expect_call(inner, 123);
    cell_set(cells[0], 9);
    expect_call(inner, 923);
    closure_release(inner);
    for (size_t i = 0; i < 3; i++)
        cell_release(cells[i]);
}

Test(closure, lives_as_long_as_it_is_retained)
{
    struct cell *cell = new_cell(1);
    struct closure *closure = new_closure(get, &cell, 1);

    cr_assert_eq(closure_retain(closure), closure,
                 "closure_retain returns its argument");
    closure_release(closure);
    expect_references(cell, 2);
    expect_call(closure, 1);
    expect_references(cell, 2);
    closure_release(closure);
    expect_references(cell, 1);
    cell_release(cell);
}

Test(closure, stays_until_it_returns_when_released_by_its_own_function)
{
    struct cell *cell = new_cell(8);
    struct closure *closure = new_closure(forget_itself, &cell, 1);
    int gone = 0;

    cell_watch(cell, count_gone, &gone);
    cell_release(cell);
    expect_call(closure, 8);
    cr_assert_eq(gone, 1, "the cell stayed after the closure's last call");
}

Test(closure, may_go_when_a_cell_of_another_goes)
{
    struct cell *cells[2] = {new_cell(1), new_cell(2)};
    struct closure *first = new_closure(digits, &cells[0], 1);
    struct closure *second = new_closure(digits, &cells[1], 1);
    int gone = 0;

    cell_watch(cells[0], release_closure, second);
    cell_watch(cells[1], count_gone, &gone);
    cell_release(cells[0]);
    cell_release(cells[1]);
    closure_release(first);
    cr_assert_eq(gone, 1, "told %d times, want 1", gone);
}

Test(loop, closures_over_the_loop_variable_all_see_its_last_value)
{
    const int values[] = {10, 20, 30};
    struct closure *closures[3] = {NULL, NULL, NULL};
    struct cell *variable = new_cell(1);
    int status = closure_loop_shared(get, variable, values, 3, closures);

    cr_assert_eq(status, 0, "got %d, want 0", status);
    expect_value(variable, 30);
    expect_references(variable, 4);
    for (size_t i = 0; i < 3; i++) {
        cr_assert_not_null(closures[i], "closure %zu is NULL", i);
        expect_call(closures[i], 30);
    }
    cell_set(variable, 5);
    for (size_t i = 0; i < 3; i++) {
        expect_call(closures[i], 5);
        closure_release(closures[i]);
    }
    expect_references(variable, 1);
    cell_release(variable);
}

Test(loop, a_cell_for_each_closure_keeps_each_value)
{
    const int values[] = {10, 20, 30};
    struct closure *closures[3] = {NULL, NULL, NULL};
    int status = closure_loop_own(increment, values, 3, closures);

    cr_assert_eq(status, 0, "got %d, want 0", status);
    for (size_t i = 0; i < 3; i++) {
        cr_assert_not_null(closures[i], "closure %zu is NULL", i);
        cr_assert_eq(closure_cell_count(closures[i]), 1, "want one cell");
        expect_references(closure_cell(closures[i], 0), 1);
        expect_call(closures[i], values[i] + 1);
    }
    for (size_t i = 0; i < 3; i++) {
        expect_value(closure_cell(closures[i], 0), values[i] + 1);
        closure_release(closures[i]);
    }
}

Test(loop, without_a_round_leaves_the_variable_alone)
{
    struct cell *variable = new_cell(6);

    cr_assert_eq(closure_loop_shared(get, variable, NULL, 0, NULL), 0,
                 "closure_loop_shared of no rounds failed");
    cr_assert_eq(closure_loop_own(get, NULL, 0, NULL), 0,
                 "closure_loop_own of no rounds failed");
    expect_value(variable, 6);
    expect_references(variable, 1);
    cell_release(variable);
}

Test(release, of_nothing_does_nothing)
{
    struct cell *cell = new_cell(2);

    cell_release(NULL);
    closure_release(NULL);
    expect_value(cell, 2);
    cell_release(cell);
}

enum { MANY = 20000 };

Test(scale, many_closures_share_one_cell)
{
    struct closure **closures = malloc(MANY * sizeof(struct closure *));
    int *values = calloc(MANY, sizeof(*values));
    struct cell *cell = new_cell(0);
    int status;

    cr_assert(closures && values, "the test is out of memory");
    status = closure_loop_shared(increment, cell, values, MANY, closures);
    cr_assert_eq(status, 0, "got %d, want 0", status);
    expect_references(cell, MANY + 1);
    for (int i = 0; i < MANY; i++) {
        int result = 0;

        if (closure_call(closures[i], NULL, 0, &result) != 0 || result != i + 1)
            cr_assert_fail("call %d: got %d, want %d", i, result, i + 1);
        closure_release(closures[i]);
    }
    expect_references(cell, 1);
    cell_release(cell);
    free(closures);
    free(values);
}
