#include "SNAKE.h"

#include <stdlib.h>

/* TODO: the reference: idiomatic, short, every branch tested. */

struct SNAKE {
    long long total;
};

struct SNAKE *SNAKE_new(void)
{
    return calloc(1, sizeof(struct SNAKE));
}

void SNAKE_free(struct SNAKE *self)
{
    free(self);
}

long long SNAKE_add(struct SNAKE *self, int value)
{
    self->total += value;
    return self->total;
}

long long SNAKE_total(const struct SNAKE *self)
{
    return self->total;
}
