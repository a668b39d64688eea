#include "raw.h"

static void attack(void)
{
    static char parameters[120];

    if (raw(io_uring_setup, 4, parameters) >= 0)
        escaped();
}
