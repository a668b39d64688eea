#include <stdio.h>

static void attack(void)
{
    for (;;)
        fputs("and on and on and on and on and on\n", stderr);
}
