#include <stdio.h>

static void attack(void)
{
    fputs("x", fopen("outside", "w"));
}
