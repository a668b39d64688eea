/*
 * Markdown for reading in a terminal: headings bold, paragraphs wrapped, code
 * indented, lists with their bullets, tables as they stand in the source.
 * Without colour no escape sequence is written, and marks take its place. What
 * a terminal would obey in the text is made visible.
 */
#ifndef BASE_MARKDOWN_H
#define BASE_MARKDOWN_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

/* Adds `text` (CommonMark) to *out in lines of at most `width` columns, as far
   as words, code and tables allow. Ends with a newline unless empty. */
void markdown_render(struct str *out, const char *text, size_t length,
                     int width, bool colour);

#endif
