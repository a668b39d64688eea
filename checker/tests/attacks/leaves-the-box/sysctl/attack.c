#include "raw.h"

static void attack(void)
{
    if (raw(openat, -100, "/proc/sys/kernel/core_pattern", 1, 0) >= 0 ||
        raw(openat, -100, "/proc/sysrq-trigger", 1, 0) >= 0 ||
        raw(openat, -100, "/sys/kernel/mm/ksm/run", 1, 0) >= 0)
        escaped();
}
