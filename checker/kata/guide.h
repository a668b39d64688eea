/*
 * What an interviewer needs of a kata, read from its INTERVIEW.md and hints.md.
 *
 * Both have a small fixed form (docs/interviews.md), and what is not of that
 * form is an error that names the line: an interview is no time to find out
 * that half a sheet is missing.
 */
#ifndef KATA_GUIDE_H
#define KATA_GUIDE_H

#include "base/err.h"
#include "kata/kata.h"

#include <stddef.h>

enum { GUIDE_MARKS = 4 };

struct guide_question {
    char *question; /* Markdown, one line */
    char *strong, *adequate, *weak;
};

struct guide_criterion {
    char *name; /* "problem solving"; lower case but for "C and memory" */
    char *anchors[GUIDE_MARKS];
};

struct guide_hint {
    char *title; /* "1. One structure is not enough" */
    char *text;  /* Markdown */
};

/* All owned by the guide. */
struct guide {
    char *title;
    char *opening; /* Markdown */
    struct guide_question *questions;
    size_t question_count, question_capacity;
    struct guide_criterion *criteria;
    size_t criterion_count, criterion_capacity;
    struct guide_hint *hints;
    size_t hint_count, hint_capacity;
};

/* Reads both files of a kata. On error *guide is empty. */
int guide_load(const struct kata *kata, struct guide *guide, struct err *err);

/* Reads the text of an INTERVIEW.md; errors are "line N: ...". The guide must
   be empty before and is released by the caller in any case. */
int guide_parse(const char *text, struct guide *guide, struct err *err);

/* Reads the text of a hints.md into guide->hints in the same way. */
int guide_parse_hints(const char *text, struct guide *guide, struct err *err);

void guide_release(struct guide *guide);

/*
 * What opening hint `number` (from 1) takes off the hundred points of a code
 * round: 4 for the first, 4 more for each one after.
 */
int guide_hint_cost(size_t number);

#endif
