#include "base/path.h"
#include "cmd/attempt.h"
#include "cmd/commands.h"
#include "cmd/show.h"

#include <stdlib.h>

static int set_force(int id, const char *value, void *data, struct err *err)
{
    (void)id, (void)value, (void)err;
    *(bool *)data = true;
    return 0;
}

int show_solution(const struct cmd_context *context, struct str *out,
                  struct err *err)
{
    char *path = kata_reference(context->kata);
    int status = path_read(path, 1 << 20, out, err);

    free(path);
    if (status == 0)
        attempt_shown(context);
    return status;
}

static int cmd_solution_run(const struct cmd *cmd, int argc, char **argv)
{
    struct cmd_context context;
    struct str text = STR_INIT;
    struct err err = ERR_INIT;
    bool force = false;
    int status =
        cmd_begin(cmd, argc, argv, set_force, &force, true, 0, &context);

    if (status >= 0)
        return status;
    if (force || attempt_passed(&context)) {
        status = show_solution(&context, &text, &err) < 0 ? cmd_error(&err)
                                                          : EXIT_PASS;
        fwrite(text.text, 1, text.length, stdout);
    } else {
        fprintf(stderr,
                "kata: your attempt at %s has not passed yet; --force shows "
                "the solution all the same\n",
                context.kata->slug);
        status = EXIT_NOT_PASSED;
    }
    str_release(&text);
    cmd_release(&context);
    return status;
}

static const struct opt options[] = {
    {'f', "force", NULL, "before the attempt has passed, too"},
    {0, NULL, NULL, NULL}};

const struct cmd cmd_solution = {
    "solution", "SLUG",  "Show the reference, once you have passed.",
    NULL,       options, cmd_solution_run};
