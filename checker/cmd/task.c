/* kata task JOB NUMBER: one task of a batch's job (batch/job.h), as Slurm and
   GNU parallel start it. */
#include "batch/task.h"
#include "cmd/commands.h"
#include "exec/proc.h"

#include <limits.h>

static int cmd_task_run(const struct cmd *cmd, int argc, char **argv)
{
    struct err err = ERR_INIT;
    long long number;
    int status;

    if (argc != 3)
        return cmd_usage(cmd, "this is for `kata batch`");
    if (opt_number(argv[2], 0, INT_MAX, &number, "NUMBER", &err) < 0)
        return cmd_usage(cmd, "%s", err.text);
    proc_handle_signals();
    status = task_run(argv[1], (size_t)number, &err);
    if (proc_cancelled)
        return EXIT_INTERRUPTED;
    return status < 0 ? cmd_error(&err) : EXIT_PASS;
}

const struct cmd cmd_task = {"task", "JOB NUMBER", NULL,
                             NULL,   NULL,         cmd_task_run};
