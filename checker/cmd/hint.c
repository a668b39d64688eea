/*
 * kata hint: hints in their order, one at a time; but first the one that
 * kata.json ties to what the last failure has found.
 */
#include "base/clock.h"
#include "base/path.h"
#include "cmd/attempt.h"
#include "cmd/commands.h"
#include "cmd/show.h"
#include "store/findings.h"

#include <stdlib.h>
#include <string.h>

/* Where more tests than that fail, the failure says nothing of one part, and
   hints come in their order. */
enum { FAILED_TESTS_MAX = 4 };

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

static bool fits(const struct hint_tie *tie, const struct finding *finding)
{
    const char *category = category_name(finding->category), *name;

    if (tie->category && strcmp(tie->category, category) != 0)
        return false;
    if (!tie->test)
        return true;
    name = finding->test ? strstr(finding->test, "::") : NULL;
    return name && strcmp(name + 2, tie->test) == 0;
}

/* The first hint that is tied to one of the findings and is not open, of those
   ties that name a test (or do not); 0 where there is none. */
static int find_tied(const struct kata *kata, const struct progress *progress,
                     const struct findings *findings, bool by_test, int count,
                     const struct finding **finding)
{
    for (size_t i = 0; i < findings->count; i++)
        for (size_t k = 0; k < kata->hint_count; k++) {
            const struct hint_tie *tie = &kata->hints[k];

            *finding = &findings->items[i].finding;
            if ((tie->test != NULL) == by_test && tie->hint <= count &&
                !is_open(progress, tie->hint) && fits(tie, *finding))
                return tie->hint;
        }
    return 0;
}

static bool is_specific(const struct findings *findings)
{
    size_t tests = 0;

    for (size_t i = 0; i < findings->count; i++)
        tests += findings->items[i].stage == STAGE_TESTS;
    return tests <= FAILED_TESTS_MAX;
}

static void explain_choice(const struct finding *finding, struct str *out)
{
    str_addf(out, "Your last failure was %s", category_name(finding->category));
    if (finding->test)
        str_addf(out, " in %s", finding->test);
    else if (finding->file && finding->line)
        str_addf(out, " at %s:%d", finding->file, finding->line);
    str_add(out, "; this hint is about that.\n\n");
}

/* The hint that answers the last failure; 0 where none does that is not open.
   Why it is that one is added to *why. */
static int tied_hint(struct db *db, const struct kata *kata,
                     const struct progress *progress, int count,
                     struct str *why, struct err *err)
{
    struct findings findings = FINDINGS_INIT;
    const struct finding *finding = NULL;
    int number = 0;

    if (findings_last(db, kata->slug, &findings, err) < 0)
        number = -1;
    else if (is_specific(&findings))
        number = find_tied(kata, progress, &findings, true, count, &finding);
    if (number == 0 && is_specific(&findings))
        number = find_tied(kata, progress, &findings, false, count, &finding);
    if (number > 0 && finding)
        explain_choice(finding, why);
    findings_release(&findings);
    return number;
}

static int refuse(const struct progress *progress, int count, struct err *err)
{
    err_set(err, "%d of %d hints are open; they open one at a time",
            progress->hints, count);
    return 1;
}

/* Notes that a hint was opened and adds it. */
static int open_hint(struct db *db, const struct kata *kata,
                     const struct progress *progress, const char *text,
                     int number, struct str *out, struct err *err)
{
    struct str why = STR_INIT;
    int count = count_hints(text), next = next_hint(progress, count);
    int tied = tied_hint(db, kata, progress, count, &why, err), status = 0;
    size_t length = 0;
    const char *hint;

    if (number == 0)
        number = tied > 0 ? tied : next;
    if (tied < 0)
        status = -1;
    else if (number > count ||
             (number != next && number != tied && !is_open(progress, number)))
        status = refuse(progress, count, err);
    else if (!is_open(progress, number))
        status =
            progress_hint(db, progress->kata, number, clock_calendar(), err);
    if (status == 0) {
        hint = find_hint(text, number, &length);
        str_add(out, number == tied ? why.text : "");
        str_addn(out, hint, length);
        str_addf(out, "\n(hint %d of %d)\n", number, count);
    }
    str_release(&why);
    return status;
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
        status = open_hint(db, context->kata, &progress, text.text, number, out,
                           err);
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
                             "Hints open one at a time and are counted. Where "
                             "one answers the last\nfailure, that one comes "
                             "first.",
                             NULL,
                             cmd_hint_run};
