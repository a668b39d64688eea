#include "closure.h"

#include <criterion/criterion.h>

static struct cell *new_cell(int value)
{
    struct cell *cell = cell_new(&value);

    cr_assert_not_null(cell, "cell_new returned NULL");
    return cell;
}

static struct closure *new_weak(closure_function *function,
                                struct cell *const *cells, size_t cell_count)
{
    struct closure *closure = closure_new_weak(function, cells, cell_count);

    cr_assert_not_null(closure, "closure_new_weak returned NULL");
    return closure;
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

static int get(struct closure *self, const int *arguments,
               size_t argument_count, int *result)
{
    (void)arguments;
    (void)argument_count;
    return closure_cell(self, 0) ? cell_get(closure_cell(self, 0), result)
                                 : CLOSURE_EUNBOUND;
}

/* Its cells and its arguments as the digits of a number, 0 for what is gone. */
static int digits(struct closure *self, const int *arguments,
                  size_t argument_count, int *result)
{
    for (size_t i = 0; i < closure_cell_count(self); i++) {
        const struct cell *cell = closure_cell(self, i);
        int digit = 0;

        if (cell && cell_get(cell, &digit) < 0)
            return CLOSURE_EUNBOUND;
        *result = *result * 10 + digit;
    }
    for (size_t i = 0; i < argument_count; i++)
        *result = *result * 10 + arguments[i];
    return 0;
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

Test(weak, holds_without_a_reference)
{
    struct cell *cell = new_cell(5);
    struct closure *closure = new_weak(get, &cell, 1);

    expect_references(cell, 1);
    expect_call(closure, 5);
    cell_set(cell, 6);
    expect_call(closure, 6);
    cr_assert_eq(closure_cell(closure, 0), cell, "closure_cell: another cell");
    closure_release(closure);
    expect_references(cell, 1);
    expect_value(cell, 6);
    cell_release(cell);
}

Test(weak, does_not_keep_alive)
{
    struct cell *cell = new_cell(5);
    struct closure *closure = new_weak(get, &cell, 1);
    int gone = 0;

    cell_watch(cell, count_gone, &gone);
    cell_release(cell);
    cr_assert_eq(gone, 1, "told %d times that the cell is gone, want 1", gone);
    cr_assert_null(closure_cell(closure, 0), "the cell is gone, but there");
    cr_assert_eq(closure_cell_count(closure), 1, "count: got %zu, want 1",
                 closure_cell_count(closure));
    cr_assert_eq(closure_call(closure, NULL, 0, NULL), CLOSURE_EUNBOUND);
    closure_release(closure);
    cr_assert_eq(gone, 1, "told again when the closure went");
}

Test(weak, sees_the_cell_as_long_as_another_closure_keeps_it)
{
    struct cell *cell = new_cell(7);
    struct closure *strong = new_closure(get, &cell, 1);
    struct closure *weak = new_weak(get, &cell, 1);

    expect_references(cell, 2);
    cell_release(cell);
    expect_call(weak, 7);
    closure_release(strong);
    cr_assert_null(closure_cell(weak, 0), "the cell is gone, but there");
    closure_release(weak);
}

Test(weak, some_cells_go_and_others_stay)
{
    struct cell *cells[3] = {new_cell(1), new_cell(2), new_cell(3)};
    struct cell *twice[4] = {cells[0], cells[1], cells[2], cells[1]};
    struct closure *closure = new_weak(digits, twice, 4);

    expect_call(closure, 1232);
    cell_release(cells[1]);
    expect_call(closure, 1030);
    cell_release(cells[0]);
    expect_call(closure, 30);
    closure_release(closure);
    expect_value(cells[2], 3);
    cell_release(cells[2]);
}

Test(weak, many_hold_the_same_cell)
{
    struct cell *cell = new_cell(4);
    struct closure *closures[3];

    for (int i = 0; i < 3; i++)
        closures[i] = new_weak(get, &cell, 1);
    closure_release(closures[0]);
    expect_call(closures[1], 4);
    cell_release(cell);
    cr_assert_null(closure_cell(closures[1], 0));
    closure_release(closures[1]);
    cr_assert_null(closure_cell(closures[2], 0));
    closure_release(closures[2]);
}

Test(weak, nested_holds_as_its_parent_does_and_its_own_for_good)
{
    struct cell *cells[4];
    struct closure *outer, *middle, *inner;

    for (int i = 0; i < 4; i++)
        cells[i] = new_cell(i + 1);
    outer = new_weak(digits, cells, 2);
    middle = closure_nest(outer, digits, &cells[2], 1);
    cr_assert_not_null(middle, "closure_nest returned NULL");
    cell_release(cells[1]);
    inner = closure_nest(middle, digits, &cells[3], 1);
    cr_assert_not_null(inner, "closure_nest returned NULL");
    expect_references(cells[0], 1);
    expect_references(cells[2], 3);
    expect_references(cells[3], 2);
    closure_release(outer);
    closure_release(middle);
    cell_release(cells[2]);
    cell_release(cells[3]);
    expect_call(inner, 1034);
    cell_release(cells[0]);
    expect_call(inner, 34);
    closure_release(inner);
}

/* A cell_gone: the closure that it is given calls it gone already. */
static void expect_none_in(void *context)
{
    cr_assert_null(closure_cell(context, 0), "gone, but there when told so");
    closure_release(context);
}

Test(weak, is_empty_when_it_is_told)
{
    struct cell *cell = new_cell(1);
    struct closure *closure = new_weak(get, &cell, 1);

    cell_watch(cell, expect_none_in, closure);
    cell_release(cell);
    closure = closure_new_weak(digits, NULL, 0);
    cr_assert_not_null(closure, "closure_new_weak of no cells returned NULL");
    expect_call(closure, 0);
    closure_release(closure);
}
