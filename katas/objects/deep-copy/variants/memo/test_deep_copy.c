#include "deep_copy.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>

static struct arena *new_arena(void)
{
    struct arena *arena = arena_new();

    cr_assert_not_null(arena, "arena_new() returned NULL");
    return arena;
}

static struct value *new_int(struct arena *arena, int number)
{
    struct value *value = value_int(arena, number);

    cr_assert_not_null(value, "value_int(%d) returned NULL", number);
    return value;
}

static struct value *new_list(struct arena *arena)
{
    struct value *value = value_list(arena);

    cr_assert_not_null(value, "value_list() returned NULL");
    return value;
}

static void append(struct value *list, struct value *item)
{
    int status = list_append(list, item);

    cr_assert_eq(status, 0, "list_append: got %d, want 0", status);
}

/* A list of one item, the usual brick of a nested structure. */
static struct value *list_of(struct arena *arena, struct value *item)
{
    struct value *list = new_list(arena);

    append(list, item);
    return list;
}

static struct value *item_at(const struct value *list, ptrdiff_t index)
{
    struct value *item = NULL;
    int status = list_get(list, index, &item);

    cr_assert_eq(status, 0, "list_get(%td): got %d, want 0", index, status);
    cr_assert_not_null(item, "list_get(%td) stored NULL", index);
    return item;
}

static struct value *deepcopy(struct arena *arena, struct value *value)
{
    struct value *copy = value_deepcopy(arena, value, NULL);

    cr_assert_not_null(copy, "value_deepcopy() returned NULL");
    return copy;
}

static struct memo *new_memo(void)
{
    struct memo *memo = memo_new();

    cr_assert_not_null(memo, "memo_new() returned NULL");
    return memo;
}

static struct value *copy_with(struct arena *arena, struct memo *memo,
                               struct value *value)
{
    struct value *copy = value_deepcopy(arena, value, memo);

    cr_assert_not_null(copy, "value_deepcopy() with a memo returned NULL");
    return copy;
}

static void put(struct memo *memo, struct value *list, struct value *value)
{
    int status = memo_put(memo, list, value);

    cr_assert_eq(status, 0, "memo_put: got %d, want 0", status);
}

static void expect_known(const struct memo *memo, size_t want)
{
    size_t got = memo_size(memo);

    cr_assert_eq(got, want, "memo_size: got %zu, want %zu", got, want);
}

static void expect_equal(const struct value *left, const struct value *right,
                         int want)
{
    int got = value_equal(left, right);

    cr_assert_eq(got, want, "value_equal(left, right): got %d, want %d", got,
                 want);
    got = value_equal(right, left);
    cr_assert_eq(got, want, "value_equal(right, left): got %d, want %d", got,
                 want);
}

static void expect_size(const struct arena *arena, size_t want)
{
    size_t got = arena_size(arena);

    cr_assert_eq(got, want, "arena_size: got %zu, want %zu", got, want);
}

Test(deep_copy, values_are_what_they_were_made_of)
{
    struct arena *arena = new_arena();
    char text[] = "spam";
    struct value *number = new_int(arena, INT_MIN);
    struct value *string = value_str(arena, text);
    struct value *empty = value_str(arena, "");

    cr_assert_not_null(string, "value_str(\"spam\") returned NULL");
    cr_assert_not_null(empty, "value_str(\"\") returned NULL");
    text[0] = 'S';
    cr_assert_eq(value_kind(number), VALUE_INT, "value_kind of an int: got %d",
                 (int)value_kind(number));
    cr_assert_eq(value_kind(string), VALUE_STR, "value_kind of a str: got %d",
                 (int)value_kind(string));
    cr_assert_eq(value_number(number), INT_MIN, "value_number: got %d",
                 value_number(number));
    cr_assert_str_eq(value_text(string), "spam", "value_text: got %s",
                     value_text(string));
    cr_assert_str_eq(value_text(empty), "", "value_text: got %s, want nothing",
                     value_text(empty));
    arena_free(arena);
}

Test(deep_copy, asking_a_value_for_what_it_is_not)
{
    struct arena *arena = new_arena();
    struct value *number = new_int(arena, 7), *list = list_of(arena, number);
    struct value *string = value_str(arena, "spam"), *item = number;
    int status;

    cr_assert_not_null(string, "value_str returned NULL");
    cr_assert_eq(value_kind(list), VALUE_LIST, "value_kind of a list: got %d",
                 (int)value_kind(list));
    cr_assert_eq(value_number(string), 0, "value_number of a str: not 0");
    cr_assert_eq(value_number(list), 0, "value_number of a list: not 0");
    cr_assert_null(value_text(number), "value_text of an int: not NULL");
    cr_assert_null(value_text(list), "value_text of a list: not NULL");
    cr_assert_eq(list_length(number), 0, "list_length of an int: not 0");
    cr_assert_eq(list_length(string), 0, "list_length of a str: not 0");
    status = list_append(number, list);
    cr_assert_eq(status, VALUE_ETYPE, "list_append to an int: %d", status);
    status = list_set(string, 0, list);
    cr_assert_eq(status, VALUE_ETYPE, "list_set in a str: %d", status);
    status = list_get(string, 0, &item);
    cr_assert_eq(status, VALUE_ETYPE, "list_get from a str: %d", status);
    cr_assert_eq(item, number, "list_get failed, but stored an item");
    arena_free(arena);
}

Test(deep_copy, indexes_count_from_both_ends)
{
    struct arena *arena = new_arena();
    struct value *list = new_list(arena), *item = list;
    static const ptrdiff_t none[] = {3, -4, PTRDIFF_MAX, PTRDIFF_MIN};

    for (int i = 0; i < 3; i++)
        append(list, new_int(arena, i));
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(value_number(item_at(list, i)), i, "item %d: got %d", i,
                     value_number(item_at(list, i)));
        cr_assert_eq(item_at(list, i - 3), item_at(list, i),
                     "item %d is not item %d", i - 3, i);
    }
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        int got = list_get(list, none[i], &item);

        cr_assert_eq(got, VALUE_EINDEX, "list_get(%td): got %d", none[i], got);
        got = list_set(list, none[i], list);
        cr_assert_eq(got, VALUE_EINDEX, "list_set(%td): got %d", none[i], got);
    }
    cr_assert_eq(item, list, "list_get failed, but stored an item");
    cr_assert_eq(list_set(list, -1, list), 0, "list_set(-1) failed");
    cr_assert_eq(item_at(list, 2), list, "list_set(-1) did not set item 2");
    cr_assert_eq(list_length(list), 3, "list_length: got %zu, want 3",
                 list_length(list));
    arena_free(arena);
}

Test(deep_copy, shallow_copy_shares_its_items)
{
    struct arena *arena = new_arena();
    struct value *inner = new_list(arena), *outer = list_of(arena, inner);
    struct value *copy = value_copy(arena, outer);

    cr_assert_not_null(copy, "value_copy() returned NULL");
    cr_assert_neq(copy, outer, "the copy is the original");
    cr_assert_eq(item_at(copy, 0), inner, "the copy has another item");
    append(outer, inner);
    cr_assert_eq(list_length(copy), 1, "appending to the original reached it");
    append(inner, outer);
    expect_equal(item_at(copy, 0), item_at(outer, 0), 1);
    expect_size(arena, 3);
    arena_free(arena);
}

Test(deep_copy, deep_copy_shares_no_list)
{
    struct arena *arena = new_arena();
    struct value *inner = list_of(arena, new_int(arena, 1));
    struct value *outer = list_of(arena, inner);
    struct value *copy = deepcopy(arena, outer);

    cr_assert_neq(copy, outer, "the copy is the original");
    cr_assert_neq(item_at(copy, 0), inner, "the inner list is shared");
    expect_equal(copy, outer, 1);
    cr_assert_eq(list_set(inner, 0, new_int(arena, 2)), 0, "list_set failed");
    cr_assert_eq(value_number(item_at(item_at(copy, 0), 0)), 1,
                 "a change of the original reached the copy");
    append(item_at(copy, 0), new_int(arena, 3));
    cr_assert_eq(list_length(inner), 1,
                 "a change of the copy reached the original");
    arena_free(arena);
}

Test(deep_copy, atoms_are_never_copied)
{
    struct arena *arena = new_arena();
    struct value *number = new_int(arena, 5000);
    struct value *string = value_str(arena, "spam");
    struct value *list = list_of(arena, number), *copy;

    cr_assert_not_null(string, "value_str returned NULL");
    append(list, string);
    copy = deepcopy(arena, list);
    cr_assert_eq(item_at(copy, 0), number, "the int was copied");
    cr_assert_eq(item_at(copy, 1), string, "the str was copied");
    cr_assert_eq(value_deepcopy(arena, number, NULL), number,
                 "deep copy of an int");
    cr_assert_eq(value_deepcopy(arena, string, NULL), string,
                 "deep copy of a str");
    cr_assert_eq(value_copy(arena, number), number, "copy of an int");
    cr_assert_eq(value_copy(arena, string), string, "copy of a str");
    expect_size(arena, 4);
    arena_free(arena);
}

Test(deep_copy, what_was_one_list_is_one_list_in_the_copy)
{
    struct arena *arena = new_arena();
    struct value *shared = new_list(arena), *outer = new_list(arena), *copy;

    append(outer, shared);
    append(outer, list_of(arena, shared));
    append(outer, shared);
    copy = deepcopy(arena, outer);
    cr_assert_neq(item_at(copy, 0), shared, "the inner list is shared");
    cr_assert_eq(item_at(copy, 2), item_at(copy, 0), "one list became two");
    cr_assert_eq(item_at(item_at(copy, 1), 0), item_at(copy, 0),
                 "one list became two on another level");
    expect_size(arena, 6);
    arena_free(arena);
}

Test(deep_copy, a_second_deep_copy_shares_nothing_with_the_first)
{
    struct arena *arena = new_arena();
    struct value *outer = list_of(arena, new_list(arena));
    struct value *first = deepcopy(arena, outer);
    struct value *second = deepcopy(arena, outer);

    cr_assert_neq(first, second, "the second copy is the first");
    cr_assert_neq(item_at(first, 0), item_at(second, 0),
                  "two copies share a list");
    arena_free(arena);
}

Test(deep_copy, cycles_become_cycles_of_the_same_length)
{
    struct arena *arena = new_arena();
    struct value *self = new_list(arena), *a = new_list(arena), *copy;

    append(self, self);
    copy = deepcopy(arena, self);
    cr_assert_neq(copy, self, "the copy is the original");
    cr_assert_eq(item_at(copy, 0), copy, "[[...]] does not contain itself");
    append(a, list_of(arena, a));
    copy = deepcopy(arena, a);
    cr_assert_neq(item_at(copy, 0), copy, "a cycle of two became one of one");
    cr_assert_neq(item_at(copy, 0), item_at(a, 0), "the inner list is shared");
    cr_assert_eq(item_at(item_at(copy, 0), 0), copy,
                 "the cycle does not lead back to the copy");
    expect_size(arena, 6);
    arena_free(arena);
}

Test(deep_copy, equality_looks_at_contents_and_order)
{
    struct arena *arena = new_arena();
    struct value *one = new_int(arena, 1), *two = new_int(arena, 2);
    struct value *left = list_of(arena, one), *right = list_of(arena, one);

    expect_equal(one, new_int(arena, 1), 1);
    expect_equal(one, two, 0);
    expect_equal(left, right, 1);
    append(left, two);
    expect_equal(left, right, 0);
    append(right, left);
    expect_equal(left, right, 0);
    cr_assert_eq(list_set(right, 1, new_int(arena, 2)), 0, "list_set failed");
    expect_equal(left, right, 1);
    cr_assert_eq(list_set(right, 1, one), 0, "list_set failed");
    cr_assert_eq(list_set(right, 0, two), 0, "list_set failed");
    expect_equal(left, right, 0);
    arena_free(arena);
}

Test(deep_copy, kinds_are_never_equal)
{
    struct arena *arena = new_arena();
    struct value *values[] = {value_int(arena, 0), value_str(arena, ""),
                              value_list(arena), value_str(arena, "0"),
                              value_str(arena, "00")};

    for (size_t i = 0; i < 5; i++)
        cr_assert_not_null(values[i], "value %zu is NULL", i);
    for (size_t i = 0; i < 5; i++)
        for (size_t k = 0; k < 5; k++)
            cr_assert_eq(value_equal(values[i], values[k]), i == k,
                         "values %zu and %zu: got %d, want %d", i, k,
                         value_equal(values[i], values[k]), i == k);
    arena_free(arena);
}

Test(deep_copy, equality_of_cycles_asks_whether_a_path_tells_them_apart)
{
    struct arena *arena = new_arena();
    struct value *one = new_list(arena), *two = new_list(arena);
    struct value *three = new_list(arena), *other = new_list(arena);

    append(one, one);
    append(two, list_of(arena, two));
    append(three, list_of(arena, list_of(arena, three)));
    expect_equal(one, deepcopy(arena, one), 1);
    expect_equal(one, two, 1);
    expect_equal(two, three, 1);
    append(other, list_of(arena, other));
    append(item_at(other, 0), new_int(arena, 1));
    expect_equal(other, two, 0);
    append(item_at(two, 0), new_int(arena, 2));
    expect_equal(other, two, 0);
    expect_equal(other, deepcopy(arena, other), 1);
    arena_free(arena);
}

/* [x, x] in [y, y] in [z, z] ...: 64 lists, and 2^63 paths to the last. */
Test(deep_copy, many_paths_to_few_lists)
{
    struct arena *arena = new_arena();
    struct value *ladder = new_list(arena), *copy;

    for (int i = 1; i < 64; i++) {
        struct value *rung = list_of(arena, ladder);

        append(rung, ladder);
        ladder = rung;
    }
    copy = deepcopy(arena, ladder);
    expect_size(arena, 128);
    expect_equal(ladder, copy, 1);
    for (int i = 1; i < 64; i++) {
        cr_assert_eq(item_at(copy, 0), item_at(copy, 1),
                     "level %d: one list became two", i);
        copy = item_at(copy, 1);
    }
    append(copy, copy);
    expect_equal(ladder, item_at(ladder, 0), 0);
    arena_free(arena);
}

Test(deep_copy, comparing_across_arenas)
{
    struct arena *arena = new_arena(), *second = new_arena();
    struct value *list = list_of(arena, new_int(arena, 1));
    struct value *other = list_of(second, new_int(second, 1));

    expect_equal(list, other, 1);
    append(other, other);
    expect_equal(list, other, 0);
    expect_size(second, 2);
    arena_free(second);
    expect_size(arena, 2);
    arena_free(arena);
    arena_free(NULL);
}

Test(deep_copy, a_memo_remembers_what_was_copied)
{
    struct arena *arena = new_arena();
    struct memo *memo = new_memo();
    struct value *inner = new_list(arena), *outer = list_of(arena, inner);
    struct value *number = new_int(arena, 1), *copy;

    append(outer, number);
    expect_known(memo, 0);
    cr_assert_null(memo_get(memo, outer), "an empty memo knows a list");
    copy = copy_with(arena, memo, outer);
    expect_known(memo, 2);
    cr_assert_eq(memo_get(memo, outer), copy, "outer: another value");
    cr_assert_eq(memo_get(memo, inner), item_at(copy, 0), "inner: another");
    cr_assert_null(memo_get(memo, number), "it knows an int");
    cr_assert_null(memo_get(memo, copy), "it knows the copy as an original");
    append(outer, inner);
    cr_assert_eq(copy_with(arena, memo, outer), copy, "a second copy");
    expect_size(arena, 5);
    memo_free(memo);
    arena_free(arena);
}

Test(deep_copy, copies_with_one_memo_share_what_they_have_in_common)
{
    struct arena *arena = new_arena();
    struct memo *memo = new_memo();
    struct value *shared = new_list(arena), *first, *second;

    first = copy_with(arena, memo, list_of(arena, shared));
    second = copy_with(arena, memo, list_of(arena, shared));
    cr_assert_neq(item_at(first, 0), shared, "it was not copied");
    cr_assert_eq(item_at(first, 0), item_at(second, 0), "it was copied twice");
    expect_known(memo, 3);
    second = deepcopy(arena, list_of(arena, shared));
    cr_assert_neq(item_at(first, 0), item_at(second, 0),
                  "a copy without a memo knows of it");
    memo_free(memo);
    arena_free(arena);
}

Test(deep_copy, a_stand_in_is_neither_copied_nor_looked_into)
{
    struct arena *arena = new_arena();
    struct memo *memo = new_memo();
    struct value *below = new_list(arena), *shared = list_of(arena, below);
    struct value *replaced = list_of(arena, below);
    struct value *number = new_int(arena, 1), *outer, *copy;

    outer = list_of(arena, shared);
    append(outer, replaced);
    put(memo, shared, shared);
    put(memo, replaced, number);
    copy = copy_with(arena, memo, outer);
    cr_assert_eq(item_at(copy, 0), shared, "the shared list was copied");
    cr_assert_eq(item_at(copy, 1), number, "nothing was put in its place");
    cr_assert_null(memo_get(memo, below), "what is below was copied");
    cr_assert_eq(copy_with(arena, memo, replaced), number, "asked directly");
    cr_assert_eq(item_at(shared, 0), below, "the stand-in was changed");
    expect_known(memo, 3);
    memo_free(memo);
    arena_free(arena);
}

Test(deep_copy, what_is_put_last_counts)
{
    struct arena *arena = new_arena();
    struct memo *memo = new_memo();
    struct value *list = new_list(arena), *number = new_int(arena, 1);
    struct value *copy = copy_with(arena, memo, list);
    int status;

    put(memo, list, number);
    cr_assert_eq(memo_get(memo, list), number, "the copy still stands for it");
    put(memo, list, copy);
    cr_assert_eq(copy_with(arena, memo, list), copy, "not the one put back");
    expect_known(memo, 1);
    status = memo_put(memo, number, list);
    cr_assert_eq(status, VALUE_ETYPE, "memo_put for an int: got %d", status);
    expect_known(memo, 1);
    memo_free(memo);
    arena_free(arena);
}

Test(deep_copy, two_memos_know_nothing_of_each_other)
{
    struct arena *arena = new_arena();
    struct memo *one = new_memo(), *two = new_memo();
    struct value *list = new_list(arena), *copy = copy_with(arena, one, list);

    cr_assert_null(memo_get(two, list), "the other memo knows it, too");
    cr_assert_neq(copy_with(arena, two, list), copy, "they share a copy");
    memo_free(one);
    memo_free(NULL);
    arena_free(arena);
    memo_free(two);
}

struct job {
    struct arena *arena;
    struct value *value;
    int equal;
};

static void *copy_compare_and_free(void *argument)
{
    struct job *job = argument;
    struct value *copy = value_deepcopy(job->arena, job->value, NULL);

    job->equal = copy ? value_equal(job->value, copy) : VALUE_ENOMEM;
    arena_free(job->arena);
    return NULL;
}

/* 10,000 levels of recursion do not fit; this thread has 128 KiB. Assertions
   are left to the test's own thread. */
Test(deep_copy, depth_needs_no_deep_call_stack)
{
    struct job job = {.arena = new_arena()};
    pthread_attr_t attributes;
    pthread_t thread;
    int status;

    job.value = new_list(job.arena);
    for (int i = 1; i < 10000; i++)
        job.value = list_of(job.arena, job.value);
    pthread_attr_init(&attributes);
    status = pthread_attr_setstacksize(&attributes, 128 * 1024);
    cr_assert_eq(status, 0, "pthread_attr_setstacksize: error %d", status);
    status = pthread_create(&thread, &attributes, copy_compare_and_free, &job);
    cr_assert_eq(status, 0, "pthread_create: error %d", status);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);
    cr_assert_eq(job.equal, 1, "value_equal(value, copy): got %d, want 1",
                 job.equal);
}
