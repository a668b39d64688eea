/*
 * oracle: random calls, answered as the reference answers them.
 *
 * Theory of operation. The reference's agent answers all traces in a process
 * of its own, then the submission's agent does, and its answers are compared
 * as they come, up to the first trace, by number, that fails: a wrong answer, a
 * crash, a hang, too much output. That trace is tried again alone in a new
 * process. Where it does not fail alone, structures share state that they must
 * not share, and the failing trace is the shortest run of earlier traces and
 * this one, "--" between them. What fails is cut behind the line that shows it,
 * and shrunk.
 *
 * Shrinking tries hundreds of candidates in one process. A submission that
 * keeps state between traces could fool that, so the result is tried again in
 * a new process, and if it does not fail there all is done once more with a
 * new process for each candidate. What fails once and never again is told as it
 * was: a right submission does not do that.
 */
#include "judge/oracle.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "judge/compare.h"
#include "judge/locate.h"
#include "judge/samples.h"
#include "judge/session.h"
#include "judge/shrink.h"
#include "judge/stage.h"
#include "judge/trace.h"

#include <stdlib.h>
#include <string.h>

/* A last resort: a crash costs a new process for each step, and a busy machine
   should give the same trace as an idle one. */
#define SHRINK_SECONDS 4.0

/* Enough to tell a hang, or a great appetite, from a trace while shrinking;
   what is found is held against the full limits. */
#define SHORT_TRACE_SECONDS 0.02
#define SHORT_SLEEP_SECONDS 0.1
#define SHORT_MEMORY_MB 64

struct oracle {
    struct run *run;
    struct session *mine, *reference;
    struct err *err;
};

/* How a trace fails. */
struct failure {
    enum category category; /* NONE: not at all */
    size_t line; /* of the trace: where it shows; its count: at the end */
};

static struct failure judge(const struct strv *want, const struct reply *got)
{
    struct failure failure;

    failure.category = compare_reply(want, got, &failure.line);
    return failure;
}

/* The reference's answers to many traces. */
struct expected {
    struct strv *answers; /* one list a trace */
    bool *usable;         /* for each: did the reference get through? NULL: it
                             must */
    const char *slug;
    struct err *err;
};

static bool keep_answers(size_t index, struct reply *reply, void *context)
{
    struct expected *expected = context;

    if (reply->end == REPLY_CANCELLED)
        return err_set(expected->err, "interrupted") == 0;
    if (reply->end != REPLY_DONE && !expected->usable) {
        err_set(expected->err,
                "the reference of %s does not get through "
                "trace %zu",
                expected->slug, index);
        return false;
    }
    if (expected->usable)
        expected->usable[index] = reply->end == REPLY_DONE;
    expected->answers[index] = reply->answers;
    reply->answers = (struct strv)STRV_INIT;
    return true;
}

/* Asks the reference; the answers are freed with release_answers. */
static struct strv *ask_reference(struct oracle *oracle,
                                  const struct strv *traces, size_t count,
                                  bool *usable)
{
    struct expected expected = {.answers =
                                    xcalloc(count + 1, sizeof(struct strv)),
                                .usable = usable,
                                .slug = oracle->run->kata->slug,
                                .err = oracle->err};

    if (session_run(oracle->reference, traces, count, SESSION_WHOLE_TRACES,
                    keep_answers, &expected, oracle->err) == 0 &&
        !oracle->err->set)
        return expected.answers;
    for (size_t i = 0; i < count; i++)
        strv_release(&expected.answers[i]);
    free(expected.answers);
    return NULL;
}

static void release_answers(struct strv *answers, size_t count)
{
    for (size_t i = 0; answers && i < count; i++)
        strv_release(&answers[i]);
    free(answers);
}

/* The submission's answers held against them, up to the first that fails. */
struct comparison {
    const struct strv *want;
    struct failure first;
    size_t index; /* of the first */
    bool cancelled;
};

static bool compare(size_t index, struct reply *reply, void *context)
{
    struct comparison *comparison = context;

    comparison->cancelled = reply->end == REPLY_CANCELLED;
    comparison->first = judge(&comparison->want[index], reply);
    comparison->index = index;
    return comparison->first.category == CATEGORY_NONE &&
           !comparison->cancelled;
}

/* One trace with what both said to it. */
struct outcome {
    struct strv want;
    struct reply reply;
    struct failure failure;
};

static void outcome_release(struct outcome *outcome)
{
    strv_release(&outcome->want);
    reply_release(&outcome->reply);
}

/* Tries one trace in a new process. Returns -1 where that cannot be done; the
   caller releases *outcome in any case. */
static int try_alone(struct oracle *oracle, const struct strv *trace,
                     struct outcome *outcome)
{
    struct strv *want = ask_reference(oracle, trace, 1, NULL);

    *outcome = (struct outcome){.failure = {.category = CATEGORY_NONE}};
    if (!want)
        return -1;
    outcome->want = want[0];
    free(want);
    session_restart(oracle->mine);
    if (session_run_one(oracle->mine, trace, NULL, &outcome->reply,
                        oracle->err) < 0)
        return -1;
    outcome->failure = judge(&outcome->want, &outcome->reply);
    return 0;
}

/* Cuts a trace behind the line in which it fails. */
static void cut(struct strv *trace, const struct failure *failure)
{
    while (trace->count > failure->line + 1)
        strv_remove(trace, trace->count - 1);
}

static void join(struct strv *joined, const struct strv *traces, size_t first,
                 size_t last)
{
    for (size_t i = first; i <= last; i++) {
        strv_copy(joined, &traces[i]);
        if (i < last)
            strv_add(joined, "--");
    }
}

/*
 * Finds the trace that fails by itself in a new process: the one that failed,
 * or it after as few earlier ones as it takes; *shared says which. How it fails
 * there is what counts. *failure is NONE where none does.
 */
static int isolate(struct oracle *oracle, const struct strv *traces,
                   size_t index, struct failure *failure, struct strv *trace,
                   bool *shared)
{
    size_t first = index, before = 1;
    bool again = true;

    while (again) {
        struct outcome outcome;
        int status;

        strv_release(trace);
        join(trace, traces, first, index);
        *shared = first < index;
        status = try_alone(oracle, trace, &outcome);
        *failure = outcome.failure;
        outcome_release(&outcome);
        if (status < 0)
            return -1;
        again = failure->category == CATEGORY_NONE && first > 0;
        first = before < index ? index - before : 0;
        before *= 2;
    }
    if (failure->category != CATEGORY_NONE)
        cut(trace, failure);
    return 0;
}

struct shrinking {
    struct oracle *oracle;
    enum category category; /* that is looked for */
    bool isolated;          /* a new process for each candidate */
    double deadline;
    /* of one batch */
    const struct strv *want;
    const bool *usable;
    bool *fails;
};

/* The rest of a batch is of no use after the first that fails. But to stop
   costs a process, unless the failure has ended that anyway. */
static bool note_failure(size_t index, struct reply *reply, void *context)
{
    struct shrinking *shrinking = context;

    shrinking->fails[index] =
        shrinking->usable[index] &&
        judge(&shrinking->want[index], reply).category == shrinking->category;
    if (reply->end == REPLY_CANCELLED || clock_now() > shrinking->deadline)
        return false;
    return !shrinking->fails[index] || reply->end == REPLY_DONE;
}

/* Each candidate in a process of its own, up to the first that fails. */
static int try_isolated(struct shrinking *shrinking,
                        const struct strv *candidates, size_t count)
{
    struct oracle *oracle = shrinking->oracle;

    for (size_t i = 0; i < count; i++) {
        if (clock_now() > shrinking->deadline)
            return -1;
        session_restart(oracle->mine);
        if (session_run(oracle->mine, &candidates[i], 1, NULL, note_failure,
                        &(struct shrinking){.category = shrinking->category,
                                            .deadline = shrinking->deadline,
                                            .want = &shrinking->want[i],
                                            .usable = &shrinking->usable[i],
                                            .fails = &shrinking->fails[i]},
                        oracle->err) < 0)
            return -1;
        if (shrinking->fails[i])
            break;
    }
    return 0;
}

static bool still_fails(const struct strv *candidates, size_t count,
                        bool *fails, void *context)
{
    struct shrinking *shrinking = context;
    struct oracle *oracle = shrinking->oracle;
    bool *usable = xcalloc(count, sizeof *usable);
    struct strv *want = NULL;
    int status = -1;

    if (!proc_cancelled && clock_now() < shrinking->deadline)
        want = ask_reference(oracle, candidates, count, usable);
    if (want) {
        shrinking->want = want;
        shrinking->usable = usable;
        shrinking->fails = fails;
        status = shrinking->isolated
                     ? try_isolated(shrinking, candidates, count)
                     : session_run(oracle->mine, candidates, count, NULL,
                                   note_failure, shrinking, oracle->err);
        release_answers(want, count);
    }
    free(usable);
    return status == 0;
}

/* Makes `trace` the smallest that fails in the same way. */
static void shrink_failure(struct oracle *oracle, struct strv *trace,
                           enum category category, bool isolated,
                           struct shrink_stats *stats)
{
    struct shrinking shrinking = {.oracle = oracle,
                                  .category = category,
                                  .isolated = isolated,
                                  .deadline = clock_now() + SHRINK_SECONDS};
    struct shrink_stats more;

    if (oracle->run->verdict_only)
        return;
    session_restart(oracle->mine);
    shrink(&oracle->run->kata->grammar, trace, still_fails, &shrinking,
           SHRINK_SECONDS, &more);
    stats->tests += more.tests;
    stats->minimal = more.minimal;
}

/* It failed once, and not when it was tried again. */
static void report_unsteady(const struct strv *trace, enum category category,
                            struct stage_result *result)
{
    struct finding *finding =
        stage_fail(result, category,
                   "a trace failed, but not when it was tried again: what the "
                   "submission does depends on more than the calls");

    strv_copy(&finding->trace, trace);
}

static void report(struct oracle *oracle, const struct strv *trace, bool shared,
                   const struct outcome *outcome, struct stage_result *result)
{
    const struct failure *failure = &outcome->failure;
    const struct strv *want = &outcome->want, *got = &outcome->reply.answers;
    char *text = compare_describe(trace, want, &outcome->reply,
                                  failure->category, failure->line);
    struct finding *finding =
        stage_fail(result, failure->category, "%s%s", text,
                   shared && strv_has(trace, "--")
                       ? ", but only after an earlier structure: they share "
                         "state"
                       : "");

    free(text);
    if (failure->line < want->count && failure->line < got->count) {
        finding->expected = xstrdup(want->items[failure->line]);
        finding->actual = xstrdup(got->items[failure->line]);
    }
    finding->file = xasprintf("%s.c", oracle->run->kata->snake);
    finding->line =
        locate_line(oracle->run, PROGRAM_AGENT, outcome->reply.frames,
                    outcome->reply.frame_count);
    strv_copy(&finding->trace, trace);
    strv_copy(&finding->want, want);
    strv_copy(&finding->got, got);
}

/* Reports the trace if it fails with the full limits; *reported says so. */
static int confirm(struct oracle *oracle, const struct strv *trace, bool shared,
                   enum category category, struct stage_result *result,
                   bool *reported)
{
    struct outcome outcome;
    int status = try_alone(oracle, trace, &outcome);

    *reported = status == 0 && outcome.failure.category == category;
    if (*reported)
        report(oracle, trace, shared, &outcome, result);
    outcome_release(&outcome);
    return status;
}

/* The limits with which a failure of this kind is looked for again. */
static struct session_options search_options(enum category category)
{
    struct session_options options = {.tool = SESSION_NATIVE};

    if (category == CATEGORY_TIMEOUT) {
        options.trace_seconds = SHORT_TRACE_SECONDS;
        options.sleep_seconds = SHORT_SLEEP_SECONDS;
    } else if (category == CATEGORY_MEMORY_LIMIT) {
        options.memory_mb = SHORT_MEMORY_MB;
    }
    return options;
}

/*
 * Shrinks the trace and reports it. What does not fail with the full limits, or
 * not without the company of other candidates, is done again more carefully,
 * at last without shrinking.
 */
static int shrink_and_report(struct oracle *oracle, struct session *search,
                             const struct strv *trace,
                             const struct failure *failure, bool shared,
                             struct stage_result *result,
                             struct shrink_stats *stats)
{
    struct session *full = oracle->mine;
    bool reported = false;
    int status = 0;

    for (int care = shared; care <= 2 && !reported && status == 0; care++) {
        struct strv small = STRV_INIT;

        strv_copy(&small, trace);
        oracle->mine = search;
        if (care < 2)
            shrink_failure(oracle, &small, failure->category, care > 0, stats);
        oracle->mine = full;
        status = confirm(oracle, &small, shared, failure->category, result,
                         &reported);
        strv_release(&small);
    }
    if (status == 0 && !reported && !proc_cancelled)
        report_unsteady(trace, failure->category, result);
    return status;
}

/* What failed among all traces, made small and told. */
static int explain(struct oracle *oracle, const struct strv *traces,
                   const struct comparison *found, struct stage_result *result,
                   struct shrink_stats *stats)
{
    struct session_options options = search_options(found->first.category);
    struct session *full = oracle->mine, *search;
    struct strv trace = STRV_INIT;
    struct failure failure;
    bool shared = false;
    int status = session_open(&search, oracle->run, &options, oracle->err);

    if (status == 0) {
        oracle->mine = search;
        status =
            isolate(oracle, traces, found->index, &failure, &trace, &shared);
        oracle->mine = full;
    }
    if (status == 0 && failure.category != CATEGORY_NONE)
        status = shrink_and_report(oracle, search, &trace, &failure, shared,
                                   result, stats);
    else if (status == 0)
        report_unsteady(&traces[found->index], found->first.category, result);
    if (status == 0 && proc_cancelled)
        status = err_set(oracle->err, "interrupted");
    session_close(search);
    strv_release(&trace);
    return status;
}

/* Both agents are built and can be asked; closed by close_both in any case. */
static int open_both(struct oracle *oracle, struct run *run, struct err *err)
{
    struct session_options options = {.tool = SESSION_NATIVE};
    struct run *reference = run->reference ? run->reference : run;

    *oracle = (struct oracle){.run = run, .err = err};
    if (!run_build(reference, PROGRAM_AGENT, err) ||
        !run_build(run, PROGRAM_AGENT, err) ||
        session_open(&oracle->reference, reference, &options, err) < 0)
        return -1;
    return session_open(&oracle->mine, run, &options, err);
}

static void close_both(struct oracle *oracle)
{
    session_close(oracle->mine);
    session_close(oracle->reference);
}

/* Finds the first trace that fails; *found has no category where none does. */
static int find_failure(struct oracle *oracle, const struct strv *traces,
                        size_t count, struct comparison *found)
{
    struct strv *want = ask_reference(oracle, traces, count, NULL);
    int status = -1;

    *found = (struct comparison){.want = want};
    if (want)
        status = session_run(oracle->mine, traces, count, SESSION_WHOLE_TRACES,
                             compare, found, oracle->err);
    if (status == 0 && found->cancelled)
        status = err_set(oracle->err, "interrupted");
    release_answers(want, count);
    found->want = NULL;
    return status;
}

static int hold(struct run *run, const struct strv *traces, size_t count,
                struct stage_result *result, struct shrink_stats *stats,
                struct err *err)
{
    struct comparison found;
    struct oracle oracle;
    int status = open_both(&oracle, run, err);

    if (status == 0)
        status = find_failure(&oracle, traces, count, &found);
    if (status == 0 && found.first.category != CATEGORY_NONE)
        status = explain(&oracle, traces, &found, result, stats);
    close_both(&oracle);
    return status;
}

int oracle_hold(struct run *run, const struct strv *trace,
                struct stage_result *result, struct err *err)
{
    struct shrink_stats stats = {.tests = 0};

    return hold(run, trace, 1, result, &stats, err);
}

static int load(struct run *run, struct samples *samples, struct err *err)
{
    return samples_load(run, (size_t)run->kata->grammar.traces, samples, err);
}

int oracle_passes(struct run *run, bool *passes, struct err *err)
{
    struct samples samples = {.traces = NULL};
    struct comparison found = {.index = 0};
    struct oracle oracle;
    int status = open_both(&oracle, run, err);

    if (status == 0)
        status = load(run, &samples, err);
    if (status == 0)
        status = find_failure(&oracle, samples.traces, samples.count, &found);
    *passes = found.first.category == CATEGORY_NONE;
    samples_release(&samples);
    close_both(&oracle);
    return status;
}

static json_t *details(const struct samples *samples,
                       const struct shrink_stats *stats)
{
    json_int_t lines = 0;

    for (size_t i = 0; i < samples->count; i++)
        lines += (json_int_t)samples->traces[i].count;
    return json_pack("{s:I, s:I, s:I}", "traces", (json_int_t)samples->count,
                     "calls", lines, "shrink_tests", (json_int_t)stats->tests);
}

void stage_oracle(struct run *run, const struct grade *grade,
                  struct stage_result *result)
{
    struct shrink_stats stats = {.tests = 0};
    struct samples samples = {.traces = NULL};
    struct err err = ERR_INIT;

    (void)grade;
    if (load(run, &samples, &err) < 0 ||
        hold(run, samples.traces, samples.count, result, &stats, &err) < 0)
        stage_error(result, "%s", err.set ? err.text : "interrupted");
    else
        result->details = details(&samples, &stats);
    samples_release(&samples);
}
