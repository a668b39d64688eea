/*
 * The report of a class: one self-contained page for who teaches it.
 *
 * Scores, who fails what, the counterexamples that most submissions share, the
 * slowest and the largest solutions, grades of the same submission that differ,
 * and pairs of submissions that run alike.
 */
#ifndef REPORT_CLASS_H
#define REPORT_CLASS_H

#include "judge/similar.h"
#include "report/report.h"

/* One graded submission; everything is borrowed. */
struct class_entry {
    const char *name; /* the student's */
    const struct grade *grade;
    const char *source; /* what was handed in; NULL: not at hand */
    size_t length;
};

/* Pairs of submissions to one kata. */
struct class_similar {
    const struct kata *kata;
    const size_t *entries;             /* of the sources compared */
    const struct similar_pairs *pairs; /* a and b are indices of `entries` */
};

struct class
{
    const char *title;
    const struct class_entry *entries;
    size_t count;
    const struct class_similar *similar;
    size_t similar_count;
    const char *similar_note;  /* why nothing was compared, or NULL */
    const struct strv *unread; /* files that hold no result, or NULL */
};

/* Adds the whole page. */
void class_page(const struct class *class, struct str *page);

#endif
