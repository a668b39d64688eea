#include <stdio.h>

static void attack(void)
{
    puts("new");
}
