#include "raw.h"

static void attack(void)
{
    static char attributes[128] = {1, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 1};

    if (raw(bpf, 0, attributes, sizeof attributes) >= 0)
        escaped();
}
