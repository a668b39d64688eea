#include "store/schedule.h"

#include "base/alloc.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* FSRS-6's default parameters, w0 ... w20. */
static const double w[] = {0.212,  1.2931, 2.3065, 8.2956, 6.4133, 0.8334,
                           3.0194, 0.001,  1.8722, 0.1666, 0.796,  1.4835,
                           0.0614, 0.2629, 1.6483, 0.6014, 1.8729, 0.5425,
                           0.0912, 0.0658, 0.1542};

static const double least_stability = 0.001, most_days = 36500;
static const double least_difficulty = 1, most_difficulty = 10;
static const int64_t day = INT64_C(24) * 60 * 60 * 1000;

const char *rating_name(enum rating rating)
{
    static const char *const names[] = {"", "again", "hard", "good", "easy"};

    return names[rating];
}

static double clamp(double value, double low, double high)
{
    return fmin(fmax(value, low), high);
}

/* Enumerations may be unsigned, and ratings are counted from "good". */
static double from_good(enum rating rating)
{
    return (double)rating - RATING_GOOD;
}

/* R(t, S) = (1 + F t / S)^-w20, with F such that R(S, S) = 0.9. */
static double recall(double days, double stability)
{
    double factor = pow(0.9, -1 / w[20]) - 1;

    return pow(1 + factor * days / stability, -w[20]);
}

/* D0(G) = w4 - e^(w5 (G - 1)) + 1, before it is held in its range. */
static double first_difficulty(enum rating rating)
{
    return w[4] - exp(w[5] * ((double)rating - 1)) + 1;
}

/* A step of -w6 (G - 3), smaller the nearer to 10, and then a little back
   towards D0(easy). */
static double next_difficulty(double difficulty, enum rating rating)
{
    double step = -w[6] * from_good(rating) * (10 - difficulty) / 9;
    double next =
        w[7] * first_difficulty(RATING_EASY) + (1 - w[7]) * (difficulty + step);

    return clamp(next, least_difficulty, most_difficulty);
}

/* S' = S e^(w17 (G - 3 + w18)) S^-w19, which is no less than S for good and
   easy: a review on the same day. */
static double same_day_stability(double stability, enum rating rating)
{
    double increase =
        exp(w[17] * (from_good(rating) + w[18])) * pow(stability, -w[19]);

    return stability * (rating >= RATING_GOOD ? fmax(increase, 1) : increase);
}

static double forgotten_stability(const struct memory *memory, double recalled)
{
    double later = w[11] * pow(memory->difficulty, -w[12]) *
                   (pow(memory->stability + 1, w[13]) - 1) *
                   exp(w[14] * (1 - recalled));

    return fmin(later, memory->stability / exp(w[17] * w[18]));
}

static double recalled_stability(const struct memory *memory, double recalled,
                                 enum rating rating)
{
    double increase = exp(w[8]) * (11 - memory->difficulty) *
                      pow(memory->stability, -w[9]) *
                      (exp(w[10] * (1 - recalled)) - 1);

    if (rating == RATING_HARD)
        increase *= w[15];
    else if (rating == RATING_EASY)
        increase *= w[16];
    return memory->stability * (1 + increase);
}

static double next_stability(const struct memory *memory, enum rating rating,
                             int64_t when)
{
    if (when - memory->reviewed < day)
        return same_day_stability(memory->stability, rating);
    if (rating == RATING_AGAIN)
        return forgotten_stability(memory, schedule_recall(memory, when));
    return recalled_stability(memory, schedule_recall(memory, when), rating);
}

double schedule_recall(const struct memory *memory, int64_t when)
{
    int64_t days;

    if (memory->reviews == 0)
        return 0;
    days = when > memory->reviewed ? (when - memory->reviewed) / day : 0;
    return recall((double)days, memory->stability);
}

void schedule_review(struct memory *memory, enum rating rating, int64_t when)
{
    double days;

    if (memory->reviews && when < memory->reviewed)
        when = memory->reviewed;
    if (memory->reviews == 0) {
        memory->stability = w[rating - 1];
        memory->difficulty =
            clamp(first_difficulty(rating), least_difficulty, most_difficulty);
    } else {
        memory->stability = next_stability(memory, rating, when);
        memory->difficulty = next_difficulty(memory->difficulty, rating);
    }
    memory->stability = fmax(memory->stability, least_stability);
    memory->reviews++;
    memory->reviewed = when;
    /* With 90 % wanted, the interval is the stability itself. */
    days = clamp(nearbyint(memory->stability), 1, most_days);
    memory->due = when + (int64_t)days * day;
}

int schedule_add(struct db *db, const char *kind, const char *item,
                 enum rating rating, int64_t when, struct err *err)
{
    char id[DB_ID_SIZE];

    db_new_id(id);
    return db_run(db,
                  "INSERT INTO reviews (id, kind, item, at, rating)"
                  " VALUES (?, ?, ?, ?, ?)",
                  DB_ARGS(DB_TEXT(id), DB_TEXT(kind), DB_TEXT(item),
                          DB_INT(when), DB_INT(rating)),
                  err) < 0
               ? -1
               : 0;
}

static struct scheduled *add_item(struct schedule *schedule,
                                  const struct db_rows *rows)
{
    struct scheduled *item;

    schedule->items = grow(schedule->items, &schedule->capacity,
                           schedule->count, sizeof *schedule->items);
    item = &schedule->items[schedule->count++];
    *item = (struct scheduled){.last = RATING_AGAIN};
    db_copy_text(rows, 0, item->kind, sizeof item->kind);
    db_copy_text(rows, 1, item->item, sizeof item->item);
    return item;
}

static int by_due(const void *a, const void *b)
{
    const struct scheduled *one = a, *other = b;

    if (one->memory.due != other->memory.due)
        return one->memory.due < other->memory.due ? -1 : 1;
    return strcmp(one->item, other->item);
}

/* Adds the items of rows of kind, item, at, rating; ends the query. */
static int collect(struct db_rows *rows, struct schedule *schedule,
                   struct err *err)
{
    struct scheduled *item = NULL;

    while (db_next(rows)) {
        if (!item || strcmp(item->kind, db_text(rows, 0)) != 0 ||
            strcmp(item->item, db_text(rows, 1)) != 0)
            item = add_item(schedule, rows);
        item->last = (enum rating)db_int(rows, 3);
        schedule_review(&item->memory, item->last, db_int(rows, 2));
    }
    return db_end(rows, err);
}

int schedule_list(struct db *db, const char *kind, struct schedule *schedule,
                  struct err *err)
{
    struct db_rows rows;

    if (db_select(db, &rows,
                  "SELECT kind, item, at, rating FROM reviews"
                  " WHERE ?1 IS NULL OR kind = ?1"
                  " ORDER BY kind, item, at, id",
                  DB_ARGS(DB_TEXT(kind)), err) < 0 ||
        collect(&rows, schedule, err) < 0)
        return -1;
    if (schedule->count)
        qsort(schedule->items, schedule->count, sizeof *schedule->items,
              by_due);
    return 0;
}

int schedule_find(struct db *db, const char *kind, const char *item,
                  struct scheduled *scheduled, struct err *err)
{
    struct schedule schedule = SCHEDULE_INIT;
    struct db_rows rows;
    int status;

    *scheduled = (struct scheduled){.last = RATING_AGAIN};
    snprintf(scheduled->kind, sizeof scheduled->kind, "%s", kind);
    snprintf(scheduled->item, sizeof scheduled->item, "%s", item);
    if (db_select(db, &rows,
                  "SELECT kind, item, at, rating FROM reviews"
                  " WHERE kind = ? AND item = ? ORDER BY at, id",
                  DB_ARGS(DB_TEXT(kind), DB_TEXT(item)), err) < 0)
        return -1;
    status = collect(&rows, &schedule, err);
    if (status == 0 && schedule.count)
        *scheduled = schedule.items[0];
    schedule_release(&schedule);
    return status;
}

void schedule_release(struct schedule *schedule)
{
    free(schedule->items);
    *schedule = (struct schedule){.items = NULL};
}
