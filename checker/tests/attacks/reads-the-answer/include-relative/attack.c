#include "../../../../../../../../../../../..@ROOT@/solutions/containers/lru-cache/lru_cache.c"
