#include <stddef.h>

void *malloc(size_t size)
{
    (void)size;
    return NULL;
}

static void attack(void)
{
    ;
}
