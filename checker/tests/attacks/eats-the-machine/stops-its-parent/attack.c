#include "raw.h"

static void attack(void)
{
    raw(kill, raw0(getppid), 19);
}
