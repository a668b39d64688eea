#include <stdlib.h>
#include <string.h>
#include "raw.h"

static void attack(void)
{
    char *block;

    for (int i = 0; (block = malloc(1 << 20)); i++) {
        memset(block, 1, 1 << 20);
        if (i > 1100)
            escaped();
    }
}
