#include "deep_copy.h"

struct arena {
    size_t size;
};

struct arena *arena_new(void)
{
    return NULL;
}

void arena_free(struct arena *arena)
{
    (void)arena;
}

size_t arena_size(const struct arena *arena)
{
    (void)arena;
    return 0;
}

struct value *value_int(struct arena *arena, int number)
{
    (void)arena;
    (void)number;
    return NULL;
}

struct value *value_str(struct arena *arena, const char *text)
{
    (void)arena;
    (void)text;
    return NULL;
}

struct value *value_list(struct arena *arena)
{
    (void)arena;
    return NULL;
}

enum value_kind value_kind(const struct value *value)
{
    (void)value;
    return VALUE_INT;
}

int value_number(const struct value *value)
{
    (void)value;
    return 0;
}

const char *value_text(const struct value *value)
{
    (void)value;
    return NULL;
}

size_t list_length(const struct value *list)
{
    (void)list;
    return 0;
}

int list_append(struct value *list, struct value *item)
{
    (void)list;
    (void)item;
    return VALUE_ENOMEM;
}

int list_set(struct value *list, ptrdiff_t index, struct value *item)
{
    (void)list;
    (void)index;
    (void)item;
    return VALUE_EINDEX;
}

int list_get(const struct value *list, ptrdiff_t index, struct value **item)
{
    (void)list;
    (void)index;
    (void)item;
    return VALUE_EINDEX;
}

struct value *value_copy(struct arena *arena, struct value *value)
{
    (void)arena;
    (void)value;
    return NULL;
}

struct memo *memo_new(void)
{
    return NULL;
}

void memo_free(struct memo *memo)
{
    (void)memo;
}

size_t memo_size(const struct memo *memo)
{
    (void)memo;
    return 0;
}

struct value *memo_get(const struct memo *memo, const struct value *list)
{
    (void)memo;
    (void)list;
    return NULL;
}

int memo_put(struct memo *memo, struct value *list, struct value *value)
{
    (void)memo;
    (void)list;
    (void)value;
    return VALUE_ENOMEM;
}

struct value *value_deepcopy(struct arena *arena, struct value *value,
                             struct memo *memo)
{
    (void)arena;
    (void)value;
    (void)memo;
    return NULL;
}

int value_equal(const struct value *left, const struct value *right)
{
    (void)left;
    (void)right;
    return VALUE_ENOMEM;
}
