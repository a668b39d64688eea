#include "raw.h"

__attribute__((used)) static void early(void)
{
    raw(exit_group, 0);
}

__asm__(".pushsection .init_array,\"aw\"\n .quad early\n .popsection");
