#include "raw.h"

static void attack(void)
{
    if (raw(semget, 0x6b617461, 1, 01600) >= 0)
        escaped();
}
