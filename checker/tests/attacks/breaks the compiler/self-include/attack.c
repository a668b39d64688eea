#include "lru_cache.c"
