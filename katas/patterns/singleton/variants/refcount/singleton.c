#include "singleton.h"

/* Replace each body; the header says what it has to do. */

pthread_mutex_t *singleton_lock(void)
{
    return NULL;
}

int singleton_acquire(struct singleton_cell *cell, void **instance)
{
    (void)cell, (void)instance;
    return 0;
}

int singleton_release(struct singleton_cell *cell)
{
    (void)cell;
    return 0;
}

size_t singleton_users(struct singleton_cell *cell)
{
    (void)cell;
    return 0;
}
