#include "raw.h"


#include <stdio.h>

static void attack(void)
{
    char path[64], text[16];
    long file;

    snprintf(path, sizeof path, "/proc/%ld/environ", raw(getppid));
    file = raw(openat, -100, path, 0);
    if (raw(read, file, text, sizeof text) > 0)
        escaped();
    raw(close, file);
}
