/*
 * Linked into a kata's Criterion program: writes what Criterion found as one
 * JSON object to the descriptor named by KATA_REPORT_FD.
 *
 * Criterion's own reports are of no use here: 2.4.1 escapes nothing (a string
 * that a submission returned, quoted in a message, can rewrite the report) and
 * does not tell the signal of a crash. The hooks below run in Criterion's
 * parent process, which never runs a line of the submission; the tests run in
 * children that it starts with exec, so a descriptor that is closed on exec is
 * the parent's alone.
 *
 * Each test that does not end costs its whole time, so after some of them the
 * rest is not run: the report then has only those and says "gave_up".
 */
#include <criterion/criterion.h>
#include <criterion/hooks.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { HUNG_MAX = 3 };

/* Criterion passes hooks no context. */
static struct report {
    FILE *out;
    char closing[128];
    const struct criterion_test_stats *hung[HUNG_MAX];
    size_t hung_count;
} report;

/* A JSON string; bytes that are not printable ASCII as the text \xHH. */
static void put_string(const char *text)
{
    fputc('"', report.out);
    for (; text && *text; text++) {
        unsigned char c = (unsigned char)*text;

        if (c == '"' || c == '\\')
            fprintf(report.out, "\\%c", c);
        else if (c == '\n')
            fputs("\\n", report.out);
        else if (c < ' ' || c > '~')
            fprintf(report.out, "\\\\x%02x", c);
        else
            fputc(c, report.out);
    }
    fputc('"', report.out);
}

static void put_assert(const struct criterion_assert_stats *assert)
{
    fprintf(report.out, "{\"file\":");
    put_string(assert->file);
    fprintf(report.out, ",\"line\":%u,\"text\":", assert->line);
    put_string(assert->message);
    fputc('}', report.out);
}

static void put_test(const struct criterion_test_stats *test)
{
    const char *comma = "";

    fprintf(report.out, "{\"name\":\"%s::%s\",\"passed\":%s,\"skipped\":%s,",
            test->test->category, test->test->name,
            test->test_status == CR_STATUS_PASSED ? "true" : "false",
            test->test_status == CR_STATUS_SKIPPED ? "true" : "false");
    fputs("\"file\":", report.out);
    put_string(test->test->data->file_);
    fprintf(report.out,
            ",\"asserts\":%d,\"failed\":%d,\"crashed\":%s,\"signal\":%d,"
            "\"exit\":%d,\"line\":%u,\"messages\":[",
            test->passed_asserts + test->failed_asserts, test->failed_asserts,
            test->crashed ? "true" : "false", test->signal, test->exit_code,
            test->progress);
    for (const struct criterion_assert_stats *a = test->asserts; a; a = a->next)
        if (!a->passed) {
            fputs(comma, report.out);
            put_assert(a);
            comma = ",";
        }
    fputs("]}", report.out);
}

ReportHook(PRE_ALL)(struct criterion_test_set *tests)
{
    const char *number = getenv("KATA_REPORT_FD");
    int fd = number ? (int)strtol(number, NULL, 10) : -1;

    (void)tests;
    if (fd < 0)
        return;
    /* The children must neither inherit the descriptor nor read our memory
       through /proc. */
    if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 || prctl(PR_SET_DUMPABLE, 0) < 0 ||
        !fgets(report.closing, sizeof report.closing, stdin))
        abort();
    report.closing[strcspn(report.closing, "\n")] = '\0';
    unsetenv("KATA_REPORT_FD");
    report.out = fdopen(fd, "w");
}

static void close_report(const char *more)
{
    fprintf(report.out, "]%s,\"closing\":\"%s\"}\n", more, report.closing);
    fclose(report.out);
    report.out = NULL;
}

ReportHook(TEST_CRASH)(struct criterion_test_stats *stats)
{
    if (!report.out || (stats->signal != SIGXCPU && stats->signal != SIGKILL))
        return;
    report.hung[report.hung_count++] = stats;
    if (report.hung_count < HUNG_MAX)
        return;
    fputs("{\"tests\":[", report.out);
    for (size_t i = 0; i < HUNG_MAX; i++) {
        fputs(i ? "," : "", report.out);
        put_test(report.hung[i]);
    }
    close_report(",\"gave_up\":true");
    _exit(1);
}

ReportHook(POST_ALL)(struct criterion_global_stats *stats)
{
    const char *comma = "";

    if (!report.out)
        return;
    fputs("{\"tests\":[", report.out);
    for (const struct criterion_suite_stats *s = stats->suites; s; s = s->next)
        for (const struct criterion_test_stats *t = s->tests; t; t = t->next) {
            fputs(comma, report.out);
            put_test(t);
            comma = ",";
        }
    close_report("");
}
