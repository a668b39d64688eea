#include "lru_cache.h"

struct lru_cache {
    size_t capacity;
};

struct lru_cache *lru_cache_new(size_t capacity, unsigned ttl)
{
    (void)capacity;
    (void)ttl;
    return NULL;
}

void lru_cache_tick(struct lru_cache *cache, unsigned elapsed)
{
    (void)cache;
    (void)elapsed;
}

void lru_cache_free(struct lru_cache *cache)
{
    (void)cache;
}

bool lru_cache_get(struct lru_cache *cache, int key, int *value)
{
    (void)cache;
    (void)key;
    (void)value;
    return false;
}

int lru_cache_put(struct lru_cache *cache, int key, int value)
{
    (void)cache;
    (void)key;
    (void)value;
    return -1;
}

bool lru_cache_delete(struct lru_cache *cache, int key)
{
    (void)cache;
    (void)key;
    return false;
}

size_t lru_cache_length(const struct lru_cache *cache)
{
    (void)cache;
    return 0;
}

void lru_cache_clear(struct lru_cache *cache)
{
    (void)cache;
}

struct lru_cache_stats lru_cache_stats(const struct lru_cache *cache)
{
    (void)cache;
    return (struct lru_cache_stats){0};
}

size_t lru_cache_keys(const struct lru_cache *cache, int *keys, size_t room)
{
    (void)cache;
    (void)keys;
    (void)room;
    return 0;
}
