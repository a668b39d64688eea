#include "/proc/self/cwd/../../../../../../../../../../../..@ROOT@/solutions/containers/lru-cache/lru_cache.c"
