/*
 * tests: the kata's Criterion program, jailed.
 *
 * Nothing that Criterion says by its exit status or its own report is used:
 * replay/report.c, linked into the program, writes what each test did to a
 * descriptor that the tests' processes do not have. It counts only when its
 * closing record is there and it holds exactly the reference's tests, none
 * skipped, each with at least as many assertions as the reference made: in
 * Criterion 2.4.1 a test whose process exits with 0 has "passed".
 */
#include "judge/stage.h"

#include "base/alloc.h"
#include "base/path.h"
#include "base/str.h"
#include "judge/closing.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    TEST_CPU_SECONDS = 2, /* of one test's process; the reference's whole suite
                             takes a fraction */
    SLEEP_SECONDS = 2,    /* all of them: then they are hung */
    JOBS = 4,             /* tests at the same time, on any machine */
    WALL_SECONDS = 10,    /* to start, however busy the machine */
    WALL_PER_SECOND = 3,
    REPORT_FD = 9
};

/* What the program ended with and reported. */
struct outcome {
    struct proc_result result;
    json_t *report; /* NULL where none came or its closing record is wrong */
};

static void outcome_release(struct outcome *outcome)
{
    proc_result_release(&outcome->result);
    json_decref(outcome->report);
}

/* The report of a file descriptor that the program wrote, checked for its
   closing record; NULL where it is not whole. */
static json_t *read_report(int fd, const char *closing)
{
    off_t end = lseek(fd, 0, SEEK_END);
    json_t *report = NULL;
    const char *record;

    if (end > 0 && end < 16 << 20 && lseek(fd, 0, SEEK_SET) == 0)
        report = json_loadfd(fd, JSON_REJECT_DUPLICATES, NULL);
    record = json_string_value(json_object_get(report, "closing"));
    if (record && strcmp(record, closing) == 0)
        return report;
    json_decref(report);
    return NULL;
}

static int run_tests(struct run *run, struct outcome *outcome, struct err *err)
{
    char closing[CLOSING_SIZE], number[40];
    char *env[] = {number, NULL};
    struct jail_mount mount = run_mount(run);
    struct strv argv = STRV_INIT;
    int fd = memfd_create("report", MFD_CLOEXEC);
    struct proc_fd report = {fd, REPORT_FD};
    struct jail_spec spec = {
        .profile = JAIL_TESTS,
        .mounts = &mount,
        .mount_count = 1,
        .env = env,
        .limits = {.wall_seconds =
                       WALL_SECONDS + WALL_PER_SECOND * run->kata->seconds,
                   .sleep_seconds = SLEEP_SECONDS,
                   .idle_seconds = run->kata->seconds,
                   .keep_program = true,
                   .cpu_seconds = TEST_CPU_SECONDS,
                   .memory_mb = run->kata->memory_mb,
                   .total_mb = JOBS * run->kata->memory_mb,
                   .file_mb = 16,
                   .processes = run->kata->threads ? 128 : 32,
                   .output_max = 32 << 20},
        .fds = &report,
        .fd_count = 1};
    int status;

    if (fd < 0)
        return err_errno(err, "a memory file for the tests' report");
    strv_add_all(&argv, run_program_path(PROGRAM_TESTS), "--color=never",
                 (char *)NULL);
    strv_addf(&argv, "--jobs=%d", JOBS);
    spec.argv = argv.items;
    closing_make(closing);
    snprintf(number, sizeof number, "KATA_REPORT_FD=%d", REPORT_FD);
    spec.input = closing;
    spec.input_length = strlen(closing);
    status = sandbox_run(run->sandbox, &spec, &outcome->result, err);
    if (status == 0)
        outcome->report = read_report(fd, closing);
    strv_release(&argv);
    close(fd);
    return status;
}

/*
 * Criterion's parent process may end without a report for reasons of the
 * machine's (no process to be had), which must not be laid to the submission:
 * once is no proof.
 */
static int run_tests_twice(struct run *run, struct outcome *outcome,
                           struct err *err)
{
    int status = run_tests(run, outcome, err);

    if (status == 0 && !outcome->report &&
        (outcome->result.end == PROC_SIGNALED ||
         outcome->result.end == PROC_EXITED)) {
        outcome_release(outcome);
        *outcome = (struct outcome){.report = NULL};
        status = run_tests(run, outcome, err);
    }
    return status;
}

/* What the reference's tests are and how often they assert, from the cache
   where it can: {"suite::name": asserts, ...}. */
static json_t *reference_tests(struct run *run, struct err *err)
{
    struct run *reference = run->is_reference ? run : run->reference;
    struct outcome outcome = {.report = NULL};
    json_t *tests = NULL, *test, *list;
    size_t i;

    if (!run_build(reference, PROGRAM_TESTS, err))
        return NULL;
    if (run_tests_twice(reference, &outcome, err) == 0 && !outcome.report) {
        char *end = proc_describe(&outcome.result);

        err_set(err, "the reference's tests gave no report: %s: %.300s", end,
                outcome.result.err.text);
        free(end);
    }
    list = json_object_get(outcome.report, "tests");
    if (list)
        tests = json_object();
    json_array_foreach(list, i, test)
    {
        const char *name = json_string_value(json_object_get(test, "name"));

        if (!json_is_true(json_object_get(test, "passed")) &&
            !run->is_reference) {
            err_set(err, "the reference fails its own test %s", name);
            json_decref(tests);
            tests = NULL;
            break;
        }
        json_object_set(tests, name, json_object_get(test, "asserts"));
    }
    outcome_release(&outcome);
    return tests;
}

/* Kept with the kata's and the reference's hash, which name the program. */
static json_t *known_tests(struct run *run, struct err *err)
{
    struct run *reference = run->is_reference ? run : run->reference;
    const char *program = run_build(reference, PROGRAM_TESTS, err);
    struct str text = STR_INIT;
    char key[HASH_TEXT_SIZE], *dump;
    json_t *tests = NULL;
    struct hash hash;

    if (!program)
        return NULL;
    hash_init(&hash);
    hash_add_text(&hash, "tests 1");
    if (hash_add_file(&hash, program, err) < 0)
        return NULL;
    hash_text(&hash, key);
    if (cache_get(run->cache, key, &text))
        tests = json_loadb(text.text, text.length, 0, NULL);
    str_release(&text);
    if (tests)
        return tests;
    tests = reference_tests(run, err);
    dump = json_dumps(tests, JSON_COMPACT);
    if (dump && !run->is_reference)
        cache_put(run->cache, key, dump, strlen(dump));
    free(dump);
    return tests;
}

static int int_of(const json_t *object, const char *key)
{
    return (int)json_integer_value(json_object_get(object, key));
}

static void fail_crash(const json_t *test, const char *name,
                       struct stage_result *result)
{
    int number = int_of(test, "signal");
    struct finding *finding;

    if (number == SIGXCPU)
        finding = stage_fail(result, CATEGORY_TIMEOUT,
                             "did not end within %d s of processor time",
                             TEST_CPU_SECONDS);
    else if (number == SIGKILL)
        finding = stage_fail(result, CATEGORY_TIMEOUT,
                             "did not end: it waits for ever, or goes on "
                             "although its time is up");
    else
        finding = stage_fail(result, CATEGORY_CRASH, "crashed: %s",
                             strsignal(number));
    finding->test = xstrdup(name);
    finding->line = int_of(test, "line");
}

static void fail_assert(const json_t *test, const char *name,
                        struct stage_result *result)
{
    const json_t *messages = json_object_get(test, "messages");
    const json_t *last = json_array_get(messages, json_array_size(messages));
    struct finding *finding;

    /* Criterion lists them newest first; the first is the cause. */
    if (json_array_size(messages))
        last = json_array_get(messages, json_array_size(messages) - 1);
    finding = stage_fail(
        result, CATEGORY_WRONG_ANSWER, "%s",
        last ? json_string_value(json_object_get(last, "text"))
             : "the test ended its process with another status than 0");
    finding->test = xstrdup(name);
    finding->line = last ? int_of(last, "line") : int_of(test, "line");
}

/* Judges one test; true where it passed. */
static bool judge_test(const json_t *test, const char *name, int asserts,
                       struct stage_result *result)
{
    struct finding *finding;
    int made = int_of(test, "asserts");

    if (json_is_true(json_object_get(test, "crashed")) ||
        int_of(test, "signal")) {
        fail_crash(test, name, result);
    } else if (json_is_true(json_object_get(test, "skipped"))) {
        finding = stage_fail(result, CATEGORY_TAMPERING, "was skipped");
        finding->test = xstrdup(name);
    } else if (!json_is_true(json_object_get(test, "passed"))) {
        fail_assert(test, name, result);
    } else if (made < asserts) {
        finding = stage_fail(result, CATEGORY_TAMPERING,
                             "ended early, after %d of %d assertions: the "
                             "process was ended from inside the submission",
                             made, asserts);
        finding->test = xstrdup(name);
    } else {
        return true;
    }
    return false;
}

static json_t *find_test(const json_t *report, const char *name)
{
    const json_t *list = json_object_get(report, "tests");
    json_t *test;
    size_t i;

    json_array_foreach(list, i, test)
    {
        const char *other = json_string_value(json_object_get(test, "name"));

        if (other && strcmp(other, name) == 0)
            return test;
    }
    return NULL;
}

/* Where the finding of a test belongs: an overlay has files of its own. */
static void set_file(const json_t *test, struct stage_result *result)
{
    const char *file = json_string_value(json_object_get(test, "file"));

    if (file && result->count)
        result->findings[result->count - 1].file = xstrdup(path_base(file));
}

/* The names of the known tests in an order that does not depend on which of
   them ended first: the stages that run them in one process go by it. */
static void sort_names(json_t *known, struct strv *names)
{
    const char *name;
    json_t *asserts;

    json_object_foreach(known, name, asserts)
    {
        strv_add(names, name);
    }
    strv_sort(names);
}

/* The rest was not run because these did not end; no points, for which of the
   others had passed by then is a matter of chance. */
static void judge_hung(const json_t *report, struct stage_result *result)
{
    json_t *test;
    size_t i;

    json_array_foreach(json_object_get(report, "tests"), i, test)
    {
        const char *name = json_string_value(json_object_get(test, "name"));

        fail_crash(test, name ? name : "?", result);
    }
    stage_fail(result, CATEGORY_TIMEOUT,
               "%zu tests did not end, so the rest was not run", i);
}

/* Compares the report with the known tests; fills score and details. */
static void judge_report(json_t *known, const json_t *report,
                         struct stage_result *result)
{
    json_t *passed = json_array();
    size_t count = json_object_size(known);
    struct strv names = STRV_INIT;

    sort_names(known, &names);
    for (size_t i = 0; i < names.count; i++) {
        const char *name = names.items[i];
        const json_t *test = find_test(report, name);
        const json_t *asserts = json_object_get(known, name);

        if (!test)
            stage_fail(result, CATEGORY_TAMPERING, "%s did not run", name)
                ->test = xstrdup(name);
        else if (judge_test(test, name, (int)json_integer_value(asserts),
                            result))
            json_array_append_new(passed, json_string(name));
        else
            set_file(test, result);
    }
    strv_release(&names);
    if (json_array_size(json_object_get(report, "tests")) != count)
        stage_fail(result, CATEGORY_TAMPERING,
                   "there are %zu tests, there should be %zu",
                   json_array_size(json_object_get(report, "tests")), count);
    if (result->category != CATEGORY_TAMPERING && count)
        result->score =
            result->max_score * (double)json_array_size(passed) / (double)count;
    result->details =
        json_pack("{s:I, s:o}", "tests", (json_int_t)count, "passed", passed);
}

static void explain_no_report(const struct proc_result *ended,
                              struct stage_result *result)
{
    char *end = proc_describe(ended);

    if (ended->end == PROC_TIMEOUT)
        stage_fail(result, CATEGORY_TIMEOUT, "the tests did not end");
    else if (ended->end == PROC_OUTPUT)
        stage_fail(result, CATEGORY_OUTPUT_LIMIT,
                   "the tests printed without end");
    else if (ended->end == PROC_MEMORY)
        stage_fail(result, CATEGORY_MEMORY_LIMIT,
                   "the tests' processes took more memory than all of them "
                   "may together");
    else if (ended->end == PROC_CANCELLED)
        stage_error(result, "interrupted");
    else
        stage_fail(result, CATEGORY_TAMPERING,
                   "the test program ended without its report: %s", end);
    free(end);
}

void stage_tests(struct run *run, const struct grade *grade,
                 struct stage_result *result)
{
    struct outcome outcome = {.report = NULL};
    struct err err = ERR_INIT;
    json_t *known = NULL;

    (void)grade;
    if (!run_build(run, PROGRAM_TESTS, &err) ||
        !(known = known_tests(run, &err)) ||
        run_tests_twice(run, &outcome, &err) < 0)
        stage_error(result, "%s", err.text);
    else if (!outcome.report)
        explain_no_report(&outcome.result, result);
    else if (json_is_true(json_object_get(outcome.report, "gave_up")))
        judge_hung(outcome.report, result);
    else
        judge_report(known, outcome.report, result);
    for (size_t i = 0; i < result->count; i++)
        if (!result->findings[i].file)
            result->findings[i].file = xasprintf("test_%s.c", run->kata->snake);
    json_decref(known);
    outcome_release(&outcome);
}
