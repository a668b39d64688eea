/*
 * Archives of submissions: what is in them is hostile.
 *
 * unpack_run reads one archive and writes its files below a folder. It is meant
 * to run in a process of its own in the jail (batch/archive.h does that): a
 * hole in a decompressor then gains nothing. Nothing but folders and regular
 * files is made, nothing outside the folder, nothing twice.
 */
#ifndef BATCH_UNPACK_H
#define BATCH_UNPACK_H

#include "base/err.h"

#include <jansson.h>
#include <stddef.h>

struct unpack_limits {
    long long total; /* bytes of all files together */
    long long file;  /* bytes of one file */
    long long count; /* entries */
    int depth;       /* folders below one another */
    int ratio;       /* of all bytes to the archive's; not below 8 MiB */
};

/* Of a whole class, and of one student. */
extern const struct unpack_limits unpack_class, unpack_student;

/*
 * Unpacks the archive open at `fd` into the folder `dir`, which is empty.
 *
 * Returns 0 with *refused an object {path: why} of the entries that were left
 * out: links, devices, encrypted ones, names twice or differing in case only,
 * files that are too large. Who reads on must refuse the whole submission that
 * an entry belongs to. Returns -1 where the whole archive is refused (a name
 * with .., an absolute name, control characters, over the limits, damaged, no
 * archive); what was written by then is for the caller to remove.
 */
int unpack_run(int fd, const char *dir, const struct unpack_limits *limits,
               json_t **refused, struct err *err);

#endif
