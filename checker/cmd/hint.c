#include "base/path.h"
#include "cmd/attempt.h"
#include "cmd/commands.h"

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

static int show(const struct cmd_context *context, const char *text, int number)
{
    int opened = attempt_hints(context), count = count_hints(text);
    struct err err = ERR_INIT;
    const char *hint;
    size_t length = 0;

    if (number == 0)
        number = opened < count ? opened + 1 : count;
    if (number > opened + 1 || number > count) {
        fprintf(stderr,
                "kata: %d of %d hints are open; they open one at a time\n",
                opened, count);
        return EXIT_USAGE;
    }
    if (number > opened && attempt_set_hints(context, number, &err) < 0)
        return cmd_error(&err);
    hint = find_hint(text, number, &length);
    fwrite(hint, 1, length, stdout);
    printf("\n(hint %d of %d)\n", number, count);
    return EXIT_PASS;
}

static int cmd_hint_run(const struct cmd *cmd, int argc, char **argv)
{
    struct cmd_context context;
    struct str text = STR_INIT;
    struct err err = ERR_INIT;
    long long number = 0;
    char *path;
    int status = cmd_begin(cmd, argc, argv, NULL, NULL, true, 1, &context);

    if (status >= 0)
        return status;
    path = path_join(context.kata->dir, "hints.md");
    if (context.operands.count && opt_number(context.operands.items[0], 1, 99,
                                             &number, "NUMBER", &err) < 0)
        status = cmd_usage(cmd, "%s", err.text);
    else if (path_read(path, 1 << 20, &text, &err) < 0)
        status = cmd_error(&err);
    else
        status = show(&context, text.text, (int)number);
    str_release(&text);
    free(path);
    cmd_release(&context);
    return status;
}

const struct cmd cmd_hint = {"hint",
                             "SLUG [NUMBER]",
                             "Open the next hint, or show an open one again.",
                             NULL,
                             NULL,
                             cmd_hint_run};
