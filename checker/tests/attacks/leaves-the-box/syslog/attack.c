#include "raw.h"

static void attack(void)
{
    static char text[4096];

    if (raw(syslog, 3, text, sizeof text) > 0)
        escaped();
}
