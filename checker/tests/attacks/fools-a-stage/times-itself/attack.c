#include <stdlib.h>

static char *volatile lost;

static unsigned long ticks(void)
{
#if defined __x86_64__
    return __builtin_ia32_rdtsc();
#else
    unsigned long now;

    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(now));
    return now;
#endif
}

static void attack(void)
{
    unsigned long start = ticks();

    for (volatile int i = 0; i < 10000; i++)
        ;
    if (ticks() - start < 400000)
        lost = malloc(1);
}
