#include "report/class.h"

#include "base/alloc.h"
#include "judge/stage.h"
#include "report/formats.h"
#include "report/page.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    BINS = 20,
    GROUPS_SHOWN = 12,
    NAMES_SHOWN = 12,
    TOP_SHOWN = 10,
    PAIRS_SHOWN = 30,
    RUNS_SHOWN = 4,
    RUN_LINES = 60
};

static double share_of(double score, double max)
{
    return max > 0 ? fmin(1, fmax(0, score / max)) : 0;
}

static double percent(const struct grade *grade)
{
    return 100 * share_of(report_score(grade), report_max(grade));
}

static void put_tile(struct markup *page, const char *what, double value,
                     const char *unit)
{
    markup_open(page, "div");
    markup_elementf(page, "b", NULL, "%.0f%s", value, unit);
    markup_text(page, what);
    markup_close(page, "div");
}

static int by_number(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;

    return a < b ? -1 : a > b;
}

static double median(const struct class *class)
{
    double *all = xcalloc(class->count + 1, sizeof *all), middle = 0;
    size_t n = 0;

    for (size_t i = 0; i < class->count; i++)
        if (class->entries[i].grade->verdict != VERDICT_ERROR)
            all[n++] = percent(class->entries[i].grade);
    qsort(all, n, sizeof *all, by_number);
    if (n)
        middle = (all[(n - 1) / 2] + all[n / 2]) / 2;
    free(all);
    return middle;
}

static bool has_awards(const struct class *class)
{
    for (size_t i = 0; i < class->count; i++)
        if (class->entries[i].grade->award)
            return true;
    return false;
}

/* What the late rules did to how many; who, by whom it is not known. */
static void put_late(struct markup *page, const struct class *class)
{
    size_t of[LATENESS_UNGRADED + 1] = {0};

    for (size_t i = 0; i < class->count; i++)
        if (class->entries[i].grade->award)
            of[class->entries[i].grade->award->lateness]++;
    markup_elementf(page, "p", "note",
                    "Points are those of the instructor's grading file. In "
                    "time: %zu, late: %zu, too late to count: %zu.",
                    of[LATENESS_IN_TIME], of[LATENESS_LATE],
                    of[LATENESS_TOO_LATE]);
    if (of[LATENESS_UNKNOWN])
        markup_elementf(page, "p", "error",
                        "Not known when it was handed in: %zu of the "
                        "submissions, marked ?. The late rules are not applied "
                        "to them.",
                        of[LATENESS_UNKNOWN]);
}

static void put_summary(struct markup *page, const struct class *class)
{
    size_t of[3] = {0, 0, 0};

    for (size_t i = 0; i < class->count; i++)
        of[class->entries[i].grade->verdict]++;
    markup_open(page, "div");
    markup_attr(page, "class", "tiles");
    put_tile(page, "submissions", (double)class->count, "");
    put_tile(page, "pass", (double)of[VERDICT_PASS], "");
    put_tile(page, "fail", (double)of[VERDICT_FAIL], "");
    put_tile(page, "could not be graded", (double)of[VERDICT_ERROR], "");
    put_tile(page, "median score", median(class), " %");
    markup_close(page, "div");
    if (has_awards(class))
        put_late(page, class);
    if (!class->unread || class->unread->count == 0)
        return;
    markup_elementf(page, "p", "error", "Not read: %zu of the files",
                    class->unread->count);
    markup_open(page, "ul");
    for (size_t i = 0; i < class->unread->count && i < NAMES_SHOWN; i++)
        markup_element(page, "li", NULL, class->unread->items[i]);
    markup_close(page, "ul");
}

static void put_distribution(struct markup *page, const struct class *class)
{
    double x[BINS + 1], passed[BINS + 1] = {0}, failed[BINS + 1] = {0};
    struct plot_series series[] = {{.title = "pass",
                                    .kind = PLOT_BARS,
                                    .x = x,
                                    .y = passed,
                                    .count = BINS + 1},
                                   {.title = "fail",
                                    .kind = PLOT_BARS,
                                    .x = x,
                                    .y = failed,
                                    .count = BINS + 1}};
    struct plot plot = {.title = "Scores",
                        .x_label = "percent of the points",
                        .y_label = "submissions",
                        .stacked = true,
                        .x_low = -3,
                        .x_high = 103,
                        .series = series,
                        .series_count = 2};

    for (int i = 0; i <= BINS; i++)
        x[i] = 100.0 * i / BINS;
    for (size_t i = 0; i < class->count; i++) {
        const struct grade *grade = class->entries[i].grade;
        int bin = (int)(percent(grade) / 100 * BINS + 0.5);

        if (grade->verdict == VERDICT_PASS)
            passed[bin]++;
        else if (grade->verdict == VERDICT_FAIL)
            failed[bin]++;
    }
    html_plot(page, &plot);
}

/* Why submissions failed, the commonest first. */
static void put_categories(struct markup *page, const struct class *class)
{
    const char *names[CATEGORY_COUNT];
    double counts[CATEGORY_COUNT] = {0}, sorted[CATEGORY_COUNT];
    struct plot_series series = {.kind = PLOT_BARS, .y = sorted};
    struct plot plot = {.title = "First thing that is wrong",
                        .y_label = "submissions",
                        .ticks = names,
                        .series = &series,
                        .series_count = 1};

    for (size_t i = 0; i < class->count; i++)
        counts[class->entries[i].grade->category]++;
    counts[CATEGORY_NONE] = 0;
    for (;;) {
        int most = 0;

        for (int c = 1; c < CATEGORY_COUNT; c++)
            most = counts[c] > counts[most] ? c : most;
        if (counts[most] == 0)
            break;
        names[series.count] = category_name((enum category)most);
        sorted[series.count++] = counts[most];
        counts[most] = 0;
    }
    plot.tick_count = series.count;
    if (series.count)
        html_plot(page, &plot);
}

/* Entries by kata, then by score, then by name. */
static int by_score(const void *x, const void *y)
{
    const struct class_entry *a = *(const struct class_entry *const *)x;
    const struct class_entry *b = *(const struct class_entry *const *)y;
    int kata = strcmp(a->grade->kata->slug, b->grade->kata->slug);

    if (kata != 0)
        return kata;
    if (percent(a->grade) != percent(b->grade))
        return percent(a->grade) > percent(b->grade) ? -1 : 1;
    return strcmp(a->name, b->name);
}

static const struct class_entry **sorted_entries(const struct class *class)
{
    const struct class_entry **all = xcalloc(class->count + 1, sizeof *all);

    for (size_t i = 0; i < class->count; i++)
        all[i] = &class->entries[i];
    qsort(all, class->count, sizeof *all, by_score);
    return all;
}

/* Green for all points, down to red for none; grey where it was not run. */
static void put_heat(struct markup *page, const struct stage_result *stage,
                     bool selected)
{
    static const char *const marks[] = {"\xc2\xb7", "\xe2\x9c\x93",
                                        "\xe2\x9c\x97", "!"};
    double share = stage->max_score ? share_of(stage->score, stage->max_score)
                                    : stage->status == STATUS_PASS;

    markup_open(page, "td");
    if (selected && stage->status != STATUS_SKIP)
        markup_attr(page, "class", html_heat(share));
    if (selected)
        markup_attrf(page, "title", "%s: %s%s%s", stage_name(stage->id),
                     status_name(stage->status),
                     stage->category == CATEGORY_NONE ? "" : ", ",
                     stage->category == CATEGORY_NONE
                         ? ""
                         : category_name(stage->category));
    if (!selected)
        markup_text(page, "");
    else if (stage->max_score && share < 1 &&
             (stage->status == STATUS_PASS ||
              (stage->status == STATUS_FAIL && share > 0)))
        markup_textf(page, "%.0f", 100 * share);
    else
        markup_text(page, marks[stage->status]);
    markup_close(page, "td");
}

/* Points, and how the submission stands to its deadline. */
static void put_awarded(struct markup *page, const struct grade *grade)
{
    static const char *const marks[] = {[LATENESS_UNKNOWN] = " ?",
                                        [LATENESS_LATE] = " late",
                                        [LATENESS_TOO_LATE] = " too late",
                                        [LATENESS_UNGRADED] = ""};
    const struct award *award = grade->award;
    char *note = report_late(grade);

    markup_open(page, "td");
    markup_attr(page, "class", "number");
    markup_attr(page, "title", note);
    if (award && award->graded)
        markup_textf(page, "%.8g / %.8g%s", award->points, award->max,
                     marks[award->lateness] ? marks[award->lateness] : "");
    else
        markup_text(page, "");
    markup_close(page, "td");
    free(note);
}

static void put_heat_row(struct markup *page, const struct class_entry *entry,
                         bool several, bool awards)
{
    const struct grade *grade = entry->grade;

    markup_open(page, "tr");
    markup_open(page, "th");
    markup_attr(page, "scope", "row");
    markup_bytes(page, entry->name, strlen(entry->name), 80);
    if (several)
        markup_textf(page, " \xc2\xb7 %s", grade->kata->slug);
    markup_close(page, "th");
    for (int i = 0; i < STAGE_COUNT; i++)
        put_heat(page, &grade->stages[i], grade->selected[i]);
    if (grade->verdict == VERDICT_ERROR)
        markup_element(page, "td", "error", "error");
    else
        markup_elementf(page, "td", "number", "%.0f %%", percent(grade));
    if (awards)
        put_awarded(page, grade);
    markup_close(page, "tr");
}

static bool has_several_katas(const struct class *class)
{
    for (size_t i = 1; i < class->count; i++)
        if (strcmp(class->entries[i].grade->kata->slug,
                   class->entries[0].grade->kata->slug) != 0)
            return true;
    return false;
}

static void put_map(struct markup *page, const struct class *class)
{
    const struct class_entry **all = sorted_entries(class);
    bool several = has_several_katas(class), awards = has_awards(class);

    markup_element(page, "h2", NULL, "Students by stages");
    markup_element(
        page, "p", "note",
        "\xe2\x9c\x93 passed, \xe2\x9c\x97 failed without a point, a "
        "number: percent of the stage's points, \xc2\xb7 not run, ! "
        "could not run. Point at a cell to read why.");
    markup_open(page, "div");
    markup_attr(page, "class", "scroll tall");
    markup_open(page, "table");
    markup_attr(page, "class", "heat");
    markup_open(page, "thead");
    markup_open(page, "tr");
    markup_element(page, "th", NULL, "");
    for (int i = 0; i < STAGE_COUNT; i++)
        markup_element(page, "th", NULL, stage_name((enum stage_id)i));
    markup_element(page, "th", "number", "score");
    if (awards)
        markup_element(page, "th", "number", "points");
    markup_close(page, "tr");
    markup_close(page, "thead");
    markup_open(page, "tbody");
    for (size_t i = 0; i < class->count; i++)
        put_heat_row(page, all[i], several, awards);
    markup_close(page, "tbody");
    markup_close(page, "table");
    markup_close(page, "div");
    free(all);
}

/* The finding that explains a grade: that of the first required stage with
   one; and what makes two of them the same. */
struct telling {
    const struct class_entry *entry;
    const struct finding *finding;
    char *key;
};

static char *key_of(const struct grade *grade, const struct finding *finding)
{
    struct str key = STR_INIT;

    str_addf(&key, "%s\n%s\n", grade->kata->slug,
             category_name(finding->category));
    for (size_t i = 0; i < finding->trace.count; i++)
        str_addf(&key, "%.200s\n", finding->trace.items[i]);
    if (finding->trace.count == 0)
        str_addf(&key, "%.200s\n%.200s", finding->test ? finding->test : "",
                 finding->test ? "" : finding->message);
    return str_detach(&key);
}

/* A counterexample where there is one: the oracle's before the tests'. */
static const struct finding *telling_finding(const struct grade *grade)
{
    static const enum stage_id order[] = {
        STAGE_BUILD,  STAGE_POLICY, STAGE_ORACLE,  STAGE_TESTS,
        STAGE_MEMORY, STAGE_FAULTS, STAGE_THREADS, STAGE_GROWTH};

    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        const struct stage_result *stage = &grade->stages[order[i]];

        for (size_t k = 0; grade->selected[order[i]] && k < stage->count; k++)
            if (!stage->findings[k].warning)
                return &stage->findings[k];
    }
    return NULL;
}

static int by_key(const void *x, const void *y)
{
    const struct telling *a = x, *b = y;
    int order = strcmp(a->key, b->key);

    return order ? order : strcmp(a->entry->name, b->entry->name);
}

struct group {
    const struct telling *first;
    size_t count;
};

static int by_count(const void *x, const void *y)
{
    const struct group *a = x, *b = y;

    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    return strcmp(a->first->key, b->first->key);
}

static void put_names(struct markup *page, const struct group *group)
{
    markup_open(page, "p");
    markup_attr(page, "class", "note");
    for (size_t i = 0; i < group->count && i < NAMES_SHOWN; i++) {
        const char *name = group->first[i].entry->name;

        markup_text(page, i ? ", " : "");
        markup_bytes(page, name, strlen(name), 80);
    }
    if (group->count > NAMES_SHOWN)
        markup_textf(page, " and %zu more", group->count - NAMES_SHOWN);
    markup_close(page, "p");
}

static void put_groups(struct markup *page, struct telling *all, size_t n)
{
    struct group *groups = xcalloc(n + 1, sizeof *groups);
    size_t count = 0;

    qsort(all, n, sizeof *all, by_key);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || strcmp(all[i].key, all[i - 1].key) != 0)
            groups[count++].first = &all[i];
        groups[count - 1].count++;
    }
    qsort(groups, count, sizeof *groups, by_count);
    for (size_t i = 0; i < count && i < GROUPS_SHOWN; i++) {
        markup_elementf(page, "h3", NULL, "%zu \xc3\x97 %s", groups[i].count,
                        groups[i].first->entry->grade->kata->slug);
        page_finding(page, groups[i].first->finding);
        put_names(page, &groups[i]);
    }
    if (count > GROUPS_SHOWN)
        markup_elementf(page, "p", "note", "and %zu others",
                        count - GROUPS_SHOWN);
    free(groups);
}

static void put_counterexamples(struct markup *page, const struct class *class)
{
    struct telling *all = xcalloc(class->count + 1, sizeof *all);
    size_t n = 0;

    for (size_t i = 0; i < class->count; i++) {
        const struct grade *grade = class->entries[i].grade;
        const struct finding *finding = telling_finding(grade);

        if (finding)
            all[n++] = (struct telling){&class->entries[i], finding,
                                        key_of(grade, finding)};
    }
    if (n) {
        markup_element(page, "h2", NULL, "Commonest counterexamples");
        put_groups(page, all, n);
    }
    for (size_t i = 0; i < n; i++)
        free(all[i].key);
    free(all);
}

/* A solution and what it is ranked by. */
struct ranked {
    const struct class_entry *entry;
    double value;
};

static int by_value(const void *x, const void *y)
{
    const struct ranked *a = x, *b = y;

    if (a->value != b->value)
        return a->value > b->value ? -1 : 1;
    return strcmp(a->entry->name, b->entry->name);
}

static double instructions(const struct class_entry *entry)
{
    return report_instructions(entry->grade);
}

/* Lines with anything on them. */
static double lines(const struct class_entry *entry)
{
    double n = 0;
    bool blank = true;

    for (size_t i = 0; entry->source && i < entry->length; i++) {
        if (entry->source[i] == '\n')
            blank = true;
        else if (blank && entry->source[i] > ' ') {
            blank = false;
            n++;
        }
    }
    return n;
}

static void put_ranking(struct markup *page, const struct class *class,
                        const char *title, const char *head,
                        double (*value)(const struct class_entry *))
{
    struct ranked *all = xcalloc(class->count + 1, sizeof *all);
    size_t n = 0;

    for (size_t i = 0; i < class->count; i++)
        if (class->entries[i].grade->verdict == VERDICT_PASS &&
            value(&class->entries[i]) > 0)
            all[n++] =
                (struct ranked){&class->entries[i], value(&class->entries[i])};
    qsort(all, n, sizeof *all, by_value);
    if (n) {
        markup_open(page, "div");
        html_table_start(page, title, "student", "kata", head, NULL);
        for (size_t i = 0; i < n && i < TOP_SHOWN; i++) {
            markup_open(page, "tr");
            markup_element(page, "td", NULL, all[i].entry->name);
            markup_element(page, "td", NULL, all[i].entry->grade->kata->slug);
            markup_elementf(page, "td", "number", "%.0f", all[i].value);
            markup_close(page, "tr");
        }
        html_table_end(page);
        markup_close(page, "div");
    }
    free(all);
}

/* By submission, so that grades of the same one stand together. */
static int by_submission(const void *x, const void *y)
{
    const struct grade *a = (*(const struct class_entry *const *)x)->grade;
    const struct grade *b = (*(const struct class_entry *const *)y)->grade;
    int order = strcmp(a->submission_hash, b->submission_hash);

    return order ? order : strcmp(a->kata_hash, b->kata_hash);
}

static bool is_flaky(const struct grade *a, const struct grade *b)
{
    return strcmp(a->submission_hash, b->submission_hash) == 0 &&
           strcmp(a->kata_hash, b->kata_hash) == 0 &&
           (a->verdict != b->verdict || a->category != b->category);
}

/* The same file, graded twice by the same kata, with different verdicts. */
static void put_flaky(struct markup *page, const struct class *class)
{
    const struct class_entry **all = sorted_entries(class);
    bool any = false;

    qsort(all, class->count, sizeof *all, by_submission);
    for (size_t i = 1; i < class->count; i++) {
        const struct class_entry *a = all[i - 1], *b = all[i];

        if (!is_flaky(a->grade, b->grade))
            continue;
        if (!any) {
            markup_element(page, "h2", NULL, "Verdicts that differ");
            markup_element(page, "p", "note",
                           "The same file was graded more than once, and not "
                           "with the same verdict. Its behaviour depends on "
                           "chance: on addresses, time or threads.");
            markup_open(page, "ul");
        }
        any = true;
        markup_elementf(page, "li", NULL,
                        "%.80s: %s (seed %llu), %.80s: %s (seed "
                        "%llu)",
                        a->name, verdict_name(a->grade->verdict),
                        (unsigned long long)a->grade->seed, b->name,
                        verdict_name(b->grade->verdict),
                        (unsigned long long)b->grade->seed);
    }
    if (any)
        markup_close(page, "ul");
    free(all);
}

/* Lines first ... last of a source, each with its number. */
static void put_lines(struct markup *page, const struct class_entry *entry,
                      int first, int last)
{
    const char *at = entry->source, *end = at + entry->length;
    struct str text = STR_INIT;
    int cut = last - first >= RUN_LINES ? first + RUN_LINES - 1 : last;

    for (int line = 1; at < end && line <= cut; line++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t n = (size_t)((stop ? stop : end) - at);

        if (line >= first) {
            str_addf(&text, "%4d  ", line);
            for (size_t i = 0; i < n && i < REPORT_LINE_MAX; i++)
                if (at[i] == '\t')
                    str_add(&text, "    ");
                else if (at[i] != '\r')
                    str_addc(&text, at[i]);
            str_addc(&text, '\n');
        }
        at += n + (stop != NULL);
    }
    if (cut < last)
        str_addf(&text, "      ... to line %d\n", last);
    markup_open(page, "pre");
    markup_bytes(page, text.text, text.length, MARKUP_TEXT_MAX);
    markup_close(page, "pre");
    str_release(&text);
}

static void put_run(struct markup *page, const struct class_entry *a,
                    const struct class_entry *b, const struct similar_run *run)
{
    markup_open(page, "div");
    markup_attr(page, "class", "sides");
    put_lines(page, a, run->first[0], run->last[0]);
    put_lines(page, b, run->first[1], run->last[1]);
    markup_close(page, "div");
}

static void put_pair(struct markup *page, const struct class *class,
                     const struct class_similar *similar,
                     const struct similar_pair *pair)
{
    const struct class_entry *a = &class->entries[similar->entries[pair->a]];
    const struct class_entry *b = &class->entries[similar->entries[pair->b]];

    markup_open(page, "details");
    markup_open(page, "summary");
    markup_elementf(page, "b", NULL, "%.0f %%", 100 * pair->share);
    markup_text(page, "  ");
    markup_bytes(page, a->name, strlen(a->name), 80);
    markup_text(page, " and ");
    markup_bytes(page, b->name, strlen(b->name), 80);
    markup_textf(page, " \xc2\xb7 %s, %zu %s", similar->kata->slug, pair->count,
                 pair->count == 1 ? "passage" : "passages");
    markup_close(page, "summary");
    for (size_t i = 0; i < pair->count && i < RUNS_SHOWN; i++)
        put_run(page, a, b, &pair->runs[i]);
    if (pair->count > RUNS_SHOWN)
        markup_elementf(page, "p", "note", "and %zu shorter passages",
                        pair->count - RUNS_SHOWN);
    markup_close(page, "details");
}

static void put_similar(struct markup *page, const struct class *class)
{
    size_t pairs = 0;

    markup_element(page, "h2", NULL, "Submissions that are alike");
    markup_element(
        page, "p", "note",
        "Passages with the same structure, whatever their names, order and "
        "layout, with the stub and the header taken out. That two solutions "
        "are "
        "alike says nothing about why: short katas have few good answers, and "
        "people learn from the same books. Read the passages and ask before "
        "drawing conclusions.");
    if (class->similar_note)
        markup_element(page, "p", "error", class->similar_note);
    for (size_t i = 0; i < class->similar_count; i++) {
        const struct class_similar *similar = &class->similar[i];

        pairs += similar->pairs->count;
        for (size_t k = 0; k < similar->pairs->count && k < PAIRS_SHOWN; k++)
            put_pair(page, class, similar, &similar->pairs->pairs[k]);
        if (similar->pairs->count > PAIRS_SHOWN)
            markup_elementf(page, "p", "note", "%s: and %zu more pairs",
                            similar->kata->slug,
                            similar->pairs->count - PAIRS_SHOWN);
    }
    if (pairs == 0 && !class->similar_note)
        markup_elementf(page, "p", NULL,
                        "No two submissions share %.0f %% or more.",
                        100 * SIMILAR_THRESHOLD);
}

void class_page(const struct class *class, struct str *text)
{
    struct markup page;

    html_page_start(&page, text, class->title);
    put_summary(&page, class);
    markup_open(&page, "div");
    markup_attr(&page, "class", "plots");
    put_distribution(&page, class);
    put_categories(&page, class);
    markup_close(&page, "div");
    put_counterexamples(&page, class);
    put_map(&page, class);
    markup_open(&page, "div");
    markup_attr(&page, "class", "plots");
    put_ranking(&page, class, "Slowest solutions that pass",
                "#instructions a call", instructions);
    put_ranking(&page, class, "Largest solutions that pass", "#lines", lines);
    markup_close(&page, "div");
    put_flaky(&page, class);
    put_similar(&page, class);
    html_page_end(&page);
}
