#include "closure.h"

#include <stdbool.h>
#include <stdlib.h>

/* Gone once there is no reference; its memory is freed once nobody holds it
   weakly either. */
struct cell {
    size_t references;
    size_t holds; /* weak ones, and one for all references together */
    bool bound;
    int value; /* where bound */
    cell_gone *gone;
    void *context;
};

struct closure {
    size_t references;
    closure_function *function;
    size_t cell_count;
    size_t weak_count; /* the first so many cells are held weakly */
    struct cell *cells[];
};

struct cell *cell_new(const int *value)
{
    struct cell *cell = malloc(sizeof(*cell));

    if (!cell)
        return NULL;
    *cell = (struct cell){.references = 1, .holds = 1};
    if (value)
        cell_set(cell, *value);
    return cell;
}

struct cell *cell_retain(struct cell *cell)
{
    cell->references++;
    return cell;
}

static void let_go(struct cell *cell)
{
    if (--cell->holds == 0)
        free(cell);
}

void cell_release(struct cell *cell)
{
    cell_gone *gone;
    void *context;

    if (!cell || --cell->references > 0)
        return;
    gone = cell->gone;
    context = cell->context;
    let_go(cell);
    if (gone)
        gone(context);
}

size_t cell_references(const struct cell *cell)
{
    return cell->references;
}

void cell_watch(struct cell *cell, cell_gone *gone, void *context)
{
    cell->gone = gone;
    cell->context = context;
}

int cell_get(const struct cell *cell, int *value)
{
    if (!cell->bound)
        return CLOSURE_EUNBOUND;
    if (value)
        *value = cell->value;
    return 0;
}

void cell_set(struct cell *cell, int value)
{
    cell->bound = true;
    cell->value = value;
}

int cell_delete(struct cell *cell)
{
    if (!cell->bound)
        return CLOSURE_EUNBOUND;
    cell->bound = false;
    return 0;
}

static void hold(struct closure *closure, size_t index)
{
    if (index < closure->weak_count)
        closure->cells[index]->holds++;
    else
        cell_retain(closure->cells[index]);
}

static void capture(struct closure *closure, struct cell *const *cells,
                    size_t count)
{
    for (size_t i = 0; i < count; i++) {
        closure->cells[closure->cell_count] = cells[i];
        hold(closure, closure->cell_count++);
    }
}

static struct closure *make(closure_function *function, size_t weak_count,
                            struct cell *const *outer, size_t outer_count,
                            struct cell *const *own, size_t own_count)
{
    /* Cannot wrap around: there are arrays of as many pointers. */
    size_t count = outer_count + own_count;
    struct closure *closure =
        malloc(sizeof(*closure) + count * sizeof(closure->cells[0]));

    if (!closure)
        return NULL;
    *closure = (struct closure){
        .references = 1, .function = function, .weak_count = weak_count};
    capture(closure, outer, outer_count);
    capture(closure, own, own_count);
    return closure;
}

struct closure *closure_new(closure_function *function,
                            struct cell *const *cells, size_t cell_count)
{
    return make(function, 0, NULL, 0, cells, cell_count);
}

struct closure *closure_new_weak(closure_function *function,
                                 struct cell *const *cells, size_t cell_count)
{
    return make(function, cell_count, NULL, 0, cells, cell_count);
}

struct closure *closure_nest(const struct closure *parent,
                             closure_function *function,
                             struct cell *const *own, size_t own_count)
{
    return make(function, parent->weak_count, parent->cells, parent->cell_count,
                own, own_count);
}

struct closure *closure_retain(struct closure *closure)
{
    closure->references++;
    return closure;
}

void closure_release(struct closure *closure)
{
    if (!closure || --closure->references > 0)
        return;
    for (size_t i = 0; i < closure->cell_count; i++)
        if (i < closure->weak_count)
            let_go(closure->cells[i]);
        else
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
    struct cell *cell =
        index < closure->cell_count ? closure->cells[index] : NULL;

    return cell && cell->references > 0 ? cell : NULL;
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
