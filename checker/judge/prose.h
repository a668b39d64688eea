/*
 * What `kata verify` asks of a kata's texts: their sections are there and
 * filled, nothing says TODO any more, relative links resolve, brief and hints
 * give no line of the reference away, the header explains every function, and
 * what kata.json ties to hints exists.
 */
#ifndef JUDGE_PROSE_H
#define JUDGE_PROSE_H

#include "base/strv.h"
#include "judge/result.h"
#include "kata/kata.h"

/* Adds one line to `problems` for each thing found, "FILE: what". */
void prose_check(const struct kata *kata, struct strv *problems);

/* The page that explains a category, ROOT/docs/explain/CATEGORY.md; owned. */
char *prose_explain_page(const char *root, enum category category);

/* What its title says after the category's name, in one line; owned, NULL where
   there is no page. */
char *prose_explain_summary(const char *root, enum category category);

/* The same for these pages: each category has one, with a title that begins
   with its name, and every section filled. */
void prose_check_explain(const char *root, struct strv *problems);

#endif
