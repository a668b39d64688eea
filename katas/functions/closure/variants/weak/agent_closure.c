#include "agent.h"
#include "closure.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* What a result holds that nobody stored, and how many of a thing a line may
   ask for. */
enum { UNTOUCHED = -1515870811, COUNT_MAX = 65536, DEPTH_MAX = 12 };

/* A cell that was made, until it is gone and that has been said. */
struct watch {
    size_t number;
    const struct cell *cell;
    int times; /* the cell was reported gone */
    struct watch *next;
};

/* What a handle of the kind "loop" stands for. */
struct loop {
    size_t count;
    struct closure *closures[];
};

static struct watch *watches; /* the newest first */
static size_t watch_count;

/* To be released by the function that runs next, once it runs. */
static struct closure *doomed;

static void *must(void *block)
{
    if (!block)
        abort();
    return block;
}

/* The functions */

enum { TOO_BIG = 1, FAILED = 2, ARGUMENTS = 3, GONE = 4 };

static void release_doomed(void)
{
    struct closure *closure = doomed;

    doomed = NULL;
    closure_release(closure);
}

static int store(long long value, int *result)
{
    if (value > INT_MAX || value < INT_MIN)
        return TOO_BIG;
    *result = (int)value;
    return 0;
}

static int value_in(const struct closure *self, size_t index, int *value)
{
    const struct cell *cell = closure_cell(self, index);

    return cell ? cell_get(cell, value) : GONE;
}

static int get(struct closure *self, const int *arguments,
               size_t argument_count, int *result)
{
    (void)arguments;
    release_doomed();
    if (argument_count != 0)
        return ARGUMENTS;
    return value_in(self, 0, result);
}

static int set(struct closure *self, const int *arguments,
               size_t argument_count, int *result)
{
    release_doomed();
    if (argument_count != 1)
        return ARGUMENTS;
    if (!closure_cell(self, 0))
        return GONE;
    cell_set(closure_cell(self, 0), arguments[0]);
    *result = arguments[0];
    return 0;
}

static int add_to(struct cell *cell, int term, int *result)
{
    int value, status = cell ? cell_get(cell, &value) : GONE;

    if (status == 0)
        status = store((long long)value + term, result);
    if (status == 0)
        cell_set(cell, *result);
    return status;
}

static int add(struct closure *self, const int *arguments,
               size_t argument_count, int *result)
{
    release_doomed();
    if (argument_count != 1)
        return ARGUMENTS;
    return add_to(closure_cell(self, 0), arguments[0], result);
}

static int count(struct closure *self, const int *arguments,
                 size_t argument_count, int *result)
{
    (void)arguments;
    (void)argument_count;
    release_doomed();
    return add_to(closure_cell(self, 0), 1, result);
}

static int unbind(struct closure *self, const int *arguments,
                  size_t argument_count, int *result)
{
    (void)arguments;
    (void)argument_count;
    (void)result;
    release_doomed();
    return closure_cell(self, 0) ? cell_delete(closure_cell(self, 0)) : GONE;
}

static int swap(struct closure *self, const int *arguments,
                size_t argument_count, int *result)
{
    struct cell *first = closure_cell(self, 0), *second = closure_cell(self, 1);
    int a, b;

    (void)arguments;
    (void)argument_count;
    (void)result;
    release_doomed();
    if (!first || !second)
        return GONE;
    if (cell_get(second, &b) < 0 || cell_get(first, &a) < 0)
        return CLOSURE_EUNBOUND;
    cell_set(first, b);
    cell_set(second, a);
    return 0;
}

/* Of all cells and all arguments. */
static int sum(struct closure *self, const int *arguments,
               size_t argument_count, int *result)
{
    long long total = 0;

    release_doomed();
    for (size_t i = 0; i < closure_cell_count(self); i++) {
        int value, status = value_in(self, i, &value);

        if (status != 0)
            return status;
        total += value;
    }
    for (size_t i = 0; i < argument_count; i++)
        total += arguments[i];
    return store(total, result);
}

/* Cell 0 and as many calls of itself as the argument says. */
static int recur(struct closure *self, const int *arguments,
                 size_t argument_count, int *result)
{
    int below = UNTOUCHED, next, status;

    release_doomed();
    if (argument_count != 1 || arguments[0] > DEPTH_MAX)
        return ARGUMENTS;
    if (arguments[0] <= 0)
        return value_in(self, 0, result);
    next = arguments[0] - 1;
    status = closure_call(self, &next, 1, &below);
    return status != 0 ? status : store((long long)below + 1, result);
}

static int pass(struct closure *self, const int *arguments,
                size_t argument_count, int *result)
{
    (void)self;
    (void)arguments;
    (void)argument_count;
    (void)result;
    release_doomed();
    return 0;
}

static int fail(struct closure *self, const int *arguments,
                size_t argument_count, int *result)
{
    (void)self;
    (void)arguments;
    (void)argument_count;
    release_doomed();
    *result = 4711;
    return FAILED;
}

static const struct function {
    const char *name;
    closure_function *function;
    size_t cells; /* it uses at least as many */
} functions[] = {
    {"get", get, 1},     {"set", set, 1},     {"add", add, 1},
    {"count", count, 1}, {"recur", recur, 1}, {"delete", unbind, 1},
    {"swap", swap, 2},   {"sum", sum, 0},     {"pass", pass, 0},
    {"fail", fail, 0},
};

/* The function in argument i, or NULL after refusing the line. */
static closure_function *function_of(struct agent_call *call, size_t i,
                                     size_t cells)
{
    const char *name = agent_str(call, i);

    for (size_t f = 0; f < sizeof(functions) / sizeof(functions[0]); f++)
        if (strcmp(functions[f].name, name) == 0) {
            if (cells >= functions[f].cells)
                return functions[f].function;
            agent_refuse(call, "%s: needs %zu cells", name, functions[f].cells);
            return NULL;
        }
    agent_refuse(call, "no function %.32s", name);
    return NULL;
}

static const char *error_name(int status)
{
    switch (status) {
    case CLOSURE_ENOMEM:
        return "ENOMEM";
    case CLOSURE_EUNBOUND:
        return "EUNBOUND";
    case TOO_BIG:
        return "TOO_BIG";
    case FAILED:
        return "FAILED";
    case ARGUMENTS:
        return "ARGUMENTS";
    case GONE:
        return "GONE";
    default:
        return "UNKNOWN";
    }
}

/* Cells */

static void note_gone(void *context)
{
    ((struct watch *)context)->times++;
}

static void watch(struct cell *cell)
{
    struct watch *entry = must(malloc(sizeof(*entry)));

    *entry = (struct watch){watch_count++, cell, 0, watches};
    watches = entry;
    cell_watch(cell, note_gone, entry);
}

/* Forgets the watch of this cell, which is there. */
static void forget(const struct cell *cell)
{
    for (struct watch **link = &watches; *link; link = &(*link)->next) {
        struct watch *entry = *link;

        if (entry->cell == cell && entry->times == 0) {
            *link = entry->next;
            free(entry);
            return;
        }
    }
}

static void make_cell(struct agent_call *call, struct cell *cell)
{
    agent_make(call, "cell", cell);
    if (cell)
        watch(cell);
    else
        agent_fail(call, "ENOMEM");
}

static void cmd_cell(struct agent_call *call)
{
    int value = agent_int(call, 0);

    make_cell(call, cell_new(&value));
}

static void cmd_empty(struct agent_call *call)
{
    make_cell(call, cell_new(NULL));
}

static void cmd_same(struct agent_call *call)
{
    struct cell *cell = agent_object(call, 0);

    if (cell_retain(cell) != cell)
        agent_say_word(call, "another-cell");
    agent_make(call, "cell", cell);
}

static void cmd_release(struct agent_call *call)
{
    cell_release(agent_object(call, 0));
    agent_drop(call, 0);
}

static void cmd_get(struct agent_call *call)
{
    int value = UNTOUCHED, status = cell_get(agent_object(call, 0), &value);

    if (status != 0)
        agent_fail(call, value == UNTOUCHED ? error_name(status) : "STORED");
    else
        agent_say_int(call, value);
}

static void cmd_bound(struct agent_call *call)
{
    agent_say_bool(call, cell_get(agent_object(call, 0), NULL) == 0);
}

static void cmd_set(struct agent_call *call)
{
    cell_set(agent_object(call, 0), agent_int(call, 1));
}

static void cmd_delete(struct agent_call *call)
{
    int status = cell_delete(agent_object(call, 0));

    if (status != 0)
        agent_fail(call, error_name(status));
}

static void cmd_references(struct agent_call *call)
{
    agent_say_size(call, cell_references(agent_object(call, 0)));
}

static void cmd_unwatch(struct agent_call *call)
{
    struct cell *cell = agent_object(call, 0);

    forget(cell);
    cell_watch(cell, NULL, NULL);
}

static void cmd_rewatch(struct agent_call *call)
{
    struct cell *cell = agent_object(call, 0);

    forget(cell);
    watch(cell);
}

static int by_number(const void *a, const void *b)
{
    size_t x = (*(struct watch *const *)a)->number;
    size_t y = (*(struct watch *const *)b)->number;

    return x < y ? -1 : x > y;
}

/* The contract leaves open in which order cells go. */
static void cmd_gone(struct agent_call *call)
{
    struct watch **gone = must(malloc((watch_count + 1) * sizeof(*gone)));
    size_t found = 0;

    for (struct watch **link = &watches; *link;) {
        struct watch *entry = *link;

        if (entry->times == 0) {
            link = &entry->next;
            continue;
        }
        *link = entry->next;
        gone[found++] = entry;
    }
    qsort(gone, found, sizeof(struct watch *), by_number);
    for (size_t i = 0; i < found; i++) {
        agent_say_size(call, gone[i]->number);
        if (gone[i]->times > 1)
            agent_say_word(call, "again");
        free(gone[i]);
    }
    free(gone);
}

/* Closures */

static void make_closure(struct agent_call *call, struct closure *closure)
{
    agent_make(call, "closure", closure);
    if (!closure)
        agent_fail(call, "ENOMEM");
}

/* The cells in the arguments from `first` on, in a block of just that size,
   released by the caller; NULL where there are none. */
static struct cell **cells_from(struct agent_call *call, size_t first,
                                size_t *cell_count)
{
    struct cell **cells;

    *cell_count = agent_argc(call) - first;
    if (*cell_count == 0)
        return NULL;
    cells = must(malloc(*cell_count * sizeof(struct cell *)));
    for (size_t i = 0; i < *cell_count; i++)
        cells[i] = agent_object(call, first + i);
    return cells;
}

static void cmd_make(struct agent_call *call)
{
    size_t cell_count;
    struct cell **cells = cells_from(call, 1, &cell_count);
    closure_function *function = function_of(call, 0, cell_count);

    if (function)
        make_closure(call, closure_new(function, cells, cell_count));
    else
        agent_make(call, "closure", NULL);
    free(cells);
}

static void cmd_make_weak(struct agent_call *call)
{
    size_t cell_count;
    struct cell **cells = cells_from(call, 1, &cell_count);
    closure_function *function = function_of(call, 0, cell_count);

    if (function)
        make_closure(call, closure_new_weak(function, cells, cell_count));
    else
        agent_make(call, "closure", NULL);
    free(cells);
}

static void cmd_nest(struct agent_call *call)
{
    const struct closure *parent = agent_object(call, 0);
    size_t own_count;
    struct cell **own = cells_from(call, 2, &own_count);
    closure_function *function =
        function_of(call, 1, closure_cell_count(parent) + own_count);

    if (function)
        make_closure(call, closure_nest(parent, function, own, own_count));
    else
        agent_make(call, "closure", NULL);
    free(own);
}

/* A closure over many cells, which are the same. */
static void cmd_capture(struct agent_call *call)
{
    size_t cell_count = agent_size(call, 2);
    closure_function *function = function_of(call, 0, cell_count);
    struct cell **cells;

    if (!function || cell_count > COUNT_MAX) {
        if (function)
            agent_refuse(call, "too many");
        agent_make(call, "closure", NULL);
        return;
    }
    cells = must(malloc((cell_count + 1) * sizeof(struct cell *)));
    for (size_t i = 0; i < cell_count; i++)
        cells[i] = agent_object(call, 1);
    make_closure(call, closure_new(function, cells, cell_count));
    free(cells);
}

static void cmd_again(struct agent_call *call)
{
    struct closure *closure = agent_object(call, 0);

    if (closure_retain(closure) != closure)
        agent_say_word(call, "another-closure");
    agent_make(call, "closure", closure);
}

static void cmd_drop(struct agent_call *call)
{
    closure_release(agent_object(call, 0));
    agent_drop(call, 0);
}

/* The arguments from the second on, in a block of just that size. */
static int call_with_arguments(struct agent_call *call, struct closure *closure,
                               int *result)
{
    size_t argument_count = agent_argc(call) - 1;
    int *arguments = NULL, status;

    if (argument_count > 0)
        arguments = must(malloc(argument_count * sizeof(*arguments)));
    for (size_t i = 0; i < argument_count; i++)
        arguments[i] = agent_int(call, i + 1);
    status = closure_call(closure, arguments, argument_count, result);
    free(arguments);
    return status;
}

static void say_outcome(struct agent_call *call, int status, int value)
{
    if (status == 0)
        agent_say_int(call, value);
    else
        agent_fail(call, value == UNTOUCHED ? error_name(status) : "STORED");
}

static void cmd_call(struct agent_call *call)
{
    int value = UNTOUCHED;
    int status = call_with_arguments(call, agent_object(call, 0), &value);

    say_outcome(call, status, value);
}

static void cmd_run(struct agent_call *call)
{
    int status = call_with_arguments(call, agent_object(call, 0), NULL);

    if (status != 0)
        agent_fail(call, error_name(status));
}

static void cmd_last_call(struct agent_call *call)
{
    int value = UNTOUCHED, status;

    doomed = agent_object(call, 0);
    status = call_with_arguments(call, agent_object(call, 0), &value);
    release_doomed(); /* where nothing ran */
    agent_drop(call, 0);
    say_outcome(call, status, value);
}

static void cmd_cells(struct agent_call *call)
{
    const struct closure *closure = agent_object(call, 0);
    size_t cell_count = closure_cell_count(closure);

    agent_say_size(call, cell_count);
    for (size_t i = 0; i < cell_count && i < COUNT_MAX; i++) {
        const struct cell *cell = closure_cell(closure, i);
        int value;

        if (!cell)
            agent_say_word(call, "gone");
        else if (cell_get(cell, &value) == 0)
            agent_say_int(call, value);
        else
            agent_say_none(call);
    }
    if (closure_cell(closure, cell_count))
        agent_say_word(call, "one-more");
}

static void cmd_contents(struct agent_call *call)
{
    const struct cell *cell =
        closure_cell(agent_object(call, 0), agent_size(call, 1));
    int value, status;

    if (!cell) {
        agent_say_none(call);
        return;
    }
    status = cell_get(cell, &value);
    if (status != 0)
        agent_fail(call, error_name(status));
    else
        agent_say_int(call, value);
}

/* Says which cell it is: the first handle that stands for it too. The index
   goes round and round, since a trace needs the handle that this makes. */
static void cmd_cell_of(struct agent_call *call)
{
    const struct closure *closure = agent_object(call, 0);
    size_t cell_count = closure_cell_count(closure), i = agent_size(call, 1);
    struct cell *cell =
        cell_count > 0 ? closure_cell(closure, i % cell_count) : NULL;
    size_t number;

    if (cell && agent_find("cell", cell, &number))
        agent_say_size(call, number);
    else
        agent_say_word(call, cell ? "unnamed" : "none");
    agent_make(call, "cell", cell ? cell_retain(cell) : NULL);
}

static void cmd_release_null(struct agent_call *call)
{
    (void)call;
    cell_release(NULL);
    closure_release(NULL);
}

/* Loops */

static struct loop *new_loop(size_t closure_count)
{
    struct loop *loop =
        must(malloc(sizeof(*loop) + closure_count * sizeof(loop->closures[0])));

    loop->count = closure_count;
    return loop;
}

static void free_loop(struct loop *loop)
{
    for (size_t i = 0; i < loop->count; i++)
        closure_release(loop->closures[i]);
    free(loop);
}

/* `variable` is NULL for cells of their own. Returns NULL after a failure. */
static struct loop *run_loop(struct agent_call *call,
                             closure_function *function, struct cell *variable,
                             const int *values, size_t value_count)
{
    struct loop *loop = new_loop(value_count);
    struct closure **closures = value_count > 0 ? loop->closures : NULL;
    int status =
        variable ? closure_loop_shared(function, variable, values, value_count,
                                       closures)
                 : closure_loop_own(function, values, value_count, closures);

    if (status != 0) {
        free(loop);
        if (status == CLOSURE_ENOMEM)
            agent_fail(call, "ENOMEM");
        else
            agent_say_int(call, status); /* no error that it may report */
        return NULL;
    }
    for (size_t i = 0; i < value_count && !variable; i++)
        watch(closure_cell(loop->closures[i], 0));
    return loop;
}

/* Releases `values`. */
static void make_loop(struct agent_call *call, struct cell *variable,
                      int *values, size_t value_count)
{
    closure_function *function = function_of(call, 0, 1);
    struct loop *loop = NULL;

    if (function)
        loop = run_loop(call, function, variable, values, value_count);
    agent_make(call, "loop", loop);
    free(values);
}

static int *values_from(struct agent_call *call, size_t first,
                        size_t *value_count)
{
    int *values;

    *value_count = agent_argc(call) - first;
    if (*value_count == 0)
        return NULL;
    values = must(malloc(*value_count * sizeof(*values)));
    for (size_t i = 0; i < *value_count; i++)
        values[i] = agent_int(call, first + i);
    return values;
}

static void cmd_loop_shared(struct agent_call *call)
{
    size_t value_count;
    int *values = values_from(call, 2, &value_count);

    make_loop(call, agent_object(call, 1), values, value_count);
}

static void cmd_loop_own(struct agent_call *call)
{
    size_t value_count;
    int *values = values_from(call, 1, &value_count);

    make_loop(call, NULL, values, value_count);
}

/* 0, 1, ... COUNT - 1. */
static void make_range_loop(struct agent_call *call, struct cell *variable,
                            size_t value_count)
{
    int *values = NULL;

    if (value_count > COUNT_MAX) {
        agent_refuse(call, "too many");
        agent_make(call, "loop", NULL);
        return;
    }
    if (value_count > 0)
        values = must(malloc(value_count * sizeof(*values)));
    for (size_t i = 0; i < value_count; i++)
        values[i] = (int)i;
    make_loop(call, variable, values, value_count);
}

static void cmd_range_shared(struct agent_call *call)
{
    make_range_loop(call, agent_object(call, 1), agent_size(call, 2));
}

static void cmd_range_own(struct agent_call *call)
{
    make_range_loop(call, NULL, agent_size(call, 1));
}

/* A loop of no rounds, of both kinds. */
static void cmd_loop_none(struct agent_call *call)
{
    closure_function *function = function_of(call, 0, 1);

    if (!function)
        return;
    agent_say_int(call, closure_loop_shared(function, agent_object(call, 1),
                                            NULL, 0, NULL));
    agent_say_int(call, closure_loop_own(function, NULL, 0, NULL));
}

/* The index goes round and round. */
static void cmd_take(struct agent_call *call)
{
    const struct loop *loop = agent_object(call, 0);

    if (loop->count == 0) {
        agent_refuse(call, "the loop made no closures");
        agent_make(call, "closure", NULL);
        return;
    }
    agent_make(
        call, "closure",
        closure_retain(loop->closures[agent_size(call, 1) % loop->count]));
}

static void cmd_call_all(struct agent_call *call)
{
    const struct loop *loop = agent_object(call, 0);

    for (size_t i = 0; i < loop->count; i++) {
        int value = UNTOUCHED;
        int status = call_with_arguments(call, loop->closures[i], &value);

        if (status == 0)
            agent_say_int(call, value);
        else
            agent_say_word(call, error_name(status));
    }
}

static void cmd_free_loop(struct agent_call *call)
{
    free_loop(agent_object(call, 0));
    agent_drop(call, 0);
}

static void open_trace(void)
{
    watch_count = 0;
    doomed = NULL;
}

static void close_trace(void)
{
    struct cell *cell;
    struct closure *closure;
    struct loop *loop;
    struct watch *entry;

    while ((cell = agent_take("cell")))
        cell_release(cell);
    while ((closure = agent_take("closure")))
        closure_release(closure);
    while ((loop = agent_take("loop")))
        free_loop(loop);
    while ((entry = watches)) {
        watches = entry->next;
        free(entry);
    }
}

static const struct agent_command commands[] = {
    {"cell", "int", cmd_cell, "a cell with this value; cells count from 0"},
    {"empty", "", cmd_empty, "an unbound cell"},
    {"same", "@cell", cmd_same, "another reference on the cell, a new handle"},
    {"release", "@cell", cmd_release, "give up this reference"},
    {"get", "@cell", cmd_get, "the cell's value"},
    {"bound", "@cell", cmd_bound, "has the cell a value?"},
    {"set", "@cell int", cmd_set, "give the cell a value"},
    {"delete", "@cell", cmd_delete, "make the cell unbound"},
    {"references", "@cell", cmd_references, "how many references there are"},
    {"unwatch", "@cell", cmd_unwatch, "do not report when the cell goes"},
    {"rewatch", "@cell", cmd_rewatch,
     "report when the cell goes, under the next number"},
    {"gone", "", cmd_gone,
     "the cells that went since asked last, numbered as they were made"},
    {"make", "str @cell...", cmd_make,
     "make FUNCTION CELL...: a closure of get, set, add, count, recur, delete, "
     "swap, sum, pass or fail"},
    {"make-weak", "str @cell...", cmd_make_weak,
     "make-weak FUNCTION CELL...: as make, but the cells are held weakly"},
    {"nest", "@closure str @cell...", cmd_nest,
     "nest CLOSURE FUNCTION CELL...: a closure inside a closure"},
    {"capture", "str @cell size", cmd_capture,
     "a closure over so many cells, all the same one"},
    {"again", "@closure", cmd_again,
     "another reference on the closure, a new handle"},
    {"drop", "@closure", cmd_drop, "give up this reference"},
    {"call", "@closure int...", cmd_call, "call the closure: its result"},
    {"run", "@closure int...", cmd_run, "call the closure with a NULL result"},
    {"last-call", "@closure int...", cmd_last_call,
     "call the closure, which gives up this reference while it runs"},
    {"cells", "@closure", cmd_cells, "how many cells, and what is in them"},
    {"contents", "@closure size", cmd_contents,
     "what is in cell I of the closure; - where there is none"},
    {"cell-of", "@closure size", cmd_cell_of,
     "a reference on cell I modulo their number, and which cell that is"},
    {"release-null", "", cmd_release_null, "release NULL, and NULL"},
    {"loop-shared", "str @cell int...", cmd_loop_shared,
     "loop-shared FUNCTION VARIABLE VALUE...: a loop of closures over one "
     "cell"},
    {"loop-own", "str int...", cmd_loop_own,
     "loop-own FUNCTION VALUE...: a loop of closures, a cell for each"},
    {"range-shared", "str @cell size", cmd_range_shared,
     "loop-shared with the values 0, 1, ... COUNT - 1"},
    {"range-own", "str size", cmd_range_own,
     "loop-own with the values 0, 1, ... COUNT - 1"},
    {"loop-none", "str @cell", cmd_loop_none,
     "both kinds of loop without a round"},
    {"take", "@loop size", cmd_take,
     "another reference on the loop's closure I modulo their number"},
    {"call-all", "@loop int...", cmd_call_all, "call each, in order"},
    {"free-loop", "@loop", cmd_free_loop, "release the loop's closures"},
    {NULL, NULL, NULL, NULL},
};

const struct agent_program agent_program = {
    .commands = commands, .open = open_trace, .close = close_trace};
