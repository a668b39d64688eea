#include "base/random.h"

#include <assert.h>

static uint64_t splitmix64(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15U;

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9U;
    z = (z ^ z >> 27) * 0x94D049BB133111EBU;
    return z ^ z >> 31;
}

static uint64_t rotate_left(uint64_t x, int k)
{
    return x << k | x >> (64 - k);
}

/* The seed is mixed before the stream is added: otherwise stream 1 of seed 0
   would be stream 0 of seed 1. */
void random_seed(struct random_state *state, uint64_t seed, uint64_t stream)
{
    uint64_t mixed = seed;

    mixed = splitmix64(&mixed) + stream;
    for (int i = 0; i < 4; i++)
        state->s[i] = splitmix64(&mixed);
}

uint64_t random_next(struct random_state *state)
{
    uint64_t *s = state->s;
    uint64_t result = rotate_left(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

/* The lowest 2^64 mod `range` values are drawn again, so that those that are
   left divide evenly. */
int64_t random_between(struct random_state *state, int64_t low, int64_t high)
{
    uint64_t range = (uint64_t)high - (uint64_t)low + 1;
    uint64_t value = random_next(state);

    assert(low <= high);
    if (range == 0)
        return (int64_t)value;
    while (value < -range % range)
        value = random_next(state);
    return (int64_t)((uint64_t)low + value % range);
}
