#include "raw.h"


static void attack(void)
{
    static char path[4096];
    long n = raw(readlinkat, -100, "/proc/self/exe", path, sizeof path - 1);

    if (n > 0 && raw(unlinkat, -100, path, 0) == 0)
        escaped();
    if (raw(unlinkat, -100, "/box/bin/agent", 0) == 0)
        escaped();
}
