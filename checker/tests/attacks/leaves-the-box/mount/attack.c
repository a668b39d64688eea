#include "raw.h"

static void attack(void)
{
    if (raw(mount, "none", "/tmp", "tmpfs", 0, 0) == 0)
        escaped();
}
