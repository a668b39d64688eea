#include "raw.h"

static void attack(void)
{
    if (raw(chroot, "/") == 0)
        escaped();
}
