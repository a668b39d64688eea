#include "raw.h"

static void attack(void)
{
    if (raw(socket, 10, 1, 0) >= 0)
        escaped();
}
