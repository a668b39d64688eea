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
    if (raw_fork() == 0) {
        raw(setsid);
        if (raw_fork() == 0)
            live_on();
        raw(exit_group, 0);
    }
}
