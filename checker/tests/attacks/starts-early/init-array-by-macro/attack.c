#include "raw.h"

__attribute__((used)) static void early(void)
{
    raw(exit_group, 0);
}

__asm__(".macro into a b\n .pushsection .\\a\\b,\"aw\"\n .quad early\n"
        ".popsection\n .endm\n into init _array");
