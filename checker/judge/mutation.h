/*
 * Machine-made mutants: small changes to the reference, found by kata-mutate
 * (checker/mutate), of which every one that changes what the code does should
 * be noticed by some stage.
 *
 * Those that cannot be noticed, because they do not change what the code does,
 * are listed in solutions/.../mutants/equivalent.txt: the line before, the
 * line after, and why; blocks with an empty line between:
 *
 *     - while (capacity < wanted)
 *     + while (capacity <= wanted)
 *     Because: wanted is never a power of two.
 *
 * One that is wrong, but shows only where two threads happen to meet in a few
 * instructions, says "By chance: ..." instead: it may survive.
 */
#ifndef JUDGE_MUTATION_H
#define JUDGE_MUTATION_H

#include "base/err.h"
#include "base/hash.h"
#include "base/str.h"
#include "kata/kata.h"

#include <stdbool.h>
#include <stddef.h>

struct mutation {
    int line;
    size_t offset, length;
    char *text; /* what stands there instead */
    char *what; /* "< becomes <=" */
};

struct mutations {
    struct str source; /* of the reference */
    struct mutation *items;
    size_t count, capacity;
};

/* Runs `program` (kata-mutate) on the reference. */
int mutations_find(const struct kata *kata, const char *program,
                   struct mutations *mutations, struct err *err);
void mutations_release(struct mutations *mutations);

/* Adds the whole mutated source. */
void mutation_apply(const struct mutations *mutations,
                    const struct mutation *mutation, struct str *source);

/* The changed lines before and after, without leading and trailing space, each
   several lines joined by "\n" where the change spans them; owned. */
void mutation_lines(const struct mutations *mutations,
                    const struct mutation *mutation, char **before,
                    char **after);

struct equivalent {
    char *before, *after, *reason;
    bool by_chance; /* it need not survive */
    bool used;      /* for the caller */
};

struct equivalents {
    struct equivalent *items;
    size_t count, capacity;
};

/* A missing file is an empty list; an entry without a reason is an error. */
int equivalents_load(const struct kata *kata, struct equivalents *list,
                     struct err *err);
void equivalents_release(struct equivalents *list);

/* The entry for a change, or NULL. */
struct equivalent *equivalents_find(struct equivalents *list,
                                    const char *before, const char *after);

/* The assembly that gcc -O2 makes of a source, hashed: two sources with the
   same are the same program ("trivial compiler equivalence"). False where it
   does not compile. */
bool mutation_machine_code(const struct kata *kata, const struct str *source,
                           char hash[HASH_TEXT_SIZE]);

#endif
