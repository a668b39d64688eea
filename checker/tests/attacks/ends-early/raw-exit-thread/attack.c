#include "raw.h"

static void attack(void)
{
    raw(exit, 0);
}
