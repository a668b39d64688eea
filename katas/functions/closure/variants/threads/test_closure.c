#include "closure.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <pthread.h>

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
    (void)arguments;
    (void)argument_count;
    return cell_add(closure_cell(self, 0), 1, result);
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

/* Gives up the caller's reference on itself, then goes on. */
static int forget_itself(struct closure *self, const int *arguments,
                         size_t argument_count, int *result)
{
    (void)arguments;
    (void)argument_count;
    closure_release(self);
    return cell_get(closure_cell(self, 0), result);
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

static void expect_add(struct cell *cell, int term, int want)
{
    int sum = 4711, status = cell_add(cell, term, &sum);

    cr_assert_eq(status, 0, "cell_add(%d): got %d, want 0", term, status);
    cr_assert_eq(sum, want, "cell_add(%d): got %d, want %d", term, sum, want);
    expect_value(cell, want);
}

static void expect_no_add(struct cell *cell, int term, int want)
{
    int sum = 4711, status = cell_add(cell, term, &sum);

    cr_assert_eq(status, want, "cell_add(%d): got %d, want %d", term, status,
                 want);
    cr_assert_eq(sum, 4711, "cell_add(%d) failed and stored %d", term, sum);
}

Test(cell, can_be_added_to)
{
    struct cell *cell = new_cell(-3);

    expect_add(cell, 5, 2);
    expect_add(cell, -4, -2);
    cr_assert_eq(cell_add(cell, 0, NULL), 0, "cell_add without a sum");
    expect_add(cell, INT_MAX, INT_MAX - 2);
    expect_no_add(cell, 3, CLOSURE_ERANGE);
    expect_add(cell, 2, INT_MAX);
    cell_set(cell, INT_MIN + 1);
    expect_no_add(cell, -2, CLOSURE_ERANGE);
    expect_add(cell, -1, INT_MIN);
    cell_delete(cell);
    expect_no_add(cell, 1, CLOSURE_EUNBOUND);
    expect_unbound(cell);
    cell_release(cell);
}

/* Threads. What they find is looked at when they have ended. */

enum { THREADS = 4, ROUNDS = 300 };

struct worker {
    pthread_t thread;
    struct closure *closure;
    struct cell *cell;
    int failures, successes;
};

static void run_all(struct worker *workers, void *(*work)(void *))
{
    for (int i = 0; i < THREADS; i++)
        cr_assert_eq(
            pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0,
            "no thread");
    for (int i = 0; i < THREADS; i++)
        pthread_join(workers[i].thread, NULL);
    for (int i = 0; i < THREADS; i++)
        cr_assert_eq(workers[i].failures, 0, "thread %d: %d calls failed", i,
                     workers[i].failures);
}

static void *call_often(void *argument)
{
    struct worker *worker = argument;

    for (int i = 0; i < ROUNDS; i++)
        worker->failures += closure_call(worker->closure, NULL, 0, NULL) != 0;
    return NULL;
}

Test(threads, no_addition_is_lost)
{
    struct cell *cell = new_cell(0);
    struct closure *closure = new_closure(increment, &cell, 1);
    struct worker workers[THREADS] = {{.failures = 0}};

    for (int i = 0; i < THREADS; i++)
        workers[i].closure = closure;
    run_all(workers, call_often);
    expect_value(cell, THREADS * ROUNDS);
    expect_references(cell, 2);
    closure_release(closure);
    expect_references(cell, 1);
    cell_release(cell);
}

static void *hold_and_release(void *argument)
{
    struct worker *worker = argument;

    for (int i = 0; i < ROUNDS; i++) {
        struct closure *mine = closure_new(get, &worker->cell, 1);

        worker->failures += !mine || closure_call(mine, NULL, 0, NULL) != 0;
        closure_retain(worker->closure);
        cell_release(cell_retain(worker->cell));
        closure_release(mine);
        closure_release(worker->closure);
    }
    cell_release(worker->cell);
    closure_release(worker->closure);
    return NULL;
}

Test(threads, the_last_of_all_frees)
{
    struct cell *cell = new_cell(3);
    struct closure *closure = new_closure(get, &cell, 1);
    struct worker workers[THREADS] = {{.failures = 0}};
    int gone = 0;

    cell_watch(cell, count_gone, &gone);
    for (int i = 0; i < THREADS; i++) {
        workers[i].cell = cell_retain(cell);
        workers[i].closure = closure_retain(closure);
    }
    cell_release(cell);
    closure_release(closure);
    run_all(workers, hold_and_release);
    cr_assert_eq(gone, 1, "told %d times that the cell is gone, want 1", gone);
}

static void *set_and_get(void *argument)
{
    struct worker *worker = argument;

    for (int i = 0; i < ROUNDS; i++) {
        int value = 0;

        cell_set(worker->cell, i % 2 ? 1 : -1);
        worker->failures += cell_get(worker->cell, &value) != 0;
        worker->failures += value != 1 && value != -1;
        worker->failures += cell_references(worker->cell) != 1;
    }
    return NULL;
}

Test(threads, a_value_is_seen_whole)
{
    struct cell *cell = new_cell(1);
    struct worker workers[THREADS] = {{.failures = 0}};

    for (int i = 0; i < THREADS; i++)
        workers[i].cell = cell;
    run_all(workers, set_and_get);
    cell_release(cell);
}

static void *delete_once(void *argument)
{
    struct worker *worker = argument;

    worker->successes = cell_delete(worker->cell) == 0;
    return NULL;
}

Test(threads, one_value_is_deleted_once)
{
    struct worker workers[THREADS] = {{.failures = 0}};
    struct cell *cell = new_cell(1);
    int successes = 0;

    for (int i = 0; i < THREADS; i++)
        workers[i].cell = cell;
    run_all(workers, delete_once);
    for (int i = 0; i < THREADS; i++)
        successes += workers[i].successes;
    cr_assert_eq(successes, 1, "%d threads deleted the value, want 1",
                 successes);
    expect_unbound(cell);
    cell_release(cell);
}
