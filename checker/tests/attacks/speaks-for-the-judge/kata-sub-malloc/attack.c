#include <stddef.h>

void *kata_sub_malloc(size_t size)
{
    (void)size;
    return NULL;
}
