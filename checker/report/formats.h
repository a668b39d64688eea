/*
 * The formats, one file each; report/table.c lists them. And what several of
 * them write in the same way (report/text.c).
 */
#ifndef REPORT_FORMATS_H
#define REPORT_FORMATS_H

#include "base/str.h"
#include "report/report.h"

extern const struct report report_term, report_json, report_gcc, report_jsonl,
    report_junit, report_tap, report_sarif, report_github, report_markdown,
    report_html, report_classroom, report_gradescope, report_check50,
    report_csv;

/* Bounds, in bytes: of a line, and of all that is said of a stage. */
enum { REPORT_LINE_MAX = 500, REPORT_BLOCK_MAX = 16384, REPORT_FINDINGS = 20 };

/* The first line of a text, visible and cut; owned. */
char *report_line(const char *text);

/* Adds a finding in plain lines: place, message, and the table of calls. */
void report_finding(struct str *out, const struct finding *finding);

/* Adds all that is said of a stage: why it did not run, and its findings. */
void report_stage(struct str *out, const struct stage_result *stage);

/* "wrong-answer: get(3) answered 4, not 5": one line on a stage that did not
   pass; owned. */
char *report_cause(const struct stage_result *stage);

/* "fail, 42.5 of 100 points, wrong-answer"; owned. */
char *report_verdict(const struct grade *grade);

/* Points: those that a scheme awards where the grade has an award, else the
   grade's own; of all, and of a stage (before the late rules). 0 of 0 where a
   scheme has nothing to award. */
double report_score(const struct grade *grade);
double report_max(const struct grade *grade);
double report_stage_score(const struct grade *grade, enum stage_id stage);
double report_stage_max(const struct grade *grade, enum stage_id stage);

/* A stage's points after the late rules, which add up to the score: for
   formats whose readers add up, or that have no total. */
double report_stage_awarded(const struct grade *grade, enum stage_id stage);

/* What the late rules did (judge/award.h); owned, or NULL. */
char *report_late(const struct grade *grade);

/* Is the stage one that students do not see (now)? */
bool report_is_hidden(const struct grade *grade, enum stage_id stage);

/* The path of the submission: as the person named it, else SNAKE.c; owned. */
char *report_path(const struct grade *grade);

/* Is the finding in the submission (and not in the kata's tests)? */
bool report_is_inside(const struct grade *grade, const struct finding *finding);

/* Instructions a call: the geometric mean over the growth claims, each at its
   largest n, so that no claim outweighs the others. 0 where nothing was
   measured. */
double report_instructions(const struct grade *grade);

/* A text for a JSON document: visible and cut; a new reference. Lines are
   kept. */
json_t *report_text(const char *text);

/* Writes a JSON document and a newline, ASCII only, so that nothing in it acts
   on a terminal; releases it. */
int report_dump(json_t *json, size_t flags, FILE *out);

/* Points as JSON: 12.5 or 40; a new reference. */
json_t *report_points(double points);

#endif
