#include <stdlib.h>

static void attack(void)
{
    abort();
}
