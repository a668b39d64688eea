/*
 * What is written about an interview: the interviewer's sheet, and the report.
 *
 *     struct material material;
 *     if (material_load(&material, db, root, &catalog, &session, &err) < 0)
 *         ...
 *     sheet_markdown(&material, &text);            for the terminal
 *     sheet_html(&material, &page);
 *     json_t *report = interview_to_json(&material);
 *     interview_text(report, &text);
 *     interview_html(report, &page);
 *     material_release(&material);
 *
 * The report is one JSON object, kata-interview/1 (docs/interviews.md); the
 * other forms are made from it and hold nothing more.
 */
#ifndef REPORT_INTERVIEW_H
#define REPORT_INTERVIEW_H

#include "base/str.h"
#include "judge/mutant.h"
#include "kata/card.h"
#include "kata/catalog.h"
#include "kata/guide.h"
#include "store/session.h"

#include <jansson.h>

/* What belongs to one round of the plan. */
struct material_round {
    struct kata *kata;  /* NULL in a round of questions */
    struct guide guide; /* of a round of code; else empty */
    struct kata **variants;
    size_t variant_count;
    struct mutants mutants;      /* of a bug hunt; else empty */
    const struct mutant *mutant; /* the one that was planted */
};

struct material {
    const struct session *session; /* borrowed, its timer advanced */
    struct cards cards;
    struct events events;
    struct session_runs runs;
    struct material_round rounds[PLAN_ROUNDS_MAX];
};

/* Returns 0, to be released by the caller; -1 where the plan names what is no
   longer there, or a guide is not of its form. */
int material_load(struct material *material, struct db *db, const char *root,
                  const struct catalog *catalog, const struct session *session,
                  struct err *err);
void material_release(struct material *material);

/* The last run of a round; NULL where there was none. */
const struct session_run *material_last_run(const struct material *material,
                                            size_t round);

/*
 * What is rated, by mark from 1 to GUIDE_MARKS: the rubric's criteria (of the
 * first round of code; general ones where there is none), "question 1" ... and
 * "bug hunt".
 */
struct criteria {
    struct criterion {
        char *name;
        char *anchors[GUIDE_MARKS]; /* NULL where there is none */
    } * items;
    size_t count, capacity;
};

void criteria_list(const struct material *material, struct criteria *criteria);
void criteria_release(struct criteria *criteria);

/* The criterion of that name: case, "-" and "_" for a space do not matter, and
   the start of a name is enough where it is the only one. NULL where it is
   none. */
const struct criterion *criteria_find(const struct criteria *criteria,
                                      const char *name);

/* The last mark of a criterion; NULL where there is none. */
const struct event *criteria_mark(const struct events *events,
                                  const char *name);

/* Everything the interviewer needs, as CommonMark. Ends with a newline. */
void sheet_markdown(const struct material *material, struct str *text);
void sheet_html(const struct material *material, struct str *page);

/* The caller owns the reference. */
json_t *interview_to_json(const struct material *material);

/* For the terminal: foreign text in it is made visible. */
void interview_text(const json_t *report, struct str *text);
void interview_html(const json_t *report, struct str *page);

/* "12:05"; owned. */
char *interview_clock(double seconds);

#endif
