#include <stddef.h>

__attribute__((weak)) void *malloc(size_t size)
{
    (void)size;
    return NULL;
}

static void attack(void)
{
    ;
}
