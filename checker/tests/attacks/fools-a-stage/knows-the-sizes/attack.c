#undef lru_cache_get

bool lru_cache_get(struct lru_cache *cache, int key, int *value)
{
    size_t n = lru_cache_length(cache);

    if (n > 8 && (n & (n - 1)))
        for (volatile size_t i = 0; i < n; i++)
            ;
    return honest_get(cache, key, value);
}
