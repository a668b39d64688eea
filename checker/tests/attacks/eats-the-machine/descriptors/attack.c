#include "raw.h"

static void attack(void)
{
    static int last;

    if (last)
        return;
    for (int i = 0; i <= 900; i++)
        if ((last = raw(dup, 0)) < 0)
            return;
    escaped();
}
