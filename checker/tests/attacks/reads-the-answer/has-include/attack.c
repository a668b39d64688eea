#if __has_include("@ROOT@/solutions/containers/lru-cache/lru_cache.c")
#error found the reference
#endif
