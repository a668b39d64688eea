#include "base/markdown.h"
#include "base/path.h"
#include "base/term.h"
#include "cmd/commands.h"

#include <stdlib.h>

enum { BYTES_MAX = 1 << 20, COLUMNS_MAX = 80 };

static int show(const char *path, struct err *err)
{
    struct str text = STR_INIT, out = STR_INIT;
    int width = term_width(stdout);
    int status = path_read(path, BYTES_MAX, &text, err);

    if (status == 0) {
        markdown_render(&out, text.text, text.length,
                        width < COLUMNS_MAX ? width : COLUMNS_MAX,
                        term_colour(stdout));
        fwrite(out.text, 1, out.length, stdout);
    }
    str_release(&text);
    str_release(&out);
    return status;
}

static int cmd_brief_run(const struct cmd *cmd, int argc, char **argv)
{
    struct cmd_context context;
    struct err err = ERR_INIT;
    char *path;
    int status = cmd_begin(cmd, argc, argv, NULL, NULL, true, 0, &context);

    if (status >= 0)
        return status;
    path = path_join(context.kata->dir, "README.md");
    status = show(path, &err) < 0 ? cmd_error(&err) : EXIT_PASS;
    free(path);
    cmd_release(&context);
    return status;
}

const struct cmd cmd_brief = {
    "brief", "SLUG", "Show what is asked, for reading in a terminal.",
    NULL,    NULL,   cmd_brief_run};
