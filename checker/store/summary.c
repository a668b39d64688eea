#include "store/summary.h"

#include "base/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const int64_t second = 1000, day_seconds = INT64_C(24) * 60 * 60;

int64_t summary_day_of(int64_t when)
{
    time_t seconds = (time_t)(when / second);
    struct tm tm;

    if (!localtime_r(&seconds, &tm))
        return when / second / day_seconds;
    return (seconds + tm.tm_gmtoff) / day_seconds;
}

void summary_date(int64_t day, char text[SUMMARY_DATE_SIZE])
{
    time_t seconds = (time_t)(day * day_seconds);
    struct tm tm;

    if (!gmtime_r(&seconds, &tm) ||
        strftime(text, SUMMARY_DATE_SIZE, "%Y-%m-%d", &tm) == 0)
        snprintf(text, SUMMARY_DATE_SIZE, "?");
}

static const struct summary_kata *find(const struct summary *summary,
                                       const char *slug)
{
    for (size_t i = 0; i < summary->kata_count; i++)
        if (strcmp(summary->katas[i].kata->slug, slug) == 0)
            return &summary->katas[i];
    return NULL;
}

static struct summary_topic *topic_of(struct summary *summary, const char *name)
{
    struct summary_topic *topic;

    for (size_t i = 0; i < summary->topic_count; i++)
        if (strcmp(summary->topics[i].name, name) == 0)
            return &summary->topics[i];
    topic = &summary->topics[summary->topic_count++];
    *topic = (struct summary_topic){.name = name};
    return topic;
}

static void add_kata(struct summary *summary, const struct kata *kata,
                     const struct progress *progress)
{
    struct summary_kata *entry = &summary->katas[summary->kata_count++];
    struct summary_topic *topic = topic_of(summary, kata->topic);
    bool passed = progress && progress->state == PROGRESS_PASSED;

    *entry = (struct summary_kata){.kata = kata};
    topic->katas++;
    if (!progress)
        return;
    entry->progress = *progress;
    entry->due =
        progress->memory.reviews && progress->memory.due <= summary->now;
    topic->passed += passed;
    topic->started += !passed;
    summary->passed += passed;
    summary->started += !passed;
}

static struct summary_day *day_of(struct summary *summary, int64_t when)
{
    int64_t day = summary_day_of(when);

    if (!summary->day_count ||
        summary->days[summary->day_count - 1].day != day) {
        summary->days = grow(summary->days, &summary->day_capacity,
                             summary->day_count, sizeof *summary->days);
        summary->days[summary->day_count++] = (struct summary_day){.day = day};
    }
    return &summary->days[summary->day_count - 1];
}

/* Takes the grades of katas that are not in the catalogue out of the history,
   and counts the others. */
static void count_grades(struct summary *summary)
{
    struct progress_history *history = &summary->history;
    size_t kept = 0;

    for (size_t i = 0; i < history->count; i++) {
        const struct progress_grade *grade = &history->items[i];
        struct summary_day *day;

        if (!find(summary, grade->kata))
            continue;
        day = day_of(summary, grade->when);
        day->passed += grade->verdict == VERDICT_PASS;
        day->failed += grade->verdict != VERDICT_PASS;
        summary->grades += grade->complete;
        summary->tests += !grade->complete;
        history->items[kept++] = *grade;
    }
    history->count = kept;
}

static int count_hints(struct db *db, struct summary *summary, struct err *err)
{
    struct db_rows rows;

    if (db_select(db, &rows, "SELECT count(*) FROM hints", NULL, err) < 0)
        return -1;
    if (db_next(&rows))
        summary->hints = (int)db_int(&rows, 0);
    return db_end(&rows, err);
}

static void count_due(struct summary *summary)
{
    for (size_t i = 0; i < summary->schedule.count; i++)
        summary->due += summary->schedule.items[i].memory.due <= summary->now;
}

int summary_make(struct db *db, const struct catalog *catalog, int64_t now,
                 struct summary *summary, struct err *err)
{
    struct progress_list list = PROGRESS_LIST_INIT;
    int status = progress_all(db, &list, err);

    *summary = (struct summary){.now = now};
    summary->katas = xcalloc(catalog->count + 1, sizeof *summary->katas);
    summary->topics = xcalloc(catalog->count + 1, sizeof *summary->topics);
    for (size_t i = 0; i < catalog->count; i++)
        if (catalog->entries[i].kata)
            add_kata(summary, catalog->entries[i].kata,
                     progress_find(&list, catalog->entries[i].slug));
    progress_list_release(&list);
    if (status < 0 || progress_grades(db, NULL, &summary->history, err) < 0 ||
        schedule_list(db, NULL, &summary->schedule, err) < 0 ||
        count_hints(db, summary, err) < 0) {
        summary_release(summary);
        return -1;
    }
    count_grades(summary);
    count_due(summary);
    return 0;
}

void summary_release(struct summary *summary)
{
    free(summary->katas);
    free(summary->topics);
    free(summary->days);
    progress_history_release(&summary->history);
    schedule_release(&summary->schedule);
    *summary = (struct summary){.now = 0};
}
