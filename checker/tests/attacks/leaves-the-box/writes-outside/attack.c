#include "raw.h"


static const char *const places[] = {
    "/kata-attack",         "/box/kata-attack", "/box/bin/kata-attack",
    "/usr/lib/kata-attack", "/etc/kata-attack", "/var/tmp/kata-attack",
    "/root/kata-attack",    "/proc/kata-attack"};

static void attack(void)
{
    for (int i = 0; i < 8; i++)
        if (raw(openat, -100, places[i], 0101, 0600) >= 0)
            escaped();
}
