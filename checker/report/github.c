/*
 * --format github: annotations of a GitHub workflow, one command a line. Where
 * $GITHUB_STEP_SUMMARY names a file (a workflow's step), the report of
 * markdown.c is added to it.
 *
 * A line of a log that starts with "::" is a command to the runner. All text
 * stands inside of our commands with %, newlines and, in properties, ':' and
 * ',' escaped as the runner decodes them, so none of it can start a line.
 */
#include "base/alloc.h"
#include "report/formats.h"

#include <stdlib.h>
#include <string.h>

enum { MESSAGE_MAX = 4000 };

static void put_data(FILE *out, const char *text, bool property)
{
    struct str visible = STR_INIT;

    text += strspn(text, " ");
    str_add_visible(&visible, text, strlen(text), MESSAGE_MAX, true);
    while (visible.length && visible.text[visible.length - 1] == '\n')
        str_chop(&visible, 1);
    for (const char *c = visible.text; *c; c++)
        if (*c == '%' || *c == '\n' || (property && (*c == ':' || *c == ',')))
            fprintf(out, "%%%02X", (unsigned)*c);
        else
            fputc(*c, out);
    str_release(&visible);
}

static void put_command(FILE *out, const char *command,
                        const struct grade *grade,
                        const struct finding *finding, const char *title,
                        const char *message)
{
    char *path = report_path(grade);

    fprintf(out, "::%s file=", command);
    put_data(out, path, true);
    if (finding && finding->line > 0 && report_is_inside(grade, finding)) {
        fprintf(out, ",line=%d", finding->line);
        if (finding->column > 0)
            fprintf(out, ",col=%d", finding->column);
    }
    fputs(",title=", out);
    put_data(out, title, true);
    fputs("::", out);
    put_data(out, message, false);
    fputc('\n', out);
    free(path);
}

static void put_stage(FILE *out, const struct grade *grade,
                      const struct stage_result *stage)
{
    for (size_t i = 0; i < stage->count && i < REPORT_FINDINGS; i++) {
        const struct finding *finding = &stage->findings[i];
        char *title = xasprintf("%s: %s", stage_name(stage->id),
                                category_name(finding->category));
        struct str text = STR_INIT;

        report_finding(&text, finding);
        put_command(out, finding->warning ? "warning" : "error", grade, finding,
                    title, text.text);
        str_release(&text);
        free(title);
    }
    if (stage->status == STATUS_ERROR) {
        char *title = xasprintf("%s could not run", stage_name(stage->id));

        put_command(out, "error", grade, NULL, title,
                    stage->reason ? stage->reason : "no reason was given");
        free(title);
    }
}

static int add_summary(const struct grade *grade)
{
    const char *path = getenv("GITHUB_STEP_SUMMARY");
    FILE *file;
    int status;

    if (!path || !*path)
        return 0;
    file = fopen(path, "ae");
    if (!file)
        return -1;
    status = report_markdown.write(grade, file);
    return fclose(file) != 0 ? -1 : status;
}

static int write_github(const struct grade *grade, FILE *out)
{
    char *verdict = report_verdict(grade), *late = report_late(grade);
    int status;

    for (int i = 0; i < STAGE_COUNT; i++)
        if (grade->selected[i])
            put_stage(out, grade, &grade->stages[i]);
    put_command(out, grade->verdict == VERDICT_PASS ? "notice" : "error", grade,
                NULL, grade->kata->slug, verdict);
    if (late)
        put_command(out, "notice", grade, NULL, "late rules", late);
    free(late);
    free(verdict);
    status = add_summary(grade);
    return ferror(out) ? -1 : status;
}

const struct report report_github = {"github",
                                     "GitHub annotations, and the step summary",
                                     write_github, NULL, false};
