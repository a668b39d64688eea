/*
 * Values as Python has them - integers, strings, lists of references - and
 * copying and comparing them.
 *
 *     struct arena *arena = arena_new();
 *     struct value *inner = value_list(arena);
 *     struct value *outer = value_list(arena);
 *     struct memo *memo = memo_new();
 *     struct value *copy;
 *
 *     list_append(inner, value_int(arena, 7));
 *     list_append(outer, inner);
 *     list_append(outer, inner);             the same list twice
 *     list_append(outer, outer);             and itself
 *     memo_put(memo, inner, inner);          share this one
 *     copy = value_deepcopy(arena, outer, memo);  one new list
 *     memo_free(memo);
 *     arena_free(arena);                     frees all values
 *
 * Identity: a value is its address. A list holds references: the same value
 * may be in several lists, several times in one list, and a list may contain
 * itself, directly or through others. Integers and strings never change and
 * are called atoms here; a list changes by list_append and list_set, and
 * whoever refers to it sees the change.
 *
 * Ownership: an arena owns all values made in it, and they live exactly as
 * long as the arena. Nothing is counted or collected: a value that nobody
 * refers to any more stays. Values of one arena are never put into lists of
 * another, and a function that takes an arena and a value is given the arena
 * that the value was made in. Comparing values of different arenas is allowed.
 * Arenas share nothing.
 *
 * Out of memory: a function that reports it had no effect: every list is as it
 * was, every memo and arena_size too, and what had been made up to then is
 * freed.
 *
 * Depth: lists may be nested a million deep and chained into cycles of any
 * length. Nothing here may need a call stack that grows with the data.
 *
 * No argument may be NULL, except in arena_free and memo_free, and the memo of
 * value_deepcopy. One thread at a time. Times are expected times: hashing is
 * as good as its hash function.
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

enum value_kind { VALUE_INT, VALUE_STR, VALUE_LIST };

struct arena;
struct value;
struct memo;

/* Returns an empty arena, to be released with arena_free, or NULL when out of
   memory. */
struct arena *arena_new(void);

/* Frees the arena and all values made in it. NULL is allowed and does nothing.
   O(n). */
void arena_free(struct arena *arena);

/* Returns how many values were made in the arena, each counted once: the
   integers, strings and lists that the caller made, and the lists that copies
   made. O(1). */
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

/* What a value is. O(1). */
enum value_kind value_kind(const struct value *value);

/* An integer's number; 0 for any other value. O(1). */
int value_number(const struct value *value);

/* A string's text, borrowed, which lives as long as the arena; NULL for any
   other value. O(1). */
const char *value_text(const struct value *value);

/* How many items a list has; 0 for any other value. O(1). */
size_t list_length(const struct value *list);

/*
 * Appends a reference to `item`, which may be `list` itself. Returns 0,
 * VALUE_ETYPE where `list` is no list, or VALUE_ENOMEM. O(1) amortised.
 */
int list_append(struct value *list, struct value *item);

/*
 * Replaces the reference at `index` by one to `item`, which may be `list`
 * itself. As in Python, index -1 is the last item, -2 the one before, and so on
 * to minus the length. Returns 0; VALUE_ETYPE where `list` is no list;
 * VALUE_EINDEX where there is no such item. O(1).
 */
int list_set(struct value *list, ptrdiff_t index, struct value *item);

/*
 * Stores the reference at `index` in *item. The index counts as in list_set,
 * and so do the answers. *item is written on success only. O(1).
 */
int list_get(const struct value *list, ptrdiff_t index, struct value **item);

/*
 * Shallow copy. Of a list: a new list with the same items - the very same
 * values, not copies of them. Of an atom: the atom itself. Returns NULL when
 * out of memory. O(length of this list), however much hangs below its items.
 */
struct value *value_copy(struct arena *arena, struct value *value);

/*
 * A memo: which value stands for which list in deep copies. It belongs to the
 * caller, refers to values of one arena and owns none of them; it may be freed
 * before the arena or after it, and not be used after it.
 *
 * Returns an empty memo, to be released with memo_free, or NULL when out of
 * memory.
 */
struct memo *memo_new(void);

/* Frees the memo, and no value. NULL is allowed and does nothing. */
void memo_free(struct memo *memo);

/* For how many lists the memo knows what stands for them. O(1). */
size_t memo_size(const struct memo *memo);

/* What stands for this very list (identity counts, not equality); NULL where
   the memo does not know, as for an atom. O(1). */
struct value *memo_get(const struct memo *memo, const struct value *list);

/*
 * Lets `value` stand for `list` from now on, whatever did so before. `value` is
 * any value, also an atom, or `list` itself, which is then shared by copies.
 * Returns 0, VALUE_ETYPE where `list` is no list, or VALUE_ENOMEM. O(1) on
 * average.
 */
int memo_put(struct memo *memo, struct value *list, struct value *value);

/*
 * Deep copy: the same shape in new lists, except where the memo knows better.
 *
 * Where a reference leads to a list for which the memo knows a value, `value`
 * itself included, that value takes its place: it is neither copied nor looked
 * into. Each other list that can be reached without going through one of those
 * gets exactly one copy, and the memo then knows this copy for it; where the
 * original refers to a list, its copy refers to what stands for that list. So
 * copies made with one memo share what they have in common as one copy would;
 * and what later happens to an original does not reach a copy that is known.
 * Atoms are never copied: the copy holds the very same integers and strings,
 * and a deep copy of an atom is the atom itself.
 *
 * memo NULL: a new one for this call.
 *
 * Does not change the original, nor what the memo knew. Returns NULL when out
 * of memory; then the arena has not grown, what was copied so far is freed, and
 * the memo knows what it knew, nothing more.
 *
 * O(n) time and memory for n items in all lists that are copied, each list
 * counted once however many references lead to it, and whatever else the memo
 * knows.
 */
struct value *value_deepcopy(struct arena *arena, struct value *value,
                             struct memo *memo);

/*
 * Equality: returns 1 or 0, or VALUE_ENOMEM.
 *
 * Two integers are equal with the same number, two strings with the same
 * bytes, two lists with the same length and equal items in the same order;
 * values of different kinds are unequal. Identity does not matter: [x, x] is
 * equal to [y, z] where x, y and z are equal.
 *
 * Cycles: two values are unequal exactly if some path tells them apart, that
 * is, if following the same finite sequence of indexes in both ends at
 * different kinds, different atoms or different lengths. Otherwise they are
 * equal. So a = [a] and b = [[b]] are equal: both are a list in a list in a
 * list, without end.
 *
 * A value is equal to itself, without a look inside: O(1). Otherwise O(n) for n
 * items in all pairs of lists that have to be compared, each pair counted once
 * however many paths lead to it. For a value and its deep copy that is O(n) in
 * the items of the value.
 */
int value_equal(const struct value *left, const struct value *right);

#endif
