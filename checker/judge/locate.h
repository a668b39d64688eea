/* Where code addresses of a submission's program are in its source. */
#ifndef JUDGE_LOCATE_H
#define JUDGE_LOCATE_H

#include "base/strv.h"
#include "judge/run.h"

#include <stddef.h>

/* Adds "FUNCTION FILE:LINE" for each address ("0x401234"), "?? ??:0" where it
   is not known; nothing at all where addr2line cannot be run. */
void locate(struct run *run, enum program program, const struct strv *addresses,
            struct strv *places);

/* The line in SNAKE.c of the first of `addresses` that is in it, or 0. Return
   addresses: each is the one after the call. */
int locate_line(struct run *run, enum program program,
                const unsigned long long *addresses, size_t count);

#endif
