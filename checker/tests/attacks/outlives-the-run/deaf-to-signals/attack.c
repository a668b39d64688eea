#include "raw.h"

/* What is left behind shows a second later. */
static void live_on(void)
{
    long file;

    raw_sleep(1);
    file = raw(openat, -100, "outlived", 0101, 0600);
    raw(close, file);
    for (;;)
        raw_sleep(1000);
}

static void attack(void)
{
    unsigned long all = ~0UL;

    if (raw_fork() == 0) {
        raw(rt_sigprocmask, 0, &all, 0, 8);
        live_on();
    }
}
