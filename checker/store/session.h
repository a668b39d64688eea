/*
 * Interviews in progress.db: their plan, how far they are, what happened when,
 * and the code at each run. Whatever is kept is on disk before a command goes
 * on, so that a kill at any moment loses no more than the command it hit.
 *
 * A command that changes something does it in one transaction:
 *
 *     struct session session;
 *     if (db_begin(db, &err) < 0) return -1;
 *     status = session_load(db, id, &session, &err);
 *     if (status == 0) status = session_advance(db, &session, &now, &err);
 *     ... session.step++, session_note(db, &session, ...) ...
 *     if (status == 0) status = session_save(db, &session, &err);
 *     status = db_finish(db, status, &err);
 *     session_release(&session);
 *
 * Times are milliseconds; `used` is the interview's own time (store/timer.h).
 */
#ifndef STORE_SESSION_H
#define STORE_SESSION_H

#include "store/db.h"
#include "store/plan.h"
#include "store/timer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum session_state { SESSION_RUNNING, SESSION_PAUSED, SESSION_FINISHED };

const char *session_state_name(enum session_state state);

struct session {
    int64_t id;
    char *candidate;
    bool alone; /* no interviewer: the program asks */
    enum kata_level level;
    int minutes;
    uint64_t seed;
    enum session_state state;
    size_t round; /* index into plan.rounds */
    size_t step;  /* in the round: the question; the kata (0) or variant */
    int64_t started, finished; /* wall clock; finished 0 while it is not */
    struct timer timer;
    bool fake; /* $KATA_CLOCK was set in one of its commands */
    struct plan plan;
};

/* Adds the interview and gives it an id of at least `least`. */
int session_create(struct db *db, struct session *session, int64_t least,
                   struct err *err);

/* Returns 0, to be released by the caller, or -1; an unknown id is the error
   "there is no interview N". */
int session_load(struct db *db, int64_t id, struct session *session,
                 struct err *err);

/* Writes what can change: state, round, step, times. */
int session_save(struct db *db, const struct session *session, struct err *err);

void session_release(struct session *session);

/* All ids, oldest first. The caller frees *ids. */
int session_list(struct db *db, int64_t **ids, size_t *count, struct err *err);

/* Brings the timer up to `now`; a clock that was changed meanwhile becomes an
   event. */
int session_advance(struct db *db, struct session *session,
                    const struct moment *now, struct err *err);

/* Time left, negative when it is over. */
int64_t session_left(const struct session *session);

/* Of the current round: what is left of its share, counted from its start. */
int64_t session_round_left(const struct session *session, int64_t round_start);

const struct plan_round *session_round(const struct session *session);

/* The slug that is worked at in a round: the kata, or the variant of its step;
   borrowed, NULL in a round of questions. */
const char *session_kata(const struct plan_round *round, size_t step);

/* Kinds of events; docs/interviews.md says what each means. */
enum event_kind {
    EVENT_START,
    EVENT_ROUND,  /* a round or step began; subject: kata or card, value: when
                     the file to write in was last changed then */
    EVENT_ANSWER, /* subject: card, text: a few words */
    EVENT_POINT,  /* subject: card, value: number of the point and whether met,
                     2 * n + met */
    EVENT_MARKED, /* subject: card: all points were gone through */
    EVENT_HINT,   /* subject: kata, value: number */
    EVENT_EDIT,   /* subject: file, value: when it was changed */
    EVENT_PASS,   /* subject: kata */
    EVENT_PAUSE,
    EVENT_RESUME,
    EVENT_NOTE,    /* text */
    EVENT_RATE,    /* subject: criterion, value: mark, text: why */
    EVENT_CLOCK,   /* value: milliseconds that the wall clock was changed by */
    EVENT_RESTORE, /* subject: file that was gone and was put back */
    EVENT_FINISH,
    EVENT_KINDS
};

const char *event_name(enum event_kind kind);

struct event {
    enum event_kind kind;
    int64_t at, used;
    size_t round, step;
    char *subject, *text; /* NULL where there is none */
    int64_t value;
};

struct events {
    struct event *items;
    size_t count, capacity;
};

/* Records an event in the current round at the timer's time. `subject` and
   `text` may be NULL. */
int session_event(struct db *db, const struct session *session,
                  enum event_kind kind, const char *subject, const char *text,
                  int64_t value, struct err *err);

/* As session_event, at an earlier time: an edit is seen after it was made. */
int session_event_at(struct db *db, const struct session *session,
                     enum event_kind kind, const char *subject, int64_t used,
                     int64_t value, struct err *err);

/* In the order in which they were recorded. */
int session_events(struct db *db, int64_t id, struct events *events,
                   struct err *err);
void events_release(struct events *events);

/* The last event of a kind in the events, in `round` and `step` where these
   are not negative; NULL where there is none. */
const struct event *events_last(const struct events *events,
                                enum event_kind kind, int64_t round,
                                int64_t step);

/* A test or a submission, with the code as it was. */
struct session_run {
    int64_t number; /* from 1, in the interview */
    int64_t at, used;
    size_t round, step;
    char *kata;
    bool submitted; /* else a test */
    bool late;
    char *source;
    char *explanation; /* of a bug hunt; else NULL */
    char *result;      /* kata-result/1; NULL where the run did not end */
    char *verdict;     /* NULL where the run did not end */
};

struct session_runs {
    struct session_run *items;
    size_t count, capacity;
};

/* Keeps the code before it is graded; fills run->number. */
int session_run_begin(struct db *db, const struct session *session,
                      struct session_run *run, struct err *err);

/* What came of it. */
int session_run_end(struct db *db, int64_t id, int64_t number,
                    const char *verdict, const char *result, struct err *err);

int session_runs(struct db *db, int64_t id, struct session_runs *runs,
                 struct err *err);
void session_runs_release(struct session_runs *runs);

/*
 * The code of the step of a round of code or a hunt as it was at its last run;
 * where it has not been run yet, what the step begins with: each changed
 * requirement with what passed the kata itself, as the changes are of the
 * kata's contract and not of one another's. Borrowed from `runs`; NULL where
 * the round has no run that would do.
 */
const char *session_source(const struct session *session,
                           const struct session_runs *runs);

/* Adds the cards whose questions were answered since `wall`, and the katas
   passed, in interviews of this candidate. */
int session_met(struct db *db, const char *candidate, int64_t wall,
                struct strv *names, struct err *err);

#endif
