#include <unistd.h>

static void early(void)
{
    _exit(0);
}

__attribute__((section(".init_array"), used)) static void (*const hook)(void) = early;

static void attack(void)
{
    ;
}
