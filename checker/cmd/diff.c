#include "base/path.h"
#include "cmd/attempt.h"
#include "cmd/commands.h"
#include "cmd/show.h"
#include "exec/proc.h"

#include <stdlib.h>

static int set_force(int id, const char *value, void *data, struct err *err)
{
    (void)id, (void)value, (void)err;
    *(bool *)data = true;
    return 0;
}

/* diff's own statuses: 0 the same, 1 different, 2 trouble. */
int show_diff(const struct cmd_context *context, const char *mine,
              struct str *out, struct err *err)
{
    char *reference = kata_reference(context->kata);
    struct strv argv = STRV_INIT;
    struct proc_spec spec = {.seconds = 10};
    struct proc_result result;
    int status;

    strv_add_all(&argv, "diff", "-u", "--label", "yours", "--label",
                 "reference", mine, reference, (char *)NULL);
    spec.argv = argv.items;
    status = proc_run(&spec, &result, err);
    if (status == 0 && (result.end != PROC_EXITED || result.code > 1))
        status = err_set(err, "diff: %s", result.err.text);
    if (status == 0)
        str_addn(out, result.out.text, result.out.length);
    if (status == 0)
        attempt_shown(context);
    proc_result_release(&result);
    strv_release(&argv);
    free(reference);
    return status;
}

static int cmd_diff_run(const struct cmd *cmd, int argc, char **argv)
{
    struct cmd_context context;
    struct str text = STR_INIT;
    struct err err = ERR_INIT;
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
        status = show_diff(&context, mine, &text, &err) < 0 ? cmd_error(&err)
                                                            : EXIT_PASS;
        fwrite(text.text, 1, text.length, stdout);
    } else {
        fprintf(stderr,
                "kata: your attempt at %s has not passed yet; --force shows "
                "the difference all the same\n",
                context.kata->slug);
        status = EXIT_NOT_PASSED;
    }
    str_release(&text);
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
