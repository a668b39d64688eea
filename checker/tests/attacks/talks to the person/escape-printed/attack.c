#include <stdio.h>

static void attack(void)
{
    fputs("\033]0;owned\007", stdout);
}
