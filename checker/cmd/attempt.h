/*
 * The learner's attempt at a kata, work/SLUG/:
 *
 *     SNAKE.c, SNAKE.h     what is written and the contract beside it
 *     compile_flags.txt    for clangd
 *     failed.trace         the last smallest failing trace
 *     old/N/SNAKE.c        earlier attempts, never overwritten
 *
 * and what is recorded of it in work/progress.db (store/progress.h). That it
 * cannot be recorded is worth a warning, and stops nothing.
 */
#ifndef CMD_ATTEMPT_H
#define CMD_ATTEMPT_H

#include "cmd/cmd.h"
#include "judge/result.h"
#include "store/progress.h"

#include <stdbool.h>

/* Has the learner a file there? */
bool attempt_exists(const struct cmd_context *context);

/* Makes the attempt from the stub; an old one is moved to old/N first and its
   new place returned in *aside (owned; NULL where there was none). Nothing is
   recorded: a reset is no new attempt. */
int attempt_make(const struct cmd_context *context, char **aside,
                 struct err *err);

/* Makes a new attempt, the first or (`again`) a clean one, and records it. */
int attempt_start(const struct cmd_context *context, bool again, char **aside,
                  struct err *err);

/* Opens the work folder's database, to be closed with db_close, and prints on
   stderr what has to be said about it. */
int attempt_open_db(const struct cmd_context *context, enum db_mode mode,
                    struct db **db, struct err *err);

/* As attempt_open_db, but where it cannot be had prints why, and that nothing
   is recorded, and gives one in memory. */
struct db *attempt_db(const struct cmd_context *context, enum db_mode mode);

/* Is `path` the attempt's SNAKE.c, by whatever name? Only grades of that are
   recorded. */
bool attempt_is_own(const struct cmd_context *context, const char *path);

/* Records a grade of the attempt by `command`, and its first save. */
void attempt_record(const struct cmd_context *context,
                    const struct grade *grade, const char *command);

/* Has an attempt at this kata ever passed? */
bool attempt_passed(const struct cmd_context *context);

/* Records that the reference was shown. */
void attempt_shown(const struct cmd_context *context);

#endif
