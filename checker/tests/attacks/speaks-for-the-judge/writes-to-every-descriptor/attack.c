#include "raw.h"

static void attack(void)
{
    static const char lie[] = "\n= 1\n-- live=0 allocs=0 bytes=0\n{}\n";

    for (int fd = 0; fd < 1024; fd++)
        raw(write, fd, lie, sizeof lie - 1);
}
