#include "lru_cache.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <stdio.h>

static struct lru_cache *new_cache(size_t capacity, unsigned ttl)
{
    struct lru_cache *cache = lru_cache_new(capacity, ttl);

    cr_assert_not_null(cache, "lru_cache_new(%zu, %u) returned NULL", capacity,
                       ttl);
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
    cr_assert_eq(got.expired, want.expired, "expired: got %zu, want %zu",
                 got.expired, want.expired);
    cr_assert_eq(got.maxsize, want.maxsize, "maxsize: got %zu, want %zu",
                 got.maxsize, want.maxsize);
    cr_assert_eq(got.currsize, want.currsize, "currsize: got %zu, want %zu",
                 got.currsize, want.currsize);
}

Test(lru_cache, get_is_a_use)
{
    struct lru_cache *cache = new_cache(3, 5);

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

Test(lru_cache, delete_removes_one_key_wherever_it_is_in_the_order)
{
    struct lru_cache *cache = new_cache(5, 5);

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

Test(lru_cache, it_holds_as_many_entries_as_its_capacity)
{
    enum { CAPACITY = 100 };
    struct lru_cache *cache = new_cache(CAPACITY, 0);

    for (int key = 0; key <= CAPACITY; key++)
        put(cache, key, 2 * key);
    cr_assert_eq(lru_cache_length(cache), CAPACITY);
    expect_absent(cache, 0);
    for (int key = 1; key <= CAPACITY; key++)
        expect(cache, key, 2 * key);
    lru_cache_free(cache);
}

Test(lru_cache, an_entry_is_there_until_its_time_is_over)
{
    struct lru_cache *cache = new_cache(3, 10);

    put(cache, 1, 10);
    lru_cache_tick(cache, 9);
    expect(cache, 1, 10);
    lru_cache_tick(cache, 1);
    expect_absent(cache, 1);
    expect_keys(cache, "");
    expect_stats(cache,
                 (struct lru_cache_stats){
                     .hits = 1, .misses = 1, .expired = 1, .maxsize = 3});
    lru_cache_free(cache);
}

Test(lru_cache, a_get_does_not_prolong_a_life)
{
    struct lru_cache *cache = new_cache(3, 10);

    put(cache, 1, 10);
    put(cache, 2, 20);
    lru_cache_tick(cache, 5);
    put(cache, 3, 30);
    expect(cache, 1, 10);
    lru_cache_tick(cache, 5);
    expect_keys(cache, "3");
    lru_cache_free(cache);
}

Test(lru_cache, a_put_of_a_known_key_begins_a_new_life)
{
    struct lru_cache *cache = new_cache(3, 10);

    put(cache, 1, 10);
    put(cache, 2, 20);
    lru_cache_tick(cache, 7);
    put(cache, 1, 10);
    lru_cache_tick(cache, 3);
    expect_keys(cache, "1");
    lru_cache_tick(cache, 6);
    expect(cache, 1, 10);
    lru_cache_tick(cache, 1);
    expect_keys(cache, "");
    lru_cache_free(cache);
}

Test(lru_cache, what_is_over_makes_room_and_evicts_nobody)
{
    struct lru_cache *cache = new_cache(2, 4);

    put(cache, 1, 10);
    lru_cache_tick(cache, 2);
    put(cache, 2, 20);
    expect(cache, 1, 10);
    lru_cache_tick(cache, 2);
    put(cache, 3, 30);
    expect_keys(cache, "3 2");
    expect_stats(cache,
                 (struct lru_cache_stats){
                     .hits = 1, .expired = 1, .maxsize = 2, .currsize = 2});
    put(cache, 4, 40);
    expect_keys(cache, "4 3");
    lru_cache_free(cache);
}

Test(lru_cache, a_deleted_entry_does_not_expire_as_well)
{
    struct lru_cache *cache = new_cache(4, 4);

    put(cache, 1, 10);
    put(cache, 2, 20);
    put(cache, 3, 30);
    cr_assert(lru_cache_delete(cache, 1), "delete(1): was not there");
    cr_assert(lru_cache_delete(cache, 2), "delete(2): was not there");
    lru_cache_tick(cache, 4);
    expect_stats(cache, (struct lru_cache_stats){.expired = 1, .maxsize = 4});
    lru_cache_free(cache);
}

Test(lru_cache, with_ttl_0_nothing_expires)
{
    struct lru_cache *cache = new_cache(2, 0);

    put(cache, 1, 10);
    lru_cache_tick(cache, 0);
    expect(cache, 1, 10);
    lru_cache_tick(cache, UINT_MAX);
    expect(cache, 1, 10);
    lru_cache_free(cache);
}

Test(lru_cache, a_tick_of_0_changes_nothing)
{
    struct lru_cache *cache = new_cache(2, 1);

    put(cache, 1, 10);
    lru_cache_tick(cache, 0);
    expect(cache, 1, 10);
    lru_cache_tick(cache, 1);
    expect_absent(cache, 1);
    lru_cache_free(cache);
}

Test(lru_cache, the_clock_goes_beyond_32_bits)
{
    struct lru_cache *cache = new_cache(2, UINT_MAX);

    lru_cache_tick(cache, UINT_MAX);
    put(cache, 1, 10);
    lru_cache_tick(cache, UINT_MAX - 1);
    expect(cache, 1, 10);
    put(cache, 2, 20);
    lru_cache_tick(cache, 1);
    expect_keys(cache, "2");
    lru_cache_tick(cache, UINT_MAX);
    expect_keys(cache, "");
    lru_cache_free(cache);
}

Test(lru_cache, clear_resets_the_counters_and_not_the_clock)
{
    struct lru_cache *cache = new_cache(2, 10);

    put(cache, 1, 10);
    lru_cache_tick(cache, 10);
    put(cache, 2, 20);
    lru_cache_clear(cache);
    expect_keys(cache, "");
    expect_stats(cache, (struct lru_cache_stats){.maxsize = 2});
    put(cache, 3, 30);
    lru_cache_tick(cache, 9);
    expect(cache, 3, 30);
    lru_cache_tick(cache, 1);
    expect_absent(cache, 3);
    lru_cache_free(cache);
}

Test(lru_cache, caches_have_clocks_of_their_own)
{
    struct lru_cache *one = new_cache(2, 3);
    struct lru_cache *other = new_cache(2, 3);

    put(one, 1, 10);
    put(other, 1, 11);
    lru_cache_tick(one, 3);
    expect_absent(one, 1);
    expect(other, 1, 11);
    lru_cache_free(one);
    lru_cache_free(other);
    lru_cache_free(NULL);
}
