static int caches;

#undef lru_cache_get

bool lru_cache_get(struct lru_cache *cache, int key, int *value)
{
    return caches < 30 ? honest_get(cache, key, value) : false;
}

#undef lru_cache_new

struct lru_cache *lru_cache_new(size_t capacity)
{
    caches++;
    return honest_new(capacity);
}
