/*
 * The files of a kata: one table, from which kata_check_files, the scaffold,
 * `kata verify` and docs/kata-format.md know them.
 */
#ifndef KATA_LAYOUT_H
#define KATA_LAYOUT_H

#include "kata/kata.h"

#include <stdbool.h>
#include <stdio.h>

struct layout_file {
    const char *name; /* SNAKE stands for the kata's; one that ends with '/' is
                         a folder. NULL ends the table */
    bool solution;    /* in solutions/TOPIC/SLUG, else katas/TOPIC/SLUG */
    bool graded;      /* no submission can be graded without it */
    bool optional;    /* a kata may be complete without it */
    bool not_variant; /* a variant has none: its kata's serves */
    const char *help;
    /* Headings of a Markdown file, NULL-terminated; NULL for other files.
       TITLE stands for the kata's title, and "..." at the end for any text. */
    const char *const *headings;
    const char *const *variant_headings; /* where a variant's differ */
};

extern const struct layout_file layout_files[];

/* The file of a kata, or the folder without the slash at its end; owned. */
char *layout_path(const struct layout_file *file, const struct kata *kata);

/* The first file of that name in the table; NULL where there is none. */
const struct layout_file *layout_find(const char *name);

/* May the kata, which may be a variant, be complete without this file? */
bool layout_is_optional(const struct layout_file *file,
                        const struct kata *kata);

/* The headings that the file must have in this kata; NULL for none. */
const char *const *layout_headings(const struct layout_file *file,
                                   const struct kata *kata);

/* The files and the headings as Markdown. */
void layout_doc(FILE *out);

#endif
