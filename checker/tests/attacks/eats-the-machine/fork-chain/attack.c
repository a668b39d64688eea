#include "raw.h"

static void attack(void)
{
    for (int i = 0; i < 20000; i++) {
        long child = raw_fork();

        if (child < 0)
            return;
        if (child > 0)
            raw(exit_group, 0);
    }
    escaped();
}
