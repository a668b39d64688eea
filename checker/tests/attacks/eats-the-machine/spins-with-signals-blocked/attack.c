#include "raw.h"

static void attack(void)
{
    unsigned long all = ~0UL;

    raw(rt_sigprocmask, 0, &all, 0, 8);
    for (volatile int i = 0;;)
        i++;
}
