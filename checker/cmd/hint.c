#include "base/path.h"
#include "cmd/attempt.h"
#include "cmd/commands.h"
#include "cmd/show.h"

#include <stdlib.h>
#include <string.h>

/* The text of hint `number` in hints.md: from its "## " line to the next;
   NULL where there are not so many. *length is set. */
static const char *find_hint(const char *text, int number, size_t *length)
{
    const char *start = str_starts(text, "## ") ? text : strstr(text, "\n## ");
    const char *end;

    while (start && --number > 0)
        start = strstr(start + 1, "\n## ");
    if (!start)
        return NULL;
    start += *start == '\n';
    end = strstr(start, "\n## ");
    *length = end ? (size_t)(end - start) + 1 : strlen(start);
    return start;
}

static int count_hints(const char *text)
{
    size_t length;
    int count = 0;

    while (find_hint(text, count + 1, &length))
        count++;
    return count;
}

static int read_hints(const struct kata *kata, struct str *text,
                      struct err *err)
{
    char *path = path_join(kata->dir, "hints.md");
    int status = path_read(path, 1 << 20, text, err);

    free(path);
    return status;
}

/* Which hint is meant; 0 where it cannot be had yet. */
static int choose(const struct cmd_context *context, int number, int count)
{
    int opened = attempt_hints(context);

    if (number == 0)
        number = opened < count ? opened + 1 : count;
    return number > opened + 1 || number > count ? 0 : number;
}

int show_hint(const struct cmd_context *context, int number, struct str *out,
              struct err *err)
{
    struct str text = STR_INIT;
    size_t length = 0;
    int count, status = read_hints(context->kata, &text, err);

    count = count_hints(text.text);
    number = choose(context, number, count);
    if (status == 0 && number == 0) {
        err_set(err, "%d of %d hints are open; they open one at a time",
                attempt_hints(context), count);
        status = 1;
    }
    if (status == 0 && number > attempt_hints(context))
        status = attempt_set_hints(context, number, err);
    if (status == 0) {
        const char *hint = find_hint(text.text, number, &length);

        str_addn(out, hint, length);
        str_addf(out, "\n(hint %d of %d)\n", number, count);
    }
    str_release(&text);
    return status;
}

static int cmd_hint_run(const struct cmd *cmd, int argc, char **argv)
{
    struct cmd_context context;
    struct str text = STR_INIT;
    struct err err = ERR_INIT;
    long long number = 0;
    int status = cmd_begin(cmd, argc, argv, NULL, NULL, true, 1, &context);

    if (status >= 0)
        return status;
    if (context.operands.count && opt_number(context.operands.items[0], 1, 99,
                                             &number, "NUMBER", &err) < 0)
        status = cmd_usage(cmd, "%s", err.text);
    else if ((status = show_hint(&context, (int)number, &text, &err)) != 0)
        status = status > 0 ? cmd_error(&err), EXIT_USAGE : cmd_error(&err);
    fwrite(text.text, 1, text.length, stdout);
    str_release(&text);
    cmd_release(&context);
    return status;
}

const struct cmd cmd_hint = {"hint",
                             "SLUG [NUMBER]",
                             "Open the next hint, or show an open one again.",
                             NULL,
                             NULL,
                             cmd_hint_run};
