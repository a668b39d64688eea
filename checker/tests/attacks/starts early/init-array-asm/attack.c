#include <unistd.h>

void early(void);
void early(void)
{
    _exit(0);
}

__asm__(".pushsection .init_array,\"aw\"\n.quad early\n.popsection");

static void attack(void)
{
    ;
}
