#include "batch/submitted.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct submitted read_text(const char *text)
{
    struct submitted submitted = SUBMITTED_INIT;
    struct err err = ERR_INIT;

    cr_assert_eq(submitted_parse(&submitted, "times", text, strlen(text), &err),
                 0, "%s", err.text);
    return submitted;
}

static void refused(const char *text, const char *error)
{
    struct submitted submitted = SUBMITTED_INIT;
    struct err err = ERR_INIT;

    cr_assert_eq(submitted_parse(&submitted, "times", text, strlen(text), &err),
                 -1, "%s", text);
    cr_assert_str_eq(err.text, error);
    submitted_release(&submitted);
}

static void found(struct submitted *submitted, const char *student,
                  int64_t seconds)
{
    const int64_t *time = submitted_find(submitted, student);

    cr_assert_not_null(time, "%s", student);
    cr_assert_eq(*time, seconds, "%s", student);
}

Test(submitted, reads_csv_as_spreadsheets_write_it)
{
    struct submitted submitted =
        read_text("\xef\xbb\xbfstudent,time\r\n"
                  "\"Lovelace, Ada \"\"A\"\"\",1970-01-01T00:00:01Z\r\n"
                  "\r\n"
                  "bo,\"1970-01-01T01:00:02+01:00\"\n"
                  "eve,1970-01-01T00:00:03Z");

    cr_assert_eq(submitted.count, 3);
    found(&submitted, "Lovelace, Ada \"A\"", 1);
    found(&submitted, "bo", 2);
    cr_assert_not(submitted.items[2].used);
    found(&submitted, "eve_77", 3);
    cr_assert(submitted.items[2].used);
    cr_assert_null(submitted_find(&submitted, "bob"));
    cr_assert_null(submitted_find(&submitted, NULL));
    submitted_release(&submitted);
}

Test(submitted, takes_the_whole_name_first_and_the_latest_of_others)
{
    struct submitted submitted = read_text("student,time\n"
                                           "Ada,1970-01-01T00:00:01Z\n"
                                           "Ada_7,1970-01-01T00:00:02Z\n"
                                           "Bo,1970-01-01T00:00:09Z\n");

    found(&submitted, "Ada_7", 2);
    found(&submitted, "Ada_8", 1);
    found(&submitted, "Bo + Ada_8", 9);
    found(&submitted, "Ada + Bo_8", 9);
    submitted_release(&submitted);
}

Test(submitted, names_the_line_that_is_wrong)
{
    refused("", "times: line 1: expected the header \"student,time\"");
    refused("ada,1970-01-01T00:00:01Z\n",
            "times: line 1: expected the header \"student,time\"");
    refused("student,time\nada\n",
            "times: line 2: expected two fields: student,time");
    refused("student,time\nada,1970-01-01T00:00:01Z,late\n",
            "times: line 2: expected two fields only: student,time");
    refused("student,time\n\nada,yesterday\n",
            "times: line 3: expected a time with its offset from UTC, like "
            "\"2026-03-01T23:59:59+01:00\", got \"yesterday\"");
    refused("student,time\nada,2026-03-01 10:00:00\n",
            "times: line 2: expected a time with its offset from UTC, like "
            "\"2026-03-01T23:59:59+01:00\", got \"2026-03-01 10:00:00\"");
    refused("student,time\nada,1970-01-01T00:00:01Z\n"
            "ada,1970-01-01T00:00:02Z\n",
            "times: line 3: this student has a line already");
    refused("student,time\n,1970-01-01T00:00:01Z\n",
            "times: line 2: expected a student before the comma");
    refused("student,time\n\"ada,1970-01-01T00:00:01Z\n",
            "times: line 3: expected a closing \"");
    refused("student,time\n\"ada\"x,1970-01-01T00:00:01Z\n",
            "times: line 2: expected a comma after \"");
}

Test(submitted, reads_gradescopes_metadata)
{
    struct submitted submitted = read_text(
        "{\"id\": 1, \"created_at\": \"2018-07-01T14:22:32.365935-07:00\","
        "\"users\": [{\"name\": \"Ada\", \"email\": \"ada@example.com\"},"
        "{\"name\": \"Bo\", \"id\": 3}]}");

    cr_assert(submitted.single);
    cr_assert_str_eq(submitted.owner, "Ada + ada@example.com + Bo");
    found(&submitted, NULL, 1530480152);
    found(&submitted, "whoever", 1530480152);
    submitted_release(&submitted);
    refused("{\"id\": 1}", "times: created_at: expected a time with its offset "
                           "from UTC, like \"2026-03-01T23:59:59+01:00\"");
    refused("{\"created_at\"", "times: line 1: ':' expected near end of file");
}

Test(submitted, reads_what_it_writes)
{
    char path[] = "/tmp/kata-submitted-XXXXXX";
    struct strv students = STRV_INIT, times = STRV_INIT;
    struct submitted submitted = SUBMITTED_INIT;
    struct err err = ERR_INIT;
    int file = mkstemp(path);

    cr_assert(file >= 0);
    strv_add(&students, "a,\"b\"\nc");
    strv_add(&times, "1970-01-01 00:00:05.1 Z");
    cr_assert_eq(submitted_write(path, &students, &times, &err), 0);
    cr_assert_eq(submitted_read(&submitted, path, &err), 0, "%s", err.text);
    found(&submitted, "a,\"b\"\nc", 5);
    submitted_release(&submitted);
    strv_release(&students);
    strv_release(&times);
    remove(path);
}
