#include "store/progress.h"

#include "base/alloc.h"
#include "store/findings.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A longer silence between two records is a pause, and counts as this. */
static const int64_t pause = INT64_C(30) * 60 * 1000;

/* From how many on an attempt was hard. */
enum { MANY_HINTS = 2, MANY_FAILED = 3 };

const char *progress_state_name(enum progress_state state)
{
    static const char *const names[] = {"new", "started", "passed"};

    return names[state];
}

/* Asking */

/* A row for each grade, and one for an attempt without any, in order. Reading
   all katas is reading those between two slugs. */
#define HISTORY                                                                \
    "SELECT a.kata, a.id, a.started, a.saved, a.shown,"                        \
    " (SELECT count(*) FROM hints h WHERE h.attempt = a.id),"                  \
    " (SELECT total(1 << (number - 1)) FROM hints h WHERE h.attempt = a.id),"  \
    " g.id, g.at, g.command, g.complete, g.verdict, g.category, g.score,"      \
    " g.max_score, g.seconds, g.seed,"                                         \
    " (SELECT max(instructions / reference) FROM costs c"                      \
    "  WHERE c.grade = g.id AND c.reference > 0)"                              \
    " FROM attempts a LEFT JOIN grades g ON g.attempt = a.id"                  \
    " WHERE a.kata BETWEEN ? AND ?"                                            \
    " ORDER BY a.kata, a.started, a.id, g.at, g.id"

enum {
    COLUMN_KATA,
    COLUMN_ATTEMPT,
    COLUMN_STARTED,
    COLUMN_SAVED,
    COLUMN_SHOWN,
    COLUMN_HINTS,
    COLUMN_HINTS_OPEN,
    COLUMN_GRADE,
    COLUMN_AT,
    COLUMN_COMMAND,
    COLUMN_COMPLETE,
    COLUMN_VERDICT,
    COLUMN_CATEGORY,
    COLUMN_SCORE,
    COLUMN_MAX_SCORE,
    COLUMN_SECONDS,
    COLUMN_SEED,
    COLUMN_FACTOR
};

static int select_history(struct db *db, const char *kata, struct db_rows *rows,
                          struct err *err)
{
    return db_select(
        db, rows, HISTORY,
        DB_ARGS(DB_TEXT(kata ? kata : ""), DB_TEXT(kata ? kata : "~")), err);
}

static enum verdict verdict_from_name(const char *name)
{
    enum verdict verdict = VERDICT_PASS;

    while (verdict < VERDICT_ERROR && strcmp(verdict_name(verdict), name) != 0)
        verdict++;
    return verdict;
}

/* A category of a newer kata, out of an import, is none of ours. */
static enum category known_category(const char *name)
{
    enum category category = name ? category_from_name(name) : CATEGORY_NONE;

    return category == CATEGORY_COUNT ? CATEGORY_NONE : category;
}

static void read_grade(const struct db_rows *rows, struct progress_grade *grade)
{
    *grade = (struct progress_grade){
        .when = db_int(rows, COLUMN_AT),
        .complete = db_int(rows, COLUMN_COMPLETE) != 0,
        .verdict = verdict_from_name(db_text(rows, COLUMN_VERDICT)),
        .category = known_category(db_text(rows, COLUMN_CATEGORY)),
        .score = db_real(rows, COLUMN_SCORE),
        .max_score = db_real(rows, COLUMN_MAX_SCORE),
        .seconds = db_real(rows, COLUMN_SECONDS),
        .seed = (uint64_t)db_int(rows, COLUMN_SEED),
        .factor = db_real(rows, COLUMN_FACTOR)};
    db_copy_text(rows, COLUMN_GRADE, grade->id, sizeof grade->id);
    db_copy_text(rows, COLUMN_KATA, grade->kata, sizeof grade->kata);
    db_copy_text(rows, COLUMN_COMMAND, grade->command, sizeof grade->command);
}

/* What is about the attempt begins anew with each; the last one stays. */
static void begin_attempt(const struct db_rows *rows, struct progress *progress)
{
    progress->attempts++;
    progress->started = db_int(rows, COLUMN_STARTED);
    progress->saved = db_int(rows, COLUMN_SAVED);
    progress->shown = db_int(rows, COLUMN_SHOWN);
    progress->hints = (int)db_int(rows, COLUMN_HINTS);
    progress->hints_open = (uint64_t)db_real(rows, COLUMN_HINTS_OPEN);
    progress->passed = 0;
    progress->grades = progress->failed = 0;
    progress->seconds = progress->worked = 0;
    if (progress->state == PROGRESS_NEW)
        progress->state = PROGRESS_STARTED;
}

static void note_pass(struct progress *progress, int64_t when)
{
    progress->state = PROGRESS_PASSED;
    if (!progress->passed) {
        progress->passed = when;
        if (progress->saved && when > progress->saved)
            progress->seconds = (double)(when - progress->saved) / 1000;
    }
    if (!progress->first_passed || when < progress->first_passed)
        progress->first_passed = when;
}

static void add_worked(struct progress *progress, int64_t since, int64_t when)
{
    int64_t gap = when - since;

    if (since && gap > 0)
        progress->worked += (double)(gap < pause ? gap : pause) / 1000;
}

/* `since` is when the attempt was last heard of; 0 before its first save. */
static void add_grade(const struct progress_grade *grade, int64_t since,
                      struct progress *progress)
{
    bool before_pass = !progress->passed;

    if (before_pass)
        add_worked(progress, since, grade->when);
    if (grade->complete) {
        bool passes = grade->verdict == VERDICT_PASS;

        progress->grades += before_pass;
        progress->failed += before_pass && !passes;
        progress->best = fmax(progress->best, grade->score);
        if (passes)
            note_pass(progress, grade->when);
    }
    if (grade->when >= progress->last.when)
        progress->last = *grade;
}

/* Reads one kata's rows up to the next kata's first, on which `rows` stands
   when this returns true. */
static bool read_kata(struct db_rows *rows, struct progress *progress)
{
    char attempt[DB_ID_SIZE] = "";
    int64_t since = 0;

    *progress = (struct progress){.state = PROGRESS_NEW};
    db_copy_text(rows, COLUMN_KATA, progress->kata, sizeof progress->kata);
    do {
        if (strcmp(db_text(rows, COLUMN_KATA), progress->kata) != 0)
            return true;
        if (strcmp(db_text(rows, COLUMN_ATTEMPT), attempt) != 0) {
            db_copy_text(rows, COLUMN_ATTEMPT, attempt, sizeof attempt);
            begin_attempt(rows, progress);
            since = progress->saved;
        }
        if (!db_is_null(rows, COLUMN_GRADE)) {
            struct progress_grade grade;

            read_grade(rows, &grade);
            add_grade(&grade, since, progress);
            since = since ? grade.when : 0;
        }
    } while (db_next(rows));
    return false;
}

int progress_of(struct db *db, const char *kata, struct progress *progress,
                struct err *err)
{
    struct scheduled scheduled;
    struct db_rows rows;

    *progress = (struct progress){.state = PROGRESS_NEW};
    snprintf(progress->kata, sizeof progress->kata, "%s", kata);
    if (select_history(db, kata, &rows, err) < 0)
        return -1;
    if (db_next(&rows))
        read_kata(&rows, progress);
    if (db_end(&rows, err) < 0 ||
        schedule_find(db, PROGRESS_KIND, kata, &scheduled, err) < 0)
        return -1;
    progress->memory = scheduled.memory;
    return 0;
}

static int add_memories(struct db *db, struct progress_list *list,
                        struct err *err)
{
    struct schedule schedule = SCHEDULE_INIT;
    int status = schedule_list(db, PROGRESS_KIND, &schedule, err);

    for (size_t i = 0; status == 0 && i < schedule.count; i++)
        for (size_t k = 0; k < list->count; k++)
            if (strcmp(list->items[k].kata, schedule.items[i].item) == 0)
                list->items[k].memory = schedule.items[i].memory;
    schedule_release(&schedule);
    return status;
}

int progress_all(struct db *db, struct progress_list *list, struct err *err)
{
    struct db_rows rows;
    bool more;

    if (select_history(db, NULL, &rows, err) < 0)
        return -1;
    for (more = db_next(&rows); more;) {
        list->items = grow(list->items, &list->capacity, list->count,
                           sizeof *list->items);
        more = read_kata(&rows, &list->items[list->count++]);
    }
    if (db_end(&rows, err) < 0)
        return -1;
    return add_memories(db, list, err);
}

const struct progress *progress_find(const struct progress_list *list,
                                     const char *kata)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i].kata, kata) == 0)
            return &list->items[i];
    return NULL;
}

void progress_list_release(struct progress_list *list)
{
    free(list->items);
    *list = (struct progress_list){.items = NULL};
}

static int by_when(const void *a, const void *b)
{
    const struct progress_grade *one = a, *other = b;

    if (one->when != other->when)
        return one->when < other->when ? -1 : 1;
    return strcmp(one->id, other->id);
}

int progress_grades(struct db *db, const char *kata,
                    struct progress_history *history, struct err *err)
{
    struct db_rows rows;

    if (select_history(db, kata, &rows, err) < 0)
        return -1;
    while (db_next(&rows)) {
        if (db_is_null(&rows, COLUMN_GRADE))
            continue;
        history->items = grow(history->items, &history->capacity,
                              history->count, sizeof *history->items);
        read_grade(&rows, &history->items[history->count++]);
    }
    if (db_end(&rows, err) < 0)
        return -1;
    if (history->count)
        qsort(history->items, history->count, sizeof *history->items, by_when);
    return 0;
}

void progress_history_release(struct progress_history *history)
{
    free(history->items);
    *history = (struct progress_history){.items = NULL};
}

enum rating progress_rating(const struct progress *progress, int minutes)
{
    double limit = minutes * 60.0;

    if (progress->shown)
        return RATING_AGAIN;
    if (progress->hints >= MANY_HINTS || progress->failed >= MANY_FAILED ||
        progress->worked > 2 * limit)
        return RATING_HARD;
    if (progress->hints == 0 && progress->failed == 0 &&
        progress->worked <= limit)
        return RATING_EASY;
    return RATING_GOOD;
}

/* Recording */

static int insert_attempt(struct db *db, const char *kata, int64_t when,
                          char id[DB_ID_SIZE], struct err *err)
{
    db_new_id(id);
    /* The last one begun is the current one, also where the clock went back. */
    return db_run(db,
                  "INSERT INTO attempts (id, kata, started) SELECT ?1, ?2,"
                  " max(?3, coalesce(max(started) + 1, ?3)) FROM attempts"
                  " WHERE kata = ?2",
                  DB_ARGS(DB_TEXT(id), DB_TEXT(kata), DB_INT(when)), err) < 0
               ? -1
               : 0;
}

/* The current attempt; one begins where there is none. Within a transaction. */
static int find_attempt(struct db *db, const char *kata, int64_t when,
                        char id[DB_ID_SIZE], struct err *err)
{
    struct db_rows rows;

    id[0] = '\0';
    if (db_select(db, &rows,
                  "SELECT id FROM attempts WHERE kata = ?"
                  " ORDER BY started DESC, id DESC LIMIT 1",
                  DB_ARGS(DB_TEXT(kata)), err) < 0)
        return -1;
    if (db_next(&rows))
        db_copy_text(&rows, 0, id, DB_ID_SIZE);
    if (db_end(&rows, err) < 0)
        return -1;
    return *id ? 0 : insert_attempt(db, kata, when, id, err);
}

/* What was known once and is given up after failing was not known. */
static int rate_given_up(struct db *db, const struct progress *progress,
                         int64_t when, struct err *err)
{
    if (progress->memory.reviews == 0 || progress->passed ||
        progress->failed == 0)
        return 0;
    return schedule_add(db, PROGRESS_KIND, progress->kata, RATING_AGAIN, when,
                        err);
}

static int start(struct db *db, const char *kata, bool again, int64_t when,
                 struct err *err)
{
    char id[DB_ID_SIZE];
    struct progress progress;

    if (progress_of(db, kata, &progress, err) < 0)
        return -1;
    if (!again && progress.attempts && !progress.saved &&
        progress.last.when < progress.started)
        return 0;
    if (rate_given_up(db, &progress, when, err) < 0)
        return -1;
    return insert_attempt(db, kata, when, id, err);
}

int progress_start(struct db *db, const char *kata, bool again, int64_t when,
                   struct err *err)
{
    if (db_begin(db, err) < 0)
        return -1;
    return db_finish(db, start(db, kata, again, when, err), err);
}

int progress_save(struct db *db, const char *kata, int64_t when,
                  struct err *err)
{
    char id[DB_ID_SIZE];
    int status;

    if (db_begin(db, err) < 0)
        return -1;
    status = find_attempt(db, kata, when, id, err);
    if (status == 0 && db_run(db,
                              "UPDATE attempts SET saved = max(?, started)"
                              " WHERE id = ? AND saved IS NULL",
                              DB_ARGS(DB_INT(when), DB_TEXT(id)), err) < 0)
        status = -1;
    return db_finish(db, status, err);
}

int progress_shown(struct db *db, const char *kata, int64_t when,
                   struct err *err)
{
    return db_run(db,
                  "UPDATE attempts SET shown = ? WHERE id ="
                  " (SELECT id FROM attempts WHERE kata = ?"
                  "  ORDER BY started DESC, id DESC LIMIT 1)"
                  " AND shown IS NULL"
                  " AND NOT EXISTS (SELECT * FROM grades g"
                  "  WHERE g.attempt = attempts.id AND g.complete"
                  "  AND g.verdict = 'pass')",
                  DB_ARGS(DB_INT(when), DB_TEXT(kata)), err) < 0
               ? -1
               : 0;
}

int progress_hint(struct db *db, const char *kata, int number, int64_t when,
                  struct err *err)
{
    char id[DB_ID_SIZE];
    int status;

    if (db_begin(db, err) < 0)
        return -1;
    status = find_attempt(db, kata, when, id, err);
    if (status == 0 &&
        db_run(db,
               "INSERT INTO hints (attempt, number, at) VALUES (?, ?, ?)"
               " ON CONFLICT DO NOTHING",
               DB_ARGS(DB_TEXT(id), DB_INT(number), DB_INT(when)), err) < 0)
        status = -1;
    return db_finish(db, status, err);
}

static const char *category_or_null(enum category category)
{
    return category == CATEGORY_NONE ? NULL : category_name(category);
}

static int insert_grade(struct db *db, const struct grade *grade,
                        const char *id, const char *attempt,
                        const char *command, int64_t when, struct err *err)
{
    return db_run(
        db,
        "INSERT INTO grades (id, attempt, at, command, complete, verdict,"
        " category, score, max_score, seconds, seed, submission, kata_hash,"
        " toolchain, sandbox)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        DB_ARGS(DB_TEXT(id), DB_TEXT(attempt), DB_INT(when), DB_TEXT(command),
                DB_INT(grade->complete), DB_TEXT(verdict_name(grade->verdict)),
                DB_TEXT(category_or_null(grade->category)),
                DB_REAL(grade->score), DB_REAL(grade->max_score),
                DB_REAL(grade->seconds), DB_INT((int64_t)grade->seed),
                DB_TEXT(grade->submission_hash), DB_TEXT(grade->kata_hash),
                DB_TEXT(grade->toolchain), DB_TEXT(grade->sandbox)),
        err);
}

static int insert_stage(struct db *db, const struct stage_result *stage,
                        const char *id, struct err *err)
{
    return db_run(
        db,
        "INSERT INTO stages (grade, name, status, category, score, max_score,"
        " seconds) VALUES (?, ?, ?, ?, ?, ?, ?)",
        DB_ARGS(DB_TEXT(id), DB_TEXT(stage_name(stage->id)),
                DB_TEXT(status_name(stage->status)),
                DB_TEXT(category_or_null(stage->category)),
                DB_REAL(stage->score), DB_REAL(stage->max_score),
                DB_REAL(stage->seconds)),
        err);
}

/* One claim of growth's details, by its largest n. A claim that was not
   measured has no cost. */
static int insert_cost(struct db *db, const json_t *claim, const char *id,
                       struct err *err)
{
    const json_t *points = json_object_get(claim, "points");
    const json_t *last = json_array_get(points, json_array_size(points) - 1);

    if (!last)
        return 0;
    return db_run(
        db,
        "INSERT INTO costs (grade, claim, holds, class, n, instructions,"
        " reference) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        DB_ARGS(
            DB_TEXT(id),
            DB_TEXT(json_string_value(json_object_get(claim, "claim"))),
            DB_INT(json_is_true(json_object_get(claim, "holds"))),
            DB_TEXT(json_string_value(json_object_get(claim, "class"))),
            DB_INT(json_integer_value(json_object_get(last, "n"))),
            DB_REAL(json_number_value(json_object_get(last, "instructions"))),
            DB_REAL(json_number_value(json_object_get(last, "reference")))),
        err);
}

static int insert_parts(struct db *db, const struct grade *grade,
                        const char *id, struct err *err)
{
    const json_t *claims =
        json_object_get(grade->stages[STAGE_GROWTH].details, "claims");

    for (int i = 0; i < STAGE_COUNT; i++)
        if (grade->selected[i] &&
            insert_stage(db, &grade->stages[i], id, err) < 0)
            return -1;
    for (size_t i = 0; i < json_array_size(claims); i++)
        if (insert_cost(db, json_array_get(claims, i), id, err) < 0)
            return -1;
    return findings_record(db, grade, id, err);
}

/* Within a transaction, with the grade in it. */
static int rate_pass(struct db *db, const struct kata *kata, int64_t when,
                     struct err *err)
{
    struct progress progress;

    if (progress_of(db, kata->slug, &progress, err) < 0)
        return -1;
    return schedule_add(db, PROGRESS_KIND, kata->slug,
                        progress_rating(&progress, kata->minutes), when, err);
}

/* Has the attempt passed? 1, 0, or -1. */
static int has_passed(struct db *db, const char *attempt, struct err *err)
{
    struct db_rows rows;
    bool passed;

    if (db_select(db, &rows,
                  "SELECT 1 FROM grades WHERE attempt = ? AND complete"
                  " AND verdict = 'pass' LIMIT 1",
                  DB_ARGS(DB_TEXT(attempt)), err) < 0)
        return -1;
    passed = db_next(&rows);
    return db_end(&rows, err) < 0 ? -1 : passed;
}

static int record(struct db *db, const struct grade *grade, const char *command,
                  int64_t when, struct err *err)
{
    const char *kata = grade->kata->slug;
    char id[DB_ID_SIZE], attempt[DB_ID_SIZE];
    int passed;

    if (find_attempt(db, kata, when, attempt, err) < 0)
        return -1;
    passed = has_passed(db, attempt, err);
    db_new_id(id);
    if (passed < 0 ||
        insert_grade(db, grade, id, attempt, command, when, err) < 0 ||
        insert_parts(db, grade, id, err) < 0)
        return -1;
    if (passed || !grade->complete || grade->verdict != VERDICT_PASS)
        return 0;
    return rate_pass(db, grade->kata, when, err);
}

int progress_grade(struct db *db, const struct grade *grade,
                   const char *command, int64_t when, struct err *err)
{
    if (db_begin(db, err) < 0)
        return -1;
    return db_finish(db, record(db, grade, command, when, err), err);
}
