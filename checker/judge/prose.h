/*
 * What `kata verify` asks of a kata's texts: their sections are there and
 * filled, nothing says TODO any more, relative links resolve, brief and hints
 * give no line of the reference away, and the header explains every function.
 */
#ifndef JUDGE_PROSE_H
#define JUDGE_PROSE_H

#include "base/strv.h"
#include "kata/kata.h"

/* Adds one line to `problems` for each thing found, "FILE: what". */
void prose_check(const struct kata *kata, struct strv *problems);

#endif
