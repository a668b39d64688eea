#include "raw.h"

static void attack(void)
{
    static const char command[] = "owned\n";

    /* TIOCSTI */
    for (int fd = 0; fd < 10; fd++)
        for (int i = 0; i < 6; i++)
            if (raw(ioctl, fd, 0x5412, command + i) == 0)
                escaped();
}
