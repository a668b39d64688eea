#include <assert.h>

static void attack(void)
{
    assert(1 + 1 == 2);
}
