#include <stdlib.h>

static void *shared;

static void attack(void)
{
    if (!shared)
        shared = malloc(64);
}
