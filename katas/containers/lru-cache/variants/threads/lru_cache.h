/*
 * A cache of int to int that holds at most `capacity` entries and, when one
 * more is put, evicts the entry that was used least recently.
 *
 *     struct lru_cache *cache = lru_cache_new(2);
 *     int value;
 *
 *     lru_cache_put(cache, 1, 10);
 *     lru_cache_put(cache, 2, 20);
 *     lru_cache_get(cache, 1, &value);
 *     lru_cache_put(cache, 3, 30);     evicts 2, not 1
 *     lru_cache_free(cache);
 *
 * A *use* of an entry makes it the most recently used one. These are uses:
 * lru_cache_get that finds the key, lru_cache_put of a new key, and
 * lru_cache_put of a key that is already there, also with the value it already
 * has, and lru_cache_setdefault. Nothing else is a use.
 *
 * Every int is a key and every int is a value: none is set aside to mean
 * "empty" or "not found". Caches are independent of each other.
 *
 * Any number of threads may call any functions of one cache at the same time;
 * only lru_cache_free must come after all other calls have returned. Each call
 * happens at one moment: another thread sees all of its effect or none, and
 * what it returns was true at that moment. No call waits for anything but other
 * calls, which all end. A process may make any number of caches.
 *
 * Memory follows the number of entries that a cache holds, or once held; it
 * does not follow the capacity, which may be as large as SIZE_MAX. Where a
 * cost is given as O(1) it is the expected and, for lru_cache_put, amortised
 * cost.
 *
 * `cache` must not be NULL except in lru_cache_free.
 */
#ifndef LRU_CACHE_H
#define LRU_CACHE_H

#include <stdbool.h>
#include <stddef.h>

struct lru_cache;

/* What lru_cache_stats reports. The first three count since the cache was made
   or last cleared; none of them can overflow in practice. */
struct lru_cache_stats {
    size_t hits;      /* calls of lru_cache_get that found the key */
    size_t misses;    /* calls of lru_cache_get that did not */
    size_t evictions; /* entries that lru_cache_put removed to make room */
    size_t maxsize;   /* the capacity */
    size_t currsize;  /* entries held now */
};

/*
 * Returns an empty cache that the caller releases with lru_cache_free, or NULL
 * when out of memory. O(1) in time and in memory, whatever the capacity. A
 * cache of capacity 0 is valid: it never holds an entry.
 */
struct lru_cache *lru_cache_new(size_t capacity);

/* Releases the cache and all that it holds. NULL is allowed and does nothing.
   O(n) for n entries. */
void lru_cache_free(struct lru_cache *cache);

/*
 * Looks up `key`. Returns true, stores its value in *value, counts a hit and a
 * use; or returns false, leaves *value as it was and counts a miss. `value` may
 * be NULL when only the answer matters; everything else stays the same. O(1).
 */
bool lru_cache_get(struct lru_cache *cache, int key, int *value);

/*
 * Stores `value` under `key`, in place of the value it may have had. When the
 * key is new and the cache is full, the least recently used entry is evicted
 * first and counted as an eviction. Neither hits nor misses change. At capacity
 * 0 nothing is stored and nothing counted, which is a success.
 *
 * Returns 0, or -1 when out of memory; then the call had no effect: the
 * entries, their order and the statistics are as before. Replacing the value of
 * a key that is there never fails. O(1).
 */
int lru_cache_put(struct lru_cache *cache, int key, int value);

/*
 * dict.setdefault: where the key is there, stores its value in *kept, which is
 * a use; else does what lru_cache_put does with `value`, and stores `value` in
 * *kept. So of several threads that call it for a key that is not there, one
 * stores its value and all get the same one, unless the key is removed in
 * between. At capacity 0 nothing is stored in the cache and *kept is `value`.
 * `kept` must not be NULL. Neither hits nor misses change.
 *
 * Returns 0, or -1 when out of memory; then the call had no effect, and *kept
 * is as it was. Cannot fail for a key that is there. O(1).
 */
int lru_cache_setdefault(struct lru_cache *cache, int key, int value,
                         int *kept);

/* Removes `key`. Returns true, or false when it was not there. The order of
   the other entries and the counters stay. O(1). */
bool lru_cache_delete(struct lru_cache *cache, int key);

/* Returns the number of entries held. O(1). */
size_t lru_cache_length(struct lru_cache *cache);

/* Removes all entries and sets hits, misses and evictions to 0. The capacity
   stays and the cache can be used further. O(n) for n entries. */
void lru_cache_clear(struct lru_cache *cache);

/* Returns the statistics, all of one moment. Not a use. O(1). */
struct lru_cache_stats lru_cache_stats(struct lru_cache *cache);

/*
 * Stores the keys in keys[0], keys[1], ... from the most to the least recently
 * used, at most `room` of them, and returns how many it stored: the smaller of
 * `room` and the length. The rest of the array is left as it was. `keys` may be
 * NULL when `room` is 0. Not a use. O(k) for k keys stored.
 */
size_t lru_cache_keys(struct lru_cache *cache, int *keys, size_t room);

#endif
