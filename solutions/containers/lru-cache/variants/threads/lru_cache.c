#include "lru_cache.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

enum { FIRST_BUCKET_COUNT = 8 };

/* Each entry is in two structures at once: in the chain of its bucket, to be
   found by its key, and in the ring of entries ordered by use. */
struct entry {
    int key;
    int value;
    struct entry *chain;
    struct entry *prev, *next;
};

/* The lock guards all that follows it. A lock for readers and writers would
   gain nothing: a hit moves the entry, so that a get writes too. */
struct lru_cache {
    pthread_mutex_t lock;
    /* The ring's fixed point, so that no link is ever NULL: root.next is the
       most recently used entry, root.prev the least. */
    struct entry root;
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

static void ring_remove(struct entry *entry)
{
    entry->prev->next = entry->next;
    entry->next->prev = entry->prev;
}

static void ring_insert_first(struct lru_cache *cache, struct entry *entry)
{
    entry->prev = &cache->root;
    entry->next = cache->root.next;
    entry->next->prev = entry;
    cache->root.next = entry;
}

static void use(struct lru_cache *cache, struct entry *entry)
{
    ring_remove(entry);
    ring_insert_first(cache, entry);
}

/* Removes the entry that `link` points to; the caller owns it then. */
static struct entry *take(struct lru_cache *cache, struct entry **link)
{
    struct entry *entry = *link;

    *link = entry->chain;
    ring_remove(entry);
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
    for (struct entry *entry = cache->root.next; entry != &cache->root;
         entry = entry->next)
        chain_insert(cache, entry);
    return 0;
}

/* An entry that is in neither structure: the evicted one when the cache is
   full, else a new one, or NULL when out of memory. */
static struct entry *spare_entry(struct lru_cache *cache)
{
    if (cache->stats.currsize == cache->stats.maxsize) {
        cache->stats.evictions++;
        return take(cache, find(cache, cache->root.prev->key));
    }
    if (cache->stats.currsize == cache->bucket_count && grow(cache) < 0)
        return NULL;
    return malloc(sizeof(struct entry));
}

struct lru_cache *lru_cache_new(size_t capacity)
{
    struct lru_cache *cache = malloc(sizeof(*cache));

    if (!cache)
        return NULL;
    cache->buckets = calloc(FIRST_BUCKET_COUNT, sizeof(*cache->buckets));
    if (!cache->buckets || pthread_mutex_init(&cache->lock, NULL) != 0) {
        free(cache->buckets);
        free(cache);
        return NULL;
    }
    cache->bucket_count = FIRST_BUCKET_COUNT;
    cache->root.prev = cache->root.next = &cache->root;
    cache->stats = (struct lru_cache_stats){.maxsize = capacity};
    return cache;
}

void lru_cache_free(struct lru_cache *cache)
{
    if (!cache)
        return;
    lru_cache_clear(cache);
    pthread_mutex_destroy(&cache->lock);
    free(cache->buckets);
    free(cache);
}

bool lru_cache_get(struct lru_cache *cache, int key, int *value)
{
    struct entry *entry;

    pthread_mutex_lock(&cache->lock);
    entry = *find(cache, key);
    if (!entry) {
        cache->stats.misses++;
    } else {
        cache->stats.hits++;
        use(cache, entry);
        if (value)
            *value = entry->value;
    }
    pthread_mutex_unlock(&cache->lock);
    return entry != NULL;
}

/* Of a key that is not there, with the lock held. */
static int insert(struct lru_cache *cache, int key, int value)
{
    struct entry *entry;

    if (cache->stats.maxsize == 0)
        return 0;
    entry = spare_entry(cache);
    if (!entry)
        return -1;
    entry->key = key;
    entry->value = value;
    chain_insert(cache, entry);
    ring_insert_first(cache, entry);
    cache->stats.currsize++;
    return 0;
}

int lru_cache_put(struct lru_cache *cache, int key, int value)
{
    struct entry *entry;
    int status = 0;

    pthread_mutex_lock(&cache->lock);
    entry = *find(cache, key);
    if (entry) {
        entry->value = value;
        use(cache, entry);
    } else {
        status = insert(cache, key, value);
    }
    pthread_mutex_unlock(&cache->lock);
    return status;
}

int lru_cache_setdefault(struct lru_cache *cache, int key, int value, int *kept)
{
    struct entry *entry;
    int status = 0;

    pthread_mutex_lock(&cache->lock);
    entry = *find(cache, key);
    if (entry) {
        value = entry->value;
        use(cache, entry);
    } else {
        status = insert(cache, key, value);
    }
    pthread_mutex_unlock(&cache->lock);
    if (status == 0)
        *kept = value;
    return status;
}

bool lru_cache_delete(struct lru_cache *cache, int key)
{
    struct entry **link, *entry = NULL;
    bool found;

    pthread_mutex_lock(&cache->lock);
    link = find(cache, key);
    found = *link != NULL;
    if (found)
        entry = take(cache, link);
    pthread_mutex_unlock(&cache->lock);
    free(entry);
    return found;
}

size_t lru_cache_length(struct lru_cache *cache)
{
    return lru_cache_stats(cache).currsize;
}

void lru_cache_clear(struct lru_cache *cache)
{
    pthread_mutex_lock(&cache->lock);
    while (cache->stats.currsize > 0)
        free(take(cache, find(cache, cache->root.next->key)));
    cache->stats = (struct lru_cache_stats){.maxsize = cache->stats.maxsize};
    pthread_mutex_unlock(&cache->lock);
}

struct lru_cache_stats lru_cache_stats(struct lru_cache *cache)
{
    struct lru_cache_stats stats;

    pthread_mutex_lock(&cache->lock);
    stats = cache->stats;
    pthread_mutex_unlock(&cache->lock);
    return stats;
}

size_t lru_cache_keys(struct lru_cache *cache, int *keys, size_t room)
{
    size_t stored = 0;

    pthread_mutex_lock(&cache->lock);
    for (const struct entry *entry = cache->root.next;
         entry != &cache->root && stored < room; entry = entry->next)
        keys[stored++] = entry->key;
    pthread_mutex_unlock(&cache->lock);
    return stored;
}
