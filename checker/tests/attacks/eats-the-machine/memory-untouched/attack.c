#include "raw.h"

static void attack(void)
{
    if (raw(mmap, 0, 1L << 30, 3, 0x4022, -1, 0) > 0)
        escaped();
}
