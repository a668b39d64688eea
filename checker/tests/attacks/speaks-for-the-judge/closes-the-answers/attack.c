#include "raw.h"

static void attack(void)
{
    raw(close, 201);
    for (;;)
        raw_sleep(1);
}
