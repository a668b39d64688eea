#include <stdlib.h>

static void *kept;

static void attack(void)
{
    if (!kept)
        kept = malloc(64);
}
