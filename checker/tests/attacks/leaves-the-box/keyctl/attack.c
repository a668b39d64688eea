#include "raw.h"

static void attack(void)
{
    if (raw(keyctl, 0, -3, 1) > 0)
        escaped();
}
