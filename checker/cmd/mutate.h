/* kata verify --mutate: machine-made mutants of the reference. */
#ifndef CMD_MUTATE_H
#define CMD_MUTATE_H

#include "cmd/cmd.h"
#include "exec/cache.h"
#include "exec/sandbox.h"

#include <stdint.h>

struct mutate_result {
    size_t made;       /* different programs that compile */
    size_t killed;     /* that some stage noticed */
    size_t equivalent; /* same machine code, or listed with a reason */
    size_t survived;   /* neither */
};

/*
 * Makes, builds and grades all mutants of one kata, several at a time, and
 * prints each survivor as a difference, and list entries that no survivor
 * needs. Returns 0, or -1 where it could not be done.
 */
int mutate_kata(const struct cmd_context *context, const struct kata *kata,
                const struct sandbox *sandbox, const struct cache *cache,
                uint64_t seed, struct mutate_result *result, struct err *err);

#endif
