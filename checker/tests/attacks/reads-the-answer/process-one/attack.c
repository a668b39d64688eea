#include "raw.h"

static void attack(void)
{
    char text[16];
    long file = raw(openat, -100, "/proc/1/cmdline", 0);

    if (raw(read, file, text, sizeof text) > 0)
        escaped();
    raw(close, file);
}
