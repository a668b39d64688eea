#include <assert.h>

static void attack(void)
{
    assert(!"\033]0;owned\007");
}
