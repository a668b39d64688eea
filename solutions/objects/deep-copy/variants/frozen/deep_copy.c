#include "deep_copy.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct value {
    struct value *older; /* the chain of all values of the arena */
    enum value_kind kind;
    bool frozen; /* nothing that can be reached from it can change */
    union {
        int number;
        char *text;
        struct {
            struct value **items;
            size_t length, capacity;
        };
    };
};

struct arena {
    struct value *newest;
    size_t size;
};

struct entry {
    const struct value *left, *right; /* a memo has no right side */
    struct value *copy;               /* equality has no copy */
};

/*
 * Pairs of lists or tuples that were met on the way, each once. `entries` is in
 * order of discovery and is at the same time the work still to be done: whoever
 * scans it while it grows has visited all that can be reached, without a stack.
 * `slots` finds an entry by its pair: open addressing, 1 + an index into
 * `entries`, or 0 for a free slot.
 */
struct table {
    struct entry *entries;
    size_t count, capacity;
    size_t *slots; /* twice as many as capacity, which is a power of two */
};

static size_t hash(const struct value *left, const struct value *right)
{
    /* Addresses are evenly spaced and end in zeros: spread them, and fold the
       well mixed upper half onto the bits that are used. */
    uint64_t bits = (uint64_t)(uintptr_t)left * 0x9e3779b97f4a7c15u;

    bits = (bits ^ (uint64_t)(uintptr_t)right) * 0x9e3779b97f4a7c15u;
    return (size_t)(bits ^ bits >> 32);
}

/* The slot of this pair, or the free one where it would be. */
static size_t *find_slot(const struct table *table, const struct value *left,
                         const struct value *right)
{
    size_t mask = table->capacity * 2 - 1;
    size_t i = hash(left, right) & mask;

    while (table->slots[i] != 0) {
        const struct entry *entry = &table->entries[table->slots[i] - 1];

        if (entry->left == left && entry->right == right)
            break;
        i = (i + 1) & mask;
    }
    return &table->slots[i];
}

/* After -1 the table can only be released. */
static int table_grow(struct table *table)
{
    size_t capacity = table->capacity ? table->capacity * 2 : 8;
    struct entry *entries =
        realloc(table->entries, capacity * sizeof(*entries));

    if (!entries)
        return -1;
    table->entries = entries;
    free(table->slots);
    table->slots = calloc(capacity * 2, sizeof(*table->slots));
    if (!table->slots)
        return -1;
    table->capacity = capacity;
    for (size_t i = 0; i < table->count; i++)
        *find_slot(table, entries[i].left, entries[i].right) = i + 1;
    return 0;
}

/* The entry of this pair, added where there was none; it stays where it is
   until the next call. NULL when out of memory. */
static struct entry *table_enter(struct table *table, const struct value *left,
                                 const struct value *right)
{
    size_t *slot;

    if (table->count == table->capacity && table_grow(table) < 0)
        return NULL;
    slot = find_slot(table, left, right);
    if (*slot == 0) {
        table->entries[table->count] = (struct entry){left, right, NULL};
        *slot = ++table->count;
    }
    return &table->entries[*slot - 1];
}

static void table_release(struct table *table)
{
    free(table->entries);
    free(table->slots);
}

static struct value *new_value(struct arena *arena, enum value_kind kind)
{
    struct value *value = calloc(1, sizeof(*value));

    if (!value)
        return NULL;
    value->kind = kind;
    value->frozen = kind == VALUE_INT || kind == VALUE_STR;
    value->older = arena->newest;
    arena->newest = value;
    arena->size++;
    return value;
}

static bool has_items(const struct value *value)
{
    return value->kind == VALUE_LIST || value->kind == VALUE_TUPLE;
}

/* Frees all values that are newer than `value`. Looks at nothing but the
   values themselves, so it does not matter how they refer to each other. */
static void free_newer(struct arena *arena, const struct value *value)
{
    while (arena->newest != value) {
        struct value *newest = arena->newest;

        arena->newest = newest->older;
        arena->size--;
        if (newest->kind == VALUE_STR)
            free(newest->text);
        else if (has_items(newest))
            free(newest->items);
        free(newest);
    }
}

/* A new list or tuple of these items, taken for one that is not frozen; NULL
   when out of memory. */
static struct value *new_sequence(struct arena *arena, enum value_kind kind,
                                  struct value *const *items, size_t length)
{
    struct value *value = new_value(arena, kind);

    if (!value || length == 0)
        return value;
    value->items = malloc(length * sizeof(*items));
    if (!value->items) {
        free_newer(arena, value->older);
        return NULL;
    }
    memcpy(value->items, items, length * sizeof(*items));
    value->length = value->capacity = length;
    return value;
}

struct arena *arena_new(void)
{
    return calloc(1, sizeof(struct arena));
}

void arena_free(struct arena *arena)
{
    if (arena)
        free_newer(arena, NULL);
    free(arena);
}

size_t arena_size(const struct arena *arena)
{
    return arena->size;
}

struct value *value_int(struct arena *arena, int number)
{
    struct value *value = new_value(arena, VALUE_INT);

    if (value)
        value->number = number;
    return value;
}

struct value *value_str(struct arena *arena, const char *text)
{
    size_t size = strlen(text) + 1;
    struct value *value = new_value(arena, VALUE_STR);

    if (!value)
        return NULL;
    value->text = malloc(size);
    if (!value->text) {
        free_newer(arena, value->older);
        return NULL;
    }
    memcpy(value->text, text, size);
    return value;
}

struct value *value_list(struct arena *arena)
{
    return new_value(arena, VALUE_LIST);
}

/* The items are there before the tuple and stay, so whether it is frozen is
   known now and for ever: nobody has to walk it to find out. */
struct value *value_tuple(struct arena *arena, struct value *const *items,
                          size_t count)
{
    struct value *tuple = new_sequence(arena, VALUE_TUPLE, items, count);

    if (!tuple)
        return NULL;
    tuple->frozen = true;
    for (size_t i = 0; i < count; i++)
        tuple->frozen = tuple->frozen && items[i]->frozen;
    return tuple;
}

enum value_kind value_kind(const struct value *value)
{
    return value->kind;
}

int value_number(const struct value *value)
{
    return value->kind == VALUE_INT ? value->number : 0;
}

const char *value_text(const struct value *value)
{
    return value->kind == VALUE_STR ? value->text : NULL;
}

size_t list_length(const struct value *list)
{
    return has_items(list) ? list->length : 0;
}

int list_append(struct value *list, struct value *item)
{
    if (list->kind != VALUE_LIST)
        return VALUE_ETYPE;
    if (list->length == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 4;
        struct value **items =
            realloc(list->items, capacity * sizeof(struct value *));

        if (!items)
            return VALUE_ENOMEM;
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->length++] = item;
    return 0;
}

/* Stores where the reference at `index` is. Returns 0 or an error. */
static int locate(const struct value *list, ptrdiff_t index,
                  struct value ***place)
{
    ptrdiff_t length;

    if (!has_items(list))
        return VALUE_ETYPE;
    length = (ptrdiff_t)list->length;
    if (index < -length || index >= length)
        return VALUE_EINDEX;
    *place = &list->items[index < 0 ? index + length : index];
    return 0;
}

int list_set(struct value *list, ptrdiff_t index, struct value *item)
{
    struct value **place;
    int status =
        list->kind == VALUE_LIST ? locate(list, index, &place) : VALUE_ETYPE;

    if (status == 0)
        *place = item;
    return status;
}

int list_get(const struct value *list, ptrdiff_t index, struct value **item)
{
    struct value **place;
    int status = locate(list, index, &place);

    if (status == 0)
        *item = *place;
    return status;
}

struct value *value_copy(struct arena *arena, struct value *value)
{
    if (value->kind != VALUE_LIST)
        return value;
    return new_sequence(arena, VALUE_LIST, value->items, value->length);
}

/* What stands for `value` in the deep copy: what is frozen for itself; of
   anything else its copy, which at first is a shallow one. NULL when out of
   memory. */
static struct value *counterpart(struct arena *arena, struct table *memo,
                                 struct value *value)
{
    struct entry *entry;

    if (value->frozen)
        return value;
    entry = table_enter(memo, value, NULL);
    if (!entry)
        return NULL;
    if (!entry->copy)
        entry->copy =
            new_sequence(arena, value->kind, value->items, value->length);
    return entry->copy;
}

/* Makes the shallow copies in the memo deep, those that are added meanwhile
   too. A tuple is filled here as a list is: nobody has seen it yet. False when
   out of memory. */
static bool deepen(struct arena *arena, struct table *memo)
{
    for (size_t i = 0; i < memo->count; i++) {
        struct value *copy = memo->entries[i].copy;

        for (size_t k = 0; k < copy->length; k++) {
            copy->items[k] = counterpart(arena, memo, copy->items[k]);
            if (!copy->items[k])
                return false;
        }
    }
    return true;
}

struct value *value_deepcopy(struct arena *arena, struct value *value)
{
    struct value *newest = arena->newest;
    struct table memo = {0};
    struct value *copy = counterpart(arena, &memo, value);

    if (!copy || !deepen(arena, &memo)) {
        free_newer(arena, newest);
        copy = NULL;
    }
    table_release(&memo);
    return copy;
}

/* Whether two values are equal, provided that the pairs of lists in `assumed`
   are: two lists or two tuples of one length are added there, to be looked at
   later. Returns 1, 0 or VALUE_ENOMEM. */
static int match(struct table *assumed, const struct value *left,
                 const struct value *right)
{
    if (left == right)
        return 1;
    if (left->kind != right->kind)
        return 0;
    if (left->kind == VALUE_INT)
        return left->number == right->number;
    if (left->kind == VALUE_STR)
        return strcmp(left->text, right->text) == 0;
    if (left->length != right->length)
        return 0;
    return table_enter(assumed, left, right) ? 1 : VALUE_ENOMEM;
}

int value_equal(const struct value *left, const struct value *right)
{
    struct table assumed = {0};
    int status = match(&assumed, left, right);

    for (size_t i = 0; status == 1 && i < assumed.count; i++) {
        left = assumed.entries[i].left;
        right = assumed.entries[i].right;
        for (size_t k = 0; status == 1 && k < left->length; k++)
            status = match(&assumed, left->items[k], right->items[k]);
    }
    table_release(&assumed);
    return status;
}
