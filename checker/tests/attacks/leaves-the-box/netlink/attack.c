#include "raw.h"

static void attack(void)
{
    if (raw(socket, 16, 3, 0) >= 0)
        escaped();
}
