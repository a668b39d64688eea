#include "report/activity.h"

#include "base/alloc.h"
#include "report/html.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    DAYS_SHOWN = 120, /* by day; with more, by week */
    WIDTH = 560,    /* of plots: legible on a phone, not too large elsewhere */
    OLDEST = 728,   /* days */
    SERIES_MAX = 8, /* colours that a plot has */
    GRADES_SHOWN = 200, /* the newest */
};

/* A series has the colour of its number; those between are empty. */
enum { GREEN = 2, AMBER = 4, GREY = 6, COLOURS };

static const double minute = 60, whole_day = 86400;

void activity_time(double seconds, char text[ACTIVITY_TIME_SIZE])
{
    double minutes = ceil(seconds / minute);

    if (!(seconds > 0))
        text[0] = '\0';
    else if (minutes < 60)
        snprintf(text, ACTIVITY_TIME_SIZE, "%.0f min", minutes);
    else if (seconds < 2 * whole_day)
        snprintf(text, ACTIVITY_TIME_SIZE, "%.0f h %.0f min",
                 floor(minutes / 60), fmod(minutes, 60));
    else
        snprintf(text, ACTIVITY_TIME_SIZE, "%.0f days", seconds / whole_day);
}

static void put_tile(struct markup *markup, int number, const char *what)
{
    markup_open(markup, "div");
    markup_elementf(markup, "b", NULL, "%d", number);
    markup_text(markup, what);
    markup_close(markup, "div");
}

static void put_tiles(struct markup *markup, const struct summary *summary)
{
    markup_open(markup, "div");
    markup_attr(markup, "class", "tiles");
    markup_open(markup, "div");
    markup_elementf(markup, "b", NULL, "%d of %zu", summary->passed,
                    summary->kata_count);
    markup_text(markup, "katas passed");
    markup_close(markup, "div");
    put_tile(markup, summary->started, "begun");
    put_tile(markup, summary->due, "due for review");
    put_tile(markup, summary->grades, "grades");
    put_tile(markup, summary->tests, "quick tests");
    put_tile(markup, summary->hints, "hints opened");
    put_tile(markup, (int)summary->day_count, "active days");
    markup_close(markup, "div");
}

/* Activity: bars of days, or of weeks where there are many, those without
   anything too. */

struct bars {
    double *passed, *failed;
    char (*names)[SUMMARY_DATE_SIZE];
    const char **ticks;
    size_t count;
};

static void put_bars(struct plot_series *series, const double *y, size_t count)
{
    series->kind = PLOT_BARS;
    series->y = y;
    series->count = count;
}

/* No clock that was wrong once makes the plot longer than this. */
static int64_t first_day(const struct summary *summary)
{
    int64_t today = summary_day_of(summary->now), first = summary->days[0].day;

    if (first > today)
        return today;
    return first < today - OLDEST ? today - OLDEST : first;
}

static void make_bars(const struct summary *summary, int64_t width,
                      struct bars *bars)
{
    int64_t last = summary_day_of(summary->now), first = first_day(summary);
    size_t step;

    bars->count = (size_t)((last - first) / width + 1);
    bars->passed = xcalloc(2 * bars->count, sizeof *bars->passed);
    bars->failed = bars->passed + bars->count;
    bars->names = xcalloc(bars->count, sizeof *bars->names);
    bars->ticks = xcalloc(bars->count, sizeof *bars->ticks);
    for (size_t i = 0; i < summary->day_count; i++) {
        size_t bar = (size_t)((summary->days[i].day - first) / width);

        if (summary->days[i].day < first || summary->days[i].day > last)
            continue;
        bars->passed[bar] += summary->days[i].passed;
        bars->failed[bar] += summary->days[i].failed;
    }
    step = bars->count / 6 + 1;
    for (size_t i = 0; i < bars->count; i++) {
        if (i % step == 0)
            summary_date(first + (int64_t)i * width, bars->names[i]);
        /* The year is in the first; months and days are enough after it. */
        bars->ticks[i] = bars->names[i] + (i && *bars->names[i] ? 5 : 0);
    }
}

static void put_activity(struct markup *markup, const struct summary *summary)
{
    struct bars bars;
    int64_t width = 1;
    struct plot_series series[COLOURS] = {
        [GREEN] = {.title = "passed"}, [AMBER] = {.title = "did not pass"}};
    struct plot plot = {.y_label = "runs",
                        .stacked = true,
                        .series = series,
                        .series_count = COLOURS,
                        .width = WIDTH};

    markup_element(markup, "h2", NULL, "Activity");
    if (summary->day_count == 0) {
        markup_element(markup, "p", "note", "Nothing was graded yet.");
        return;
    }
    if (summary_day_of(summary->now) - first_day(summary) > DAYS_SHOWN)
        width = 7;
    make_bars(summary, width, &bars);
    put_bars(&series[GREEN], bars.passed, bars.count);
    put_bars(&series[AMBER], bars.failed, bars.count);
    plot.title = width == 1 ? "Grades and quick tests, by day"
                            : "Grades and quick tests, by week";
    plot.ticks = bars.ticks;
    plot.tick_count = bars.count;
    html_plot(markup, &plot);
    free(bars.passed);
    free(bars.names);
    free(bars.ticks);
}

static void put_topics(struct markup *markup, const struct summary *summary)
{
    size_t count = summary->topic_count;
    double *values = xcalloc(3 * count + 1, sizeof *values);
    const char **ticks = xcalloc(count + 1, sizeof *ticks);
    struct plot_series series[COLOURS] = {[GREEN] = {.title = "passed"},
                                          [AMBER] = {.title = "begun"},
                                          [GREY] = {.title = "new"}};
    struct plot plot = {.title = "Katas by topic",
                        .y_label = "katas",
                        .stacked = true,
                        .ticks = ticks,
                        .tick_count = count,
                        .series = series,
                        .series_count = COLOURS,
                        .width = WIDTH};

    markup_element(markup, "h2", NULL, "Topics covered");
    for (size_t i = 0; i < count; i++) {
        const struct summary_topic *topic = &summary->topics[i];

        ticks[i] = topic->name;
        values[i] = topic->passed;
        values[count + i] = topic->started;
        values[2 * count + i] = topic->katas - topic->passed - topic->started;
    }
    put_bars(&series[GREEN], values, count);
    put_bars(&series[AMBER], values + count, count);
    put_bars(&series[GREY], values + 2 * count, count);
    html_plot(markup, &plot);
    free(values);
    free(ticks);
}

/* Cost: a line a kata through the grades in which growth measured it. */

static size_t fill_costs(const struct summary *summary, const char *kata,
                         double *x, double *y)
{
    size_t count = 0;

    for (size_t i = 0; i < summary->history.count; i++) {
        const struct progress_grade *grade = &summary->history.items[i];

        if (grade->factor > 0 && strcmp(grade->kata, kata) == 0) {
            x[count] = (double)count + 1;
            y[count++] = grade->factor;
        }
    }
    return count;
}

static void plot_costs(struct markup *markup, const struct summary *summary,
                       size_t *from)
{
    size_t size = summary->history.count + 1;
    double *values = xcalloc((size_t)2 * SERIES_MAX * size, sizeof *values);
    struct plot_series series[SERIES_MAX];
    struct plot plot = {.title = "Cost against the reference, grade by grade",
                        .x_label = "grade",
                        .y_label = "times the reference",
                        .log_y = true,
                        .series = series,
                        .width = WIDTH};

    for (; *from < summary->kata_count && plot.series_count < SERIES_MAX;
         ++*from) {
        const char *slug = summary->katas[*from].kata->slug;
        double *x = values + 2 * plot.series_count * size, *y = x + size;
        size_t count = fill_costs(summary, slug, x, y);

        if (count)
            series[plot.series_count++] =
                (struct plot_series){.title = slug,
                                     .kind = PLOT_LINE,
                                     .x = x,
                                     .y = y,
                                     .count = count};
    }
    if (plot.series_count)
        html_plot(markup, &plot);
    free(values);
}

static bool has_costs(const struct summary *summary)
{
    for (size_t i = 0; i < summary->history.count; i++)
        if (summary->history.items[i].factor > 0)
            return true;
    return false;
}

static void put_costs(struct markup *markup, const struct summary *summary)
{
    markup_element(markup, "h2", NULL, "Cost against the reference");
    if (!has_costs(summary)) {
        markup_element(markup, "p", "note",
                       "Growth was not measured yet: it is, in each grade that "
                       "gets that far.");
        return;
    }
    markup_element(
        markup, "p", NULL,
        "Instructions of a call for the largest input, as a multiple of what "
        "the reference takes, for the call that is furthest from it. 1 is as "
        "good as the reference.");
    for (size_t from = 0; from < summary->kata_count;)
        plot_costs(markup, summary, &from);
}

static void put_date(struct markup *markup, int64_t when)
{
    char date[SUMMARY_DATE_SIZE] = "";

    if (when)
        summary_date(summary_day_of(when), date);
    markup_element(markup, "td", "number", date);
}

static void put_kata(struct markup *markup, const struct summary_kata *entry)
{
    static const char *const classes[] = {"skip", NULL, "pass"};
    const struct progress *progress = &entry->progress;
    char time[ACTIVITY_TIME_SIZE];

    activity_time(progress->seconds, time);
    markup_open(markup, "tr");
    markup_element(markup, "th", NULL, entry->kata->slug);
    markup_elementf(markup, "td", classes[progress->state], "%s%s",
                    progress_state_name(progress->state),
                    entry->due ? ", due" : "");
    markup_element(markup, "td", NULL, entry->kata->topic);
    markup_element(markup, "td", NULL, kata_level_name(entry->kata->level));
    if (progress->state == PROGRESS_NEW) {
        for (int i = 0; i < 6; i++)
            markup_element(markup, "td", NULL, "");
    } else {
        markup_elementf(markup, "td", "number", "%d", progress->attempts);
        markup_elementf(markup, "td", "number", "%d", progress->grades);
        markup_elementf(markup, "td", "number", "%d", progress->hints);
        markup_element(markup, "td", "number", time);
        markup_elementf(markup, "td", "number", "%.0f", progress->best);
        put_date(markup,
                 progress->last.when ? progress->last.when : progress->started);
    }
    markup_close(markup, "tr");
}

static void put_katas(struct markup *markup, const struct summary *summary)
{
    markup_element(markup, "h2", NULL, "Katas");
    html_table_start(markup,
                     "Of the current attempt: grades and hints before "
                     "the pass, and time from first save to pass",
                     "Kata", "State", "Topic", "Level", "#Attempts", "#Grades",
                     "#Hints", "#Time", "#Best", "#Last", NULL);
    for (size_t i = 0; i < summary->kata_count; i++)
        put_kata(markup, &summary->katas[i]);
    html_table_end(markup);
}

static void put_schedule(struct markup *markup, const struct summary *summary)
{
    markup_element(markup, "h2", NULL, "Review");
    if (summary->schedule.count == 0) {
        markup_element(markup, "p", "note",
                       "Nothing yet: a kata comes back after its first pass.");
        return;
    }
    html_table_start(markup, "By FSRS-6, soonest first", "Item", "#Due",
                     "#Recall", "Last rating", "#Last time", NULL);
    for (size_t i = 0; i < summary->schedule.count; i++) {
        const struct scheduled *item = &summary->schedule.items[i];
        bool due = item->memory.due <= summary->now;
        char date[SUMMARY_DATE_SIZE];

        summary_date(summary_day_of(item->memory.due), date);
        markup_open(markup, "tr");
        markup_elementf(markup, "th", NULL, "%s%s%s",
                        strcmp(item->kind, PROGRESS_KIND) ? item->kind : "",
                        strcmp(item->kind, PROGRESS_KIND) ? " " : "",
                        item->item);
        markup_elementf(markup, "td", due ? "number fail" : "number", "%s%s",
                        date, due ? ", due" : "");
        markup_elementf(markup, "td", "number", "%.0f %%",
                        100 * schedule_recall(&item->memory, summary->now));
        markup_element(markup, "td", NULL, rating_name(item->last));
        put_date(markup, item->memory.reviewed);
        markup_close(markup, "tr");
    }
    html_table_end(markup);
}

static void put_grade(struct markup *markup, const struct progress_grade *grade)
{
    markup_open(markup, "tr");
    put_date(markup, grade->when);
    markup_element(markup, "th", NULL, grade->kata);
    markup_element(markup, "td", NULL, grade->command);
    markup_elementf(markup, "td", verdict_name(grade->verdict), "%s%s%s",
                    verdict_name(grade->verdict), grade->category ? ": " : "",
                    grade->category ? category_name(grade->category) : "");
    markup_elementf(markup, "td", "number", "%.0f of %.0f", grade->score,
                    grade->max_score);
    if (grade->factor > 0)
        markup_elementf(markup, "td", "number", "%.2f", grade->factor);
    else
        markup_element(markup, "td", NULL, "");
    markup_close(markup, "tr");
}

static void put_grades(struct markup *markup, const struct summary *summary)
{
    const struct progress_history *history = &summary->history;
    size_t shown =
        history->count < GRADES_SHOWN ? history->count : GRADES_SHOWN;

    if (shown == 0)
        return;
    markup_element(markup, "h2", NULL, "Grades");
    markup_open(markup, "details");
    markup_elementf(markup, "summary", NULL, "The last %zu of %zu", shown,
                    history->count);
    html_table_start(markup, NULL, "#Date", "Kata", "Command", "Verdict",
                     "#Points", "#Cost", NULL);
    for (size_t i = 0; i < shown; i++)
        put_grade(markup, &history->items[history->count - 1 - i]);
    html_table_end(markup);
    markup_close(markup, "details");
}

void activity_page(const struct summary *summary, struct str *page)
{
    char date[SUMMARY_DATE_SIZE];
    struct markup markup;

    html_page_start(&markup, page, "Progress");
    put_tiles(&markup, summary);
    put_activity(&markup, summary);
    put_topics(&markup, summary);
    put_costs(&markup, summary);
    put_katas(&markup, summary);
    put_schedule(&markup, summary);
    put_grades(&markup, summary);
    summary_date(summary_day_of(summary->now), date);
    markup_elementf(&markup, "footer", NULL, "kata progress, %s", date);
    html_page_end(&markup);
}
