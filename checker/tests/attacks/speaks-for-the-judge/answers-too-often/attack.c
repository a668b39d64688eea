#include "raw.h"

static void attack(void)
{
    raw(write, 201, "= 1\n", 4);
}
