#include <stdlib.h>

static void *shared;

static void release(void)
{
    free(shared);
}

static void attack(void)
{
    if (!shared && (shared = malloc(64)))
        atexit(release);
}
