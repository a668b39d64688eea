/*
 * Unpacks archives in the jail: `kata unpack`, a copy of this program, runs
 * batch/unpack.h there, with the archive open and one folder to write to.
 */
#ifndef BATCH_ARCHIVE_H
#define BATCH_ARCHIVE_H

#include "base/err.h"
#include "exec/sandbox.h"

#include <jansson.h>
#include <stdbool.h>

struct archive_jail {
    const struct sandbox *sandbox; /* borrowed */
    const char *temporary;         /* a folder of ours; borrowed */
    char *program;                 /* the copy, once one was needed */
    unsigned made;                 /* folders so far */
};

void archive_release(struct archive_jail *jail);

/*
 * Unpacks a file into a new folder below the temporary one and returns its
 * path, owned. *refused is as with unpack_run. NULL with a sentence for the
 * person where the archive is refused; NULL with *broken set too where it
 * could not be tried at all.
 */
char *archive_unpack(struct archive_jail *jail, const char *path, bool class,
                     json_t **refused, bool *broken, struct err *err);

#endif
