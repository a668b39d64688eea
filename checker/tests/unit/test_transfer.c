#include "store/transfer.h"

#include "store/progress.h"

#include <criterion/criterion.h>
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

Test(transfer, what_is_numbered_is_not_carried)
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
    cr_expect_null(json_object_get(tables, "interview_events"));
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
