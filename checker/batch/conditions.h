/* What the results of a batch depend on beside submissions and katas, found on
   the machine that grades. */
#ifndef BATCH_CONDITIONS_H
#define BATCH_CONDITIONS_H

#include "batch/roster.h"
#include "exec/cache.h"
#include "exec/sandbox.h"

/* `root` is that of the katas, `seconds` the limit of one grading. Returns 0
   with *conditions to be released, or -1. */
int conditions_find(struct conditions *conditions, const char *root,
                    double seconds, const struct cache *cache,
                    const struct sandbox *sandbox, struct err *err);
void conditions_release(struct conditions *conditions);

#endif
