#include "raw.h"

static void attack(void)
{
    for (;;)
        raw_sleep(1000);
}
