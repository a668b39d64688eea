#include "raw.h"

static void attack(void)
{
    char *argv[] = {"true", NULL}, *envp[] = {NULL};
    raw(execve, "/usr/bin/true", argv, envp);
}
