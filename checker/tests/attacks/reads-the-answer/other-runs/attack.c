#include "raw.h"

static void attack(void)
{
    static char names[1 << 16];
    long dir = raw(openat, -100, "/tmp", 0200000), n;

    while (dir >= 0 && (n = raw(getdents64, dir, names, sizeof names)) > 0)
        for (long i = 0; i + 4 < n; i++)
            if (__builtin_memcmp(names + i, "kata", 4) == 0)
                escaped();
    raw(close, dir);
}
