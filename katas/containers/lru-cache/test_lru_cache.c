#include "lru_cache.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>

static struct lru_cache *new_cache(size_t capacity)
{
    struct lru_cache *cache = lru_cache_new(capacity);

    cr_assert_not_null(cache, "lru_cache_new(%zu) returned NULL", capacity);
    return cache;
}

static void put(struct lru_cache *cache, int key, int value)
{
    int status = lru_cache_put(cache, key, value);

    cr_assert_eq(status, 0, "put(%d, %d): got %d, want 0", key, value, status);
}

static void expect(struct lru_cache *cache, int key, int want)
{
    int got = 0;

    cr_assert(lru_cache_get(cache, key, &got), "get(%d): missed, want %d", key,
              want);
    cr_assert_eq(got, want, "get(%d): got %d, want %d", key, got, want);
}

static void expect_absent(struct lru_cache *cache, int key)
{
    int got = 4711;

    cr_assert_not(lru_cache_get(cache, key, &got), "get(%d): hit, want a miss",
                  key);
    cr_assert_eq(got, 4711, "get(%d): missed but stored %d", key, got);
}

/* `want` names the keys from the most to the least recently used. */
static void expect_keys(const struct lru_cache *cache, const char *want)
{
    int keys[16] = {0};
    char got[256] = "";
    size_t used = 0;
    size_t count = lru_cache_keys(cache, keys, 16);

    cr_assert_leq(count, 16, "keys: %zu stored in room for 16", count);
    for (size_t i = 0; i < count; i++)
        used += (size_t)snprintf(got + used, sizeof(got) - used,
                                 i ? " %d" : "%d", keys[i]);
    cr_assert_str_eq(got, want, "keys, latest use first: got [%s], want [%s]",
                     got, want);
    cr_assert_eq(lru_cache_length(cache), count,
                 "length: got %zu, but there are %zu keys",
                 lru_cache_length(cache), count);
}

static void expect_stats(const struct lru_cache *cache,
                         struct lru_cache_stats want)
{
    struct lru_cache_stats got = lru_cache_stats(cache);

    cr_assert_eq(got.hits, want.hits, "hits: got %zu, want %zu", got.hits,
                 want.hits);
    cr_assert_eq(got.misses, want.misses, "misses: got %zu, want %zu",
                 got.misses, want.misses);
    cr_assert_eq(got.evictions, want.evictions, "evictions: got %zu, want %zu",
                 got.evictions, want.evictions);
    cr_assert_eq(got.maxsize, want.maxsize, "maxsize: got %zu, want %zu",
                 got.maxsize, want.maxsize);
    cr_assert_eq(got.currsize, want.currsize, "currsize: got %zu, want %zu",
                 got.currsize, want.currsize);
}

Test(lru_cache, get_returns_what_put_stored)
{
    struct lru_cache *cache = new_cache(3);

    put(cache, 1, 10);
    put(cache, 2, 20);
    expect(cache, 1, 10);
    expect(cache, 2, 20);
    lru_cache_free(cache);
}

Test(lru_cache, a_miss_leaves_the_value_as_it_was)
{
    struct lru_cache *cache = new_cache(3);

    expect_absent(cache, 0);
    put(cache, 1, 10);
    expect_absent(cache, 2);
    lru_cache_free(cache);
}

Test(lru_cache, one_too_many_evicts_the_least_recently_used)
{
    struct lru_cache *cache = new_cache(3);

    put(cache, 1, 10);
    put(cache, 2, 20);
    put(cache, 3, 30);
    expect_keys(cache, "3 2 1");
    put(cache, 4, 40);
    expect_absent(cache, 1);
    expect_keys(cache, "4 3 2");
    lru_cache_free(cache);
}

Test(lru_cache, get_is_a_use)
{
    struct lru_cache *cache = new_cache(3);

    put(cache, 1, 10);
    put(cache, 2, 20);
    put(cache, 3, 30);
    expect(cache, 1, 10);
    expect_keys(cache, "1 3 2");
    expect(cache, 3, 30);
    expect(cache, 3, 30);
    put(cache, 4, 40);
    expect_keys(cache, "4 3 1");
    expect_absent(cache, 2);
    lru_cache_free(cache);
}

Test(lru_cache, get_without_a_place_for_the_value_counts_the_same)
{
    struct lru_cache *cache = new_cache(2);

    put(cache, 1, 10);
    put(cache, 2, 20);
    cr_assert(lru_cache_get(cache, 1, NULL), "get(1, NULL): missed");
    cr_assert_not(lru_cache_get(cache, 3, NULL), "get(3, NULL): hit");
    expect_keys(cache, "1 2");
    expect_stats(cache,
                 (struct lru_cache_stats){
                     .hits = 1, .misses = 1, .maxsize = 2, .currsize = 2});
    lru_cache_free(cache);
}

Test(lru_cache, putting_a_known_key_replaces_its_value_and_is_a_use)
{
    struct lru_cache *cache = new_cache(2);

    put(cache, 1, 10);
    put(cache, 2, 20);
    put(cache, 1, 11);
    expect_keys(cache, "1 2");
    put(cache, 3, 30);
    expect_keys(cache, "3 1");
    expect(cache, 1, 11);
    lru_cache_free(cache);
}

Test(lru_cache, putting_a_known_key_into_a_full_cache_evicts_nothing)
{
    struct lru_cache *cache = new_cache(2);

    put(cache, 1, 10);
    put(cache, 2, 20);
    put(cache, 2, 21);
    put(cache, 1, 11);
    expect_stats(cache, (struct lru_cache_stats){.maxsize = 2, .currsize = 2});
    expect(cache, 2, 21);
    expect(cache, 1, 11);
    lru_cache_free(cache);
}

Test(lru_cache, capacity_one_holds_the_last_key_put)
{
    struct lru_cache *cache = new_cache(1);

    put(cache, 1, 10);
    put(cache, 2, 20);
    expect_absent(cache, 1);
    expect(cache, 2, 20);
    expect_keys(cache, "2");
    lru_cache_free(cache);
}

Test(lru_cache, capacity_zero_stores_nothing)
{
    struct lru_cache *cache = new_cache(0);

    put(cache, 1, 10);
    put(cache, 2, 20);
    expect_absent(cache, 1);
    cr_assert_not(lru_cache_delete(cache, 2), "delete(2): was there");
    expect_keys(cache, "");
    expect_stats(cache, (struct lru_cache_stats){.misses = 1});
    lru_cache_free(cache);
}

Test(lru_cache, delete_removes_one_key_wherever_it_is_in_the_order)
{
    struct lru_cache *cache = new_cache(5);

    for (int key = 1; key <= 5; key++)
        put(cache, key, key * 10);
    cr_assert(lru_cache_delete(cache, 3), "delete(3), in the middle");
    expect_keys(cache, "5 4 2 1");
    cr_assert(lru_cache_delete(cache, 5), "delete(5), the latest");
    expect_keys(cache, "4 2 1");
    cr_assert(lru_cache_delete(cache, 1), "delete(1), the oldest");
    expect_keys(cache, "4 2");
    cr_assert_not(lru_cache_delete(cache, 1), "delete(1), a second time");
    expect_absent(cache, 1);
    expect(cache, 2, 20);
    expect(cache, 4, 40);
    lru_cache_free(cache);
}

Test(lru_cache, delete_makes_room_and_counts_nothing)
{
    struct lru_cache *cache = new_cache(2);

    put(cache, 1, 10);
    put(cache, 2, 20);
    cr_assert(lru_cache_delete(cache, 2), "delete(2): was not there");
    cr_assert_not(lru_cache_delete(cache, 7), "delete(7): was there");
    put(cache, 3, 30);
    expect_keys(cache, "3 1");
    expect_stats(cache, (struct lru_cache_stats){.maxsize = 2, .currsize = 2});
    put(cache, 4, 40);
    expect_keys(cache, "4 3");
    lru_cache_free(cache);
}

Test(lru_cache, the_counters_count_gets_and_evictions_only)
{
    struct lru_cache *cache = new_cache(2);

    expect_stats(cache, (struct lru_cache_stats){.maxsize = 2});
    put(cache, 1, 10);
    put(cache, 2, 20);
    put(cache, 3, 30);
    put(cache, 4, 40);
    put(cache, 4, 41);
    expect(cache, 3, 30);
    expect(cache, 4, 41);
    expect(cache, 4, 41);
    expect_absent(cache, 1);
    expect_stats(cache, (struct lru_cache_stats){.hits = 3,
                                                 .misses = 1,
                                                 .evictions = 2,
                                                 .maxsize = 2,
                                                 .currsize = 2});
    lru_cache_free(cache);
}

Test(lru_cache, clear_forgets_entries_and_counters_but_not_the_capacity)
{
    struct lru_cache *cache = new_cache(2);

    put(cache, 1, 10);
    put(cache, 2, 20);
    put(cache, 3, 30);
    expect(cache, 3, 30);
    expect_absent(cache, 1);
    lru_cache_clear(cache);
    expect_keys(cache, "");
    expect_stats(cache, (struct lru_cache_stats){.maxsize = 2});
    expect_absent(cache, 3);
    put(cache, 3, 31);
    put(cache, 4, 40);
    put(cache, 5, 50);
    expect_keys(cache, "5 4");
    lru_cache_free(cache);
}

Test(lru_cache, keys_fills_no_more_than_the_room_it_has)
{
    struct lru_cache *cache = new_cache(4);
    int keys[3] = {-7, -7, -7};
    size_t count;

    put(cache, 1, 10);
    count = lru_cache_keys(cache, keys, 3);
    cr_assert_eq(count, 1, "keys of 1 entry: got %zu", count);
    cr_assert_eq(keys[0], 1, "the only key: got %d, want 1", keys[0]);
    cr_assert_eq(keys[1], -7, "wrote %d after the last key", keys[1]);
    put(cache, 2, 20);
    put(cache, 3, 30);
    count = lru_cache_keys(cache, keys, 2);
    cr_assert_eq(count, 2, "keys with room for 2: got %zu", count);
    cr_assert_eq(keys[0], 3, "first key: got %d, want 3", keys[0]);
    cr_assert_eq(keys[1], 2, "second key: got %d, want 2", keys[1]);
    cr_assert_eq(keys[2], -7, "wrote %d past the end", keys[2]);
    count = lru_cache_keys(cache, NULL, 0);
    cr_assert_eq(count, 0, "keys with no room: got %zu", count);
    lru_cache_free(cache);
}

Test(lru_cache, looking_at_keys_and_statistics_is_not_a_use)
{
    struct lru_cache *cache = new_cache(2);

    put(cache, 1, 10);
    put(cache, 2, 20);
    expect_keys(cache, "2 1");
    expect_stats(cache, (struct lru_cache_stats){.maxsize = 2, .currsize = 2});
    expect_keys(cache, "2 1");
    lru_cache_free(cache);
}

Test(lru_cache, every_int_is_a_key_and_a_value)
{
    static const int numbers[] = {INT_MIN, -1, 0, 1, INT_MAX};
    struct lru_cache *cache = new_cache(5);

    for (size_t i = 0; i < 5; i++)
        put(cache, numbers[i], numbers[4 - i]);
    for (size_t i = 0; i < 5; i++)
        expect(cache, numbers[i], numbers[4 - i]);
    cr_assert(lru_cache_delete(cache, INT_MIN), "delete(INT_MIN)");
    expect_absent(cache, INT_MIN);
    expect(cache, INT_MAX, INT_MIN);
    lru_cache_free(cache);
}

Test(lru_cache, caches_share_nothing)
{
    struct lru_cache *one = new_cache(2);
    struct lru_cache *other = new_cache(3);

    put(one, 1, 10);
    put(other, 1, 11);
    put(other, 2, 21);
    expect(one, 1, 10);
    expect_absent(one, 2);
    expect_keys(one, "1");
    expect_keys(other, "2 1");
    expect_stats(other, (struct lru_cache_stats){.maxsize = 3, .currsize = 2});
    lru_cache_clear(other);
    expect_keys(one, "1");
    expect_stats(one, (struct lru_cache_stats){
                          .hits = 1, .misses = 1, .maxsize = 2, .currsize = 1});
    lru_cache_free(other);
    expect(one, 1, 10);
    lru_cache_free(one);
}

Test(lru_cache, a_huge_capacity_costs_nothing_before_it_is_used)
{
    struct lru_cache *cache = new_cache(SIZE_MAX);

    put(cache, 1, 10);
    put(cache, 2, 20);
    expect(cache, 1, 10);
    expect_keys(cache, "1 2");
    expect_stats(cache, (struct lru_cache_stats){
                            .hits = 1, .maxsize = SIZE_MAX, .currsize = 2});
    lru_cache_free(cache);
}

Test(lru_cache, thousands_of_entries_are_found_again)
{
    enum { COUNT = 2000, STEP = 4096 };
    struct lru_cache *cache = new_cache(COUNT);
    size_t wrong = 0;

    for (int i = 0; i <= COUNT; i++)
        if (lru_cache_put(cache, i * STEP, i) != 0)
            wrong++;
    cr_assert_eq(wrong, 0, "%zu of %d puts failed", wrong, COUNT + 1);
    expect_absent(cache, 0);
    for (int i = 1; i <= COUNT; i++) {
        int value = -1;

        if (!lru_cache_get(cache, i * STEP, &value) || value != i)
            wrong++;
    }
    cr_assert_eq(wrong, 0, "%zu of %d keys have no or another value", wrong,
                 COUNT);
    expect_stats(cache, (struct lru_cache_stats){.hits = COUNT,
                                                 .misses = 1,
                                                 .evictions = 1,
                                                 .maxsize = COUNT,
                                                 .currsize = COUNT});
    lru_cache_free(cache);
}

Test(lru_cache, freeing_null_does_nothing)
{
    struct lru_cache *cache;

    lru_cache_free(NULL);
    cache = new_cache(1);
    lru_cache_free(cache);
}
