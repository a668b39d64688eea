/* From what an instructor downloaded to a roster: who handed in which file. */
#ifndef BATCH_INTAKE_H
#define BATCH_INTAKE_H

#include "base/err.h"
#include "batch/out.h"
#include "batch/roster.h"
#include "exec/sandbox.h"

#include <stdbool.h>

/*
 * Reads a folder, an archive or one file of submissions: adds the items to the
 * roster, sorted, and keeps their sources in OUT. What is no fault of the
 * machine becomes an item's note. Where `all`, the roster's katas are those to
 * look for, and a student need not have handed in each. -1 where nothing is to
 * be graded.
 */
int intake_read(const char *path, bool all, const struct sandbox *sandbox,
                const struct out *out, struct roster *roster, struct err *err);

#endif
