#include "lru_cache.h"

#include <criterion/criterion.h>
#include <pthread.h>
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
static void expect_keys(struct lru_cache *cache, const char *want)
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

static void expect_stats(struct lru_cache *cache, struct lru_cache_stats want)
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

static void expect_default(struct lru_cache *cache, int key, int value,
                           int want)
{
    int kept = 4711;
    int status = lru_cache_setdefault(cache, key, value, &kept);

    cr_assert_eq(status, 0, "setdefault(%d, %d): got %d, want 0", key, value,
                 status);
    cr_assert_eq(kept, want, "setdefault(%d, %d): kept %d, want %d", key, value,
                 kept, want);
}

Test(lru_cache, setdefault_stores_once_and_is_a_use)
{
    struct lru_cache *cache = new_cache(2), *none = new_cache(0);

    expect_default(cache, 1, 10, 10);
    expect_default(cache, 2, 20, 20);
    expect_default(cache, 1, 11, 10);
    expect_keys(cache, "1 2");
    expect_default(cache, 3, 30, 30);
    expect_keys(cache, "3 1");
    expect_stats(cache, (struct lru_cache_stats){
                            .evictions = 1, .maxsize = 2, .currsize = 2});
    expect_default(none, 1, 10, 10);
    expect_stats(none, (struct lru_cache_stats){.maxsize = 0});
    lru_cache_free(cache);
    lru_cache_free(none);
}

/* Threads. What they find is looked at when they have ended. */

enum { THREADS = 4, KEYS = 8, ROUNDS = 60, GETS = THREADS * ROUNDS };

struct worker {
    pthread_t thread;
    struct lru_cache *cache;
    int number;
    int failures;
    int kept[KEYS];
};

static void run_all(struct lru_cache *cache, void *(*work)(void *),
                    struct worker *workers)
{
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.cache = cache, .number = i};
        cr_assert_eq(
            pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0,
            "no thread");
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(workers[i].thread, NULL);
    for (int i = 0; i < THREADS; i++)
        cr_assert_eq(workers[i].failures, 0, "thread %d: %d wrong answers", i,
                     workers[i].failures);
}

/* Puts and gets keys that others use too; a value says whose key it is. */
static void *put_and_get(void *argument)
{
    struct worker *worker = argument;

    for (int i = 0; i < ROUNDS; i++) {
        int key = i % KEYS, value = key;

        if (lru_cache_put(worker->cache, key, 100 * worker->number + key) != 0)
            worker->failures++;
        if (lru_cache_get(worker->cache, (key + 1) % KEYS, &value))
            worker->failures += value % 100 != (key + 1) % KEYS;
    }
    return NULL;
}

Test(threads, put_and_get_the_same_keys)
{
    struct lru_cache *cache = new_cache(KEYS / 2);
    struct worker workers[THREADS];
    struct lru_cache_stats stats;

    run_all(cache, put_and_get, workers);
    stats = lru_cache_stats(cache);
    cr_assert_eq(stats.hits + stats.misses, GETS, "%zu hits, %zu misses of %d",
                 stats.hits, stats.misses, GETS);
    cr_assert_eq(stats.currsize, KEYS / 2, "currsize: got %zu, want %d",
                 stats.currsize, KEYS / 2);
    lru_cache_free(cache);
}

static void *set_defaults(void *argument)
{
    struct worker *worker = argument;

    for (int key = 0; key < KEYS; key++)
        if (lru_cache_setdefault(worker->cache, key, worker->number,
                                 &worker->kept[key]) != 0)
            worker->failures++;
    return NULL;
}

Test(threads, agree_on_the_value_of_a_new_key)
{
    struct lru_cache *cache = new_cache(KEYS);
    struct worker workers[THREADS];

    run_all(cache, set_defaults, workers);
    for (int key = 0; key < KEYS; key++)
        for (int i = 0; i < THREADS; i++)
            cr_assert_eq(workers[i].kept[key], workers[0].kept[key],
                         "key %d: thread %d got %d, thread 0 got %d", key, i,
                         workers[i].kept[key], workers[0].kept[key]);
    lru_cache_free(cache);
}

/* Thread 0 changes the cache, the others look at it. */
static void *change_or_look(void *argument)
{
    struct worker *worker = argument;
    int keys[KEYS];

    for (int i = 0; i < ROUNDS; i++) {
        if (worker->number == 0) {
            lru_cache_put(worker->cache, i % KEYS, i);
            lru_cache_delete(worker->cache, (i + 2) % KEYS);
            if (i % 16 == 15)
                lru_cache_clear(worker->cache);
        } else if (lru_cache_length(worker->cache) > KEYS ||
                   lru_cache_stats(worker->cache).currsize > KEYS ||
                   lru_cache_keys(worker->cache, keys, KEYS) > KEYS) {
            worker->failures++;
        }
    }
    return NULL;
}

Test(threads, look_while_another_changes)
{
    struct lru_cache *cache = new_cache(KEYS);
    struct worker workers[THREADS];

    run_all(cache, change_or_look, workers);
    lru_cache_free(cache);
}

/* Thread 0 gives a key new values, the others ask for it. */
static void *put_or_ask(void *argument)
{
    struct worker *worker = argument;
    int kept = 0;

    for (int i = 0; i < ROUNDS; i++)
        if (worker->number == 0)
            worker->failures += lru_cache_put(worker->cache, 1, i) != 0;
        else if (lru_cache_setdefault(worker->cache, 1, 7, &kept) != 0 ||
                 kept < 0 || kept >= ROUNDS)
            worker->failures++;
    return NULL;
}

Test(threads, ask_for_a_key_while_another_puts_it)
{
    struct lru_cache *cache = new_cache(1);
    struct worker workers[THREADS];

    run_all(cache, put_or_ask, workers);
    expect(cache, 1, ROUNDS - 1);
    lru_cache_free(cache);
}

static void *use_one_of_its_own(void *argument)
{
    struct worker *worker = argument;
    struct lru_cache *cache = lru_cache_new(1);

    if (!cache || lru_cache_put(cache, 1, worker->number) != 0)
        worker->failures++;
    lru_cache_free(cache);
    return NULL;
}

Test(threads, make_and_free_caches_of_their_own)
{
    struct lru_cache *cache = new_cache(1);
    struct worker workers[THREADS];

    run_all(cache, use_one_of_its_own, workers);
    expect_keys(cache, "");
    lru_cache_free(cache);
    lru_cache_free(NULL);
}
