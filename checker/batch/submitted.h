/*
 * When submissions were handed in, by somebody who saw it: what an instructor
 * or a platform says, never a file's own time, which its author can set.
 *
 * A CSV (RFC 4180, UTF-8), a line a student; the first line, the header, is
 *
 *     student,time
 *
 * with times as base/moment.h reads them. Or Gradescope's
 * submission_metadata.json, which is of one submission.
 */
#ifndef BATCH_SUBMITTED_H
#define BATCH_SUBMITTED_H

#include "base/err.h"
#include "base/strv.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct submitted_time {
    char *student;
    int64_t seconds; /* since 1970 */
    bool used;       /* submitted_find has given it away */
};

struct submitted {
    struct submitted_time *items;
    size_t count, capacity;
    bool single; /* of one submission, whoever asks */
    char *owner; /* then: "Ada + ada@example.com", all names of who handed in */
};

#define SUBMITTED_INIT                                                         \
    {                                                                          \
        .items = NULL                                                          \
    }

/* Reads a file of at most 16 MiB. An error names file and line; a student who
   comes twice is one. Released by the caller in any case. */
int submitted_read(struct submitted *submitted, const char *path,
                   struct err *err);

/* The same of a text; errors begin with `name`. */
int submitted_parse(struct submitted *submitted, const char *name,
                    const char *text, size_t length, struct err *err);

void submitted_release(struct submitted *submitted);

/*
 * When the student handed in, borrowed; NULL where it is not known. A line with
 * the whole name is taken before one that fits it (scheme_is_student), and
 * where several of those fit, the latest, which nobody gains by.
 */
const int64_t *submitted_find(struct submitted *submitted, const char *student);

/* Writes a CSV of students and their times, as texts, whole or not at all. */
int submitted_write(const char *path, const struct strv *students,
                    const struct strv *times, struct err *err);

#endif
