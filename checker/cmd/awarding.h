/*
 * What commands that take --grading have in common: the instructor's scheme,
 * and when submissions were handed in.
 *
 *     struct awarding awarding;
 *     if (awarding_open(&awarding, &catalog, grading, submitted, &err) == 0) {
 *         awarding_apply(&awarding, student, &grade, &err);
 *         ...
 *         awarding_tell(&awarding, true);
 *     }
 *     awarding_close(&awarding);
 */
#ifndef CMD_AWARDING_H
#define CMD_AWARDING_H

#include "batch/submitted.h"
#include "judge/award.h"
#include "kata/catalog.h"

struct awarding {
    const char *path; /* of grading.json; NULL: nothing is awarded */
    struct scheme scheme;
    struct submitted submitted;
    const char *submitted_path; /* NULL: no times were given */
    struct strv students;       /* all that were asked for */
    struct strv unknown;        /* those whose time is not known */
};

/*
 * Reads and checks both files; either may be NULL, times without a scheme are
 * an error. A kata that is not there is one too, but where only `slug` matters
 * (NULL: all do): then it is told on stderr, as an autograder has but one kata
 * of a course. Paths are borrowed. To be closed in any case.
 */
int awarding_open(struct awarding *awarding, const struct catalog *catalog,
                  const char *slug, const char *grading, const char *submitted,
                  struct err *err);

/* Reads times from the folder of a batch's results, where none were given: what
   an instructor gave then, else what the export said. */
int awarding_read_times(struct awarding *awarding, const char *out,
                        struct err *err);

/* Makes grade->award; nothing where there is no scheme. `student` may be NULL.
 */
int awarding_apply(struct awarding *awarding, const char *student,
                   struct grade *grade, struct err *err);

/* Says on stderr whose time is not known, and of a whole class also which
   extensions and times fit nobody. */
void awarding_tell(const struct awarding *awarding, bool whole_class);

void awarding_close(struct awarding *awarding);

/* kata verify --grading: checks the file and prints what it says. */
int awarding_verify(const struct catalog *catalog, const char *path,
                    struct err *err);

#endif
