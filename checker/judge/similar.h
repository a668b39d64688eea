/*
 * Pairs of sources that run alike, found by similarity-tester's sim_c, which
 * compares token by token whatever the names, numbers, layout and order of
 * functions. What everybody was given is taken out first: comments, #include
 * lines, and the lines of the stub and the header.
 *
 * It says what is alike, not why: people who think alike, who learned from one
 * book or who copied get the same lines here.
 */
#ifndef JUDGE_SIMILAR_H
#define JUDGE_SIMILAR_H

#include "base/err.h"
#include "base/str.h"
#include "exec/sandbox.h"

#include <stddef.h>

struct similar_source {
    const char *text; /* borrowed; may hold anything */
    size_t length;
};

/* Lines first ... last, from 1, of both sources. */
struct similar_run {
    int first[2], last[2];
    int tokens;
};

struct similar_pair {
    size_t a, b;  /* indices of the sources, a < b */
    double share; /* of the shorter one's tokens that run alike, 0 ... 1 */
    struct similar_run *runs; /* longest first */
    size_t count, capacity;
};

struct similar_pairs {
    struct similar_pair *pairs; /* most alike first */
    size_t count, capacity;
    size_t compared; /* sources that had enough of their own */
};

/* Of a class, so that a page stays readable. */
enum { SIMILAR_TOKENS_MIN = 80, SIMILAR_RUN_MIN = 24 };
#define SIMILAR_THRESHOLD 0.5

/*
 * The source as it is compared: the same lines, blank where they are not the
 * person's own. `known` are texts that everybody was given.
 */
void similar_normalise(const struct similar_source *source,
                       const struct similar_source *known, size_t known_count,
                       struct str *out);

/*
 * Compares all sources in the jail. Pairs with a share of at least `threshold`
 * go to *pairs, which the caller releases in any case. Sources with less than
 * SIMILAR_TOKENS_MIN tokens of their own are left out: near-stubs are all
 * alike. -1 where sim_c is missing or failed.
 */
int similar_find(const struct sandbox *sandbox,
                 const struct similar_source *sources, size_t count,
                 const struct similar_source *known, size_t known_count,
                 double threshold, struct similar_pairs *pairs,
                 struct err *err);

void similar_release(struct similar_pairs *pairs);

#endif
