#include "base/clock.h"
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

static bool is_open(const struct progress *progress, int number)
{
    return progress->hints_open >> (number - 1) & 1;
}

/* The first that is not open; the last where all are. */
static int next_hint(const struct progress *progress, int count)
{
    int number = 1;

    while (number < count && is_open(progress, number))
        number++;
    return number;
}

/* Which hint is meant; 0 where it cannot be had yet. */
static int choose(const struct progress *progress, int number, int count)
{
    int next = next_hint(progress, count);

    if (number == 0)
        number = next;
    return number <= count && (number == next || is_open(progress, number))
               ? number
               : 0;
}

/* Notes that a hint was opened and adds it. */
static int open_hint(struct db *db, const struct progress *progress,
                     const char *text, int number, struct str *out,
                     struct err *err)
{
    int count = count_hints(text);
    size_t length = 0;
    const char *hint;

    number = choose(progress, number, count);
    if (number == 0) {
        err_set(err, "%d of %d hints are open; they open one at a time",
                progress->hints, count);
        return 1;
    }
    if (!is_open(progress, number) &&
        progress_hint(db, progress->kata, number, clock_calendar(), err) < 0)
        return -1;
    hint = find_hint(text, number, &length);
    str_addn(out, hint, length);
    str_addf(out, "\n(hint %d of %d)\n", number, count);
    return 0;
}

int show_hint(const struct cmd_context *context, int number, struct str *out,
              struct err *err)
{
    struct str text = STR_INIT;
    struct progress progress;
    struct db *db = NULL;
    int status = read_hints(context->kata, &text, err);

    if (status == 0)
        status = attempt_open_db(context, DB_WRITE, &db, err);
    if (status == 0)
        status = progress_of(db, context->kata->slug, &progress, err);
    if (status == 0)
        status = open_hint(db, &progress, text.text, number, out, err);
    db_close(db);
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
    if (context.operands.count && opt_number(context.operands.items[0], 1, 64,
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
