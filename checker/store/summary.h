/*
 * The catalogue and the progress in it, put together for `kata progress`: one
 * entry a kata, one a topic, one a day on which something was graded.
 *
 *     struct summary summary;
 *     if (summary_make(db, &catalog, clock_calendar(), &summary, &err) < 0) ...
 *     summary_release(&summary);
 */
#ifndef STORE_SUMMARY_H
#define STORE_SUMMARY_H

#include "kata/catalog.h"
#include "store/progress.h"

struct summary_kata {
    const struct kata *kata;  /* borrowed from the catalogue */
    struct progress progress; /* state PROGRESS_NEW where never started */
    bool due;                 /* for review */
};

struct summary_topic {
    const char *name; /* borrowed from the catalogue */
    int katas, passed, started;
};

/* Grades of every command, by the person's calendar. */
struct summary_day {
    int64_t day; /* days since 1970-01-01 */
    int passed, failed;
};

struct summary {
    int64_t now;
    struct summary_kata *katas; /* in the catalogue's order */
    size_t kata_count;
    struct summary_topic *topics;
    size_t topic_count;
    struct summary_day *days; /* oldest first; days without a grade are out */
    size_t day_count, day_capacity;
    struct progress_history history;
    struct schedule schedule;
    int passed, started, due; /* katas; due: and question cards */
    int grades, tests, hints; /* with every stage; without; opened, of all */
};

/* The catalogue has to be loaded (catalog_load_all) and to stay. Katas that are
   not in it are left out, their grades too. */
int summary_make(struct db *db, const struct catalog *catalog, int64_t now,
                 struct summary *summary, struct err *err);

void summary_release(struct summary *summary);

/* "2026-11-21" for a day. */
#define SUMMARY_DATE_SIZE 32
void summary_date(int64_t day, char text[SUMMARY_DATE_SIZE]);

/* The day of a time, by the person's calendar. */
int64_t summary_day_of(int64_t when);

#endif
