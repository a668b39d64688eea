#include <assert.h>

static void attack(void)
{
    assert(sizeof(int) == 4);
}
