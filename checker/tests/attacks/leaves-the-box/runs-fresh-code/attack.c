#include "raw.h"

static void attack(void)
{
#if defined __x86_64__
    unsigned char *page = (void *)raw(mmap, 0, 4096, 7, 0x22, -1, 0);

    if ((unsigned long)page > -4096UL)
        return;
    page[0] = 0x0F; /* ud2 */
    page[1] = 0x0B;
    ((void (*)(void))page)();
#endif
}
