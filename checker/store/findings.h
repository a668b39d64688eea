/*
 * What grades have found, kept with them, so that `kata hint` and `kata
 * explain` can speak of the last failure.
 *
 *     struct findings findings = FINDINGS_INIT;
 *     if (findings_last(db, "lru-cache", &findings, &err) < 0) ...
 *     for (size_t i = 0; i < findings.count; i++)
 *         ... findings.items[i].finding.category ...
 *     findings_release(&findings);
 *
 * Of a finding the category, message, file, line, column and test are kept;
 * the traces are in failed.trace. Warnings are not.
 */
#ifndef STORE_FINDINGS_H
#define STORE_FINDINGS_H

#include "judge/result.h"
#include "store/db.h"

struct findings_item {
    char *kata;
    enum stage_id stage;
    int64_t when; /* of the grade, milliseconds since 1970 */
    struct finding finding;
};

struct findings {
    struct findings_item *items; /* by stage, most telling first */
    size_t count, capacity;
};

#define FINDINGS_INIT                                                          \
    {                                                                          \
        .items = NULL                                                          \
    }

/* Records those of a grade that was just inserted as `id`, the first few of
   each stage. For progress_grade, within its transaction. */
int findings_record(struct db *db, const struct grade *grade, const char *id,
                    struct err *err);

/* Those of the kata's last failed grade, by any command, in the current
   attempt; none where every stage has passed since. */
int findings_last(struct db *db, const char *kata, struct findings *findings,
                  struct err *err);

/* Of any kata, the newest grade's first finding of that category; none where
   there was never one. */
int findings_of(struct db *db, enum category category,
                struct findings *findings, struct err *err);

void findings_release(struct findings *findings);

#endif
