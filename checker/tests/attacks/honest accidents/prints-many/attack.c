#include <stdio.h>

static void attack(void)
{
    for (int i = 0; i < 3; i++)
        fprintf(stderr, "debug %d\n", i);
}
