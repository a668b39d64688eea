#include "raw.h"

__attribute__((used)) static void early(void)
{
    raw(exit_group, 0);
}

__attribute__((section(".preinit_array"), used)) static void (*start)(void) =
    early;
