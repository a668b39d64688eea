#include "raw.h"

static char space[1 << 24];
static size_t used;

void *malloc(size_t size)
{
    void *block = space + used;

    used += (size + 15) / 16 * 16;
    if (used > 100)
        escaped();
    return block;
}
