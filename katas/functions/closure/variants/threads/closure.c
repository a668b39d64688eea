#include "closure.h"

struct cell *cell_new(const int *value)
{
    (void)value;
    return NULL;
}

struct cell *cell_retain(struct cell *cell)
{
    return cell;
}

void cell_release(struct cell *cell)
{
    (void)cell;
}

size_t cell_references(const struct cell *cell)
{
    (void)cell;
    return 0;
}

void cell_watch(struct cell *cell, cell_gone *gone, void *context)
{
    (void)cell;
    (void)gone;
    (void)context;
}

int cell_get(const struct cell *cell, int *value)
{
    (void)cell;
    (void)value;
    return CLOSURE_EUNBOUND;
}

void cell_set(struct cell *cell, int value)
{
    (void)cell;
    (void)value;
}

int cell_add(struct cell *cell, int term, int *sum)
{
    (void)cell;
    (void)term;
    (void)sum;
    return CLOSURE_EUNBOUND;
}

int cell_delete(struct cell *cell)
{
    (void)cell;
    return CLOSURE_EUNBOUND;
}

struct closure *closure_new(closure_function *function,
                            struct cell *const *cells, size_t cell_count)
{
    (void)function;
    (void)cells;
    (void)cell_count;
    return NULL;
}

struct closure *closure_nest(const struct closure *parent,
                             closure_function *function,
                             struct cell *const *own, size_t own_count)
{
    (void)parent;
    (void)function;
    (void)own;
    (void)own_count;
    return NULL;
}

struct closure *closure_retain(struct closure *closure)
{
    return closure;
}

void closure_release(struct closure *closure)
{
    (void)closure;
}

int closure_call(struct closure *closure, const int *arguments,
                 size_t argument_count, int *result)
{
    (void)closure;
    (void)arguments;
    (void)argument_count;
    (void)result;
    return CLOSURE_EUNBOUND;
}

size_t closure_cell_count(const struct closure *closure)
{
    (void)closure;
    return 0;
}

struct cell *closure_cell(const struct closure *closure, size_t index)
{
    (void)closure;
    (void)index;
    return NULL;
}

int closure_loop_shared(closure_function *function, struct cell *variable,
                        const int *values, size_t count,
                        struct closure **closures)
{
    (void)function;
    (void)variable;
    (void)values;
    (void)count;
    (void)closures;
    return CLOSURE_ENOMEM;
}

int closure_loop_own(closure_function *function, const int *values,
                     size_t count, struct closure **closures)
{
    (void)function;
    (void)values;
    (void)count;
    (void)closures;
    return CLOSURE_ENOMEM;
}
