/*
 * The hand-written mutants of a kata: solutions/.../mutants/NAME.patch, a
 * unified diff of the reference with a few header lines before it:
 *
 *     Verdict: wrong-answer
 *     Stage: oracle
 *     Mistake: updating a key does not count as use
 */
#ifndef JUDGE_MUTANT_H
#define JUDGE_MUTANT_H

#include "base/err.h"
#include "judge/result.h"
#include "kata/kata.h"

#include <stddef.h>

struct mutant {
    char *name; /* without ".patch" */
    char *path;
    char *mistake;
    enum category verdict;
    enum stage_id stage; /* that must find it; STAGE_COUNT: not said */
};

struct mutants {
    struct mutant *items;
    size_t count, capacity;
};

/* Reads all mutants of a kata, by name. A missing folder is none. */
int mutants_load(const struct kata *kata, struct mutants *mutants,
                 struct err *err);
void mutants_release(struct mutants *mutants);

/* Writes the mutated reference as dir/SNAKE.c, whose path is returned owned;
   NULL where the patch does not apply without fuzz. */
char *mutant_apply(const struct mutant *mutant, const struct kata *kata,
                   const char *dir, struct err *err);

#endif
