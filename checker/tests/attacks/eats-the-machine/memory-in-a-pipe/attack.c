#include "raw.h"

static void attack(void)
{
    int ends[2];
    static long pipes;
    const long size = 1 << 20;

    while (raw(pipe2, ends, 04000) == 0) {
        raw(fcntl, ends[1], 1031, size);
        if (++pipes > 300)
            escaped();
    }
}
