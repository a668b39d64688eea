/*
 * Random numbers that are the same everywhere for the same seed: xoshiro256**
 * by David Blackman and Sebastiano Vigna, seeded with splitmix64
 * (https://prng.di.unimi.it/, public domain).
 */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stdint.h>

struct random_state {
    uint64_t s[4];
};

/* Different streams of one seed are independent: a trace has its number. */
void random_seed(struct random_state *state, uint64_t seed, uint64_t stream);

uint64_t random_next(struct random_state *state);

/* Uniform in low ... high, both included, without bias; low <= high. */
int64_t random_between(struct random_state *state, int64_t low, int64_t high);

#endif
