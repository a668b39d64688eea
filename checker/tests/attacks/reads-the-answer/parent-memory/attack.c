#include "raw.h"

static void attack(void)
{
    char text[8];
    long parent = raw(getppid);
    void *local[2] = {text, (void *)sizeof text};
    void *remote[2] = {(void *)0x400000, (void *)sizeof text};

    if (raw(process_vm_readv, parent, local, 1, remote, 1, 0) > 0)
        escaped();
}
