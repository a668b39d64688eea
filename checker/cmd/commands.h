/* One struct a command, each in the file of its name. */
#ifndef CMD_COMMANDS_H
#define CMD_COMMANDS_H

#include "cmd/cmd.h"

extern const struct cmd cmd_list, cmd_start, cmd_brief, cmd_test, cmd_grade,
    cmd_report, cmd_hint, cmd_solution, cmd_diff, cmd_reset, cmd_replay,
    cmd_repl, cmd_verify, cmd_new, cmd_doctor, cmd_watch, cmd_ask, cmd_explain,
    cmd_complete, cmd_manual, cmd_next, cmd_review, cmd_progress, cmd_interview,
    cmd_batch, cmd_unpack, cmd_task;

/* The sub-commands of `kata interview`, named "interview start" ...; ends with
   NULL. */
extern const struct cmd *const cmd_interview_table[];

extern const struct cmd cmd_batch_report;

/* And those of `kata batch`. */
extern const struct cmd *const cmd_batch_table[];

#endif
