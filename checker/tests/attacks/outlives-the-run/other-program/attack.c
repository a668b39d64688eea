#include "raw.h"


static void attack(void)
{
    char *argv[] = {"sleep", "1000", NULL}, *self[] = {"tests", "--help", NULL};

    if (raw_fork() != 0)
        return;
    raw(setsid);
    raw(execve, "/bin/sleep", argv, 0);
    raw(execve, "/proc/self/exe", self, 0);
    for (;;)
        raw_sleep(1000);
}
