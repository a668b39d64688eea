/*
 * C source without its comments, as a bug hunt shows it: what looks like a
 * comment inside a string, a character or the name of an included file stays,
 * a backslash at the end of a line joins lines as the compiler does it.
 *
 * Lines that held nothing but comment are gone with it, and of the empty lines
 * around them one stays, so that formatted code stays formatted.
 */
#ifndef KATA_COMMENTS_H
#define KATA_COMMENTS_H

#include "base/str.h"

#include <stddef.h>

/* Adds the source to *out without comments. An unfinished comment ends with
   the text. */
void comments_strip(struct str *out, const char *source, size_t length);

#endif
