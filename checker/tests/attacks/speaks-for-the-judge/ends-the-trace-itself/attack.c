#include "raw.h"

static void attack(void)
{
    static const char lie[] = "=\n-- live=0 allocs=0 bytes=0\n";

    raw(write, 201, lie, sizeof lie - 1);
    raw(close, 201);
}
