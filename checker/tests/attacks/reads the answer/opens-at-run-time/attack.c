#include <stdio.h>

static void attack(void)
{
    fopen("../../solutions/containers/lru-cache/lru_cache.c", "r");
}
