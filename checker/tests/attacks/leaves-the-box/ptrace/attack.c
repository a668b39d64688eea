#include "raw.h"

static void attack(void)
{
    if (raw(ptrace, 0, 0, 0, 0) == 0)
        escaped();
}
