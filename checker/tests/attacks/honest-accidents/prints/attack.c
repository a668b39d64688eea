#include <stdio.h>

static void attack(void)
{
    puts("new");
    fprintf(stderr, "= 17\n");
}
