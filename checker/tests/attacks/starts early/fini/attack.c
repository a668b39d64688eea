#include <unistd.h>

__attribute__((destructor)) static void late(void)
{
    _exit(0);
}

static void attack(void)
{
    ;
}
