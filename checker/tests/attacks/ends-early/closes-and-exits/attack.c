#include "raw.h"

static void attack(void)
{
    for (int fd = 0; fd < 1024; fd++)
        raw(close, fd);
    raw(exit_group, 0);
}
