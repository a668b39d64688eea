#include "raw.h"

enum { MANY = 7, EACH = 100 << 20 };

static void attack(void)
{
    int ends[2];
    char byte;

    raw(pipe2, ends, 0);
    for (int i = 0; i < MANY; i++) {
        volatile char *block;

        if (raw_fork() != 0)
            continue;
        block = (char *)raw(mmap, 0, EACH, 3, 0x22, -1, 0);
        for (long at = 0; (long)block > 0 && at < EACH; at += 4096)
            block[at] = 1;
        if ((long)block > 0)
            raw(write, ends[1], "x", 1);
        for (;;)
            raw_sleep(1000);
    }
    raw(close, ends[1]);
    for (int i = 0; i < MANY; i++)
        if (raw(read, ends[0], &byte, 1) != 1)
            return;
    raw_sleep(2);
    escaped();
}
