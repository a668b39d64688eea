#include <unistd.h>

static void early(void)
{
    _exit(0);
}

__attribute__((section(".preinit_array"), used)) static void (*const hook)(void) = early;

static void attack(void)
{
    ;
}
