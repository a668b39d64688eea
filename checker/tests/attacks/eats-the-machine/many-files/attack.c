#include "raw.h"

#include <stdio.h>

static void attack(void)
{
    static char name[64];
    static int done;

    for (; done < 5000; done++) {
        long file;

        snprintf(name, sizeof name, "/tmp/kata-attack-%d", done);
        file = raw(openat, -100, name, 0101, 0600);
        if (file >= 0)
            raw(close, file);
    }
}
