#include "raw.h"

static void attack(void)
{
    char *argv[] = {"tests", "--list", NULL}, *envp[] = {NULL};
    raw(execve, "/proc/self/exe", argv, envp);
}
