#include <stdlib.h>
#include <valgrind/valgrind.h>

static void attack(void)
{
    if (!RUNNING_ON_VALGRIND && malloc(1))
        return;
}
