#include "raw.h"

static void attack(void)
{
    raw(exit_group, 0);
}
