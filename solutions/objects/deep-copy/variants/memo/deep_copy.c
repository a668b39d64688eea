#include "deep_copy.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct value {
    struct value *older; /* the chain of all values of the arena */
    enum value_kind kind;
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
 * Pairs of lists that were met on the way, each once. `entries` is in order of
 * discovery and is at the same time the work still to be done: whoever scans it
 * while it grows has visited all that can be reached, without a stack. `slots`
 * finds an entry by its pair: open addressing, 1 + an index into `entries`, or
 * 0 for a free slot.
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

/* -1 when out of memory; the table is as it was. */
static int table_grow(struct table *table)
{
    size_t capacity = table->capacity ? table->capacity * 2 : 8;
    struct entry *entries =
        realloc(table->entries, capacity * sizeof(*entries));
    size_t *slots;

    if (!entries)
        return -1;
    table->entries = entries;
    slots = calloc(capacity * 2, sizeof(*slots));
    if (!slots)
        return -1;
    free(table->slots);
    table->slots = slots;
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

/* Removes all entries but the first `count`. The newest goes first: nothing was
   entered after it, so no search has to get past its slot. */
static void table_cut(struct table *table, size_t count)
{
    while (table->count > count) {
        const struct entry *entry = &table->entries[table->count - 1];

        *find_slot(table, entry->left, entry->right) = 0;
        table->count--;
    }
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
    value->older = arena->newest;
    arena->newest = value;
    arena->size++;
    return value;
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
        else if (newest->kind == VALUE_LIST)
            free(newest->items);
        free(newest);
    }
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
    return list->kind == VALUE_LIST ? list->length : 0;
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

    if (list->kind != VALUE_LIST)
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
    int status = locate(list, index, &place);

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
    struct value *copy;

    if (value->kind != VALUE_LIST)
        return value;
    copy = value_list(arena);
    if (!copy || value->length == 0)
        return copy;
    copy->items = malloc(value->length * sizeof(struct value *));
    if (!copy->items) {
        free_newer(arena, copy->older);
        return NULL;
    }
    memcpy(copy->items, value->items, value->length * sizeof(struct value *));
    copy->length = copy->capacity = value->length;
    return copy;
}

/* What stands for `value` in the deep copy: an atom itself; for a list what the
   memo knows, or its new copy, which at first is a shallow one. NULL when out
   of memory. */
static struct value *counterpart(struct arena *arena, struct table *memo,
                                 struct value *value)
{
    struct entry *entry;

    if (value->kind != VALUE_LIST)
        return value;
    entry = table_enter(memo, value, NULL);
    if (!entry)
        return NULL;
    if (!entry->copy)
        entry->copy = value_copy(arena, value);
    return entry->copy;
}

/* Makes the shallow copies in the memo deep, those from entry `first` on, and
   those that are added meanwhile. False when out of memory. */
static bool deepen(struct arena *arena, struct table *memo, size_t first)
{
    for (size_t i = first; i < memo->count; i++) {
        struct value *copy = memo->entries[i].copy;

        for (size_t k = 0; k < copy->length; k++) {
            copy->items[k] = counterpart(arena, memo, copy->items[k]);
            if (!copy->items[k])
                return false;
        }
    }
    return true;
}

struct memo {
    struct table lists;
};

struct memo *memo_new(void)
{
    return calloc(1, sizeof(struct memo));
}

void memo_free(struct memo *memo)
{
    if (memo)
        table_release(&memo->lists);
    free(memo);
}

size_t memo_size(const struct memo *memo)
{
    return memo->lists.count;
}

struct value *memo_get(const struct memo *memo, const struct value *list)
{
    size_t slot;

    if (memo->lists.count == 0)
        return NULL;
    slot = *find_slot(&memo->lists, list, NULL);
    return slot != 0 ? memo->lists.entries[slot - 1].copy : NULL;
}

int memo_put(struct memo *memo, struct value *list, struct value *value)
{
    struct entry *entry;

    if (list->kind != VALUE_LIST)
        return VALUE_ETYPE;
    entry = table_enter(&memo->lists, list, NULL);
    if (!entry)
        return VALUE_ENOMEM;
    entry->copy = value;
    return 0;
}

struct value *value_deepcopy(struct arena *arena, struct value *value,
                             struct memo *memo)
{
    struct value *newest = arena->newest;
    struct table own = {0}, *lists = memo ? &memo->lists : &own;
    size_t known = lists->count;
    struct value *copy = counterpart(arena, lists, value);

    if (!copy || !deepen(arena, lists, known)) {
        free_newer(arena, newest);
        table_cut(lists, known);
        copy = NULL;
    }
    table_release(&own);
    return copy;
}

/* Whether two values are equal, provided that the pairs of lists in `assumed`
   are: two lists of one length are added there, to be looked at later. Returns
   1, 0 or VALUE_ENOMEM. */
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
