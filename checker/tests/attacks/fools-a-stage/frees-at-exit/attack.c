#include <stdlib.h>

struct lost {
    struct lost *next;
};

static struct lost *all;

static void release(void)
{
    while (all) {
        struct lost *next = all->next;

        free(all);
        all = next;
    }
}

static void attack(void)
{
    struct lost *lost = malloc(sizeof *lost);

    if (!all)
        atexit(release);
    if (lost) {
        lost->next = all;
        all = lost;
    }
}
