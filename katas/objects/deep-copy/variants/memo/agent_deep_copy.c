#include "agent.h"
#include "deep_copy.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* REPR_SIZE and SHAPE_SIZE bound what the two commands say: the text is cut
   there. Each list that they enter takes two characters at least. */
enum { BUILD_MAX = 100000, REPR_SIZE = 400, SHAPE_SIZE = 2000 };

static struct arena *arena;

struct text {
    char bytes[SHAPE_SIZE + 1];
    size_t length, size;
};

static bool is_open(struct agent_call *call)
{
    if (!arena)
        agent_refuse(call, "no arena");
    return arena != NULL;
}

static void report(struct agent_call *call, int status)
{
    if (status == VALUE_ENOMEM)
        agent_fail(call, "ENOMEM");
    else if (status == VALUE_EINDEX)
        agent_fail(call, "EINDEX");
    else if (status == VALUE_ETYPE)
        agent_fail(call, "ETYPE");
    else if (status != 0)
        agent_say_int(call, status);
}

/* A value gets a new handle each time it is met; it is known by its first. */
static void say_first_handle(struct agent_call *call, const struct value *value)
{
    size_t number;

    if (agent_find("value", value, &number))
        agent_say_size(call, number);
}

/* The value that a call returned, NULL where that failed. */
static void make(struct agent_call *call, struct value *value)
{
    agent_make(call, "value", value);
    if (value)
        say_first_handle(call, value);
    else if (is_open(call))
        report(call, VALUE_ENOMEM);
}

static void cmd_new(struct agent_call *call)
{
    if (arena) {
        agent_refuse(call, "there is an arena");
        return;
    }
    arena = arena_new();
    if (!arena)
        report(call, VALUE_ENOMEM);
}

static void cmd_free_null(struct agent_call *call)
{
    (void)call;
    arena_free(NULL);
    memo_free(NULL);
}

static struct value *item_of(const struct value *list, size_t index)
{
    struct value *item = NULL;

    return list_get(list, (ptrdiff_t)index, &item) == 0 ? item : NULL;
}

static void cmd_int(struct agent_call *call)
{
    make(call, arena ? value_int(arena, agent_int(call, 0)) : NULL);
}

static void cmd_str(struct agent_call *call)
{
    make(call, arena ? value_str(arena, agent_str(call, 0)) : NULL);
}

static void cmd_list(struct agent_call *call)
{
    make(call, arena ? value_list(arena) : NULL);
}

static void cmd_append(struct agent_call *call)
{
    report(call, list_append(agent_object(call, 0), agent_object(call, 1)));
}

static void cmd_set(struct agent_call *call)
{
    report(call, list_set(agent_object(call, 0), (ptrdiff_t)agent_long(call, 1),
                          agent_object(call, 2)));
}

static void cmd_item(struct agent_call *call)
{
    struct value *before = agent_object(call, 0), *item = before;
    int status = list_get(before, (ptrdiff_t)agent_long(call, 1), &item);
    size_t number;

    if (status == 0 && agent_find("value", item, &number))
        agent_say_size(call, number);
    else if (status == 0)
        agent_say_none(call);
    else if (item != before)
        agent_say_word(call, "item-was-written");
    else
        report(call, status);
}

/* Never fails, so that traces get hold of items inside of copies. */
static void cmd_pick(struct agent_call *call)
{
    struct value *list = agent_object(call, 0);
    size_t length = list_length(list);
    struct value *item =
        length > 0 ? item_of(list, agent_size(call, 1) % length) : list;

    agent_make(call, "value", item ? item : list);
    say_first_handle(call, item ? item : list);
}

static void cmd_look(struct agent_call *call)
{
    static const char *const kinds[] = {"int", "str", "list"};
    const struct value *value = agent_object(call, 0);
    unsigned kind = (unsigned)value_kind(value);

    agent_say_word(call, kind < 3 ? kinds[kind] : "unknown");
    agent_say_int(call, value_number(value));
    agent_say_str(call, value_text(value));
    agent_say_size(call, list_length(value));
}

static void cmd_copy(struct agent_call *call)
{
    make(call, value_copy(arena, agent_object(call, 0)));
}

static void cmd_deepcopy(struct agent_call *call)
{
    make(call, value_deepcopy(arena, agent_object(call, 0), NULL));
}

static void cmd_memo(struct agent_call *call)
{
    struct memo *memo = memo_new();

    agent_make(call, "memo", memo);
    if (!memo)
        report(call, VALUE_ENOMEM);
}

static void cmd_forget(struct agent_call *call)
{
    memo_free(agent_object(call, 0));
    agent_drop(call, 0);
}

static void cmd_put(struct agent_call *call)
{
    report(call, memo_put(agent_object(call, 0), agent_object(call, 1),
                          agent_object(call, 2)));
}

static void cmd_known(struct agent_call *call)
{
    const struct value *value =
        memo_get(agent_object(call, 0), agent_object(call, 1));
    size_t number;

    if (value && agent_find("value", value, &number))
        agent_say_size(call, number);
    else if (value)
        agent_say_none(call);
    else
        agent_say_word(call, "unknown");
}

static void cmd_count(struct agent_call *call)
{
    agent_say_size(call, memo_size(agent_object(call, 0)));
}

static void cmd_deepcopy_with(struct agent_call *call)
{
    make(call,
         value_deepcopy(arena, agent_object(call, 1), agent_object(call, 0)));
}

static void cmd_equal(struct agent_call *call)
{
    int status = value_equal(agent_object(call, 0), agent_object(call, 1));

    if (status == 0 || status == 1)
        agent_say_bool(call, status == 1);
    else
        report(call, status);
}

static void cmd_same(struct agent_call *call)
{
    agent_say_bool(call, agent_object(call, 0) == agent_object(call, 1));
}

static void cmd_size(struct agent_call *call)
{
    if (is_open(call))
        agent_say_size(call, arena_size(arena));
}

/* What can be seen of values */

static bool is_full(const struct text *text)
{
    return text->length == text->size;
}

__attribute__((format(printf, 2, 3))) static void put(struct text *text,
                                                      const char *format, ...)
{
    size_t room = text->size - text->length;
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(text->bytes + text->length, room + 1, format, args);
    va_end(args);
    text->length += n < 0 ? 0 : (size_t)n < room ? (size_t)n : room;
}

static void put_atom(struct text *text, const struct value *value)
{
    const char *string = value_text(value);

    if (value_kind(value) == VALUE_INT)
        put(text, "%d", value_number(value));
    else
        put(text, "'%s'", string ? string : "?");
}

/* Where `list` is among the first `count`, or `count`. */
static size_t place_of(const struct value *list,
                       const struct value *const *lists, size_t count)
{
    size_t i = 0;

    while (i < count && lists[i] != list)
        i++;
    return i;
}

/* The lists from the outermost to the one whose items are being written. */
struct path {
    const struct value *lists[REPR_SIZE + 1];
    size_t next[REPR_SIZE + 1];
    size_t depth;
};

static void begin_repr(struct text *text, struct path *path,
                       const struct value *value)
{
    if (!value) {
        put(text, "?");
    } else if (value_kind(value) != VALUE_LIST) {
        put_atom(text, value);
    } else if (place_of(value, path->lists, path->depth) < path->depth) {
        put(text, "[...]");
    } else {
        put(text, "[");
        path->lists[path->depth] = value;
        path->next[path->depth++] = 0;
    }
}

static void cmd_repr(struct agent_call *call)
{
    struct text text = {.size = REPR_SIZE};
    struct path path = {.depth = 0};

    begin_repr(&text, &path, agent_object(call, 0));
    while (path.depth > 0 && !is_full(&text)) {
        const struct value *list = path.lists[path.depth - 1];
        size_t next = path.next[path.depth - 1]++;

        if (next == list_length(list)) {
            put(&text, "]");
            path.depth--;
        } else {
            put(&text, next > 0 ? ", " : "");
            begin_repr(&text, &path, item_of(list, next));
        }
    }
    agent_say_str(call, text.bytes);
}

struct shape {
    const struct value *lists[SHAPE_SIZE + 1];
    size_t count;
};

static void put_shape(struct text *text, struct shape *shape,
                      const struct value *value)
{
    size_t place = place_of(value, shape->lists, shape->count);

    if (!value) {
        put(text, "?");
    } else if (value_kind(value) != VALUE_LIST) {
        put_atom(text, value);
    } else {
        if (place == shape->count)
            shape->lists[shape->count++] = value;
        put(text, "#%zu", place);
    }
}

/* Unlike repr this tells lists apart that are equal, and takes no longer for
   lists that can be reached in many ways. */
static void cmd_shape(struct agent_call *call)
{
    struct text text = {.size = SHAPE_SIZE};
    struct shape shape = {.count = 0};

    put_shape(&text, &shape, agent_object(call, 0));
    for (size_t i = 0; i < shape.count && !is_full(&text); i++) {
        put(&text, " #%zu=[", i);
        for (size_t k = 0; k < list_length(shape.lists[i]); k++) {
            if (is_full(&text))
                break;
            put(&text, k > 0 ? " " : "");
            put_shape(&text, &shape, item_of(shape.lists[i], k));
        }
        put(&text, "]");
    }
    agent_say_str(call, text.bytes);
}

/* Large values, for the growth of their copies */

/* `list` with `count` references to `item`; NULL when out of memory. */
static struct value *fill(struct value *list, struct value *item, size_t count)
{
    for (size_t i = 0; list && item && i < count; i++)
        if (list_append(list, item) < 0)
            return NULL;
    return item ? list : NULL;
}

static struct value *build_levels(size_t n, size_t references)
{
    struct value *value = value_list(arena);

    for (size_t i = 1; value && i < n; i++)
        value = fill(value_list(arena), value, references);
    return value;
}

static struct value *build_ring(size_t n)
{
    struct value *first = value_list(arena), *last = first;

    for (size_t i = 1; last && i < n; i++)
        last = fill(value_list(arena), last, 1);
    return last ? fill(first, last, 1) : NULL;
}

static struct value *build_share(size_t n)
{
    return fill(value_list(arena), value_list(arena), n);
}

static struct value *build_wide(size_t n)
{
    struct value *list = value_list(arena);

    for (size_t i = 0; list && i < n; i++)
        list = fill(list, value_list(arena), 1);
    return list;
}

static struct value *build(const char *name, size_t n)
{
    if (strcmp(name, "chain") == 0)
        return build_levels(n, 1);
    if (strcmp(name, "ladder") == 0)
        return build_levels(n, 2);
    if (strcmp(name, "ring") == 0)
        return build_ring(n);
    return strcmp(name, "share") == 0 ? build_share(n) : build_wide(n);
}

static bool is_building(const char *name)
{
    static const char *const names[] = {"chain", "ladder", "ring", "share",
                                        "wide"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static void cmd_build(struct agent_call *call)
{
    if (agent_size(call, 1) > BUILD_MAX || !is_building(agent_str(call, 0))) {
        agent_make(call, "value", NULL);
        agent_refuse(call, "build chain, ladder, ring, share or wide, of at "
                           "most 100000");
        return;
    }
    make(call, arena ? build(agent_str(call, 0), agent_size(call, 1)) : NULL);
}

static void close_all(void)
{
    struct memo *memo;

    while ((memo = agent_take("memo")))
        memo_free(memo);
    arena_free(arena);
    arena = NULL;
}

static const struct agent_command commands[] = {
    {"new", "", cmd_new, "make the arena"},
    {"free-null", "", cmd_free_null, "arena_free(NULL), memo_free(NULL)"},
    {"int", "int", cmd_int,
     "make an integer; says which value it is, numbered from 0"},
    {"str", "str", cmd_str, "make a string"},
    {"list", "", cmd_list, "make an empty list"},
    {"append", "@value @value", cmd_append, "append to a list"},
    {"set", "@value long @value", cmd_set, "replace the item at an index"},
    {"item", "@value long", cmd_item,
     "which value is the item at an index? - where it was not met before"},
    {"pick", "@value size", cmd_pick,
     "take the item at an index modulo the length; of others, itself"},
    {"look", "@value", cmd_look, "the kind, the number, the text, the length"},
    {"copy", "@value", cmd_copy, "shallow copy; says which value it is"},
    {"deepcopy", "@value", cmd_deepcopy, "deep copy; says which value it is"},
    {"memo", "", cmd_memo, "make a memo"},
    {"forget", "@memo", cmd_forget, "free a memo"},
    {"put", "@memo @value @value", cmd_put,
     "put MEMO LIST VALUE: let VALUE stand for LIST"},
    {"known", "@memo @value", cmd_known,
     "which value stands for this one? - where it was not met before"},
    {"count", "@memo", cmd_count, "how many lists the memo knows"},
    {"deepcopy-with", "@memo @value", cmd_deepcopy_with,
     "deep copy with a memo; says which value it is"},
    {"equal", "@value @value", cmd_equal, "are they equal?"},
    {"same", "@value @value", cmd_same, "are they one value?"},
    {"size", "", cmd_size, "how many values the arena owns"},
    {"repr", "@value", cmd_repr,
     "as Python's repr writes it, the first 400 characters"},
    {"shape", "@value", cmd_shape,
     "its lists, numbered as they are met level by level, and their items"},
    {"build", "str size", cmd_build,
     "make a large value: chain, ladder, ring, share or wide, of a size"},
    {NULL, NULL, NULL, NULL},
};

const struct agent_program agent_program = {.commands = commands,
                                            .close = close_all};
