#include "cmd/attempt.h"
#include "cmd/commands.h"

#include <stdlib.h>

static int set_again(int id, const char *value, void *data, struct err *err)
{
    (void)id, (void)value, (void)err;
    *(bool *)data = true;
    return 0;
}

static int start(const struct cmd_context *context, bool again)
{
    char *path = cmd_submission(context, NULL), *aside = NULL;
    struct err err = ERR_INIT;
    int status = EXIT_PASS;

    if (attempt_exists(context) && !again) {
        printf("%s is there already; --again makes a new one and keeps it\n",
               path);
    } else if (attempt_start(context, again, &aside, &err) < 0) {
        status = cmd_error(&err);
    } else {
        printf("write in %s\n", path);
        if (aside)
            printf("the earlier attempt is kept as %s\n", aside);
        printf("\n  kata brief %s   what is asked\n"
               "  kata test %s    the tests, at every save\n"
               "  kata grade %s   the verdict\n",
               context->kata->slug, context->kata->slug, context->kata->slug);
    }
    free(path);
    free(aside);
    return status;
}

static int cmd_start_run(const struct cmd *cmd, int argc, char **argv)
{
    struct cmd_context context;
    bool again = false;
    int status =
        cmd_begin(cmd, argc, argv, set_again, &again, true, 0, &context);

    if (status >= 0)
        return status;
    status = start(&context, again);
    cmd_release(&context);
    return status;
}

static const struct opt options[] = {
    {'a', "again", NULL, "a clean attempt; the old one is kept aside"},
    {0, NULL, NULL, NULL}};

const struct cmd cmd_start = {"start",
                              "SLUG",
                              "Start a kata: work/SLUG/ from the stub.",
                              "$KATA_HOME, where set, takes the place of work.",
                              options,
                              cmd_start_run};
