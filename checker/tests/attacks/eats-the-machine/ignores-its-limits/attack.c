#include "raw.h"

static void attack(void)
{
    unsigned long ignore[4] = {1}, never[4] = {0};

    raw(rt_sigaction, 27, ignore, 0, 8);
    raw(rt_sigaction, 24, ignore, 0, 8);
    for (;;)
        raw(setitimer, 2, never, 0);
}
