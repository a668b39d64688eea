#include "test_lru_cache.c"
