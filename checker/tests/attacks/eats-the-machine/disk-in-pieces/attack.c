#include "raw.h"

#include <stdio.h>

static void attack(void)
{
    static char block[8 << 20], name[64];
    static int tried;

    for (int i = 0; i < 5 && !tried; i++) {
        long file;

        snprintf(name, sizeof name, "/tmp/kata-attack-%d", i);
        file = raw(openat, -100, name, 0101, 0600);
        if (raw(write, file, block, sizeof block) != sizeof block)
            tried = 1;
        raw(close, file);
    }
    if (!tried)
        escaped();
}
