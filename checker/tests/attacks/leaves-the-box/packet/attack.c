#include "raw.h"

static void attack(void)
{
    if (raw(socket, 17, 3, 0) >= 0)
        escaped();
}
