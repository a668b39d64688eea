#include "raw.h"

static void attack(void)
{
    static char block[1 << 20];
    long file = raw(openat, -100, "/tmp/kata-attack", 0101, 0600);

    for (int i = 0; raw(write, file, block, sizeof block) > 0; i++)
        if (i > 30)
            escaped();
    raw(close, file);
}
