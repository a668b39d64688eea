/*
 * One interface, one file a format; docs/formats.md describes them.
 *
 * What a submission printed or named may stand in a grade as it came. A format
 * writes it escaped as its readers need it, made visible (base/str.h), and cut
 * to a bound; that holds for every text of a grade that is no table's.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "judge/award.h"
#include "judge/result.h"

#include <stdio.h>

/* A grade and whose it is, for reports of many. Both borrowed. */
struct report_entry {
    const char *name;
    const struct grade *grade;
};

struct report {
    const char *name; /* "term", "json" */
    const char *help;
    /* Writes a whole report; returns 0, or -1 where the stream failed. */
    int (*write)(const struct grade *grade, FILE *out);
    /* Writes one report of many grades; NULL: the format has none. */
    int (*write_all)(const struct report_entry *entries, size_t count,
                     FILE *out);
    /* Made for who teaches, or knows itself what students may see: it gets a
       grade whole. Others get what report_hide leaves of it. */
    bool whole;
};

/* Ends with NULL. */
extern const struct report *const report_table[];

/* The format of a name; NULL and an error that names them all. */
const struct report *report_find(const char *name, struct err *err);

/*
 * A grade as a student may see it: of stages that an instructor's scheme hides
 * (judge/award.h) only the name is left, and nothing else tells what was in
 * them. Reports of many (write_all) are for who teaches and hide nothing.
 */
struct report_view {
    struct grade grade; /* borrows from the grade; is not released */
    struct award award;
};

void report_hide(const struct grade *grade, struct report_view *view);

/* The report of one grade, hidden stages left out where it is a student's; 0,
   or -1 where the stream failed. */
int report_write(const struct report *report, const struct grade *grade,
                 FILE *out);

/* Writes one report to a file, whole or not at all (base/path.h), or where
   `path` is NULL to standard output. */
int report_save(const struct report *report, const struct grade *grade,
                const char *path, struct err *err);

/* report/term.c: used by commands that show a single finding too. */
void term_finding(const struct finding *finding, FILE *out);

/* Parts of that card, for who shows a grading under way: a stage's line; its
   findings under its name, nothing where it has none; what the growth stage
   found. */
void term_stage(const struct stage_result *result, bool colour, FILE *out);
void term_findings(const struct stage_result *result, bool colour, FILE *out);
void term_growth(const struct stage_result *result, bool colour, FILE *out);

#endif
