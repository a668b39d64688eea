#include "base/path.h"
#include "cmd/attempt.h"
#include "cmd/commands.h"
#include "exec/proc.h"

#include <stdlib.h>

static int set_force(int id, const char *value, void *data, struct err *err)
{
    (void)id, (void)value, (void)err;
    *(bool *)data = true;
    return 0;
}

/* diff's own statuses: 0 the same, 1 different, 2 trouble. */
static int show(const struct cmd_context *context, const char *mine)
{
    char *reference = kata_reference(context->kata);
    struct strv argv = STRV_INIT;
    struct proc_spec spec = {.seconds = 10};
    struct proc_result result;
    struct err err = ERR_INIT;
    int status = EXIT_PASS;

    strv_add_all(&argv, "diff", "-u", "--label", "yours", "--label",
                 "reference", mine, reference, (char *)NULL);
    spec.argv = argv.items;
    if (proc_run(&spec, &result, &err) == 0 &&
        (result.end != PROC_EXITED || result.code > 1))
        err_set(&err, "diff: %s", result.err.text);
    if (err.set)
        status = cmd_error(&err);
    else
        fwrite(result.out.text, 1, result.out.length, stdout);
    proc_result_release(&result);
    strv_release(&argv);
    free(reference);
    return status;
}

static int cmd_diff_run(const struct cmd *cmd, int argc, char **argv)
{
    struct cmd_context context;
    bool force = false;
    char *mine;
    int status =
        cmd_begin(cmd, argc, argv, set_force, &force, true, 1, &context);

    if (status >= 0)
        return status;
    mine = cmd_submission(
        &context, context.operands.count ? context.operands.items[0] : NULL);
    if (!path_is_file(mine)) {
        status = cmd_usage(cmd, "%s: no attempt yet", mine);
    } else if (force || attempt_passed(&context)) {
        status = show(&context, mine);
    } else {
        fprintf(stderr,
                "kata: your attempt at %s has not passed yet; --force shows "
                "the difference all the same\n",
                context.kata->slug);
        status = EXIT_NOT_PASSED;
    }
    free(mine);
    cmd_release(&context);
    return status;
}

static const struct opt options[] = {
    {'f', "force", NULL, "before the attempt has passed, too"},
    {0, NULL, NULL, NULL}};

const struct cmd cmd_diff = {
    "diff",
    "SLUG [FILE]",
    "Compare your attempt with the reference, once you have passed.",
    NULL,
    options,
    cmd_diff_run};
