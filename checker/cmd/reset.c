#include "cmd/attempt.h"
#include "cmd/commands.h"

#include <stdlib.h>

static int cmd_reset_run(const struct cmd *cmd, int argc, char **argv)
{
    struct cmd_context context;
    struct err err = ERR_INIT;
    char *aside = NULL;
    int status = cmd_begin(cmd, argc, argv, NULL, NULL, true, 0, &context);

    if (status >= 0)
        return status;
    if (!attempt_exists(&context))
        status = cmd_usage(cmd, "there is no attempt at %s to reset",
                           context.kata->slug);
    else if (attempt_make(&context, &aside, &err) < 0)
        status = cmd_error(&err);
    else
        printf("the stub is back; what you had is kept as %s\n", aside);
    status = status < 0 ? EXIT_PASS : status;
    free(aside);
    cmd_release(&context);
    return status;
}

const struct cmd cmd_reset = {
    "reset", "SLUG", "Put the stub back; what was there is kept aside.",
    NULL,    NULL,   cmd_reset_run};
