/*
 * What the terminal can do. Colour is wanted where the stream is a terminal,
 * NO_COLOR is unset or empty and TERM is not "dumb".
 */
#ifndef BASE_TERM_H
#define BASE_TERM_H

#include <stdbool.h>
#include <stdio.h>

bool term_colour(FILE *stream);

/* Columns of the stream's terminal; 80 where it is none or does not say. */
int term_width(FILE *stream);

enum term_style {
    TERM_PLAIN,
    TERM_BOLD,
    TERM_DIM,
    TERM_GREEN,
    TERM_RED,
    TERM_YELLOW,
    TERM_CYAN
};

/* The sequence that switches to a style, "" where `colour` is false. */
const char *term_style(bool colour, enum term_style style);

#endif
