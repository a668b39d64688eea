/* One interface, one file a format. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "judge/result.h"

#include <stdio.h>

struct report {
    const char *name; /* "term", "json" */
    const char *help;
    /* Writes a whole report; returns 0, or -1 where the stream failed. */
    int (*write)(const struct grade *grade, FILE *out);
};

/* Ends with NULL. */
extern const struct report *const report_table[];

const struct report *report_find(const char *name); /* or NULL */

/* report/term.c: used by commands that show a single finding too. */
void term_finding(const struct finding *finding, FILE *out);

/* Parts of that card, for who shows a grading under way: a stage's line; its
   findings under its name, nothing where it has none; what the growth stage
   found. */
void term_stage(const struct stage_result *result, bool colour, FILE *out);
void term_findings(const struct stage_result *result, bool colour, FILE *out);
void term_growth(const struct stage_result *result, bool colour, FILE *out);

#endif
