#include "raw.h"

static void attack(void)
{
    if (raw(userfaultfd, 1) >= 0)
        escaped();
}
