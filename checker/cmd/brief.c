#include "base/path.h"
#include "cmd/commands.h"

#include <stdlib.h>

static int cmd_brief_run(const struct cmd *cmd, int argc, char **argv)
{
    struct cmd_context context;
    struct err err = ERR_INIT;
    char *path;
    int status = cmd_begin(cmd, argc, argv, NULL, NULL, true, 0, &context);

    if (status >= 0)
        return status;
    path = path_join(context.kata->dir, "README.md");
    status = cmd_show_page(path, &err) < 0 ? cmd_error(&err) : EXIT_PASS;
    free(path);
    cmd_release(&context);
    return status;
}

const struct cmd cmd_brief = {
    "brief", "SLUG", "Show what is asked, for reading in a terminal.",
    NULL,    NULL,   cmd_brief_run};
