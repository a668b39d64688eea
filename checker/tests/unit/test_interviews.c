#include "store/session.h"

#include "base/alloc.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct db *db;

static void open_db(void)
{
    db = db_open_memory();
    cr_assert_not_null(db);
}

static void close_db(void)
{
    db_close(db);
}

TestSuite(interviews, .init = open_db, .fini = close_db);

static struct moment moment(int64_t seconds)
{
    struct moment now = {.wall = seconds * 1000, .running = seconds * 1000};

    snprintf(now.boot, sizeof now.boot, "one");
    return now;
}

static void make(struct session *session, const char *candidate)
{
    struct moment now = moment(1000);
    struct err err = ERR_INIT;

    *session = (struct session){.candidate = xstrdup(candidate),
                                .level = LEVEL_SENIOR,
                                .minutes = 45,
                                .seed = INT64_MAX,
                                .started = now.wall};
    session->plan.count = 1;
    session->plan.rounds[0].kind = ROUND_CODE;
    session->plan.rounds[0].minutes = 45;
    session->plan.rounds[0].kata = xstrdup("lru-cache");
    strv_add(&session->plan.rounds[0].variants, "lru-cache+ttl");
    timer_start(&session->timer, &now);
    cr_assert_eq(session_create(db, session, 1, &err), 0, "%s", err.text);
}

Test(interviews, are_kept)
{
    struct session made, read;
    struct err err = ERR_INIT;

    make(&made, "Ada");
    cr_assert_eq(made.id, 1);
    made.state = SESSION_PAUSED;
    made.step = 1;
    made.timer.used = 12345;
    cr_assert_eq(session_save(db, &made, &err), 0, "%s", err.text);
    cr_assert_eq(session_load(db, 1, &read, &err), 0, "%s", err.text);
    cr_assert_str_eq(read.candidate, "Ada");
    cr_assert_eq(read.level, LEVEL_SENIOR);
    cr_assert_eq(read.seed, INT64_MAX);
    cr_assert_eq(read.state, SESSION_PAUSED);
    cr_assert(read.timer.paused);
    cr_assert_eq(read.timer.used, 12345);
    cr_assert_str_eq(read.timer.since.boot, "one");
    cr_assert_eq(read.step, 1);
    cr_assert_str_eq(session_kata(session_round(&read), read.step),
                     "lru-cache+ttl");
    cr_assert_eq(session_left(&read), 45 * 60000 - 12345);
    session_release(&made);
    session_release(&read);
}

Test(interviews, are_numbered_and_listed)
{
    struct session one, two, none;
    struct err err = ERR_INIT;
    int64_t *ids;
    size_t count;

    make(&one, "Ada");
    make(&two, "Bob");
    cr_assert_eq(two.id, 2);
    cr_assert_eq(session_list(db, &ids, &count, &err), 0);
    cr_assert_eq(count, 2);
    cr_assert_eq(ids[1], 2);
    cr_assert_eq(session_load(db, 3, &none, &err), -1);
    cr_assert_str_eq(err.text, "there is no interview 3");
    free(ids);
    session_release(&one);
    session_release(&two);
}

Test(interviews, remember_what_happened)
{
    struct session session;
    struct moment later = moment(1060), back = {.wall = 1000};
    struct events events;

    make(&session, "Ada");
    cr_assert_eq(session_advance(db, &session, &later, NULL), 0);
    cr_assert_eq(session_event(db, &session, EVENT_NOTE, NULL, "well", 0, NULL),
                 0);
    cr_assert_eq(
        session_event_at(db, &session, EVENT_EDIT, "a.c", 30000, 77, NULL), 0);
    back.running = later.running + 60000;
    snprintf(back.boot, sizeof back.boot, "one");
    cr_assert_eq(session_advance(db, &session, &back, NULL), 0);
    cr_assert_eq(session_events(db, 1, &events, NULL), 0);
    cr_assert_eq(events.count, 3);
    cr_assert_str_eq(events.items[0].text, "well");
    cr_assert_eq(events.items[0].used, 60000);
    cr_assert_null(events.items[0].subject);
    cr_assert_eq(events.items[1].kind, EVENT_EDIT);
    cr_assert_eq(events.items[1].used, 30000);
    cr_assert_eq(events.items[1].at, 1030000);
    cr_assert_eq(events.items[1].value, 77);
    cr_assert_eq(events.items[2].kind, EVENT_CLOCK);
    cr_assert_lt(events.items[2].value, -1000000);
    cr_assert_eq(session.timer.used, 120000);
    cr_assert_eq(events_last(&events, EVENT_NOTE, 0, 0), &events.items[0]);
    cr_assert_null(events_last(&events, EVENT_NOTE, 1, -1));
    events_release(&events);
    session_release(&session);
}

Test(interviews, keep_the_code_of_a_run_before_it_ends)
{
    struct session session;
    struct moment late = moment(1000 + 46 * 60);
    struct session_run run = {.kata = (char *)"lru-cache",
                              .submitted = true,
                              .source = (char *)"int x;\n"};
    struct session_runs runs;

    make(&session, "Ada");
    cr_assert_eq(session_run_begin(db, &session, &run, NULL), 0);
    cr_assert_eq(run.number, 1);
    cr_assert_not(run.late);
    cr_assert_eq(session_advance(db, &session, &late, NULL), 0);
    run.explanation = (char *)"Line 3.";
    cr_assert_eq(session_run_begin(db, &session, &run, NULL), 0);
    cr_assert_eq(session_run_end(db, 1, 2, "pass", "{}", NULL), 0);
    cr_assert_eq(session_runs(db, 1, &runs, NULL), 0);
    cr_assert_eq(runs.count, 2);
    cr_assert_str_eq(runs.items[0].source, "int x;\n");
    cr_assert_null(runs.items[0].verdict);
    cr_assert_null(runs.items[0].explanation);
    cr_assert(runs.items[1].late);
    cr_assert_str_eq(runs.items[1].verdict, "pass");
    cr_assert_str_eq(runs.items[1].explanation, "Line 3.");
    session_runs_release(&runs);
    session_release(&session);
}

Test(interviews, tell_what_a_candidate_has_met)
{
    struct session ada, bob;
    struct strv names = STRV_INIT;

    make(&ada, "Ada");
    make(&bob, "Bob");
    session_event(db, &ada, EVENT_PASS, "lru-cache", NULL, 0, NULL);
    session_event(db, &ada, EVENT_ANSWER, "the-gil", "a lock", 0, NULL);
    session_event(db, &ada, EVENT_ROUND, "closure", NULL, 0, NULL);
    session_event(db, &bob, EVENT_PASS, "decorator", NULL, 0, NULL);
    cr_assert_eq(session_met(db, "Ada", 0, &names, NULL), 0);
    cr_assert_eq(names.count, 2, "%zu", names.count);
    cr_assert(strv_has(&names, "lru-cache"));
    cr_assert(strv_has(&names, "the-gil"));
    strv_release(&names);
    cr_assert_eq(session_met(db, "Ada", 1000001, &names, NULL), 0);
    cr_assert_eq(names.count, 0);
    strv_release(&names);
    session_release(&ada);
    session_release(&bob);
}

Test(interviews, with_a_damaged_plan_are_refused)
{
    struct session session, read;
    struct err err = ERR_INIT;

    make(&session, "Ada");
    db_run(db, "UPDATE interviews SET plan = '{\"rounds\": 3}'", NULL, NULL);
    cr_assert_eq(session_load(db, 1, &read, &err), -1);
    cr_assert_str_eq(err.text, "the interview's plan is damaged");
    session_release(&session);
}
