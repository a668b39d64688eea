#include "lru_cache.h"

#include <stdint.h>
#include <stdlib.h>

enum { FIRST_BUCKET_COUNT = 8 };

/* One time to live serves all entries, so the first to expire is the one that
   was put longest ago: a second ring is enough, no heap is needed. */
enum order { BY_USE, BY_AGE, ORDERS };

/* Each entry is in three structures at once: in the chain of its bucket, to be
   found by its key, and in a ring for each order. */
struct entry {
    int key;
    int value;
    uint64_t put_at;
    struct entry *chain;
    struct entry *prev[ORDERS], *next[ORDERS];
};

struct lru_cache {
    /* The rings' fixed point, so that no link is ever NULL: root.next[BY_USE]
       is the most recently used entry, root.prev[BY_USE] the least. */
    struct entry root;
    uint64_t now;
    unsigned ttl;
    struct entry **buckets;
    size_t bucket_count; /* a power of two */
    struct lru_cache_stats stats;
};

static struct entry **bucket_of(struct lru_cache *cache, int key)
{
    /* Keys are often consecutive, or multiples of a power of two: spread them,
       then fold the well mixed upper half onto the bits that are used. */
    uint32_t hash = (uint32_t)key * 2654435769u;

    return &cache->buckets[(hash ^ hash >> 16) & (cache->bucket_count - 1)];
}

/* The link that points to the entry of this key, or the NULL link at the end
   of the chain where it would be. */
static struct entry **find(struct lru_cache *cache, int key)
{
    struct entry **link = bucket_of(cache, key);

    while (*link && (*link)->key != key)
        link = &(*link)->chain;
    return link;
}

static void chain_insert(struct lru_cache *cache, struct entry *entry)
{
    struct entry **bucket = bucket_of(cache, entry->key);

    entry->chain = *bucket;
    *bucket = entry;
}

static void ring_remove(struct entry *entry, enum order order)
{
    entry->prev[order]->next[order] = entry->next[order];
    entry->next[order]->prev[order] = entry->prev[order];
}

static void ring_insert_first(struct lru_cache *cache, struct entry *entry,
                              enum order order)
{
    entry->prev[order] = &cache->root;
    entry->next[order] = cache->root.next[order];
    entry->next[order]->prev[order] = entry;
    cache->root.next[order] = entry;
}

static void move_first(struct lru_cache *cache, struct entry *entry,
                       enum order order)
{
    ring_remove(entry, order);
    ring_insert_first(cache, entry, order);
}

/* Removes the entry that `link` points to; the caller owns it then. */
static struct entry *take(struct lru_cache *cache, struct entry **link)
{
    struct entry *entry = *link;

    *link = entry->chain;
    ring_remove(entry, BY_USE);
    ring_remove(entry, BY_AGE);
    cache->stats.currsize--;
    return entry;
}

static int grow(struct lru_cache *cache)
{
    /* Cannot wrap around: there are as many entries as buckets. */
    size_t count = cache->bucket_count * 2;
    struct entry **buckets = calloc(count, sizeof(*buckets));

    if (!buckets)
        return -1;
    free(cache->buckets);
    cache->buckets = buckets;
    cache->bucket_count = count;
    for (struct entry *entry = cache->root.next[BY_USE]; entry != &cache->root;
         entry = entry->next[BY_USE])
        chain_insert(cache, entry);
    return 0;
}

/* An entry that is in neither structure: the evicted one when the cache is
   full, else a new one, or NULL when out of memory. */
static struct entry *spare_entry(struct lru_cache *cache)
{
    if (cache->stats.currsize == cache->stats.maxsize) {
        cache->stats.evictions++;
        return take(cache, find(cache, cache->root.prev[BY_USE]->key));
    }
    if (cache->stats.currsize == cache->bucket_count && grow(cache) < 0)
        return NULL;
    return malloc(sizeof(struct entry));
}

struct lru_cache *lru_cache_new(size_t capacity, unsigned ttl)
{
    struct lru_cache *cache = malloc(sizeof(*cache));

    if (!cache)
        return NULL;
    cache->buckets = calloc(FIRST_BUCKET_COUNT, sizeof(*cache->buckets));
    if (!cache->buckets) {
        free(cache);
        return NULL;
    }
    cache->bucket_count = FIRST_BUCKET_COUNT;
    for (int order = 0; order < ORDERS; order++)
        cache->root.prev[order] = cache->root.next[order] = &cache->root;
    cache->now = 0;
    cache->ttl = ttl;
    cache->stats = (struct lru_cache_stats){.maxsize = capacity};
    return cache;
}

static bool is_over(const struct lru_cache *cache, const struct entry *entry)
{
    return cache->ttl > 0 && cache->now - entry->put_at >= cache->ttl;
}

void lru_cache_tick(struct lru_cache *cache, unsigned elapsed)
{
    struct entry *oldest;

    cache->now += elapsed;
    while ((oldest = cache->root.prev[BY_AGE]) != &cache->root &&
           is_over(cache, oldest)) {
        free(take(cache, find(cache, oldest->key)));
        cache->stats.expired++;
    }
}

void lru_cache_free(struct lru_cache *cache)
{
    if (!cache)
        return;
    lru_cache_clear(cache);
    free(cache->buckets);
    free(cache);
}

bool lru_cache_get(struct lru_cache *cache, int key, int *value)
{
    struct entry *entry = *find(cache, key);

    if (!entry) {
        cache->stats.misses++;
        return false;
    }
    cache->stats.hits++;
    move_first(cache, entry, BY_USE);
    if (value)
        *value = entry->value;
    return true;
}

int lru_cache_put(struct lru_cache *cache, int key, int value)
{
    struct entry *entry = *find(cache, key);

    if (entry) {
        entry->value = value;
        entry->put_at = cache->now;
        move_first(cache, entry, BY_USE);
        move_first(cache, entry, BY_AGE);
        return 0;
    }
    if (cache->stats.maxsize == 0)
        return 0;
    entry = spare_entry(cache);
    if (!entry)
        return -1;
    entry->key = key;
    entry->value = value;
    entry->put_at = cache->now;
    chain_insert(cache, entry);
    ring_insert_first(cache, entry, BY_USE);
    ring_insert_first(cache, entry, BY_AGE);
    cache->stats.currsize++;
    return 0;
}

bool lru_cache_delete(struct lru_cache *cache, int key)
{
    struct entry **link = find(cache, key);

    if (!*link)
        return false;
    free(take(cache, link));
    return true;
}

size_t lru_cache_length(const struct lru_cache *cache)
{
    return cache->stats.currsize;
}

void lru_cache_clear(struct lru_cache *cache)
{
    while (cache->stats.currsize > 0)
        free(take(cache, find(cache, cache->root.next[BY_USE]->key)));
    cache->stats = (struct lru_cache_stats){.maxsize = cache->stats.maxsize};
}

struct lru_cache_stats lru_cache_stats(const struct lru_cache *cache)
{
    return cache->stats;
}

size_t lru_cache_keys(const struct lru_cache *cache, int *keys, size_t room)
{
    const struct entry *entry = cache->root.next[BY_USE];
    size_t stored = 0;

    for (; entry != &cache->root && stored < room; entry = entry->next[BY_USE])
        keys[stored++] = entry->key;
    return stored;
}
