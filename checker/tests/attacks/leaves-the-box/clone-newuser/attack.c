#include "raw.h"

static void attack(void)
{
    /* CLONE_NEWUSER | SIGCHLD */
    long child = raw(clone, 0x10000011, 0, 0, 0, 0);

    if (child == 0)
        raw(exit_group, 0);
    if (child > 0)
        escaped();
}
