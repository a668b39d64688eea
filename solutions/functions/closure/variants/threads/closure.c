#include "closure.h"

#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

/* What a cell holds fits one word, and so every change of it one atomic
   operation: the value in the lower half, and BOUND where there is one. */
static const uint64_t UNBOUND = 0, BOUND = UINT64_C(1) << 32;

struct cell {
    atomic_size_t references;
    _Atomic(uint64_t) content;
    cell_gone *gone;
    void *context;
};

struct closure {
    atomic_size_t references;
    closure_function *function;
    size_t cell_count;
    struct cell *cells[];
};

static uint64_t content_of(int value)
{
    return BOUND | (uint32_t)value;
}

static int value_of(uint64_t content)
{
    return (int)(uint32_t)content;
}

/* Who has a reference may make more of it: nothing has to be ordered. */
static void add_reference(atomic_size_t *references)
{
    atomic_fetch_add_explicit(references, 1, memory_order_relaxed);
}

/* Returns whether it was the last. What this thread did comes before what the
   one does that takes the last away. */
static bool take_reference(atomic_size_t *references)
{
    return atomic_fetch_sub_explicit(references, 1, memory_order_acq_rel) == 1;
}

struct cell *cell_new(const int *value)
{
    struct cell *cell = malloc(sizeof(*cell));

    if (!cell)
        return NULL;
    atomic_init(&cell->references, 1);
    atomic_init(&cell->content, value ? content_of(*value) : UNBOUND);
    cell_watch(cell, NULL, NULL);
    return cell;
}

struct cell *cell_retain(struct cell *cell)
{
    add_reference(&cell->references);
    return cell;
}

void cell_release(struct cell *cell)
{
    cell_gone *gone;
    void *context;

    if (!cell || !take_reference(&cell->references))
        return;
    gone = cell->gone;
    context = cell->context;
    free(cell);
    if (gone)
        gone(context);
}

size_t cell_references(const struct cell *cell)
{
    return atomic_load(&cell->references);
}

void cell_watch(struct cell *cell, cell_gone *gone, void *context)
{
    cell->gone = gone;
    cell->context = context;
}

int cell_get(const struct cell *cell, int *value)
{
    uint64_t content = atomic_load(&cell->content);

    if (content == UNBOUND)
        return CLOSURE_EUNBOUND;
    if (value)
        *value = value_of(content);
    return 0;
}

void cell_set(struct cell *cell, int value)
{
    atomic_store(&cell->content, content_of(value));
}

/* Where another thread was faster, `content` is what it left, and what to do is
   thought over again from there. */
int cell_add(struct cell *cell, int term, int *sum)
{
    uint64_t content = atomic_load(&cell->content);
    long long wanted;

    do {
        if (content == UNBOUND)
            return CLOSURE_EUNBOUND;
        wanted = (long long)value_of(content) + term;
        if (wanted < INT_MIN || wanted > INT_MAX)
            return CLOSURE_ERANGE;
    } while (!atomic_compare_exchange_weak(&cell->content, &content,
                                           content_of((int)wanted)));
    if (sum)
        *sum = (int)wanted;
    return 0;
}

int cell_delete(struct cell *cell)
{
    return atomic_exchange(&cell->content, UNBOUND) == UNBOUND
               ? CLOSURE_EUNBOUND
               : 0;
}

static void capture(struct closure *closure, struct cell *const *cells,
                    size_t count)
{
    for (size_t i = 0; i < count; i++)
        closure->cells[closure->cell_count++] = cell_retain(cells[i]);
}

static struct closure *make(closure_function *function,
                            struct cell *const *outer, size_t outer_count,
                            struct cell *const *own, size_t own_count)
{
    /* Cannot wrap around: there are arrays of as many pointers. */
    size_t count = outer_count + own_count;
    struct closure *closure =
        malloc(sizeof(*closure) + count * sizeof(closure->cells[0]));

    if (!closure)
        return NULL;
    atomic_init(&closure->references, 1);
    closure->function = function;
    closure->cell_count = 0;
    capture(closure, outer, outer_count);
    capture(closure, own, own_count);
    return closure;
}

struct closure *closure_new(closure_function *function,
                            struct cell *const *cells, size_t cell_count)
{
    return make(function, NULL, 0, cells, cell_count);
}

struct closure *closure_nest(const struct closure *parent,
                             closure_function *function,
                             struct cell *const *own, size_t own_count)
{
    return make(function, parent->cells, parent->cell_count, own, own_count);
}

struct closure *closure_retain(struct closure *closure)
{
    add_reference(&closure->references);
    return closure;
}

void closure_release(struct closure *closure)
{
    if (!closure || !take_reference(&closure->references))
        return;
    for (size_t i = 0; i < closure->cell_count; i++)
        cell_release(closure->cells[i]);
    free(closure);
}

int closure_call(struct closure *closure, const int *arguments,
                 size_t argument_count, int *result)
{
    int value = 0;
    int status;

    /* The function may release what its caller holds. */
    closure_retain(closure);
    status = closure->function(closure, arguments, argument_count, &value);
    closure_release(closure);
    if (status == 0 && result)
        *result = value;
    return status;
}

size_t closure_cell_count(const struct closure *closure)
{
    return closure->cell_count;
}

struct cell *closure_cell(const struct closure *closure, size_t index)
{
    return index < closure->cell_count ? closure->cells[index] : NULL;
}

static int give_up(struct closure **closures, size_t made)
{
    while (made > 0)
        closure_release(closures[--made]);
    return CLOSURE_ENOMEM;
}

int closure_loop_shared(closure_function *function, struct cell *variable,
                        const int *values, size_t count,
                        struct closure **closures)
{
    for (size_t i = 0; i < count; i++) {
        closures[i] = closure_new(function, &variable, 1);
        if (!closures[i])
            return give_up(closures, i);
    }
    /* Nobody looked at the variable in between, so that only the last
       assignment is left to make, and none to take back on failure. */
    if (count > 0)
        cell_set(variable, values[count - 1]);
    return 0;
}

static struct closure *close_over_value(closure_function *function, int value)
{
    struct cell *cell = cell_new(&value);
    struct closure *closure = cell ? closure_new(function, &cell, 1) : NULL;

    cell_release(cell);
    return closure;
}

int closure_loop_own(closure_function *function, const int *values,
                     size_t count, struct closure **closures)
{
    for (size_t i = 0; i < count; i++) {
        closures[i] = close_over_value(function, values[i]);
        if (!closures[i])
            return give_up(closures, i);
    }
    return 0;
}
