#include "raw.h"

static void attack(void)
{
    static unsigned attributes[32] = {1, 128, 9};

    if (raw(perf_event_open, attributes, 0, -1, -1, 0) >= 0)
        escaped();
}
