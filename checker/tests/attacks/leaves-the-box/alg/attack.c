#include "raw.h"

static void attack(void)
{
    if (raw(socket, 38, 5, 0) >= 0)
        escaped();
}
