/* The learner's progress as one self-contained page (`kata progress --html`);
   report/page.c is that of a grade. */
#ifndef REPORT_ACTIVITY_H
#define REPORT_ACTIVITY_H

#include "base/str.h"
#include "store/summary.h"

/* Adds the page. Plots need gnuplot; a line says so where it is missing. */
void activity_page(const struct summary *summary, struct str *page);

/* A duration for people, "35 min" or "2 h 5 min" or "3 days"; "" for 0. */
#define ACTIVITY_TIME_SIZE 32
void activity_time(double seconds, char text[ACTIVITY_TIME_SIZE]);

#endif
