/* "Did you mean": the nearest of a list of words by edit distance with
   transpositions (optimal string alignment). A candidate that begins with the
   word counts as one mistake away. */
#ifndef BASE_SUGGEST_H
#define BASE_SUGGEST_H

#include <stddef.h>

size_t suggest_distance(const char *a, const char *b);

/* Keeps the best of what it is shown. */
struct suggest {
    const char *word; /* what was typed; borrowed */
    const char *best; /* NULL while nothing is near enough; borrowed */
    size_t distance;
};

#define SUGGEST_INIT(typed)                                                    \
    {                                                                          \
        .word = (typed)                                                        \
    }

void suggest_offer(struct suggest *suggest, const char *candidate);

#endif
