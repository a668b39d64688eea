#include "raw.h"

static void attack(void)
{
    /* IPC_CREAT */
    if (raw(shmget, 0x6b617461, 4096, 01600) >= 0)
        escaped();
}
