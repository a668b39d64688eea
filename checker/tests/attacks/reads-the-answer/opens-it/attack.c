#include "raw.h"

static void attack(void)
{
    if (raw(openat, -100, "@ROOT@/solutions/containers/lru-cache/lru_cache.c", 0) >= 0)
        escaped();
}
