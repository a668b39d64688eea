#include "cmd/commands.h"

/* In the order of `kata -h`: as a learner meets them, then the author's. */
const struct cmd *const cmd_table[] = {
    &cmd_list,   &cmd_start,  &cmd_watch,   &cmd_brief,     &cmd_test,
    &cmd_grade,  &cmd_report, &cmd_explain, &cmd_hint,      &cmd_solution,
    &cmd_diff,   &cmd_reset,  &cmd_next,    &cmd_review,    &cmd_progress,
    &cmd_replay, &cmd_repl,   &cmd_ask,     &cmd_interview, &cmd_batch,
    &cmd_verify, &cmd_new,    &cmd_doctor,  &cmd_complete,  &cmd_manual,
    &cmd_unpack, &cmd_task,   NULL};

const struct cmd *const *cmd_table_of(const struct cmd *cmd)
{
    if (cmd == &cmd_batch)
        return cmd_batch_table;
    return cmd == &cmd_interview ? cmd_interview_table : NULL;
}
