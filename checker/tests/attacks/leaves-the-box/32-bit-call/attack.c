#include "raw.h"

static void attack(void)
{
#if defined __x86_64__
    long result;

    /* getpid */
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(20L) : "memory");
    if (result > 0)
        escaped();
#else
    raw(ptrace, 0, 0, 0, 0);
#endif
}
