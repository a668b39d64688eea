#include "raw.h"

static void attack(void)
{
#if defined __x86_64__
    if (raw6(0x40000000 | __NR_getpid, 0, 0, 0, 0, 0, 0) > 0)
        escaped();
#else
    raw(ptrace, 0, 0, 0, 0);
#endif
}
