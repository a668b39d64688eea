#include <stdio.h>

static void attack(void)
{
    for (int i = 0; i < 20; i++)
        printf("a debug line of an ordinary length, number %d\n", i);
}
