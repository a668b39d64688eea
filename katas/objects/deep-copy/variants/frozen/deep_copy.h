/*
 * Values as Python has them - integers, strings, lists and tuples of
 * references - and copying and comparing them.
 *
 *     struct arena *arena = arena_new();
 *     struct value *inner = value_list(arena);
 *     struct value *outer = value_list(arena);
 *     struct value *seven = value_int(arena, 7);
 *     struct value *pair[] = {seven, inner};
 *     struct value *tuple = value_tuple(arena, pair, 2);
 *     struct value *copy;
 *
 *     list_append(outer, tuple);
 *     list_append(outer, value_tuple(arena, pair, 1));
 *     copy = value_deepcopy(arena, outer);   [(7, []), (7,)]: two new lists,
 *                                            one new tuple, the old (7,)
 *     arena_free(arena);                     frees all values
 *
 * Identity: a value is its address. Lists and tuples hold references: the same
 * value may be in several of them and several times in one. Integers and
 * strings never change and are called atoms here. A list changes by list_append
 * and list_set, whoever refers to it sees the change, and it may contain
 * itself, directly or through others. A tuple refers to the same items for
 * ever, though these may be lists, which change; so only through a list can it
 * contain itself. A tuple from which no list can be reached is called frozen.
 *
 * Ownership: an arena owns all values made in it, and they live exactly as
 * long as the arena. Nothing is counted or collected: a value that nobody
 * refers to any more stays. Values of one arena are never put into lists of
 * another, and a function that takes an arena and a value is given the arena
 * that the value was made in. Comparing values of different arenas is allowed.
 * Arenas share nothing.
 *
 * Out of memory: a function that reports it had no effect: every list is as it
 * was, arena_size too, and what had been made up to then is freed.
 *
 * Depth: lists and tuples may be nested a million deep and chained into cycles
 * of any length. Nothing here may need a call stack that grows with the data.
 *
 * No argument may be NULL, except in arena_free. One thread at a time. Times
 * are expected times: hashing is as good as its hash function.
 */
#ifndef DEEP_COPY_H
#define DEEP_COPY_H

#include <stddef.h>

/* What the functions that return int report instead of 0. */
enum {
    VALUE_ENOMEM = -1, /* out of memory; no effect */
    VALUE_EINDEX = -2, /* no item at this index; no effect */
    VALUE_ETYPE = -3   /* not a list; no effect */
};

enum value_kind { VALUE_INT, VALUE_STR, VALUE_LIST, VALUE_TUPLE };

struct arena;
struct value;

/* Returns an empty arena, to be released with arena_free, or NULL when out of
   memory. */
struct arena *arena_new(void);

/* Frees the arena and all values made in it. NULL is allowed and does nothing.
   O(n). */
void arena_free(struct arena *arena);

/* Returns how many values were made in the arena, each counted once: the
   integers, strings, lists and tuples that the caller made, and the lists and
   tuples that copies made. O(1). */
size_t arena_size(const struct arena *arena);

/* Makes an integer and returns it, or NULL when out of memory. Like the next
   two, it makes a new value with each call, also when there is an equal one
   already; the arena owns it. O(1). */
struct value *value_int(struct arena *arena, int number);

/* Makes a string and returns it, or NULL when out of memory. The text is
   copied; "" is allowed. O(length of the text). */
struct value *value_str(struct arena *arena, const char *text);

/* Makes an empty list and returns it, or NULL when out of memory. O(1). */
struct value *value_list(struct arena *arena);

/* Makes a tuple of `count` references, items[0] first, and returns it, or NULL
   when out of memory. The array is copied; with count 0 it may be NULL. Each
   call makes a new tuple, also an empty one. O(count). */
struct value *value_tuple(struct arena *arena, struct value *const *items,
                          size_t count);

/* What a value is. O(1). */
enum value_kind value_kind(const struct value *value);

/* An integer's number; 0 for any other value. O(1). */
int value_number(const struct value *value);

/* A string's text, borrowed, which lives as long as the arena; NULL for any
   other value. O(1). */
const char *value_text(const struct value *value);

/* How many items a list or a tuple has; 0 for an atom. O(1). */
size_t list_length(const struct value *list);

/*
 * Appends a reference to `item`, which may be `list` itself. Returns 0,
 * VALUE_ETYPE where `list` is no list (a tuple is none), or VALUE_ENOMEM. O(1)
 * amortised.
 */
int list_append(struct value *list, struct value *item);

/*
 * Replaces the reference at `index` by one to `item`, which may be `list`
 * itself. As in Python, index -1 is the last item, -2 the one before, and so on
 * to minus the length. Returns 0; VALUE_ETYPE where `list` is no list (a tuple
 * is none); VALUE_EINDEX where there is no such item. O(1).
 */
int list_set(struct value *list, ptrdiff_t index, struct value *item);

/*
 * Stores the reference at `index` of a list or a tuple in *item. The index
 * counts as in list_set. Returns 0; VALUE_ETYPE for an atom; VALUE_EINDEX where
 * there is no such item. *item is written on success only. O(1).
 */
int list_get(const struct value *list, ptrdiff_t index, struct value **item);

/*
 * Shallow copy. Of a list: a new list with the same items - the very same
 * values, not copies of them. Of an atom or a tuple, whatever is in it: the
 * value itself. Returns NULL when out of memory. O(length of this list),
 * however much hangs below its items.
 */
struct value *value_copy(struct arena *arena, struct value *value);

/*
 * Deep copy: the same shape, with nothing in it that a change of the original
 * could reach.
 *
 * Each list that can be reached from `value`, itself included, gets exactly one
 * copy, and so does each tuple that is not frozen; where the original refers to
 * one of these, its copy refers to the copy. So what was one is one in the
 * copy, what was two stays two even if it is equal, and a cycle becomes a cycle
 * of the same length among the copies. Atoms and frozen tuples are shared: the
 * copy holds the very same, and a deep copy of one is that value itself.
 *
 * Does not change the original. Returns NULL when out of memory; then the
 * arena has not grown and what was copied so far is freed.
 *
 * O(n) time and memory for n items in all lists and tuples that are copied,
 * each counted once however many references lead to it. What is shared is not
 * looked into: a frozen tuple costs O(1), however much hangs below it.
 */
struct value *value_deepcopy(struct arena *arena, struct value *value);

/*
 * Equality: returns 1 or 0, or VALUE_ENOMEM.
 *
 * Two integers are equal with the same number, two strings with the same
 * bytes, two lists with the same length and equal items in the same order, and
 * so are two tuples; values of different kinds are unequal, a list and a tuple
 * too. Identity does not matter: [x, x] is equal to [y, z] where x, y and z are
 * equal.
 *
 * Cycles: two values are unequal exactly if some path tells them apart, that
 * is, if following the same finite sequence of indexes in both ends at
 * different kinds, different atoms or different lengths. Otherwise they are
 * equal. So a = [a] and b = [[b]] are equal: both are a list in a list in a
 * list, without end.
 *
 * A value is equal to itself, without a look inside: O(1). Otherwise O(n) for n
 * items in all pairs of lists or tuples that have to be compared, each pair
 * counted once however many paths lead to it. For a value and its deep copy
 * that is O(n) in the items of the value.
 */
int value_equal(const struct value *left, const struct value *right);

#endif
