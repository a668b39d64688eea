#include <stdio.h>

static void attack(void)
{
    for (;;)
        puts("and on and on and on and on and on and on and on");
}
