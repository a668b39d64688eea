/*
 * --format csv: a line a grade (RFC 4180, UTF-8), for spreadsheets.
 *
 * A spreadsheet takes a cell that starts with =, +, -, @, a tab or a carriage
 * return for a formula, and so may do the full-width forms of these. All text
 * is quoted, holds no control, and gets a ' in front where it starts so (after
 * any blanks). Numbers are this program's own.
 */
#include "base/alloc.h"
#include "judge/stage.h"
#include "report/formats.h"

#include <stdlib.h>
#include <string.h>

static bool is_formula(const char *text)
{
    static const char *const starts[] = {"=",
                                         "+",
                                         "-",
                                         "@",
                                         "|",
                                         "%",
                                         "\xef\xbc\x9d",
                                         "\xef\xbc\x8b",
                                         "\xef\xbc\x8d",
                                         "\xef\xbc\xa0"};

    /* U+00A0 and U+3000 are blanks to some */
    for (;;)
        if (*text == ' ')
            text++;
        else if (str_starts(text, "\xc2\xa0"))
            text += 2;
        else if (str_starts(text, "\xe3\x80\x80"))
            text += 3;
        else
            break;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (str_starts(text, starts[i]))
            return true;
    return false;
}

static void put_text(FILE *out, const char *text)
{
    char *line = report_line(text);

    fputc('"', out);
    if (is_formula(line))
        fputc('\'', out);
    for (const char *c = line; *c; c++) {
        if (*c == '"')
            fputc('"', out);
        fputc(*c, out);
    }
    fputc('"', out);
    free(line);
}

/* Has any an award? Then each line says what is awarded. */
static bool has_awards(const struct report_entry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (entries[i].grade->award)
            return true;
    return false;
}

/* A verdict of error has no points, which is not 0: the cell stays empty. */
static void put_award(FILE *out, const struct grade *grade)
{
    const struct award *award = grade->award;
    char *note = report_late(grade);

    fputc(',', out);
    if (award && award->graded)
        fprintf(out, "%.8g", award->points);
    fputc(',', out);
    if (award)
        fprintf(out, "%.8g,%s,", award->max, lateness_name(award->lateness));
    else
        fputs(",,", out);
    put_text(out, note ? note : "");
    free(note);
}

static void put_head(FILE *out, bool awards)
{
    fputs("name,kata,verdict,category,score,max_score", out);
    for (int i = 0; i < STAGE_COUNT; i++)
        fprintf(out, ",%s,%s_score", stage_name((enum stage_id)i),
                stage_name((enum stage_id)i));
    fprintf(out, ",seconds,instructions,seed,submission,cause%s\r\n",
            awards ? ",awarded,awarded_max,late,late_note" : "");
}

/* What is said of the first stage that did not pass. */
static void put_cause(FILE *out, const struct grade *grade)
{
    for (int i = 0; i < STAGE_COUNT; i++) {
        const struct stage_result *stage = &grade->stages[i];

        if (grade->selected[i] && stage->status != STATUS_PASS &&
            stage->category == grade->category &&
            grade->category != CATEGORY_NONE) {
            char *cause = report_cause(stage);

            put_text(out, cause);
            free(cause);
            return;
        }
    }
    put_text(out, "");
}

static void put_row(FILE *out, const char *name, const struct grade *grade,
                    bool awards)
{
    put_text(out, name);
    fputc(',', out);
    put_text(out, grade->kata->slug);
    fprintf(out, ",%s,%s,%.6g,%d", verdict_name(grade->verdict),
            grade->category == CATEGORY_NONE ? ""
                                             : category_name(grade->category),
            grade->score, grade->max_score);
    for (int i = 0; i < STAGE_COUNT; i++)
        if (grade->selected[i])
            fprintf(out, ",%s,%.6g", status_name(grade->stages[i].status),
                    grade->stages[i].score);
        else
            fputs(",,", out);
    fprintf(out, ",%.4f,", grade->seconds);
    if (report_instructions(grade) > 0)
        fprintf(out, "%.2f", report_instructions(grade));
    fprintf(out, ",%llu,", (unsigned long long)grade->seed);
    put_text(out, grade->submission_hash);
    fputc(',', out);
    put_cause(out, grade);
    if (awards)
        put_award(out, grade);
    fputs("\r\n", out);
}

static int write_all(const struct report_entry *entries, size_t count,
                     FILE *out)
{
    bool awards = has_awards(entries, count);

    put_head(out, awards);
    for (size_t i = 0; i < count; i++)
        put_row(out, entries[i].name, entries[i].grade, awards);
    return ferror(out) ? -1 : 0;
}

static int write_csv(const struct grade *grade, FILE *out)
{
    char *path = report_path(grade);
    struct report_entry entry = {path, grade};
    int status = write_all(&entry, 1, out);

    free(path);
    return status;
}

const struct report report_csv = {"csv", "a line for a spreadsheet", write_csv,
                                  write_all, true};
