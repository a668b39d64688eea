#pragma GCC poison lru_cache size_t
