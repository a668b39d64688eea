#include <stdlib.h>

struct lost {
    struct lost *next;
};

static struct lost *all;

static void attack(void)
{
    struct lost *lost = malloc(sizeof *lost);

    if (lost) {
        lost->next = all;
        all = lost;
    }
}
