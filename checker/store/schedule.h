/*
 * What is due again: FSRS-6, the Free Spaced Repetition Scheduler of Jarrett Ye
 * and others, as published in "The Algorithm", section FSRS-6, of
 * https://github.com/open-spaced-repetition/fsrs4anki/wiki, with the default
 * parameters published there; cross-checked with py-fsrs 6, whose tests'
 * figures are among ours.
 *
 * Two numbers stand for the memory of an item: its stability S, the days after
 * which it is recalled with a probability of 90 %, and its difficulty D, from 1
 * to 10. Each review changes them, by its rating and by how likely recalling
 * was at that moment. An item is due when that probability falls to 90 %.
 *
 * Left out are the "learning steps" of minutes, which are made for cards: here
 * the shortest interval is a day. Intervals are not varied by chance.
 *
 * Items are named by a kind ("kata", "question") and an id within it. Their
 * reviews are kept, not their state, which is computed from them: so merging
 * two databases merges the schedules too.
 *
 * Time is always an argument: milliseconds since 1970 (clock_calendar).
 */
#ifndef STORE_SCHEDULE_H
#define STORE_SCHEDULE_H

#include "store/db.h"

/* Numbered as FSRS does. */
enum rating {
    RATING_AGAIN = 1, /* not remembered */
    RATING_HARD,
    RATING_GOOD,
    RATING_EASY
};

const char *rating_name(enum rating rating); /* "again", ... */

struct memory {
    double stability;  /* days; 0: never reviewed */
    double difficulty; /* 1 ... 10 */
    int64_t reviewed;  /* when last */
    int64_t due;
    int reviews;
};

/* The memory after a review. Of one that was never reviewed *memory is all
   zero. A `when` before the last review counts as that moment. */
void schedule_review(struct memory *memory, enum rating rating, int64_t when);

/* The probability, 0 ... 1, that it is remembered; 0 of what was never
   reviewed. */
double schedule_recall(const struct memory *memory, int64_t when);

/* In the database: */

#define SCHEDULE_KIND_SIZE 17
#define SCHEDULE_ITEM_SIZE 201

struct scheduled {
    char kind[SCHEDULE_KIND_SIZE];
    char item[SCHEDULE_ITEM_SIZE];
    struct memory memory;
    enum rating last;
};

struct schedule {
    struct scheduled *items; /* soonest due first */
    size_t count, capacity;
};

#define SCHEDULE_INIT                                                          \
    {                                                                          \
        .items = NULL                                                          \
    }

/* Records a review. Inside a transaction or not. */
int schedule_add(struct db *db, const char *kind, const char *item,
                 enum rating rating, int64_t when, struct err *err);

/* All items ever reviewed, of one kind or (NULL) of all. The caller releases
   it. An item is due where its memory.due is not after now. */
int schedule_list(struct db *db, const char *kind, struct schedule *schedule,
                  struct err *err);

/* One item; *scheduled is all zero but its names where it was never reviewed */
int schedule_find(struct db *db, const char *kind, const char *item,
                  struct scheduled *scheduled, struct err *err);

void schedule_release(struct schedule *schedule);

#endif
