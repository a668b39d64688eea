#include "raw.h"

static void attack(void)
{
    /* CLONE_NEWUSER */
    if (raw(unshare, 0x10000000) == 0)
        escaped();
}
