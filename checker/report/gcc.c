/*
 * --format gcc: a line a finding, as a compiler prints them, for the lists of
 * errors of editors (docs/editors.md):
 *
 *     work/lru-cache/lru_cache.c:112:1: error: TEST: MESSAGE [leak]
 *
 * with paths that can be opened from the current folder, line and column 1
 * where they are not known, and indented below it what takes more lines: the
 * rest of the message, the calls.
 */
#include "base/alloc.h"
#include "base/path.h"
#include "judge/stage.h"
#include "report/formats.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 2000 };

static const char *submission(const struct grade *grade)
{
    return grade->path ? grade->path : grade->kata->snake;
}

/* The file that a finding is in, to be opened, owned: the header is the one
   beside the submission where there is one, and tests are the kata's. NULL
   where it is none of these, but the system's, say. */
static char *path_of(const struct grade *grade, const char *file)
{
    char *own = xasprintf("%s.c", grade->kata->snake), *dir, *path;

    if (!file || strcmp(file, own) == 0) {
        free(own);
        return xstrdup(submission(grade));
    }
    free(own);
    dir = path_dirname(submission(grade));
    path = path_join(dir, file);
    free(dir);
    if (!path_is_file(path) && grade->kata->dir) {
        free(path);
        path = path_join(grade->kata->dir, file);
    }
    if (!path_is_file(path)) {
        free(path);
        path = NULL;
    }
    return path;
}

/* The first line of foreign text is returned, owned; the others are added to
 *rest, indented. */
static char *first_line(const char *text, struct str *rest)
{
    struct str visible = STR_INIT;
    struct strv lines = STRV_INIT;
    char *first;

    str_add_visible(&visible, text, strlen(text), TEXT_MAX, true);
    strv_add_lines(&lines, visible.text);
    first = xstrdup(lines.count ? lines.items[0] : "");
    for (size_t i = 1; i < lines.count; i++)
        str_addf(rest, "    %s\n", lines.items[i]);
    strv_release(&lines);
    str_release(&visible);
    return first;
}

static void add_cell(struct str *out, const char *label,
                     const struct strv *list, size_t i)
{
    if (i >= list->count)
        return;
    str_add(out, label);
    str_add_visible(out, list->items[i], strlen(list->items[i]), TEXT_MAX,
                    false);
}

/* Is line i one whose answer is wrong, or the first that has none? */
static bool differs(const struct finding *finding, size_t i)
{
    if (i >= finding->want.count || i > finding->got.count)
        return false;
    return i == finding->got.count ||
           strcmp(finding->want.items[i], finding->got.items[i]) != 0;
}

/* The calls, with the answers where they differ: "put 0 1  want =, got !". */
static void add_calls(struct str *out, const struct finding *finding)
{
    for (size_t i = 0; i < finding->trace.count; i++) {
        size_t hidden = finding_hidden(finding, i);

        if (hidden > 0)
            str_addf(out, "    ... %zu more ...\n", hidden);
        i += hidden;
        add_cell(out, "    ", &finding->trace, i);
        if (differs(finding, i)) {
            add_cell(out, "   want ", &finding->want, i);
            add_cell(out, ", got ", &finding->got, i);
            if (i == finding->got.count)
                str_add(out, ", got nothing");
        }
        str_addc(out, '\n');
    }
    if (finding->trace_file) {
        str_add(out, "    saved: ");
        str_add_visible(out, finding->trace_file, strlen(finding->trace_file),
                        TEXT_MAX, false);
        str_addc(out, '\n');
    }
}

static void put_visible(const char *text, FILE *out)
{
    struct str visible = STR_INIT;

    str_add_visible(&visible, text, strlen(text), TEXT_MAX, false);
    fputs(visible.text, out);
    str_release(&visible);
}

static void put_finding(const struct grade *grade,
                        const struct finding *finding, bool warning, FILE *out)
{
    struct str rest = STR_INIT, what = STR_INIT;
    char *path = path_of(grade, finding->file);
    char *message = first_line(finding->message, &rest);
    bool placed = path && finding->line;

    if (!path)
        str_addf(&what, "%s:%d: ", finding->file, finding->line);
    if (finding->test)
        str_addf(&what, "%s: ", finding->test);
    add_calls(&rest, finding);
    put_visible(path ? path : submission(grade), out);
    fprintf(out, ":%d:%d: %s: ", placed ? finding->line : 1,
            placed && finding->column ? finding->column : 1,
            warning ? "warning" : "error");
    put_visible(what.text, out);
    fprintf(out, "%s [%s]\n%s", message, category_name(finding->category),
            rest.text);
    free(path);
    free(message);
    str_release(&what);
    str_release(&rest);
}

static bool is_same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* A warning is both the build's and the style's. */
static bool is_told(const struct grade *grade, enum stage_id before,
                    const struct finding *finding)
{
    for (enum stage_id i = 0; i < before; i++)
        for (size_t k = 0; grade->selected[i] && k < grade->stages[i].count;
             k++) {
            const struct finding *other = &grade->stages[i].findings[k];

            if (other->line == finding->line &&
                other->column == finding->column &&
                is_same(other->file, finding->file) &&
                is_same(other->test, finding->test) &&
                is_same(other->message, finding->message))
                return true;
        }
    return false;
}

static void put_stage(const struct grade *grade,
                      const struct stage_result *stage, FILE *out)
{
    if (stage->status == STATUS_ERROR && stage->reason) {
        struct finding error = {.category = CATEGORY_INTERNAL_ERROR};

        error.message = xasprintf("the stage %s could not run: %s",
                                  stage_name(stage->id), stage->reason);
        put_finding(grade, &error, false, out);
        finding_release(&error);
    }
    for (size_t i = 0; i < stage->count; i++) {
        const struct finding *finding = &stage->findings[i];

        if (!is_told(grade, stage->id, finding))
            put_finding(grade, finding,
                        finding->warning || !stage_table[stage->id].required,
                        out);
    }
}

static int write_gcc(const struct grade *grade, FILE *out)
{
    char *verdict = report_verdict(grade);

    for (int i = 0; i < STAGE_COUNT; i++)
        if (grade->selected[i])
            put_stage(grade, &grade->stages[i], out);
    fprintf(out, "%s: %s\n", grade->kata->slug, verdict);
    free(verdict);
    return ferror(out) ? -1 : 0;
}

const struct report report_gcc = {
    "gcc", "a line a finding, as compilers print them, for editors", write_gcc,
    NULL, false};
