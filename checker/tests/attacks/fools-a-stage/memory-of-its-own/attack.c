#include "raw.h"

static void attack(void)
{
    raw(mmap, 0, 4096, 3, 0x22, -1, 0);
}
