#include "raw.h"

static void attack(void)
{
    long file = raw(openat, -100, "/tmp/kata-attack", 0101, 0600);

    if (file >= 0 && raw(fchmod, file, 04755) == 0)
        escaped();
    raw(close, file);
}
