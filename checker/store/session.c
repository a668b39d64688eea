#include "store/session.h"

#include "base/alloc.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *const states[] = {"running", "paused", "finished"};

static const char *const events[EVENT_KINDS] = {
    [EVENT_START] = "start",   [EVENT_ROUND] = "round",
    [EVENT_ANSWER] = "answer", [EVENT_POINT] = "point",
    [EVENT_MARKED] = "marked", [EVENT_HINT] = "hint",
    [EVENT_EDIT] = "edit",     [EVENT_PASS] = "pass",
    [EVENT_PAUSE] = "pause",   [EVENT_RESUME] = "resume",
    [EVENT_NOTE] = "note",     [EVENT_RATE] = "rate",
    [EVENT_CLOCK] = "clock",   [EVENT_RESTORE] = "restore",
    [EVENT_FINISH] = "finish",
};

const char *session_state_name(enum session_state state)
{
    return states[state];
}

const char *event_name(enum event_kind kind)
{
    return events[kind];
}

/* The index of `name` in `names`; `count` where it is not there. */
static size_t find_name(const char *const *names, size_t count,
                        const char *name)
{
    size_t i = 0;

    while (i < count && (!name || strcmp(names[i], name) != 0))
        i++;
    return i;
}

int session_create(struct db *db, struct session *session, int64_t least,
                   struct err *err)
{
    json_t *json = plan_to_json(&session->plan);
    char *plan = json_dumps(json, JSON_COMPACT);
    struct db_rows rows;
    int status =
        db_select(db, &rows, "SELECT max(id) FROM interviews", NULL, err);

    session->id = least;
    if (status == 0) {
        if (db_next(&rows) && db_int(&rows, 0) >= least)
            session->id = db_int(&rows, 0) + 1;
        status = db_end(&rows, err);
    }
    if (status == 0)
        status = db_run(
            db,
            "INSERT INTO interviews (id, candidate, alone, level, minutes,"
            " seed, plan, state, round, step, started, used, since_wall,"
            " since_running, since_boot, fake)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, 'running', 0, 0, ?, 0, 0, 0, '', 0)",
            DB_ARGS(DB_INT(session->id), DB_TEXT(session->candidate),
                    DB_INT(session->alone),
                    DB_TEXT(kata_level_name(session->level)),
                    DB_INT(session->minutes), DB_INT((int64_t)session->seed),
                    DB_TEXT(plan), DB_INT(session->started)),
            err);
    free(plan);
    json_decref(json);
    return status < 0 ? -1 : session_save(db, session, err);
}

static int read_plan(const char *text, struct plan *plan, struct err *err)
{
    json_t *json = json_loads(text ? text : "", 0, NULL);
    int status = plan_from_json(json, plan, err);

    json_decref(json);
    return status;
}

static int read_session(const struct db_rows *rows, struct session *session,
                        struct err *err)
{
    const char *level = db_text(rows, 2);

    session->candidate = xstrdup(db_text(rows, 0));
    session->alone = db_int(rows, 1);
    while (session->level < LEVEL_SENIOR &&
           strcmp(kata_level_name(session->level), level) != 0)
        session->level++;
    session->minutes = (int)db_int(rows, 3);
    session->seed = (uint64_t)db_int(rows, 4);
    session->state = (enum session_state)find_name(states, SESSION_FINISHED,
                                                   db_text(rows, 6));
    session->round = (size_t)db_int(rows, 7);
    session->step = (size_t)db_int(rows, 8);
    session->started = db_int(rows, 9);
    session->finished = db_int(rows, 10);
    session->timer.used = db_int(rows, 11);
    session->timer.since.wall = db_int(rows, 12);
    session->timer.since.running = db_int(rows, 13);
    db_copy_text(rows, 14, session->timer.since.boot,
                 sizeof session->timer.since.boot);
    session->fake = db_int(rows, 15);
    session->timer.paused = session->state != SESSION_RUNNING;
    if (read_plan(db_text(rows, 5), &session->plan, err) < 0)
        return -1;
    if (session->round >= session->plan.count)
        return err_set(err, "the interview's plan is damaged");
    return 0;
}

int session_load(struct db *db, int64_t id, struct session *session,
                 struct err *err)
{
    struct db_rows rows;
    int status;

    *session = (struct session){.id = id};
    if (db_select(db, &rows,
                  "SELECT candidate, alone, level, minutes, seed, plan, state,"
                  " round, step, started, finished, used, since_wall,"
                  " since_running, since_boot, fake"
                  " FROM interviews WHERE id = ?",
                  DB_ARGS(DB_INT(id)), err) < 0)
        return -1;
    if (db_next(&rows))
        status = read_session(&rows, session, err);
    else
        status = err_set(err, "there is no interview %" PRId64, id);
    if (db_end(&rows, err) < 0)
        status = -1;
    if (status < 0)
        session_release(session);
    return status;
}

int session_save(struct db *db, const struct session *session, struct err *err)
{
    const struct timer *timer = &session->timer;
    int changed = db_run(
        db,
        "UPDATE interviews SET state = ?, round = ?, step = ?, finished = ?,"
        " used = ?, since_wall = ?, since_running = ?, since_boot = ?, fake = ?"
        " WHERE id = ?",
        DB_ARGS(DB_TEXT(states[session->state]),
                DB_INT((int64_t)session->round), DB_INT((int64_t)session->step),
                DB_INT(session->finished), DB_INT(timer->used),
                DB_INT(timer->since.wall), DB_INT(timer->since.running),
                DB_TEXT(timer->since.boot), DB_INT(session->fake),
                DB_INT(session->id)),
        err);

    return changed < 0 ? -1 : 0;
}

void session_release(struct session *session)
{
    free(session->candidate);
    plan_release(&session->plan);
    *session = (struct session){.id = 0};
}

int session_list(struct db *db, int64_t **ids, size_t *count, struct err *err)
{
    struct db_rows rows;
    size_t capacity = 0;

    *ids = NULL;
    *count = 0;
    if (db_select(db, &rows, "SELECT id FROM interviews ORDER BY id", NULL,
                  err) < 0)
        return -1;
    while (db_next(&rows)) {
        *ids = grow(*ids, &capacity, *count, sizeof **ids);
        (*ids)[(*count)++] = db_int(&rows, 0);
    }
    return db_end(&rows, err);
}

int session_advance(struct db *db, struct session *session,
                    const struct moment *now, struct err *err)
{
    int64_t change = timer_advance(&session->timer, now);

    session->fake = session->fake || now->fake;
    if (change == 0)
        return 0;
    return session_event(db, session, EVENT_CLOCK, NULL, NULL, change, err);
}

int64_t session_left(const struct session *session)
{
    return (int64_t)session->minutes * 60000 - session->timer.used;
}

int64_t session_round_left(const struct session *session, int64_t round_start)
{
    return (int64_t)session_round(session)->minutes * 60000 -
           (session->timer.used - round_start);
}

const struct plan_round *session_round(const struct session *session)
{
    return &session->plan.rounds[session->round];
}

const char *session_kata(const struct plan_round *round, size_t step)
{
    if (round->kind == ROUND_CODE && step > 0 && step <= round->variants.count)
        return round->variants.items[step - 1];
    return round->kata;
}

/* Events */

static int add_event(struct db *db, const struct session *session,
                     const struct event *event, struct err *err)
{
    int changed = db_run(
        db,
        "INSERT INTO interview_events"
        " (interview, number, at, used, round, step, kind, subject, body,"
        " value)"
        " SELECT ?1, 1 + coalesce(max(number), 0), ?2, ?3, ?4, ?5, ?6, ?7, ?8,"
        " ?9 FROM interview_events WHERE interview = ?1",
        DB_ARGS(DB_INT(session->id), DB_INT(event->at), DB_INT(event->used),
                DB_INT((int64_t)session->round), DB_INT((int64_t)session->step),
                DB_TEXT(events[event->kind]), DB_TEXT(event->subject),
                DB_TEXT(event->text), DB_INT(event->value)),
        err);

    return changed < 0 ? -1 : 0;
}

int session_event(struct db *db, const struct session *session,
                  enum event_kind kind, const char *subject, const char *text,
                  int64_t value, struct err *err)
{
    struct event event = {.kind = kind,
                          .at = session->timer.since.wall,
                          .used = session->timer.used,
                          .subject = (char *)subject,
                          .text = (char *)text,
                          .value = value};

    return add_event(db, session, &event, err);
}

int session_event_at(struct db *db, const struct session *session,
                     enum event_kind kind, const char *subject, int64_t used,
                     int64_t value, struct err *err)
{
    struct event event = {.kind = kind,
                          .at = session->timer.since.wall -
                                (session->timer.used - used),
                          .used = used,
                          .subject = (char *)subject,
                          .value = value};

    return add_event(db, session, &event, err);
}

static char *text_or_null(const struct db_rows *rows, int column)
{
    return db_is_null(rows, column) ? NULL : xstrdup(db_text(rows, column));
}

static void read_event(const struct db_rows *rows, struct events *list)
{
    size_t kind = find_name(events, EVENT_KINDS, db_text(rows, 4));

    if (kind == EVENT_KINDS)
        return;
    list->items =
        grow(list->items, &list->capacity, list->count, sizeof *list->items);
    list->items[list->count++] =
        (struct event){.kind = (enum event_kind)kind,
                       .at = db_int(rows, 0),
                       .used = db_int(rows, 1),
                       .round = (size_t)db_int(rows, 2),
                       .step = (size_t)db_int(rows, 3),
                       .subject = text_or_null(rows, 5),
                       .text = text_or_null(rows, 6),
                       .value = db_int(rows, 7)};
}

int session_events(struct db *db, int64_t id, struct events *list,
                   struct err *err)
{
    struct db_rows rows;

    *list = (struct events){.items = NULL};
    if (db_select(db, &rows,
                  "SELECT at, used, round, step, kind, subject, body, value"
                  " FROM interview_events WHERE interview = ? ORDER BY number",
                  DB_ARGS(DB_INT(id)), err) < 0)
        return -1;
    while (db_next(&rows))
        read_event(&rows, list);
    if (db_end(&rows, err) == 0)
        return 0;
    events_release(list);
    return -1;
}

void events_release(struct events *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].subject);
        free(list->items[i].text);
    }
    free(list->items);
    *list = (struct events){.items = NULL};
}

const struct event *events_last(const struct events *list, enum event_kind kind,
                                int64_t round, int64_t step)
{
    for (size_t i = list->count; i-- > 0;) {
        const struct event *event = &list->items[i];

        if (event->kind == kind &&
            (round < 0 || event->round == (size_t)round) &&
            (step < 0 || event->step == (size_t)step))
            return event;
    }
    return NULL;
}

/* Runs */

static int next_run(struct db *db, int64_t id, int64_t *number, struct err *err)
{
    struct db_rows rows;

    if (db_select(db, &rows,
                  "SELECT 1 + coalesce(max(number), 0) FROM interview_runs"
                  " WHERE interview = ?",
                  DB_ARGS(DB_INT(id)), err) < 0)
        return -1;
    *number = db_next(&rows) ? db_int(&rows, 0) : 1;
    return db_end(&rows, err);
}

int session_run_begin(struct db *db, const struct session *session,
                      struct session_run *run, struct err *err)
{
    run->at = session->timer.since.wall;
    run->used = session->timer.used;
    run->round = session->round;
    run->step = session->step;
    run->late = session_left(session) < 0;
    if (next_run(db, session->id, &run->number, err) < 0)
        return -1;
    return db_run(db,
                  "INSERT INTO interview_runs (interview, number, at, used,"
                  " round, step, kata, command, late, source, explanation)"
                  " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                  DB_ARGS(DB_INT(session->id), DB_INT(run->number),
                          DB_INT(run->at), DB_INT(run->used),
                          DB_INT((int64_t)run->round),
                          DB_INT((int64_t)run->step), DB_TEXT(run->kata),
                          DB_TEXT(run->submitted ? "submit" : "test"),
                          DB_INT(run->late), DB_TEXT(run->source),
                          DB_TEXT(run->explanation)),
                  err) < 0
               ? -1
               : 0;
}

int session_run_end(struct db *db, int64_t id, int64_t number,
                    const char *verdict, const char *result, struct err *err)
{
    int changed = db_run(
        db,
        "UPDATE interview_runs SET verdict = ?, result = ?"
        " WHERE interview = ? AND number = ?",
        DB_ARGS(DB_TEXT(verdict), DB_TEXT(result), DB_INT(id), DB_INT(number)),
        err);

    return changed < 0 ? -1 : 0;
}

static void read_run(const struct db_rows *rows, struct session_runs *runs)
{
    runs->items =
        grow(runs->items, &runs->capacity, runs->count, sizeof *runs->items);
    runs->items[runs->count++] =
        (struct session_run){.number = db_int(rows, 0),
                             .at = db_int(rows, 1),
                             .used = db_int(rows, 2),
                             .round = (size_t)db_int(rows, 3),
                             .step = (size_t)db_int(rows, 4),
                             .kata = text_or_null(rows, 5),
                             .submitted = db_int(rows, 6),
                             .late = db_int(rows, 7),
                             .source = text_or_null(rows, 8),
                             .explanation = text_or_null(rows, 9),
                             .result = text_or_null(rows, 10),
                             .verdict = text_or_null(rows, 11)};
}

int session_runs(struct db *db, int64_t id, struct session_runs *runs,
                 struct err *err)
{
    struct db_rows rows;

    *runs = (struct session_runs){.items = NULL};
    if (db_select(db, &rows,
                  "SELECT number, at, used, round, step, kata,"
                  " command = 'submit', late, source, explanation, result,"
                  " verdict FROM interview_runs WHERE interview = ?"
                  " ORDER BY number",
                  DB_ARGS(DB_INT(id)), err) < 0)
        return -1;
    while (db_next(&rows))
        read_run(&rows, runs);
    if (db_end(&rows, err) == 0)
        return 0;
    session_runs_release(runs);
    return -1;
}

void session_runs_release(struct session_runs *runs)
{
    for (size_t i = 0; i < runs->count; i++) {
        struct session_run *run = &runs->items[i];

        free(run->kata);
        free(run->source);
        free(run->explanation);
        free(run->result);
        free(run->verdict);
    }
    free(runs->items);
    *runs = (struct session_runs){.items = NULL};
}

const char *session_source(const struct session *session,
                           const struct session_runs *runs)
{
    const char *here = NULL, *passed = NULL, *base = NULL;

    for (size_t i = 0; i < runs->count; i++) {
        const struct session_run *run = &runs->items[i];

        if (run->round != session->round)
            continue;
        if (run->step == session->step)
            here = run->source;
        if (run->step == 0)
            base = run->source;
        if (run->step == 0 && run->submitted && run->verdict &&
            strcmp(run->verdict, "pass") == 0)
            passed = run->source;
    }
    return here ? here : passed ? passed : base;
}

int session_met(struct db *db, const char *candidate, int64_t wall,
                struct strv *names, struct err *err)
{
    struct db_rows rows;

    if (db_select(db, &rows,
                  "SELECT DISTINCT e.subject FROM interview_events e"
                  " JOIN interviews i ON i.id = e.interview"
                  " WHERE i.candidate = ? AND e.at >= ?"
                  " AND e.kind IN ('answer', 'marked', 'pass')"
                  " AND e.subject IS NOT NULL",
                  DB_ARGS(DB_TEXT(candidate), DB_INT(wall)), err) < 0)
        return -1;
    while (db_next(&rows))
        strv_add(names, db_text(&rows, 0));
    return db_end(&rows, err);
}
