#include "raw.h"

static void attack(void)
{
    unsigned long how[8] = {0x10000000, 0, 0, 0, 17};
    long child = raw(clone3, how, sizeof how);

    if (child == 0)
        raw(exit_group, 0);
    if (child > 0)
        escaped();
}
