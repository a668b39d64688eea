/*
 * Pages: one self-contained HTML file without scripts and without anything
 * from elsewhere (its own policy forbids both), readable in light and dark, on
 * paper, on a phone and on a desktop. Content is written with report/markup.h.
 *
 *     html_page_start(&markup, &page, "Progress");
 *     html_table_start(&markup, "Katas by topic", "Topic", "Done", NULL);
 *     markup_open(&markup, "tr");
 *     markup_element(&markup, "td", NULL, topic);
 *     markup_elementf(&markup, "td", "number", "%d", done);
 *     markup_close(&markup, "tr");
 *     html_table_end(&markup);
 *     html_plot(&markup, &plot);
 *     html_page_end(&markup);
 *
 * Classes that the style sheet knows: pass, fail, error, skip (a coloured
 * word, on any element); number (right-aligned cell); note (smaller, quieter);
 * tiles (a row of <div><b>87</b> what it is</div>); bad (a marked line of a
 * table); plots (a grid of figures); sides
 * (two columns on a wide screen); heat (a table of small coloured cells,
 * html_heat); card (a framed section). <pre>, <details> and <figure> are styled
 * as they are.
 */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include "report/markup.h"
#include "report/plot.h"

/* Starts the document up to and with the <h1> in <main>. */
void html_page_start(struct markup *markup, struct str *page,
                     const char *title);

/* Ends the document; the string holds the whole page. */
void html_page_end(struct markup *markup);

/* <table> in a box that scrolls where it is too wide, with its caption (NULL:
   none), the head row of the strings up to NULL, and the <tbody> opened. A
   head that starts with '#' is that of a column of numbers. */
void html_table_start(struct markup *markup, const char *caption, ...)
    __attribute__((sentinel));
void html_table_end(struct markup *markup);

/* A figure with the plot, or in its place a line that says why not. */
void html_plot(struct markup *markup, const struct plot *plot);

/* The class of a heat cell for a share of 0 ... 1: "h0" to "h10". */
const char *html_heat(double share);

#endif
