/*
 * --format markdown: what a person wants to see in a workflow's step summary
 * or a comment. All that is foreign stands in fenced blocks, whose fences are
 * longer than any run of backticks in them, so none of it is Markdown or HTML.
 */
#include "judge/stage.h"
#include "report/formats.h"

#include <stdlib.h>
#include <string.h>

static size_t longest_run(const char *text)
{
    size_t longest = 0;

    while (*text) {
        size_t n = strspn(text, "`");

        longest = n > longest ? n : longest;
        text += n ? n : 1;
    }
    return longest;
}

static void put_fence(FILE *out, size_t length)
{
    while (length-- > 0)
        fputc('`', out);
}

static void put_block(FILE *out, const char *text)
{
    size_t fence = longest_run(text) + 1;

    fence = fence < 3 ? 3 : fence;
    put_fence(out, fence);
    fprintf(out, "text\n%s", text);
    put_fence(out, fence);
    fputs("\n\n", out);
}

/* Of this program's tables and the kata's slug; '|' would end a cell. */
static void put_cell(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (strchr("|*_`[]<>#\\~", *text))
            fputc('\\', out);
        fputc(*text, out);
    }
}

static void put_row(FILE *out, const struct grade *grade,
                    const struct stage_result *stage)
{
    double max = report_stage_max(grade, stage->id);

    fputs("| ", out);
    put_cell(out, stage_name(stage->id));
    fprintf(out, " | %s | ", status_name(stage->status));
    if (max > 0)
        fprintf(out, "%.8g / %.8g", report_stage_score(grade, stage->id), max);
    fputs(" | ", out);
    put_cell(out, stage->hidden ? stage->reason
                  : stage->category == CATEGORY_NONE
                      ? stage_table[stage->id].title
                      : category_name(stage->category));
    fputs(" |\n", out);
}

static int write_markdown(const struct grade *grade, FILE *out)
{
    char *verdict = report_verdict(grade), *late = report_late(grade);

    fputs("## ", out);
    put_cell(out, grade->kata->slug);
    fprintf(out, ": %s\n\n| stage | status | points | |\n|---|---|---:|---|\n",
            verdict);
    free(verdict);
    for (int i = 0; i < STAGE_COUNT; i++)
        if (grade->selected[i])
            put_row(out, grade, &grade->stages[i]);
    fputc('\n', out);
    if (late)
        fprintf(out, "%s\n\n", late);
    free(late);
    for (int i = 0; i < STAGE_COUNT; i++) {
        struct str text = STR_INIT;

        if (!grade->selected[i] || grade->stages[i].status == STATUS_SKIP)
            continue;
        report_stage(&text, &grade->stages[i]);
        if (text.length) {
            fprintf(out, "### %s\n\n", stage_name((enum stage_id)i));
            put_block(out, text.text);
        }
        str_release(&text);
    }
    fprintf(out, "seed %llu\n\n", (unsigned long long)grade->seed);
    return ferror(out) ? -1 : 0;
}

const struct report report_markdown = {
    "markdown", "Markdown, for a step summary or a comment", write_markdown,
    NULL, false};
