/*
 * Plots as SVG, drawn by gnuplot, for pages of report/html.h.
 *
 *     double x[] = {256, 1024, 4096}, y[] = {3, 31, 310};
 *     struct plot_series series = {
 *         .title = "yours", .x = x, .y = y, .count = 3};
 *     struct plot plot = {.title = "Cost of get",
 *                         .x_label = "n",
 *                         .y_label = "instructions",
 *                         .log_x = true,
 *                         .series = &series,
 *                         .series_count = 1};
 *     html_plot(&markup, &plot);
 *
 * What gnuplot writes is read and written again with only the shapes and
 * attributes that are known, so the result holds no ids (many plots may stand
 * in one page), no scripts and no references, and takes its colours from the
 * page (light and dark). Labels may be anybody's text.
 */
#ifndef REPORT_PLOT_H
#define REPORT_PLOT_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

enum plot_kind {
    PLOT_LINE, /* points joined by a line */
    PLOT_POINTS,
    PLOT_BARS /* several series side by side, or stacked */
};

struct plot_series {
    const char *title; /* in the key; NULL: not there */
    enum plot_kind kind;
    const double *x, *y; /* x NULL: 0, 1, 2 ...; points that are not finite,
                            or not positive on a log axis, are left out */
    size_t count;
};

struct plot {
    const char
        *title; /* above the figure, and read out in its place; NULL: none */
    const char *x_label, *y_label;
    double x_low, x_high; /* what the x axis shows; equal: as is needed */
    bool log_x, log_y;
    bool dates;     /* x is in seconds since 1970, shown as dates (UTC) */
    bool stacked;   /* bars on top of each other */
    bool from_zero; /* the y axis starts at 0 (that of bars always does) */
    const char *const *ticks; /* names of x = 0, 1, 2 ...; NULL: numbers */
    size_t tick_count;
    const char *const *y_ticks; /* the same of y */
    size_t y_tick_count;
    double x_end; /* the x axis goes from 0 to here; 0: as the points need */
    const struct plot_series *series;
    size_t series_count; /* at most 8 have a colour of their own */
    int width, height;   /* 0: 480 x 300 */
};

/* Adds the <svg> element; -1 where gnuplot is missing or failed, or there is
   no point to draw, and nothing was added. */
int plot_svg(const struct plot *plot, struct str *svg, struct err *err);

#endif
