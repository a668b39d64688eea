/* What a batch grades: a list of submissions, each a student's to one kata. */
#ifndef BATCH_ROSTER_H
#define BATCH_ROSTER_H

#include "base/err.h"
#include "base/hash.h"
#include "base/strv.h"
#include "kata/kata.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

struct item {
    char *student;
    char *file; /* below SUBMISSIONS, or inside an archive there */
    char *note; /* why it cannot be graded, or NULL */
    size_t kata;
    char source[HASH_TEXT_SIZE]; /* of its bytes; "" where there are none */
    char key[HASH_TEXT_SIZE];    /* of all that its result depends on */
};

struct roster {
    struct kata *const *katas; /* borrowed */
    size_t kata_count;
    uint64_t seed;
    struct item *items; /* by student, then kata */
    size_t count, capacity;
    struct strv aside;        /* files that are nobody's, with why */
    struct strv timed, times; /* students, and when they handed in, as the
                                 export says it */
};

struct item *roster_add(struct roster *roster, const char *student, size_t kata,
                        const char *file);
void roster_sort(struct roster *roster);
void roster_release(struct roster *roster);

/* What a result depends on beside the submission and the kata; any may be "".
 */
struct conditions {
    char checker[HASH_TEXT_SIZE]; /* this program and what it links */
    char *tools;                  /* versions of the toolchain; owned */
    const char *sandbox;
    double seconds; /* limit of one grading */
};

/* Fills every item's key; 0, or -1 where a kata's files cannot be read. */
int roster_set_keys(struct roster *roster, const struct conditions *conditions,
                    struct err *err);

/* "ada.lru-cache": the name that a submission's files have; owned. */
char *roster_name(const struct roster *roster, const struct item *item);

/* A kata-result/1 object for what could not be graded; owned reference. */
json_t *roster_failure(const struct roster *roster, const struct item *item,
                       const struct conditions *conditions, const char *note);

#endif
