#include "raw.h"

static void attack(void)
{
    if (raw(openat, -100, "/box/bin/agent", 1, 0) >= 0 ||
        raw(openat, -100, "/box/bin/tests", 1, 0) >= 0 ||
        raw(linkat, -100, "/proc/self/exe", -100, "/tmp/kata-attack", 0x400) == 0)
        escaped();
}
