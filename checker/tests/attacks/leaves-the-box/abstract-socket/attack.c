#include "raw.h"

static void attack(void)
{
    struct {
        unsigned short family;
        char name[64];
    } address = {1, "\0kata-attack-listener"};
    long fd = raw(socket, 1, 1, 0);

    if (raw(connect, fd, &address, 2 + 21) == 0)
        escaped();
    raw(close, fd);
}
