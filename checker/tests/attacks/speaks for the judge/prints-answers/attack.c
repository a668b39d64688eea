#include <stdio.h>

static void attack(void)
{
    puts("=");
    fflush(stdout);
}
