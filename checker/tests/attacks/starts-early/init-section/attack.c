#include "raw.h"

__attribute__((used)) static void early(void)
{
    raw(exit_group, 0);
}

#if defined __x86_64__
__asm__(".pushsection .init,\"ax\"\n call early\n .popsection");
#else
__asm__(".pushsection .init,\"ax\"\n bl early\n .popsection");
#endif
