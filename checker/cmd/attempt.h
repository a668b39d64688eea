/*
 * The learner's attempt at a kata, work/SLUG/:
 *
 *     SNAKE.c, SNAKE.h     what is written and the contract beside it
 *     compile_flags.txt    for clangd
 *     failed.trace         the last smallest failing trace
 *     old/N/SNAKE.c        earlier attempts, never overwritten
 *     .passed, .hints      has it passed; how many hints were opened
 */
#ifndef CMD_ATTEMPT_H
#define CMD_ATTEMPT_H

#include "cmd/cmd.h"

#include <stdbool.h>

/* Has the learner a file there? */
bool attempt_exists(const struct cmd_context *context);

/* Makes the attempt from the stub; an old one is moved to old/N first and its
   new place returned in *aside (owned; NULL where there was none). */
int attempt_start(const struct cmd_context *context, char **aside,
                  struct err *err);

/* Has an attempt at this kata ever passed? */
bool attempt_passed(const struct cmd_context *context);

/* Notes that it has, with the hash of what did. */
int attempt_mark_passed(const struct cmd_context *context, const char *hash,
                        struct err *err);

/* How many hints were opened so far. */
int attempt_hints(const struct cmd_context *context);
int attempt_set_hints(const struct cmd_context *context, int count,
                      struct err *err);

#endif
