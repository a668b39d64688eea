#include "raw.h"

static void attack(void)
{
    static char block[1 << 20];
    long file = raw(memfd_create, "kata-attack", 0);

    for (int i = 0; raw(write, file, block, sizeof block) > 0; i++)
        if (i > 60)
            escaped();
}
