/*
 * The score card for a terminal: a line a stage, then what is wrong, most
 * telling first, then the verdict. Whatever came from a submission is made
 * visible (base/str.h) before it is printed.
 */
#include "base/term.h"
#include "base/alloc.h"
#include "judge/stage.h"
#include "report/formats.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 2000, WORD_MAX = 400, CELL_MAX = 60, FINDINGS_SHOWN = 5 };

/* Prints foreign text on one or more lines, each after `indent`. */
static void put_text(FILE *out, const char *indent, const char *text)
{
    struct strv lines = STRV_INIT;
    struct str visible = STR_INIT;

    str_add_visible(&visible, text, strlen(text), TEXT_MAX, true);
    strv_add_lines(&lines, visible.text);
    for (size_t i = 0; i < lines.count; i++)
        fprintf(out, "%s%s\n", i ? indent : "", lines.items[i]);
    if (lines.count == 0)
        fputc('\n', out);
    strv_release(&lines);
    str_release(&visible);
}

/* A cell of a table, owned: visible, one line, cut. */
static char *cell(const struct strv *list, size_t i, const char *missing)
{
    struct str visible = STR_INIT;

    if (i >= list->count)
        return xstrdup(missing);
    str_add_visible(&visible, list->items[i], strlen(list->items[i]), CELL_MAX,
                    false);
    return str_detach(&visible);
}

/* The number of columns that UTF-8 text takes, near enough. */
static int columns(const char *text)
{
    int n = 0;

    for (; *text; text++)
        n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

static void put_padded(FILE *out, const char *text, int width)
{
    struct str visible = STR_INIT;
    int n;

    str_add_visible(&visible, text, strlen(text), WORD_MAX, false);
    n = columns(visible.text);
    fprintf(out, "%s%*s", visible.text, n < width ? width - n : 0, "");
    str_release(&visible);
}

/* Is line i of the trace one whose answer is wrong? */
static bool differs(const struct finding *finding, size_t i)
{
    return i >= finding->want.count || i >= finding->got.count ||
           strcmp(finding->want.items[i], finding->got.items[i]) != 0;
}

/* Says how many calls are left out where some are; returns how many. */
static size_t put_gap(const struct finding *finding, size_t i, FILE *out)
{
    size_t hidden = finding_hidden(finding, i);

    if (hidden > 0)
        fprintf(out, "      ... %zu more ...\n", hidden);
    return hidden;
}

/* The answers of a crash or a leak need no comparing. */
static void put_calls(const struct finding *finding, FILE *out)
{
    for (size_t i = 0; i < finding->trace.count; i++) {
        char *call;

        i += put_gap(finding, i, out);
        call = cell(&finding->trace, i, "");
        fprintf(out, "      %s\n", call);
        free(call);
    }
}

/* One call with what was expected and got, the wrong one marked. */
static void put_call(const struct finding *finding, size_t i,
                     const int widths[2], bool colour, bool mark, FILE *out)
{
    char *call = cell(&finding->trace, i, "");
    char *want = cell(&finding->want, i, "");
    char *got = cell(&finding->got, i, "");

    fprintf(out, "    %s%s ", term_style(colour && mark, TERM_RED),
            mark ? ">" : " ");
    put_padded(out, call, widths[0] + 2);
    put_padded(out, want, widths[1] + 2);
    fprintf(out, "%s%s\n", got, term_style(colour && mark, TERM_PLAIN));
    free(call);
    free(want);
    free(got);
}

static void put_trace(const struct finding *finding, bool colour, FILE *out)
{
    bool marked = false;
    int widths[2] = {4, 8};

    if (finding->want.count == 0) {
        put_calls(finding, out);
        return;
    }
    for (size_t i = 0; i < finding->trace.count; i++) {
        char *call = cell(&finding->trace, i, "");
        char *want = cell(&finding->want, i, "");

        widths[0] = columns(call) > widths[0] ? columns(call) : widths[0];
        widths[1] = columns(want) > widths[1] ? columns(want) : widths[1];
        free(call);
        free(want);
    }
    fprintf(out, "      %s%-*s  %-*s  %s%s\n", term_style(colour, TERM_DIM),
            widths[0], "call", widths[1], "expected", "got",
            term_style(colour, TERM_PLAIN));
    for (size_t i = 0; i < finding->trace.count; i++) {
        bool mark;

        i += put_gap(finding, i, out);
        mark = !marked && differs(finding, i);
        marked = marked || mark;
        put_call(finding, i, widths, colour, mark, out);
    }
}

/* Foreign text inside a line: #line can name a file as it likes. */
static void put_word(FILE *out, const char *text)
{
    struct str visible = STR_INIT;

    str_add_visible(&visible, text, strlen(text), WORD_MAX, false);
    fputs(visible.text, out);
    str_release(&visible);
}

static void put_finding(const struct finding *finding, bool colour, FILE *out)
{
    fputs("  ", out);
    if (finding->file) {
        put_word(out, finding->file);
        if (finding->line)
            fprintf(out, ":%d", finding->line);
        if (finding->line && finding->column)
            fprintf(out, ":%d", finding->column);
        fputs(": ", out);
    }
    if (finding->warning)
        fputs("warning: ", out);
    if (finding->test) {
        fputs(term_style(colour, TERM_BOLD), out);
        put_word(out, finding->test);
        fprintf(out, "%s: ", term_style(colour, TERM_PLAIN));
    }
    put_text(out, "      ", finding->message);
    if (finding->trace.count)
        put_trace(finding, colour, out);
    if (finding->trace_file) {
        fputs("    saved: ", out);
        put_word(out, finding->trace_file);
        fputc('\n', out);
    }
}

void term_finding(const struct finding *finding, FILE *out)
{
    put_finding(finding, term_colour(out), out);
}

static enum term_style style_of(const struct stage_result *result)
{
    if (result->status == STATUS_PASS)
        return TERM_GREEN;
    if (result->status == STATUS_SKIP)
        return TERM_DIM;
    return stage_table[result->id].required ? TERM_RED : TERM_YELLOW;
}

static void put_stage(const struct stage_result *result, double score,
                      double max, bool colour, FILE *out)
{
    fprintf(out, "  %-8s %s%-5s%s", stage_name(result->id),
            term_style(colour, style_of(result)), status_name(result->status),
            term_style(colour, TERM_PLAIN));
    if (max > 0)
        fprintf(out, " %5.8g / %-3.8g", score, max);
    else
        fprintf(out, "%12s", "");
    if (result->status != STATUS_SKIP)
        fprintf(out, " %6.2f s", result->seconds);
    if (result->category != CATEGORY_NONE)
        fprintf(out, "   %s", category_name(result->category));
    else if (result->status == STATUS_PASS)
        fprintf(out, "   %s%s%s", term_style(colour, TERM_DIM),
                stage_table[result->id].title, term_style(colour, TERM_PLAIN));
    else if (result->reason) {
        fprintf(out, "   %s", term_style(colour, TERM_DIM));
        put_word(out, result->reason);
        fputs(term_style(colour, TERM_PLAIN), out);
    }
    fputc('\n', out);
}

void term_stage(const struct stage_result *result, bool colour, FILE *out)
{
    put_stage(result, award_round(result->score), result->max_score, colour,
              out);
}

static void put_growth_points(json_t *points, FILE *out)
{
    json_t *point;
    size_t i;

    json_array_foreach(points, i, point)
    {
        const json_t *mine = json_object_get(point, "instructions");
        const json_t *theirs = json_object_get(point, "reference");

        fprintf(out, "      n = %-8lld %10.0f",
                json_integer_value(json_object_get(point, "n")),
                json_number_value(mine));
        if (theirs)
            fprintf(out, " %12.0f", json_number_value(theirs));
        fputc('\n', out);
    }
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

/* The growth stage's small table: what each claim was found to cost. */
void term_growth(const struct stage_result *result, bool colour, FILE *out)
{
    json_t *claim, *claims = json_object_get(result->details, "claims");
    int width = 0;
    size_t i;

    if (json_array_size(claims) == 0)
        return;
    json_array_foreach(claims, i, claim)
    {
        int n = columns(text_of(claim, "claim"));

        width = n > width ? n : width;
    }
    fprintf(out, "\n  %s%-*s  %-10s %6s  %s%s\n", term_style(colour, TERM_DIM),
            width, "growth", "found", "sure", "reference",
            term_style(colour, TERM_PLAIN));
    json_array_foreach(claims, i, claim)
    {
        const json_t *factor = json_object_get(claim, "factor");

        fputs("  ", out);
        put_padded(out, text_of(claim, "claim"), width);
        fputs("  ", out);
        put_padded(out, text_of(claim, "class"), 10);
        fprintf(out, " %4.0f %%",
                100 * json_number_value(json_object_get(claim, "confidence")));
        if (factor)
            fprintf(out, "  x %.2f", json_number_value(factor));
        fputc('\n', out);
        if (json_is_false(json_object_get(claim, "holds"))) {
            fprintf(out, "      %-12s %10s %12s\n", "", "yours", "reference");
            put_growth_points(json_object_get(claim, "points"), out);
        }
    }
}

void term_findings(const struct stage_result *result, bool colour, FILE *out)
{
    if (result->status == STATUS_ERROR && result->reason) {
        fprintf(out, "\n%s%s could not run%s\n  ",
                term_style(colour, TERM_BOLD), stage_name(result->id),
                term_style(colour, TERM_PLAIN));
        put_text(out, "  ", result->reason);
    }
    if (result->count == 0)
        return;
    fprintf(out, "\n%s%s%s\n", term_style(colour, TERM_BOLD),
            stage_name(result->id), term_style(colour, TERM_PLAIN));
    for (size_t i = 0; i < result->count && i < FINDINGS_SHOWN; i++)
        put_finding(&result->findings[i], colour, out);
    if (result->count > FINDINGS_SHOWN)
        fprintf(out, "  ... and %zu more\n", result->count - FINDINGS_SHOWN);
}

/* Where to read more of the first thing that is wrong, which need not have
   failed the verdict. */
static void put_explain(const struct grade *grade, FILE *out)
{
    enum category category = grade->category;

    for (int i = 0; i < STAGE_COUNT && category == CATEGORY_NONE; i++)
        category = grade->stages[i].category;
    if (category != CATEGORY_NONE)
        fprintf(out, "`kata explain %s` says what that is and how to fix it\n",
                category_name(category));
}

static void put_points(const struct grade *grade, FILE *out)
{
    if (grade->award && !grade->award->graded)
        fputs("  no points", out);
    else
        fprintf(out, "  %.8g of %.8g points", report_score(grade),
                report_max(grade));
}

static void put_verdict(const struct grade *grade, bool colour, FILE *out)
{
    enum term_style style =
        grade->verdict == VERDICT_PASS ? TERM_GREEN : TERM_RED;
    char *late = report_late(grade);

    fprintf(out, "\n%s%s%s", term_style(colour, style),
            verdict_name(grade->verdict), term_style(colour, TERM_PLAIN));
    put_points(grade, out);
    if (grade->category != CATEGORY_NONE)
        fprintf(out, "  %s", category_name(grade->category));
    fprintf(out, "  %.2f s  seed %llu\n", grade->seconds,
            (unsigned long long)grade->seed);
    if (late)
        fprintf(out, "%s\n", late);
    free(late);
    put_explain(grade, out);
    if (strcmp(grade->sandbox, "none") == 0)
        fputs("graded without a sandbox: good for your own code only; "
              "`kata doctor` says how to get one\n",
              out);
}

static int write_term(const struct grade *grade, FILE *out)
{
    bool colour = term_colour(out);

    fprintf(out, "%s%s%s  %s\n\n", term_style(colour, TERM_BOLD),
            grade->kata->slug, term_style(colour, TERM_PLAIN),
            grade->kata->title);
    for (int i = 0; i < STAGE_COUNT; i++)
        if (grade->selected[i])
            put_stage(&grade->stages[i],
                      report_stage_score(grade, (enum stage_id)i),
                      report_stage_max(grade, (enum stage_id)i), colour, out);
    term_growth(&grade->stages[STAGE_GROWTH], colour, out);
    for (int i = 0; i < STAGE_COUNT; i++)
        if (grade->selected[i])
            term_findings(&grade->stages[i], colour, out);
    put_verdict(grade, colour, out);
    return ferror(out) ? -1 : 0;
}

const struct report report_term = {"term", "a score card for people",
                                   write_term, NULL, false};
