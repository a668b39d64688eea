/*
 * What commands show of a kata, as text: for the commands, which print it, and
 * for `kata watch`, which has a screen to put it on. Each adds to *out and
 * returns 0, or -1 where it cannot be had.
 */
#ifndef CMD_SHOW_H
#define CMD_SHOW_H

#include "base/str.h"
#include "cmd/cmd.h"

/* Opens hint `number` (0: the next one, or the last again), notes that it is
   open, and shows it; 1 with *err where that is not to be opened yet. */
int show_hint(const struct cmd_context *context, int number, struct str *out,
              struct err *err);

/* How `mine` differs from the reference, as diff -u has it; nothing where it
   does not. */
int show_diff(const struct cmd_context *context, const char *mine,
              struct str *out, struct err *err);

/* The reference. */
int show_solution(const struct cmd_context *context, struct str *out,
                  struct err *err);

#endif
