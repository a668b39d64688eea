#include "store/transfer.h"

#include "base/alloc.h"
#include "store/progress.h"
#include "store/session.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct db *db;

static void open_db(void)
{
    struct err err = ERR_INIT;

    db = db_open_memory();
    cr_assert_eq(progress_start(db, "lru-cache", true, 1000, &err), 0);
    cr_assert_eq(progress_hint(db, "lru-cache", 2, 2000, &err), 0);
    cr_assert_eq(schedule_add(db, "question", "gil", RATING_HARD, 3000, &err),
                 0);
}

static void close_db(void)
{
    db_close(db);
}

TestSuite(transfer, .init = open_db, .fini = close_db);

static json_t *export_of(struct db *from)
{
    struct err err = ERR_INIT;
    json_t *document = transfer_export(from, &err);

    cr_assert_not_null(document, "%s", err.text);
    return document;
}

static size_t import_to(struct db *to, const json_t *document)
{
    struct transfer_result result;
    struct err err = ERR_INIT;

    cr_assert_eq(transfer_import(to, document, &result, &err), 0, "%s",
                 err.text);
    return result.changed;
}

Test(transfer, out_and_in_again_is_the_same)
{
    struct db *other = db_open_memory();
    json_t *document = export_of(db), *back;

    cr_assert_eq(import_to(other, document), 3);
    back = export_of(other);
    cr_assert(json_equal(document, back));
    cr_assert_eq(import_to(other, document), 0, "twice changes nothing");
    json_decref(document);
    json_decref(back);
    db_close(other);
}

Test(transfer, every_table_is_carried)
{
    static const char *const carried[] = {"attempts", "grades",   "stages",
                                          "costs",    "findings", "hints",
                                          "reviews"};
    json_t *document = export_of(db);
    const json_t *tables = json_object_get(document, "tables");

    for (size_t i = 0; i < sizeof carried / sizeof *carried; i++)
        cr_expect_not_null(json_object_get(tables, carried[i]), "%s",
                           carried[i]);
    cr_expect_null(json_object_get(tables, "interviews"));
    cr_expect(json_is_array(json_object_get(document, "interviews")));
    json_decref(document);
}

/* Interviews */

static void hold_interview(struct db *in, struct session *session,
                           int64_t started)
{
    struct err err = ERR_INIT;
    struct session_run run = {.kata = xstrdup("lru-cache"),
                              .source = xstrdup("int x;\n"),
                              .submitted = true};

    *session = (struct session){.candidate = xstrdup("Ada \"A\" L."),
                                .level = LEVEL_SENIOR,
                                .minutes = 45,
                                .seed = UINT64_MAX,
                                .started = started,
                                .timer.used = 5000};
    session->plan.count = 1;
    session->plan.rounds[0].kind = ROUND_CODE;
    session->plan.rounds[0].minutes = 45;
    session->plan.rounds[0].kata = xstrdup("lru-cache");
    strv_add(&session->plan.rounds[0].variants, "lru-cache+ttl");
    cr_assert_eq(session_create(in, session, 1, &err), 0, "%s", err.text);
    session_event(in, session, EVENT_START, NULL, NULL, 0, &err);
    session_event(in, session, EVENT_NOTE, NULL, "asks about 0", 0, &err);
    cr_assert_eq(session_run_begin(in, session, &run, &err), 0, "%s", err.text);
    free(run.kata);
    free(run.source);
}

/* One more thing happens in the interview. */
static void go_on(struct db *in, int64_t id, const char *note)
{
    struct session session;
    struct err err = ERR_INIT;

    cr_assert_eq(session_load(in, id, &session, &err), 0, "%s", err.text);
    session.step = 1;
    session.timer.used += 1000;
    cr_assert_eq(session_event(in, &session, EVENT_NOTE, NULL, note, 0, &err),
                 0);
    cr_assert_eq(session_save(in, &session, &err), 0);
    session_release(&session);
}

static size_t interviews_in(struct db *in)
{
    struct err err = ERR_INIT;
    int64_t *ids;
    size_t count;

    cr_assert_eq(session_list(in, &ids, &count, &err), 0);
    free(ids);
    return count;
}

static size_t events_in(struct db *in, int64_t id)
{
    struct err err = ERR_INIT;
    struct events events;
    size_t count;

    cr_assert_eq(session_events(in, id, &events, &err), 0);
    count = events.count;
    events_release(&events);
    return count;
}

/* Carries everything over; returns how many rows were new. */
static size_t carry(struct db *from, struct db *to)
{
    json_t *document = export_of(from);
    size_t changed = import_to(to, document);

    cr_assert_eq(import_to(to, document), 0, "twice changes nothing");
    json_decref(document);
    return changed;
}

static struct db *second;
static struct session held;

static void open_two(void)
{
    db = db_open_memory();
    second = db_open_memory();
    hold_interview(db, &held, 1000);
}

static void close_two(void)
{
    session_release(&held);
    db_close(second);
    db_close(db);
}

TestSuite(transfer_interviews, .init = open_two, .fini = close_two);

Test(transfer_interviews, are_carried_whole)
{
    json_t *here, *there;

    cr_assert_eq(carry(db, second), 4);
    here = export_of(db);
    there = export_of(second);
    cr_assert(json_equal(here, there));
    json_decref(here);
    json_decref(there);
    cr_assert_eq(carry(second, db), 0);
}

Test(transfer_interviews, what_went_further_takes_the_place)
{
    struct err err = ERR_INIT;
    struct session session;

    carry(db, second);
    go_on(second, held.id, "further");
    session_run_end(second, held.id, 1, "pass", "{}", &err);
    cr_assert_eq(carry(db, second), 0, "what is behind changes nothing");
    cr_assert_eq(carry(second, db), 1);
    cr_assert_eq(interviews_in(db), 1);
    cr_assert_eq(events_in(db, held.id), 3);
    cr_assert_eq(session_load(db, held.id, &session, &err), 0);
    cr_assert_eq(session.step, 1);
    cr_assert_eq(session.timer.used, 6000);
    session_release(&session);
}

Test(transfer_interviews, both_are_kept_where_both_went_on)
{
    carry(db, second);
    go_on(db, held.id, "here");
    go_on(second, held.id, "there");
    cr_assert_eq(carry(second, db), 5);
    cr_assert_eq(interviews_in(db), 2);
    cr_assert_eq(carry(second, db), 0);
    cr_assert_eq(carry(db, second), 5);
    cr_assert_eq(interviews_in(second), 2);
    cr_assert_eq(carry(db, second), 0);
}

Test(transfer_interviews, a_number_that_is_taken_becomes_another)
{
    struct err err = ERR_INIT;
    struct session other, carried;

    hold_interview(second, &other, 2000);
    cr_assert_eq(other.id, held.id);
    cr_assert_eq(carry(db, second), 4);
    cr_assert_eq(session_load(second, held.id + 1, &carried, &err), 0);
    cr_assert_eq(carried.started, 1000);
    cr_assert_eq(events_in(second, held.id + 1), 2);
    cr_assert_eq(events_in(second, held.id), 2);
    session_release(&carried);
    session_release(&other);
}

/* The document with the interview's `key` set to `json`, or removed; it is
   refused with `why`, and nothing of it is taken. */
static void refuse_with(const char *key, const char *json, const char *why)
{
    struct transfer_result result;
    struct err err = ERR_INIT;
    json_t *document = export_of(db);
    json_t *interview =
        json_array_get(json_object_get(document, "interviews"), 0);

    if (json)
        json_object_set_new(interview, key,
                            json_loads(json, JSON_DECODE_ANY, NULL));
    else
        json_object_del(interview, key);
    cr_expect_eq(transfer_import(second, document, &result, &err), -1, "%s",
                 key);
    cr_expect_not_null(strstr(err.text, why), "got: %s\nwant: %s", err.text,
                       why);
    cr_expect_eq(interviews_in(second), 0, "%s: something was taken", key);
    json_decref(document);
}

Test(transfer_interviews, what_is_wrong_is_refused_whole)
{
    static const char note[] =
        "[{\"number\": 1, \"at\": 1, \"used\": 1, \"round\": %s, \"step\": %s,"
        " \"kind\": \"note\", \"subject\": null, \"body\": null,"
        " \"value\": 0}]";
    char text[300];

    refuse_with("events", NULL, "interviews[0]: \"events\": expected a list");
    refuse_with("runs", "{}", "\"runs\": expected a list");
    refuse_with("events", "[3]", "events[0]: expected an object");
    refuse_with("events", "[{}]", "is missing");
    refuse_with("candidate", "3", "\"candidate\": expected a text");
    refuse_with("seed", NULL, "\"seed\" is missing");
    refuse_with("mood", "1", "no \"mood\"");
    refuse_with("state", "\"tired\"", "CHECK constraint");
    refuse_with("plan", "\"{}\"", "plan");
    refuse_with("round", "1", "plan");
    refuse_with("step", "2", "not in the plan");
    refuse_with("step", "-1", "not in the plan");
    snprintf(text, sizeof text, note, "1", "0");
    refuse_with("events", text, "not in the plan");
    snprintf(text, sizeof text, note, "0", "-1");
    refuse_with("events", text, "not in the plan");
}

Test(transfer_interviews, a_document_without_is_taken)
{
    json_t *document = export_of(db);

    json_object_del(document, "interviews");
    cr_assert_eq(import_to(second, document), 0);
    json_decref(document);
}

Test(transfer, two_machines_merge)
{
    struct db *other = db_open_memory();
    struct err err = ERR_INIT;
    struct progress progress;
    json_t *document;

    cr_assert_eq(progress_start(other, "lru-cache", true, 5000, &err), 0);
    document = export_of(other);
    cr_assert_eq(import_to(db, document), 1);
    cr_assert_eq(progress_of(db, "lru-cache", &progress, &err), 0);
    cr_assert_eq(progress.attempts, 2);
    cr_assert_eq(progress.started, 5000, "the later one is the current one");
    cr_assert_eq(progress.hints, 0);
    json_decref(document);
    db_close(other);
}

Test(transfer, what_was_empty_is_filled_in_and_nothing_else)
{
    struct db *other = db_open_memory();
    struct err err = ERR_INIT;
    struct progress progress;
    json_t *document = export_of(db);

    import_to(other, document);
    json_decref(document);
    cr_assert_eq(progress_save(other, "lru-cache", 9000, &err), 0);
    document = export_of(other);
    cr_assert_eq(import_to(db, document), 1);
    cr_assert_eq(progress_of(db, "lru-cache", &progress, &err), 0);
    cr_assert_eq(progress.saved, 9000);
    json_object_set_new(
        json_array_get(
            json_object_get(json_object_get(document, "tables"), "attempts"),
            0),
        "saved", json_integer(1));
    cr_assert_eq(import_to(db, document), 0);
    json_decref(document);
    db_close(other);
}

/* A document that is refused, why, and that nothing of it is taken. */
static void refuse(const char *text, const char *why)
{
    struct transfer_result result;
    struct err err = ERR_INIT;
    json_t *before = export_of(db), *after;
    json_t *document = json_loads(text, 0, NULL);

    cr_assert_not_null(document, "%s", text);
    cr_expect_eq(transfer_import(db, document, &result, &err), -1, "%s", text);
    cr_expect_not_null(strstr(err.text, why), "got: %s\nwant: %s", err.text,
                       why);
    after = export_of(db);
    cr_expect(json_equal(before, after), "%s", text);
    json_decref(document);
    json_decref(before);
    json_decref(after);
}

#define WITH_TABLES(tables)                                                    \
    "{\"schema\": \"kata-progress/1\", \"version\": 1, \"tables\": {" tables   \
    "}}"

Test(transfer, what_is_wrong_is_refused_whole)
{
    refuse("[]", "\"schema\"");
    refuse("{\"schema\": \"kata-result/1\"}", "\"schema\"");
    refuse("{\"schema\": \"kata-progress/1\"}", "\"version\"");
    refuse("{\"schema\": \"kata-progress/1\", \"version\": 1}", "\"tables\"");
    refuse("{\"schema\": \"kata-progress/1\", \"version\": 999,"
           " \"tables\": {}}",
           "newer kata");
    refuse(WITH_TABLES("\"recipes\": []"), "no table \"recipes\"");
    refuse(WITH_TABLES("\"sqlite_schema\": []"), "no table");
    refuse(WITH_TABLES("\"interviews\": []"), "no table");
    refuse(WITH_TABLES("\"attempts\": {}"), "expected a list");
    refuse(WITH_TABLES("\"attempts\": [3]"), "attempts[0]: expected an object");
    refuse(WITH_TABLES("\"attempts\": [{\"id\": \"x\", \"kata\": \"k\","
                       " \"started\": 1}, {\"id\": \"y\", \"kata\": \"k\"}]"),
           "attempts[1]: \"started\" is missing");
    refuse(WITH_TABLES("\"attempts\": [{\"id\": \"x\", \"kata\": \"k\","
                       " \"started\": 1.5}]"),
           "\"started\": expected an integer");
    refuse(WITH_TABLES("\"attempts\": [{\"id\": \"x\", \"kata\": 3,"
                       " \"started\": 1}]"),
           "\"kata\": expected a text");
    refuse(WITH_TABLES("\"attempts\": [{\"id\": \"x\", \"kata\": \"\","
                       " \"started\": 1}]"),
           "CHECK constraint");
    refuse(WITH_TABLES("\"attempts\": [{\"id\": \"x\", \"kata\": \"k\","
                       " \"started\": 1, \"mood\": \"good\"}]"),
           "no \"mood\"");
    refuse(WITH_TABLES("\"hints\": [{\"attempt\": \"x\", \"number\": 1,"
                       " \"at\": 1}]"),
           "FOREIGN KEY");
    refuse(WITH_TABLES("\"reviews\": [{\"id\": \"x\", \"kind\": \"kata\","
                       " \"item\": \"k\", \"at\": 1, \"rating\": 5}]"),
           "CHECK constraint");
}

Test(transfer, rows_may_stand_before_what_they_refer_to)
{
    json_t *document =
        json_loads(WITH_TABLES("\"hints\": [{\"attempt\": \"x\", \"number\": 1,"
                               " \"at\": 1}], \"attempts\": [{\"id\": \"x\","
                               " \"kata\": \"k\", \"started\": 1}]"),
                   0, NULL);

    cr_assert_eq(import_to(db, document), 2);
    json_decref(document);
}
