#include "raw.h"

static void attack(void)
{
    if (raw(openat, -100, "/root", 0200000) >= 0 ||
        raw(openat, -100, "/home", 0200000) >= 0)
        escaped();
}
