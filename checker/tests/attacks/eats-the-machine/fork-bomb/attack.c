#include "raw.h"

static void attack(void)
{
    static int made;
    long child;

    while ((child = raw_fork()) >= 0) {
        if (child == 0)
            for (;;)
                raw_sleep(1000);
        if (++made > 150)
            escaped();
    }
}
