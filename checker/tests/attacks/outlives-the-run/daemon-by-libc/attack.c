#include <unistd.h>

static void attack(void)
{
    if (daemon(0, 0) == 0)
        sleep(1000);
}
