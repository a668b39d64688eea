/* --format html: one grade's page. */
#include "report/page.h"

#include "base/alloc.h"
#include "judge/stage.h"
#include "report/formats.h"

#include <stdlib.h>
#include <string.h>

enum { POINTS_MAX = 64, CLAIMS_SHOWN = 12 };

static void put_code(struct markup *page, const struct strv *list, size_t i)
{
    markup_open(page, "td");
    markup_attr(page, "class", "code");
    if (i < list->count)
        markup_bytes(page, list->items[i], strlen(list->items[i]),
                     REPORT_LINE_MAX);
    markup_close(page, "td");
}

/* Is line i the first whose answer is wrong? */
static bool is_bad(const struct finding *finding, size_t i)
{
    return i < finding->want.count &&
           (i >= finding->got.count ||
            strcmp(finding->want.items[i], finding->got.items[i]) != 0);
}

static void put_gap(struct markup *page, size_t hidden)
{
    markup_open(page, "tr");
    markup_elementf(page, "td", NULL, "... %zu more ...", hidden);
    markup_close(page, "tr");
}

static void put_trace(struct markup *page, const struct finding *finding)
{
    bool marked = false;

    if (finding->want.count)
        html_table_start(page, NULL, "call", "expected", "got", NULL);
    else
        html_table_start(page, NULL, "call", NULL);
    for (size_t i = 0; i < finding->trace.count; i++) {
        size_t hidden = finding_hidden(finding, i);
        bool bad;

        if (hidden > 0)
            put_gap(page, hidden);
        i += hidden;
        bad = !marked && is_bad(finding, i);
        marked = marked || bad;
        markup_open(page, "tr");
        markup_attr(page, "class", bad ? "bad" : NULL);
        put_code(page, &finding->trace, i);
        if (finding->want.count) {
            put_code(page, &finding->want, i);
            put_code(page, &finding->got, i);
        }
        markup_close(page, "tr");
    }
    html_table_end(page);
}

void page_finding(struct markup *page, const struct finding *finding)
{
    markup_open(page, "div");
    markup_attr(page, "class", "card");
    markup_open(page, "p");
    markup_elementf(page, "span", finding->warning ? "note" : "fail", "%s",
                    category_name(finding->category));
    markup_text(page, " ");
    if (finding->file) {
        markup_open(page, "code");
        markup_text(page, finding->file);
        if (finding->line)
            markup_textf(page, ":%d", finding->line);
        markup_close(page, "code");
        markup_text(page, " ");
    }
    if (finding->test)
        markup_element(page, "code", NULL, finding->test);
    markup_close(page, "p");
    markup_element(page, "pre", NULL, finding->message);
    if (finding->trace.count)
        put_trace(page, finding);
    markup_close(page, "div");
}

static void put_tile(struct markup *page, const char *what, const char *class,
                     const char *value)
{
    markup_open(page, "div");
    markup_element(page, "b", class, value);
    markup_text(page, what);
    markup_close(page, "div");
}

static void put_tiles(struct markup *page, const struct grade *grade)
{
    bool none = grade->award && !grade->award->graded;
    char *points =
        none ? xstrdup("none")
             : xasprintf("%.8g / %.8g", report_score(grade), report_max(grade));
    char *late = report_late(grade);
    char *seconds = xasprintf("%.2f s", grade->seconds);
    char *seed = xasprintf("%llu", (unsigned long long)grade->seed);

    markup_open(page, "div");
    markup_attr(page, "class", "tiles");
    put_tile(page,
             grade->category == CATEGORY_NONE ? "verdict"
                                              : category_name(grade->category),
             verdict_name(grade->verdict), verdict_name(grade->verdict));
    put_tile(page, "points", NULL, points);
    put_tile(page, "time", NULL, seconds);
    put_tile(page, "seed", NULL, seed);
    markup_close(page, "div");
    if (late)
        markup_element(page, "p", NULL, late);
    free(late);
    free(points);
    free(seconds);
    free(seed);
}

static void put_stages(struct markup *page, const struct grade *grade)
{
    html_table_start(page, NULL, "stage", "status", "#points", "#seconds", "",
                     NULL);
    for (int i = 0; i < STAGE_COUNT; i++) {
        const struct stage_result *stage = &grade->stages[i];
        char *cause;

        if (!grade->selected[i])
            continue;
        cause = report_cause(stage);
        markup_open(page, "tr");
        markup_element(page, "th", NULL, stage_name(stage->id));
        markup_element(page, "td", status_name(stage->status),
                       status_name(stage->status));
        if (report_stage_max(grade, stage->id) > 0)
            markup_elementf(page, "td", "number", "%.8g / %.8g",
                            report_stage_score(grade, stage->id),
                            report_stage_max(grade, stage->id));
        else
            markup_element(page, "td", NULL, "");
        markup_elementf(page, "td", "number", "%.2f", stage->seconds);
        markup_element(page, "td", NULL,
                       stage->status == STATUS_PASS
                           ? stage_table[stage->id].title
                           : cause);
        markup_close(page, "tr");
        free(cause);
    }
    html_table_end(page);
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

/* What a claim cost at each n, before that the reference. */
static void put_claim(struct markup *page, const json_t *claim)
{
    const json_t *point, *points = json_object_get(claim, "points");
    double n[POINTS_MAX], mine[POINTS_MAX], theirs[POINTS_MAX];
    struct plot_series series[] = {
        {.title = "reference", .x = n, .y = theirs},
        {.title = "this submission", .x = n, .y = mine}};
    struct plot plot = {.x_label = "n",
                        .y_label = "instructions a call",
                        .log_x = true,
                        .log_y = true,
                        .series = series,
                        .series_count = 2};
    size_t i, count = 0;
    char *title = xasprintf("%s: found %s", text_of(claim, "claim"),
                            text_of(claim, "class"));

    json_array_foreach(points, i, point)
    {
        if (count == POINTS_MAX)
            break;
        n[count] = json_number_value(json_object_get(point, "n"));
        mine[count] = json_number_value(json_object_get(point, "instructions"));
        theirs[count++] =
            json_number_value(json_object_get(point, "reference"));
    }
    plot.title = title;
    series[0].count = series[1].count = count;
    html_plot(page, &plot);
    free(title);
}

static void put_growth(struct markup *page, const struct grade *grade)
{
    const json_t *claim,
        *claims =
            json_object_get(grade->stages[STAGE_GROWTH].details, "claims");
    size_t i;

    if (json_array_size(claims) == 0)
        return;
    markup_element(page, "h2", NULL, "Cost as the input grows");
    markup_open(page, "div");
    markup_attr(page, "class", "plots");
    json_array_foreach(claims, i, claim)
    {
        if (i < CLAIMS_SHOWN)
            put_claim(page, claim);
    }
    markup_close(page, "div");
}

static void put_findings(struct markup *page, const struct stage_result *stage)
{
    if (stage->count == 0 && !(stage->status == STATUS_ERROR && stage->reason))
        return;
    markup_elementf(page, "h2", NULL, "%s", stage_name(stage->id));
    if (stage->reason)
        markup_element(page, "p", "note", stage->reason);
    for (size_t i = 0; i < stage->count && i < REPORT_FINDINGS; i++)
        page_finding(page, &stage->findings[i]);
    if (stage->count > REPORT_FINDINGS)
        markup_elementf(page, "p", "note", "... and %zu more",
                        stage->count - REPORT_FINDINGS);
}

static void put_foot(struct markup *page, const struct grade *grade)
{
    markup_open(page, "footer");
    markup_text(page, "submission ");
    markup_element(page, "code", NULL, grade->submission_hash);
    markup_textf(page, ", %s, sandbox %s",
                 grade->toolchain ? grade->toolchain : "", grade->sandbox);
    markup_close(page, "footer");
}

static int write_html(const struct grade *grade, FILE *out)
{
    struct str text = STR_INIT;
    struct markup page;
    char *path = report_path(grade);
    char *title = xasprintf(
        "%s: %s", grade->kata->title ? grade->kata->title : grade->kata->slug,
        verdict_name(grade->verdict));
    int status;

    html_page_start(&page, &text, title);
    markup_element(&page, "p", "note", path);
    put_tiles(&page, grade);
    put_stages(&page, grade);
    for (int i = 0; i < STAGE_COUNT; i++)
        if (grade->selected[i])
            put_findings(&page, &grade->stages[i]);
    put_growth(&page, grade);
    put_foot(&page, grade);
    html_page_end(&page);
    status = fwrite(text.text, 1, text.length, out) == text.length ? 0 : -1;
    free(path);
    free(title);
    str_release(&text);
    return status;
}

const struct report report_html = {"html", "one page, self-contained",
                                   write_html, NULL, false};
