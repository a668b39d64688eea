#include "base/moment.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <time.h>

static int64_t seconds_of(const char *text)
{
    int64_t seconds;

    cr_assert_eq(moment_read(text, &seconds), 0, "%s", text);
    return seconds;
}

static void refused(const char *text)
{
    int64_t seconds;

    cr_assert_eq(moment_read(text, &seconds), -1, "%s", text);
}

Test(moment, is_the_same_in_every_offset)
{
    cr_assert_eq(seconds_of("1970-01-01T00:00:00Z"), 0);
    cr_assert_eq(seconds_of("2026-03-01T23:59:59+01:00"), 1772405999);
    cr_assert_eq(seconds_of("2026-03-01T22:59:59Z"), 1772405999);
    cr_assert_eq(seconds_of("2026-03-01T17:59:59-05:00"), 1772405999);
    cr_assert_eq(seconds_of("2026-03-02T04:29:59+05:30"), 1772405999);
    cr_assert_eq(seconds_of("2026-03-02T04:29:59+0530"), 1772405999);
}

Test(moment, reads_what_platforms_write)
{
    /* Gradescope: submission_metadata.json, submission_metadata.yml */
    cr_assert_eq(seconds_of("2018-07-01T14:22:32.365935-07:00"), 1530480152);
    cr_assert_eq(seconds_of("2018-07-01 21:22:32.365935000 Z"), 1530480152);
    cr_assert_eq(seconds_of("2018-07-01t21:22:32z"), 1530480152);
}

/* A place's clock goes back; what has an offset does not. */
Test(moment, knows_no_summer_time)
{
    cr_assert_eq(seconds_of("2026-10-25T02:30:00+01:00") -
                     seconds_of("2026-10-25T02:30:00+02:00"),
                 3600);
    cr_assert_eq(seconds_of("2026-03-29T03:00:00+02:00") -
                     seconds_of("2026-03-29T01:59:59+01:00"),
                 1);
}

Test(moment, refuses_what_is_none)
{
    static const char *const texts[] = {"",
                                        "2026-03-01",
                                        "2026-03-01T23:59:59",
                                        "2026-03-01T23:59+01:00",
                                        "2026-03-01T23:59:59+1:00",
                                        "2026-03-01T23:59:59+01",
                                        "2026-03-01T23:59:59+15:00",
                                        "2026-03-01T23:59:59+01:60",
                                        "2026-02-29T00:00:00Z",
                                        "2100-02-29T00:00:00Z",
                                        "2026-04-31T00:00:00Z",
                                        "2026-00-01T00:00:00Z",
                                        "2026-13-01T00:00:00Z",
                                        "2026-01-00T00:00:00Z",
                                        "2026-01-01T24:00:00Z",
                                        "2026-01-01T23:60:00Z",
                                        "2026-01-01T23:59:60Z",
                                        "2026-01-01T23:59:59.Z",
                                        "2026-01-01T23:59:59ZZ",
                                        "1969-12-31T23:59:59Z",
                                        "2026-1-1T00:00:00Z",
                                        " 2026-01-01T00:00:00Z",
                                        "2026-01-01T00:00:00Z ",
                                        "20260101T000000Z",
                                        "2026-01-01  00:00:00Z",
                                        "2026-01-01T00:00:00 "};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        refused(texts[i]);
}

/* Against the C library's calendar, over leap years and centuries. */
Test(moment, writes_what_it_reads)
{
    for (int64_t seconds = 0; seconds < INT64_C(253402300000);
         seconds += 86399 * 997) {
        char ours[MOMENT_SIZE], theirs[MOMENT_SIZE];
        time_t time = (time_t)seconds;
        struct tm parts;

        moment_write(seconds, ours);
        gmtime_r(&time, &parts);
        strftime(theirs, sizeof theirs, "%Y-%m-%dT%H:%M:%SZ", &parts);
        cr_assert_str_eq(ours, theirs);
        cr_assert_eq(seconds_of(ours), seconds);
    }
}
