#include "raw.h"

static void attack(void)
{
    raw(kill, -1, 9);
}
