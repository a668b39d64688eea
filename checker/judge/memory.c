/*
 * memory: the tests and some traces under Valgrind's memcheck.
 *
 * Theory of operation. Starting Valgrind takes longer than all the rest, so it
 * is started once: replay/ runs the tests that passed by themselves, then
 * serves the kata's own traces and some random ones, and says after each what
 * memcheck found in it. Valgrind's report comes on a descriptor of its own and
 * has the name of the test or trace before each error. It is accepted only
 * with the runner's closing record, a record of every test and trace, and
 * Valgrind's own closing status.
 *
 * A trace that shows an error or a leak is shrunk in a session of its own. Of
 * values that were never set Valgrind tells the origin only when asked to
 * track them all, at twice the time: what needs it is run again.
 *
 * Blocks that are only pointed to from the middle may be on purpose: a
 * warning. Blocks that are still reachable are none of memcheck's errors, but
 * more and more of them after each trace are a leak all the same.
 */
#include "judge/stage.h"

#include "base/alloc.h"
#include "base/str.h"
#include "judge/closing.h"
#include "judge/diagnose.h"
#include "judge/samples.h"
#include "judge/session.h"
#include "judge/shrink.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    RANDOM_TRACES = 20,
    ITEM_MS_PER_SECOND = 500, /* of the kata's seconds, for a test or trace */
    CPU_PER_SECOND = 4,       /* for all of them */
    WALL_PER_SECOND = 40,
    PROCESSES = 8,     /* a test may start a thread of its own */
    SLEEP_SECONDS = 5, /* more than a test that waits for a timeout */
    TOTAL_PER_MB = 4,  /* as the jail's limit of one process */
    REPORT_MB = 16,
    REPORT_FD = 9,
    ANSWERS_MAX = 64 << 20,
    FINDINGS_MAX = 8,
    SHRINK_SECONDS = 2
};

struct memory {
    struct run *run;
    struct stage_result *result;
    struct err *err;
    struct strv tests;
    struct samples samples;
};

/* What is run in one process. */
struct selection {
    const bool *tests, *traces; /* NULL: all */
    bool origins;
};

/* What one process said. */
struct outcome {
    struct proc_result ended;
    struct valgrind_report report;
    size_t tests, traces;     /* records of them */
    struct strv failed;       /* tests that failed here */
    long live[RANDOM_TRACES]; /* blocks alive after each of the last traces */
    bool started;             /* Valgrind wrote something */
    bool complete;
};

static int choose(struct memory *memory, const struct grade *grade)
{
    const json_t *passed =
        json_object_get(grade->stages[STAGE_TESTS].details, "passed");
    json_t *name;
    size_t i;

    json_array_foreach(passed, i, name)
        strv_add(&memory->tests, json_string_value(name));
    return samples_load(memory->run, RANDOM_TRACES, &memory->samples,
                        memory->err);
}

/* Running */

static void write_input(const struct memory *memory,
                        const struct selection *selection, const char *word,
                        struct str *input)
{
    int ms = ITEM_MS_PER_SECOND * memory->run->kata->seconds;

    str_addf(input, "@nonce %s\n@cpu %d\n", word, ms);
    for (size_t i = 0; i < memory->tests.count; i++)
        if (!selection->tests || selection->tests[i])
            str_addf(input, "%s\n", memory->tests.items[i]);
    str_addf(input, "@agent\n@flush trace\n@cpu %d\n", ms);
    for (size_t i = 0; i < memory->samples.count; i++) {
        const struct strv *lines = &memory->samples.traces[i];

        if (selection->traces && !selection->traces[i])
            continue;
        str_addf(input, "@mark trace:%zu\n", i);
        for (size_t k = 0; k < lines->count; k++)
            str_addf(input, "%s\n", lines->items[k]);
        str_add(input, "--\n");
    }
}

/* Most code runs once, so that translating it takes the time: what a jump leads
   to is not translated once more with each that leads there. */
static void add_valgrind(struct strv *argv, bool origins)
{
    strv_add_all(argv, "valgrind", "--tool=memcheck", "--vgdb=no", "--xml=yes",
                 "--leak-check=full", "--show-leak-kinds=definite,possible",
                 "--errors-for-leak-kinds=definite", "--error-limit=no",
                 "--num-callers=12", "--child-silent-after-fork=yes",
                 "--vex-guest-chase=no", (char *)NULL);
    strv_addf(argv, "--xml-fd=%d", REPORT_FD);
    if (origins)
        strv_add(argv, "--track-origins=yes");
    strv_add(argv, run_program_path(PROGRAM_REPLAY));
}

static int run_valgrind(struct memory *memory, bool origins,
                        const struct str *input, int report,
                        struct proc_result *ended)
{
    const struct kata *kata = memory->run->kata;
    struct jail_mount mount = run_mount(memory->run);
    struct proc_fd fd = {report, REPORT_FD};
    struct strv argv = STRV_INIT;
    struct jail_spec spec = {
        .profile = JAIL_VALGRIND,
        .mounts = &mount,
        .mount_count = 1,
        .input = input->text,
        .input_length = input->length,
        .limits = {.wall_seconds = WALL_PER_SECOND * kata->seconds,
                   .sleep_seconds = SLEEP_SECONDS,
                   .cpu_seconds = CPU_PER_SECOND * kata->seconds,
                   .memory_mb = kata->memory_mb,
                   .total_mb = TOTAL_PER_MB * kata->memory_mb,
                   .file_mb = REPORT_MB,
                   .processes = kata->threads ? 64 : PROCESSES,
                   .output_max = ANSWERS_MAX},
        .fds = &fd,
        .fd_count = 1};
    int status;

    add_valgrind(&argv, origins);
    spec.argv = argv.items;
    status = sandbox_run(memory->run->sandbox, &spec, ended, memory->err);
    strv_release(&argv);
    return status;
}

/* Takes one line of the runner's or the agent's. */
static void read_record(struct outcome *outcome, const char *line)
{
    const char *failed = strstr(line, " failed="), *live;

    if (str_starts(line, "test ") && failed) {
        outcome->tests++;
        if (strtol(failed + strlen(" failed="), NULL, 10) > 0)
            strv_take(&outcome->failed,
                      xstrndup(line + 5, strcspn(line + 5, " ")));
    } else if (str_starts(line, "skip ") && !str_ends(line, " no such test")) {
        outcome->tests++;
    } else if (str_starts(line, "-- live=")) {
        live = line + strlen("-- live=");
        memmove(outcome->live, outcome->live + 1,
                sizeof outcome->live - sizeof *outcome->live);
        outcome->live[RANDOM_TRACES - 1] = strtol(live, NULL, 10);
        outcome->traces++;
    }
}

/* Reads what it said; true where it ends with the closing record. */
static bool read_records(struct outcome *outcome, const char *word)
{
    struct strv lines = STRV_INIT;
    char *closing = xasprintf("closing %s tests=", word);
    bool closed;

    strv_add_lines(&lines, outcome->ended.out.text);
    for (size_t i = 0; i < lines.count; i++)
        read_record(outcome, lines.items[i]);
    closed =
        lines.count > 0 && str_starts(lines.items[lines.count - 1], closing);
    free(closing);
    strv_release(&lines);
    return closed;
}

static int read_report(struct memory *memory, int fd, struct outcome *outcome)
{
    char *source = xasprintf("%s.c", memory->run->kata->snake);
    struct stat info;
    void *xml = NULL;
    int status = fstat(fd, &info);

    outcome->started = status == 0 && info.st_size > 0;
    if (outcome->started)
        xml = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (status < 0 || xml == MAP_FAILED)
        status = err_errno(memory->err, "cannot read Valgrind's report");
    else
        status = diagnose_valgrind(xml ? xml : "", (size_t)info.st_size, source,
                                   &outcome->report, memory->err);
    if (xml && xml != MAP_FAILED)
        munmap(xml, (size_t)info.st_size);
    free(source);
    return status;
}

static bool all_recorded(const struct memory *memory,
                         const struct selection *selection,
                         const struct outcome *outcome)
{
    size_t tests = 0, traces = 0;

    for (size_t i = 0; i < memory->tests.count; i++)
        tests += !selection->tests || selection->tests[i];
    for (size_t i = 0; i < memory->samples.count; i++)
        traces += !selection->traces || selection->traces[i];
    return outcome->tests == tests && outcome->traces == traces;
}

static void outcome_release(struct outcome *outcome)
{
    proc_result_release(&outcome->ended);
    valgrind_report_release(&outcome->report);
    strv_release(&outcome->failed);
}

/* Runs what is selected; -1 where that could not be. */
static int run_selection(struct memory *memory,
                         const struct selection *selection,
                         struct outcome *outcome)
{
    char word[CLOSING_SIZE];
    struct str input = STR_INIT;
    int fd = memfd_create("report", MFD_CLOEXEC), status = -1;

    *outcome = (struct outcome){.ended = {.out = STR_INIT, .err = STR_INIT}};
    if (fd < 0)
        return err_errno(memory->err, "memfd_create");
    closing_make(word);
    write_input(memory, selection, word, &input);
    if (run_valgrind(memory, selection->origins, &input, fd, &outcome->ended) ==
        0) {
        bool closed = read_records(outcome, word);

        status = read_report(memory, fd, outcome);
        outcome->complete = closed && outcome->report.finished &&
                            all_recorded(memory, selection, outcome);
    }
    str_release(&input);
    close(fd);
    return status;
}

/* Marks: where in the run something was found */

/* The trace that a mark names, or NULL. */
static const struct strv *trace_of(const struct memory *memory,
                                   const char *mark)
{
    size_t i;

    if (!mark || sscanf(mark, "trace:%zu", &i) != 1 ||
        i >= memory->samples.count)
        return NULL;
    return &memory->samples.traces[i];
}

static bool is_test(const struct memory *memory, const char *mark)
{
    return mark && strv_has(&memory->tests, mark);
}

/* Says in the finding where it was found. */
static void set_place(const struct memory *memory,
                      const struct valgrind_error *error,
                      struct finding *finding)
{
    const struct strv *trace = trace_of(memory, error->mark);

    if (error->file) {
        finding->file = xstrdup(error->file);
        finding->line = error->line;
    }
    if (error->at_end && valgrind_is_leak(error))
        return; /* the mark is that of the last trace */
    if (is_test(memory, error->mark))
        finding->test = xstrdup(error->mark);
    else if (trace)
        strv_copy(&finding->trace, trace);
}

/* The process did not come to its end */

/* Says in the finding what was next when the records end. */
static void set_next(const struct memory *memory, const struct outcome *outcome,
                     struct finding *finding)
{
    if (outcome->tests < memory->tests.count)
        finding->test = xstrdup(memory->tests.items[outcome->tests]);
    else if (outcome->traces < memory->samples.count)
        strv_copy(&finding->trace, &memory->samples.traces[outcome->traces]);
}

static const struct valgrind_error *
fatal_signal(const struct valgrind_report *report)
{
    for (size_t i = 0; i < report->count; i++)
        if (strcmp(report->errors[i].kind, "FatalSignal") == 0)
            return &report->errors[i];
    return NULL;
}

/* What was found in one place is told once. */
static bool same_place(const struct valgrind_error *a,
                       const struct valgrind_error *b)
{
    if (valgrind_is_leak(a) != valgrind_is_leak(b) || a->line != b->line ||
        !a->file != !b->file || (a->file && strcmp(a->file, b->file) != 0))
        return false;
    if (a->file)
        return true;
    return !a->outside == !b->outside &&
           (!a->outside || strcmp(a->outside, b->outside) == 0);
}

static bool is_error(const struct valgrind_error *error)
{
    return !valgrind_is_leak(error) && strcmp(error->kind, "FatalSignal") != 0;
}

/* The invalid access that a signal followed has been told already. */
static bool error_there(const struct valgrind_report *report,
                        const struct valgrind_error *fatal)
{
    for (size_t i = 0; i < report->count; i++)
        if (is_error(&report->errors[i]) &&
            same_place(&report->errors[i], fatal))
            return true;
    return false;
}

static bool has_memory_error(const struct valgrind_report *report)
{
    for (size_t i = 0; i < report->count; i++)
        if (is_error(&report->errors[i]))
            return true;
    return false;
}

static bool is_out_of_time(const char *signal)
{
    return strcmp(signal, "SIGPROF") == 0 || strcmp(signal, "SIGXCPU") == 0;
}

static void fail_signal(struct memory *memory,
                        const struct valgrind_report *report,
                        const struct valgrind_error *fatal)
{
    struct finding *finding;

    if (error_there(report, fatal))
        return;
    if (is_out_of_time(fatal->what))
        finding = stage_fail(memory->result, CATEGORY_TIMEOUT,
                             "does not come to an end under Valgrind");
    else
        finding = stage_fail(memory->result,
                             has_memory_error(report) ? CATEGORY_MEMORY_ERROR
                                                      : CATEGORY_CRASH,
                             "crashes under Valgrind with %s", fatal->what);
    set_place(memory, fatal, finding);
}

static void fail_end(struct memory *memory, const struct outcome *outcome)
{
    struct stage_result *result = memory->result;
    char *end = proc_describe(&outcome->ended);
    struct finding *finding;

    if (outcome->ended.end == PROC_OUTPUT)
        finding = stage_fail(result, CATEGORY_OUTPUT_LIMIT,
                             "prints without end under Valgrind");
    else if (outcome->ended.end == PROC_TIMEOUT ||
             (outcome->ended.end == PROC_SIGNALED &&
              outcome->ended.code == SIGXCPU))
        finding = stage_fail(result, CATEGORY_TIMEOUT,
                             "does not come to an end under Valgrind");
    else if (outcome->ended.end == PROC_MEMORY ||
             strstr(outcome->ended.err.text, "out of memory"))
        finding = stage_fail(result, CATEGORY_MEMORY_LIMIT,
                             "runs out of memory under Valgrind");
    else
        finding = stage_fail(result, CATEGORY_TAMPERING,
                             "the process ended by itself before the last "
                             "test or trace: %s",
                             end);
    set_next(memory, outcome, finding);
    free(end);
}

/* Valgrind itself did not start: its report is empty, which nothing that runs
   under it could bring about later. */
static bool never_started(const struct outcome *outcome)
{
    return !outcome->started && outcome->tests == 0 && outcome->traces == 0 &&
           outcome->ended.end == PROC_EXITED && outcome->ended.code != 0;
}

static void explain_end(struct memory *memory, const struct outcome *outcome)
{
    const struct valgrind_error *fatal = fatal_signal(&outcome->report);

    if (outcome->ended.end == PROC_CANCELLED)
        stage_error(memory->result, "interrupted");
    else if (fatal)
        fail_signal(memory, &outcome->report, fatal);
    else if (never_started(outcome))
        stage_error(memory->result, "Valgrind does not run here: %.300s",
                    outcome->ended.err.text);
    else
        fail_end(memory, outcome);
}

/* What was found */

static bool is_sure(const struct valgrind_error *error)
{
    return strcmp(error->kind, "Leak_PossiblyLost") != 0;
}

/* When the process ends all leaks are reported again. */
static bool is_repeated(const struct valgrind_report *report,
                        const struct valgrind_error *error)
{
    for (size_t i = 0; i < report->count; i++)
        if (!report->errors[i].at_end && same_place(&report->errors[i], error))
            return true;
    return false;
}

/* A failed assertion leaves its test at once: what that had is lost. And what
   is only perhaps lost is the submission's where it allocated it; a thread's
   stack is not. */
static bool counts(const struct outcome *outcome,
                   const struct valgrind_error *error)
{
    if (strcmp(error->kind, "FatalSignal") == 0)
        return false;
    if (!valgrind_is_leak(error))
        return true;
    if (error->at_end && is_repeated(&outcome->report, error))
        return false;
    return (is_sure(error) || error->file) &&
           !(error->mark && strv_has(&outcome->failed, error->mark));
}

static void add_finding(struct memory *memory,
                        const struct valgrind_error *error)
{
    enum category category =
        valgrind_is_leak(error) ? CATEGORY_LEAK : CATEGORY_MEMORY_ERROR;
    char *text = valgrind_explain(error);
    struct finding *finding = (is_sure(error) ? stage_fail : stage_warn)(
        memory->result, category, "%s%s%s", text,
        !error->file && error->outside ? ", met at " : "",
        !error->file && error->outside ? error->outside : "");

    set_place(memory, error, finding);
    free(text);
}

/* What has been told: what else is in the same place is not. */
struct told {
    const struct valgrind_error *errors[FINDINGS_MAX];
    size_t count;
};

static bool is_told(const struct told *told, const struct valgrind_error *error)
{
    for (size_t i = 0; i < told->count; i++)
        if (same_place(told->errors[i], error))
            return true;
    return told->count == FINDINGS_MAX;
}

static void tell(struct memory *memory, const struct outcome *outcome,
                 bool sure, struct told *told)
{
    for (size_t i = 0; i < outcome->report.count; i++) {
        const struct valgrind_error *error = &outcome->report.errors[i];

        if (!counts(outcome, error) || is_sure(error) != sure ||
            is_told(told, error))
            continue;
        told->errors[told->count++] = error;
        add_finding(memory, error);
    }
}

/* Blocks that nothing but static variables still points to, more of them after
   each of the random traces. */
static void find_hoard(struct memory *memory, const long live[RANDOM_TRACES],
                       bool complete)
{
    size_t grew = 0;

    for (size_t i = RANDOM_TRACES / 2; i < RANDOM_TRACES; i++)
        grew += live[i] > live[i - 1];
    if (complete && grew > RANDOM_TRACES / 4)
        stage_fail(memory->result, CATEGORY_LEAK,
                   "%ld blocks are not freed in the end, more after each "
                   "trace, though everything was released",
                   live[RANDOM_TRACES - 1]);
}

struct count {
    long live[RANDOM_TRACES]; /* after each of the last traces */
    bool complete;
};

static bool count_live(size_t index, struct reply *reply, void *context)
{
    struct count *count = context;

    (void)index;
    memmove(count->live, count->live + 1,
            sizeof count->live - sizeof *count->live);
    count->live[RANDOM_TRACES - 1] = reply->live;
    count->complete = reply->end == REPLY_DONE;
    return count->complete;
}

/* The same traces once more without Valgrind, whose presence shows in how long
   everything takes. */
static void find_hidden_hoard(struct memory *memory)
{
    struct session_options options = {.tool = SESSION_NATIVE};
    struct count count = {.complete = false};
    struct session *session;

    if (session_open(&session, memory->run, &options, memory->err) == 0 &&
        session_run(session, memory->samples.traces, memory->samples.count,
                    NULL, count_live, &count, memory->err) == 0)
        find_hoard(memory, count.live, count.complete);
    else
        stage_error(memory->result, "%s", memory->err->text);
    session_close(session);
}

/* Where values that were never set come from */

static bool lacks_origin(const struct valgrind_error *error)
{
    return str_starts(error->kind, "Uninit") && !error->aux;
}

/* Gives the errors of one report the origins that the other found. */
static void take_origins(struct valgrind_report *report,
                         struct valgrind_report *origins)
{
    for (size_t i = 0; i < report->count; i++)
        for (size_t k = 0; k < origins->count; k++) {
            struct valgrind_error *error = &report->errors[i];
            struct valgrind_error *other = &origins->errors[k];

            if (lacks_origin(error) && other->aux &&
                strcmp(error->kind, other->kind) == 0 &&
                same_place(error, other)) {
                error->aux = other->aux;
                other->aux = NULL;
            }
        }
}

/* Runs the tests and traces with such values again. What cannot be found out
   is not told. */
static void find_origins(struct memory *memory, struct valgrind_report *report)
{
    bool *tests = xcalloc(memory->tests.count, sizeof *tests);
    bool *traces = xcalloc(memory->samples.count, sizeof *traces);
    struct selection selection = {tests, traces, true};
    struct outcome outcome;
    bool any = false;

    for (size_t i = 0; i < report->count; i++) {
        const struct valgrind_error *error = &report->errors[i];
        const struct strv *trace = trace_of(memory, error->mark);

        if (!lacks_origin(error))
            continue;
        any = true;
        if (trace)
            traces[trace - memory->samples.traces] = true;
        for (size_t k = 0; k < memory->tests.count && error->mark; k++)
            tests[k] |= strcmp(memory->tests.items[k], error->mark) == 0;
    }
    if (any && !proc_cancelled) {
        if (run_selection(memory, &selection, &outcome) == 0)
            take_origins(report, &outcome.report);
        outcome_release(&outcome);
        err_clear(memory->err);
    }
    free(tests);
    free(traces);
}

/* The smallest trace */

struct shrinking {
    struct session *session;
    bool leak, crash;
    bool *fails;
    struct err *err;
};

static bool take_reply(size_t index, struct reply *reply, void *context)
{
    struct shrinking *shrinking = context;

    shrinking->fails[index] = shrinking->crash  ? reply->end == REPLY_CRASH
                              : shrinking->leak ? reply->lost > 0
                                                : reply->errors > 0;
    return reply->end != REPLY_CANCELLED;
}

static bool still_shows(const struct strv *candidates, size_t count,
                        bool *fails, void *context)
{
    struct shrinking *shrinking = context;

    memset(fails, 0, count * sizeof *fails);
    shrinking->fails = fails;
    return session_run(shrinking->session, candidates, count, NULL, take_reply,
                       shrinking, shrinking->err) == 0 &&
           !proc_cancelled;
}

/* With a first trace run: how long Valgrind takes to start is not to be taken
   from the time for shrinking. */
static int open_session(struct memory *memory, enum session_tool tool,
                        struct session **session)
{
    struct session_options options = {.tool = tool};
    const struct strv nothing = STRV_INIT;
    struct reply reply = {.end = REPLY_DONE};
    int status;

    if (session_open(session, memory->run, &options, memory->err) < 0)
        return -1;
    status = session_run_one(*session, &nothing, NULL, &reply, memory->err);
    reply_release(&reply);
    return status;
}

/* A trace that ends the process would start Valgrind for each try; without
   Valgrind it mostly ends the process, too. */
static void shrink_finding(struct memory *memory, struct finding *finding,
                           bool crash)
{
    struct shrinking shrinking = {.leak = finding->category == CATEGORY_LEAK,
                                  .crash = crash,
                                  .err = memory->err};
    struct shrink_stats stats;

    if (open_session(memory, crash ? SESSION_NATIVE : SESSION_MEMCHECK,
                     &shrinking.session) == 0)
        shrink(&memory->run->kata->grammar, &finding->trace, still_shows,
               &shrinking, SHRINK_SECONDS, &stats);
    session_close(shrinking.session);
    err_clear(memory->err);
}

/* Of each category the first finding, where no test shows it but a trace. */
static void shrink_findings(struct memory *memory,
                            const struct valgrind_report *report)
{
    const struct valgrind_error *fatal = fatal_signal(report);
    const struct strv *last = fatal ? trace_of(memory, fatal->mark) : NULL;
    bool seen[CATEGORY_COUNT] = {
        [CATEGORY_TIMEOUT] = true, [CATEGORY_TAMPERING] = true};

    for (size_t i = 0; i < memory->result->count && !proc_cancelled; i++) {
        struct finding *finding = &memory->result->findings[i];

        if (finding->warning || seen[finding->category])
            continue;
        seen[finding->category] = true;
        if (finding->trace.count)
            shrink_finding(memory, finding,
                           last && strv_equal(last, &finding->trace));
    }
}

/* The stage */

static void judge(struct memory *memory, struct outcome *outcome)
{
    struct told told = {.count = 0};
    bool briefly = memory->run->verdict_only;

    if (!briefly)
        find_origins(memory, &outcome->report);
    tell(memory, outcome, true, &told);
    tell(memory, outcome, false, &told);
    if (!outcome->complete)
        explain_end(memory, outcome);
    if (memory->result->status == STATUS_PASS)
        find_hoard(memory, outcome->live, outcome->complete);
    if (memory->result->status == STATUS_PASS && outcome->complete)
        find_hidden_hoard(memory);
    if (!briefly)
        shrink_findings(memory, &outcome->report);
}

void stage_memory(struct run *run, const struct grade *grade,
                  struct stage_result *result)
{
    struct err err = ERR_INIT;
    struct memory memory = {.run = run, .result = result, .err = &err};
    struct selection all = {NULL, NULL, false};
    json_t *failed = json_array();
    struct outcome outcome;

    if (!run_build(run, PROGRAM_REPLAY, &err) || choose(&memory, grade) < 0) {
        stage_error(result, "%s", err.text);
    } else {
        if (run_selection(&memory, &all, &outcome) < 0)
            stage_error(result, "%s", err.text);
        else
            judge(&memory, &outcome);
        for (size_t i = 0; i < outcome.failed.count; i++)
            json_array_append_new(failed, json_string(outcome.failed.items[i]));
        outcome_release(&outcome);
    }
    result->details =
        json_pack("{s:I, s:I, s:o}", "tests", (json_int_t)memory.tests.count,
                  "traces", (json_int_t)memory.samples.count, "failed", failed);
    strv_release(&memory.tests);
    samples_release(&memory.samples);
}
