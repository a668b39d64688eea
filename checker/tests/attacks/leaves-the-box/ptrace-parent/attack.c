#include "raw.h"

static void attack(void)
{
    if (raw(ptrace, 16, raw0(getppid), 0, 0) == 0)
        escaped();
}
