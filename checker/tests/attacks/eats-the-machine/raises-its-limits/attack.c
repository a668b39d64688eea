#include "raw.h"

static void attack(void)
{
    unsigned long more[2] = {1460000000, 1460000000};

    /* of addresses and of files */
    if (raw(prlimit64, 0, 9, more, 0) == 0 || raw(prlimit64, 0, 1, more, 0) == 0)
        escaped();
}
