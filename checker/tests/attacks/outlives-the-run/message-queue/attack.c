#include "raw.h"

static void attack(void)
{
    if (raw(mq_open, "kata-attack", 0101, 0600, 0) >= 0)
        escaped();
}
