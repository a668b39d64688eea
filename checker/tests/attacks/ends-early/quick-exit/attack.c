#include <stdlib.h>

static void attack(void)
{
    quick_exit(0);
}
