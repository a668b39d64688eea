#include "cmd/watch.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/term.h"
#include "base/tty.h"
#include "cmd/page.h"
#include "judge/stage.h"
#include "report/report.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The counterexample tells most, so it comes before what the tests found. */
static enum stage_id nth_to_tell(int i)
{
    if (i == STAGE_TESTS)
        return STAGE_ORACLE;
    return i == STAGE_ORACLE ? STAGE_TESTS : (enum stage_id)i;
}

/* The report */

static const char *style(const struct watch *watch, enum term_style style)
{
    return term_style(watch->colour, style);
}

/* The claim that costs most against the reference. */
static void put_cost(const struct stage_result *growth, FILE *out)
{
    json_t *claim, *claims = json_object_get(growth->details, "claims");
    const char *most = NULL;
    double factor = 0;
    size_t i;

    json_array_foreach(claims, i, claim)
    {
        double one = json_number_value(json_object_get(claim, "factor"));

        if (one > factor) {
            factor = one;
            most = json_string_value(json_object_get(claim, "claim"));
        }
    }
    if (most)
        fprintf(out,
                "  cost      %.2f times the reference's instructions where it "
                "is most (%s)\n",
                factor, most);
    else
        fputs("  cost      not measured: this kata promises no growth\n", out);
}

static void put_next(const struct watch *watch, FILE *out)
{
    const struct kata *kata = watch->context.kata;
    const struct next *next = standing_next(&watch->standing, kata->slug);

    fprintf(out,
            "  look at   d: how the reference does it; "
            "solutions/%s/%s/NOTES.md: why, and what CPython does\n",
            kata->topic, kata->slug);
    if (next)
        fprintf(out, "  next      n: %s, %s (%s, %d min): %s\n",
                next->kata->slug, next->kata->title,
                kata_level_name(next->kata->level), next->kata->minutes,
                next->why);
    else
        fputs("  next      nothing: every other kata has passed\n", out);
}

static void put_pass(const struct watch *watch, const struct grade *grade,
                     FILE *out)
{
    char *achieved = standing_achieved(&watch->context);

    fprintf(out, "%sPASSED%s  %.4g of %d points\n\n", style(watch, TERM_GREEN),
            style(watch, TERM_PLAIN), grade->score, grade->max_score);
    if (achieved)
        fprintf(out, "  achieved  %s\n", achieved);
    put_cost(&grade->stages[STAGE_GROWTH], out);
    put_next(watch, out);
    fputc('\n', out);
    free(achieved);
}

static void put_verdict(const struct watch *watch, const struct grade *grade,
                        FILE *out)
{
    const char *category = category_name(grade->category);

    fprintf(out, "\n%s%s%s  %.4g of %d points  %s", style(watch, TERM_RED),
            verdict_name(grade->verdict), style(watch, TERM_PLAIN),
            grade->score, grade->max_score, category);
    if (grade->category != CATEGORY_NONE)
        fprintf(out, "  %s`kata explain %s` says what that is%s",
                style(watch, TERM_DIM), category, style(watch, TERM_PLAIN));
    fputc('\n', out);
}

char *watch_report(const struct watch *watch, const struct grade *grade)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);

    if (!out)
        return xstrdup("");
    if (grade->verdict == VERDICT_PASS)
        put_pass(watch, grade, out);
    for (int i = 0; i < STAGE_COUNT; i++)
        if (grade->selected[i])
            term_stage(&grade->stages[i], watch->colour, out);
    if (grade->verdict != VERDICT_PASS)
        put_verdict(watch, grade, out);
    for (int i = 0; i < STAGE_COUNT; i++)
        if (grade->selected[nth_to_tell(i)])
            term_findings(&grade->stages[nth_to_tell(i)], watch->colour, out);
    term_growth(&grade->stages[STAGE_GROWTH], watch->colour, out);
    if (strcmp(grade->sandbox, "none") == 0)
        fputs("\ngraded without a sandbox; `kata doctor` says how to get one\n",
              out);
    if (fclose(out) != 0 || !text)
        return xstrdup("");
    return text;
}

/* The screen */

static void add_header(const struct watch *watch, struct str *out)
{
    const struct kata *kata = watch->context.kata;

    str_addf(out, "%s%s%s  %s   %s%s, %s, %d min%s\n", style(watch, TERM_BOLD),
             kata->slug, style(watch, TERM_PLAIN), kata->title,
             style(watch, TERM_DIM), kata->topic, kata_level_name(kata->level),
             kata->minutes, style(watch, TERM_PLAIN));
    if (watch->title)
        str_addf(out, "%s%s%s", style(watch, TERM_BOLD), watch->title,
                 style(watch, TERM_PLAIN));
    else if (watch->runner.running)
        str_add(out, "grading ...");
    else if (watch->ended)
        str_addf(out, "graded at %s; waiting for you to save", watch->at);
    else
        str_add(out, "waiting for you to save");
    str_add(out, "\n\n");
}

static void add_stage(const struct watch *watch, enum stage_id id,
                      const struct runner_stage *stage, struct str *out)
{
    if (!stage->selected)
        return;
    if (stage->state == RUNNER_ENDED)
        str_add(out, stage->line);
    else if (stage->state == RUNNER_RUNNING)
        str_addf(out, "  %-8s %srunning%s\n", stage_name(id),
                 style(watch, TERM_YELLOW), style(watch, TERM_PLAIN));
    else
        str_addf(out, "  %s%-8s waiting%s\n", style(watch, TERM_DIM),
                 stage_name(id), style(watch, TERM_PLAIN));
}

static void add_run(struct watch *watch, struct str *out)
{
    struct runner_stage stages[STAGE_COUNT];

    runner_look(&watch->runner, stages);
    for (enum stage_id i = 0; i < STAGE_COUNT; i++)
        add_stage(watch, i, &stages[i], out);
    for (int i = 0; i < STAGE_COUNT; i++) {
        const struct runner_stage *stage = &stages[nth_to_tell(i)];

        if (stage->selected && stage->findings)
            str_add(out, stage->findings);
    }
    runner_stages_release(stages);
}

static void add_body(struct watch *watch, struct str *out)
{
    if (watch->title)
        str_add(out, watch->text.text);
    else if (watch->runner.running)
        add_run(watch, out);
    else if (watch->ended)
        str_add(out, watch->report);
}

static void add_bar(const struct watch *watch, int columns, struct str *out)
{
    size_t passed = watch->standing.passed, count = watch->standing.count;
    size_t width = columns > 60 ? 40 : columns > 34 ? (size_t)columns - 24 : 10;
    size_t full = count ? width * passed / count : 0;

    str_addc(out, '[');
    for (size_t i = 0; i < width; i++)
        str_addc(out, i < full ? '#' : '-');
    str_addf(out, "] %zu of %zu passed\n", passed, count);
}

/* As short as it can be said from here. */
static void add_path(const char *path, struct str *out)
{
    char here[PATH_MAX];
    size_t n;

    if (getcwd(here, sizeof here) && (n = strlen(here)) > 1 &&
        strncmp(path, here, n) == 0 && path[n] == '/')
        path += n + 1;
    str_add_visible(out, path, strlen(path), PATH_MAX, false);
    str_addc(out, '\n');
}

/* Adds a key and its name; a line holds whole ones. */
static void add_key(const struct watch *watch, char key, const char *name,
                    int columns, int *used, struct str *out)
{
    int width = 2 + (int)strlen(name);

    if (*used && *used + 2 + width > columns) {
        str_addc(out, '\n');
        *used = 0;
    }
    str_addf(out, "%s%s%c%s %s", *used ? "  " : "", style(watch, TERM_BOLD),
             key, style(watch, TERM_PLAIN), name);
    *used += width + (*used ? 2 : 0);
}

static void add_keys(const struct watch *watch, int columns, struct str *out)
{
    static const struct {
        char key;
        const char *name;
    } keys[] = {{'n', "next"},      {'h', "hint"},  {'l', "list"},
                {'b', "brief"},     {'d', "diff"},  {'s', "solution"},
                {'r', "run again"}, {'x', "reset"}, {'e', "edit"},
                {'q', "quit"}};
    int used = 0;

    if (watch->question == WATCH_RESET)
        str_add(out, "Put the stub back? What you have is kept aside. y/n");
    else if (watch->question == WATCH_SOLUTION)
        str_add(out, "You have not passed yet. See the solution? y/n");
    else if (watch->title)
        str_add(out, "esc goes back; space and arrows scroll\n");
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (watch->question == WATCH_NO_QUESTION)
            add_key(watch, keys[i].key, keys[i].name, columns, &used, out);
}

static void add_footer(const struct watch *watch, int columns, struct str *out)
{
    str_addc(out, '\n');
    if (watch->notice.length)
        str_addf(out, "%s%s%s\n", style(watch, TERM_YELLOW), watch->notice.text,
                 style(watch, TERM_PLAIN));
    add_bar(watch, columns, out);
    add_path(watch->path, out);
    add_keys(watch, columns, out);
}

void watch_draw(struct watch *watch)
{
    struct str header = STR_INIT, body = STR_INIT, footer = STR_INIT;
    struct tty_size size = tty_size();
    struct strv lines = STRV_INIT;
    struct page page = {.scroll = watch->scroll};

    add_header(watch, &header);
    add_body(watch, &body);
    add_footer(watch, size.columns, &footer);
    page.header = header.text;
    page.body = body.text;
    page.footer = footer.text;
    page_compose(&page, size, watch->colour, &lines);
    watch->scroll = page.scroll;
    tty_draw(&lines);
    strv_release(&lines);
    str_release(&header);
    str_release(&body);
    str_release(&footer);
}
