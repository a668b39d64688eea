/*
 * Closures: a function with the variables of the scope it was made in.
 *
 * A variable that outlives its scope lives in a cell. A closure is a C
 * function with the cells it uses; closures that use the same variable hold
 * the same cell, so that an assignment through one is seen through all. Cells
 * and closures are counted: each goes with the last reference to it.
 *
 *     static int next(struct closure *self, const int *arguments,
 *                     size_t argument_count, int *result)
 *     {
 *         return cell_add(closure_cell(self, 0), 1, result);
 *     }
 *
 *     struct closure *make_counter(int start)
 *     {
 *         struct cell *n = cell_new(&start);
 *         struct closure *counter = closure_new(next, &n, 1);
 *
 *         cell_release(n);                   the maker returns, the cell stays
 *         return counter;
 *     }
 *
 * (make_counter leaves out what happens when memory runs out.)
 *
 * A *reference* is held by whoever made or retained a cell or a closure, until
 * he releases it, and by a closure on each of its cells for as long as the
 * closure lives. A cell that a closure holds at two places has two references
 * from it. A closure holds no other closure, also not the one it was nested in.
 *
 * Any number of threads may use the same cells and closures at the same time,
 * as long as each has a reference that it does not give up meanwhile (a
 * caller's, or that of a closure which it has one on). Each call on a cell
 * happens at one moment: the others see all of it or nothing. What a thread did
 * before it released a cell or a closure has happened for the thread that frees
 * it, and for the one that is told. Only cell_watch is for a time when no other
 * thread uses the cell. closure_call holds nothing up: the same closure may run
 * in several threads at once.
 *
 * Pointers must not be NULL where nothing else is said. Counts do not overflow
 * in practice and need no check.
 */
#ifndef CLOSURE_H
#define CLOSURE_H

#include <stddef.h>

/* What a function of this header reports besides 0 for success. */
enum {
    CLOSURE_ENOMEM = -1,   /* out of memory; the call had no effect */
    CLOSURE_EUNBOUND = -2, /* the variable has no value; no effect */
    CLOSURE_ERANGE = -3    /* the value would be no int; no effect */
};

struct cell;
struct closure;

/*
 * What a closure runs: computes *result from the cells of `self` and from the
 * arguments and returns 0, or fails: with an error from above that it passes
 * on, or with a positive number of its own. Whether argument_count suits it is
 * for the function to judge. `result` is never NULL, and *result is 0 when the
 * function starts: one that stores nothing there has the result 0.
 *
 * It may do everything with cells and closures: make, call, retain and release
 * them, also call `self` again. It may even release the last reference that
 * the caller had on `self`; `self` and its cells stay until it returns.
 */
typedef int closure_function(struct closure *self, const int *arguments,
                             size_t argument_count, int *result);

/* Is told that a cell is gone. Must not use that cell any more; may use and
   release others, and closures. */
typedef void cell_gone(void *context);

/* Cells */

/*
 * Returns a cell with the value *value, or one without a value ("unbound") when
 * `value` is NULL. The caller has the one reference. NULL when out of memory.
 */
struct cell *cell_new(const int *value);

/* Adds a reference. Returns `cell`. O(1). */
struct cell *cell_retain(struct cell *cell);

/* Takes one reference away; with the last one the cell is freed. NULL is
   allowed and does nothing. O(1), however many references there are. */
void cell_release(struct cell *cell);

/* Returns the number of references, which may be another by the time that it is
   looked at. O(1). */
size_t cell_references(const struct cell *cell);

/*
 * Has gone(context) called once when the cell has been freed; in place of what
 * was asked for before, if anything. With `gone` NULL nothing is called.
 */
void cell_watch(struct cell *cell, cell_gone *gone, void *context);

/* Stores the value in *value and returns 0, or returns CLOSURE_EUNBOUND and
   leaves *value as it was. `value` may be NULL: only the answer matters. */
int cell_get(const struct cell *cell, int *value);

/* Gives the cell this value, whether it had one before or not. */
void cell_set(struct cell *cell, int value);

/*
 * `n += term` in one step: adds `term` to the value, stores the sum in *sum
 * unless `sum` is NULL, and returns 0. Returns CLOSURE_EUNBOUND where the cell
 * has no value, and CLOSURE_ERANGE where the sum is no int; then the cell and
 * *sum are as they were. Of several threads that add, no addition is lost.
 */
int cell_add(struct cell *cell, int term, int *sum);

/* Makes the cell unbound, like `del`, and returns 0; or returns
   CLOSURE_EUNBOUND when it was unbound already. Of several threads that delete
   one value, one gets 0. */
int cell_delete(struct cell *cell);

/* Closures */

/*
 * Returns a closure of `function` over the cells cells[0] ...
 * cells[cell_count - 1], on each of which it takes a reference; the array
 * remains the caller's and need not outlive the call. The same cell may be
 * there more than once. `cells` may be NULL when `cell_count` is 0. The caller
 * has the one reference. NULL when out of memory, and then no count has
 * changed. O(cell_count) in time and space.
 */
struct closure *closure_new(closure_function *function,
                            struct cell *const *cells, size_t cell_count);

/*
 * A function inside a function: returns a closure over all the cells of
 * `parent`, in their order, followed by own[0] ... own[own_count - 1]. All else
 * is as in closure_new. `parent` may go before the closure does.
 */
struct closure *closure_nest(const struct closure *parent,
                             closure_function *function,
                             struct cell *const *own, size_t own_count);

/* Adds a reference. Returns `closure`. O(1). */
struct closure *closure_retain(struct closure *closure);

/*
 * Takes one reference away; with the last one the closure is freed and releases
 * its cells, in no particular order. NULL is allowed and does nothing. O(1), or
 * with the last reference O(n) for n cells; in both cases however many other
 * closures share them.
 */
void closure_release(struct closure *closure);

/*
 * Calls the function, with `arguments` and `argument_count` as they are, and
 * returns what it returned. When that is 0, its result is stored in *result;
 * otherwise *result is left as it was. `result` may be NULL. `arguments` may be
 * NULL when `argument_count` is 0. O(1) besides what the function does, however
 * many cells the closure has and however many closures share them.
 */
int closure_call(struct closure *closure, const int *arguments,
                 size_t argument_count, int *result);

/* Returns the number of cells. O(1). */
size_t closure_cell_count(const struct closure *closure);

/* Returns cell `index`, counted from 0, or NULL when there is none. It is
   borrowed: retain it to keep it beyond the closure. O(1). */
struct cell *closure_cell(const struct closure *closure, size_t index);

/* Loops */

/*
 * What a loop does that makes a closure in each round over its own variable:
 * the variable, whose cell is `variable`, is given values[0], values[1], ... in
 * turn, and each time closures[i] becomes a new closure over that one cell.
 * When it is done the variable has the last value; when `count` is 0 it is as
 * before, and `values` and `closures` may be NULL.
 *
 * Returns 0, and the caller has the one reference on each closure; or
 * CLOSURE_ENOMEM, and then no closure is left, the variable has the value it
 * had, or none, as before, and what is in `closures` means nothing. O(count).
 */
int closure_loop_shared(closure_function *function, struct cell *variable,
                        const int *values, size_t count,
                        struct closure **closures);

/*
 * The cure: closures[i] becomes a new closure over a cell of its own with the
 * value values[i], and holds the only reference on it. The rest is as in
 * closure_loop_shared; when out of memory no cell is left either.
 */
int closure_loop_own(closure_function *function, const int *values,
                     size_t count, struct closure **closures);

#endif
