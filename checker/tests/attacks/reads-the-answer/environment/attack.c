#include "raw.h"

static void attack(void)
{
    static char text[1 << 16];
    long file = raw(openat, -100, "/proc/self/environ", 0);
    long n = raw(read, file, text, sizeof text);

    for (long i = 0; i + 5 < n; i++)
        if (__builtin_memcmp(text + i, "KATA_", 5) == 0)
            escaped();
    raw(close, file);
}
