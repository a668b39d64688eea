#include "raw.h"

__attribute__((used)) static void early(void)
{
    raw(exit_group, 0);
}

__attribute__((section(".init_array.00101"), used)) static void (*start)(void) =
    early;
