#include "raw.h"

static void attack(void)
{
    static char handle[64] = {8, 0, 0, 0, 1};

    if (raw(open_by_handle_at, -100, handle, 0) != -38)
        escaped();
}
