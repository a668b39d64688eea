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
 * new process for each candidate.
 */
#include "judge/stage.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "judge/locate.h"
#include "judge/samples.h"
#include "judge/session.h"
#include "judge/shrink.h"
#include "judge/trace.h"

#include <stdlib.h>
#include <string.h>

#define SHRINK_SECONDS 1.0

/* Enough to tell a hang from a trace while shrinking; what is found is held
   against the full limit. */
#define SHORT_TRACE_SECONDS 0.05
#define SHORT_SLEEP_SECONDS 0.2

struct oracle {
    struct run *run;
    struct session *mine, *reference;
    struct err *err;
};

/* How a trace fails; REPLY_DONE with `wrong` for a wrong answer. */
struct failure {
    bool fails, wrong;
    enum reply_end end;
    size_t line; /* of the trace: where it shows; its count: at the end */
};

static bool same_failure(const struct failure *a, const struct failure *b)
{
    return a->fails && b->fails && a->end == b->end;
}

static struct failure judge(const struct strv *want, const struct reply *got)
{
    struct failure failure = {.end = got->end};

    while (failure.line < want->count && failure.line < got->answers.count &&
           strcmp(want->items[failure.line],
                  got->answers.items[failure.line]) == 0)
        failure.line++;
    failure.wrong =
        failure.line < want->count && failure.line < got->answers.count;
    if (failure.wrong)
        failure.end = REPLY_DONE;
    failure.fails = failure.wrong || got->end != REPLY_DONE;
    return failure;
}

/* The reference's answers to many traces. */
struct expected {
    struct strv *answers; /* one list a trace */
    const char *slug;
    struct err *err;
};

static bool keep_answers(size_t index, struct reply *reply, void *context)
{
    struct expected *expected = context;

    if (reply->end != REPLY_DONE) {
        err_set(expected->err,
                "the reference of %s does not get through "
                "trace %zu",
                expected->slug, index);
        return false;
    }
    expected->answers[index] = reply->answers;
    reply->answers = (struct strv)STRV_INIT;
    return true;
}

/* Asks the reference; the answers are freed with release_answers. */
static struct strv *ask_reference(struct oracle *oracle,
                                  const struct strv *traces, size_t count)
{
    struct expected expected = {.answers = xcalloc(count, sizeof(struct strv)),
                                .slug = oracle->run->kata->slug,
                                .err = oracle->err};

    if (session_run(oracle->reference, traces, count, NULL, keep_answers,
                    &expected, oracle->err) == 0 &&
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

/* The submission's answers held against them. */
struct comparison {
    const struct strv *want;
    struct failure *failures; /* one a trace, or NULL: stop at the first */
    struct failure first;
    size_t index; /* of the first */
};

static bool compare(size_t index, struct reply *reply, void *context)
{
    struct comparison *comparison = context;
    struct failure failure = judge(&comparison->want[index], reply);

    if (comparison->failures) {
        comparison->failures[index] = failure;
        return true;
    }
    if (failure.fails) {
        comparison->first = failure;
        comparison->index = index;
    }
    return !failure.fails;
}

/* Tries one trace in a new process. Returns -1 where that cannot be done. */
static int try_alone(struct oracle *oracle, const struct strv *trace,
                     struct failure *failure)
{
    struct strv *want = ask_reference(oracle, trace, 1);
    struct reply reply = {.end = REPLY_DONE};
    int status = -1;

    if (want) {
        session_restart(oracle->mine);
        status =
            session_run_one(oracle->mine, trace, NULL, &reply, oracle->err);
        *failure = judge(&want[0], &reply);
    }
    reply_release(&reply);
    release_answers(want, 1);
    return status;
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
 * or it after as few earlier ones as it takes. *shared says which.
 */
static int isolate(struct oracle *oracle, const struct strv *traces,
                   size_t index, struct failure *failure, struct strv *trace,
                   bool *shared)
{
    struct failure alone = {.fails = false};

    for (size_t before = 0; !alone.fails; before = before ? before * 2 : 1) {
        size_t first = before < index ? index - before : 0;

        strv_release(trace);
        join(trace, traces, first, index);
        *shared = first < index;
        if (try_alone(oracle, trace, &alone) < 0)
            return -1;
        if (alone.fails || first == 0)
            break;
    }
    if (alone.fails) {
        *failure = alone;
        cut(trace, failure);
    }
    return 0;
}

struct shrinking {
    struct oracle *oracle;
    struct failure failure; /* the kind that is looked for */
    bool isolated;          /* a new process for each candidate */
    double deadline;
};

static bool still_fails(const struct strv *candidates, size_t count,
                        bool *fails, void *context)
{
    struct shrinking *shrinking = context;
    struct oracle *oracle = shrinking->oracle;
    struct strv *want;
    struct failure *failures = xcalloc(count, sizeof *failures);
    struct comparison comparison = {.failures = failures};
    int status = -1;

    if (!proc_cancelled && clock_now() < shrinking->deadline &&
        (want = ask_reference(oracle, candidates, count))) {
        comparison.want = want;
        status = 0;
        if (!shrinking->isolated)
            status = session_run(oracle->mine, candidates, count, NULL, compare,
                                 &comparison, oracle->err);
        for (size_t i = 0; shrinking->isolated && i < count && status == 0; i++)
            status = try_alone(oracle, &candidates[i], &failures[i]);
        release_answers(want, count);
    }
    for (size_t i = 0; i < count; i++)
        fails[i] = same_failure(&failures[i], &shrinking->failure);
    free(failures);
    return status == 0;
}

/* A session of the submission's agent for shrinking: hangs are told soon. */
static int open_short(struct oracle *oracle, const struct failure *failure)
{
    struct session_options options = {.tool = SESSION_NATIVE};

    if (failure->end == REPLY_HANG) {
        options.trace_seconds = SHORT_TRACE_SECONDS;
        options.sleep_seconds = SHORT_SLEEP_SECONDS;
    }
    return session_open(&oracle->mine, oracle->run, &options, oracle->err);
}

/* Replaces `trace` by the smallest that fails in the same way. */
static int shrink_failure(struct oracle *oracle, struct strv *trace,
                          const struct failure *failure, bool shared,
                          struct shrink_stats *stats)
{
    struct session *full = oracle->mine;
    struct shrinking shrinking = {.oracle = oracle,
                                  .failure = *failure,
                                  .isolated = shared,
                                  .deadline = clock_now() + SHRINK_SECONDS};
    struct strv small = STRV_INIT;
    struct failure alone = {.fails = false};
    int status = open_short(oracle, failure);

    strv_copy(&small, trace);
    if (status == 0)
        shrink(&oracle->run->kata->grammar, &small, still_fails, &shrinking,
               SHRINK_SECONDS, stats);
    session_close(oracle->mine);
    oracle->mine = full;
    if (status == 0)
        status = try_alone(oracle, &small, &alone);
    if (status == 0 && same_failure(&alone, failure)) {
        strv_release(trace);
        *trace = small;
        return 0;
    }
    strv_release(&small);
    if (status == 0 && !shared)
        return shrink_failure(oracle, trace, failure, true, stats);
    return status;
}

static struct finding *name_failure(struct stage_result *result,
                                    const struct failure *failure,
                                    const struct reply *reply, const char *call,
                                    const struct strv *want)
{
    char *end = NULL;
    struct finding *finding;

    switch (failure->end) {
    case REPLY_DONE:
        finding = stage_fail(result, CATEGORY_WRONG_ANSWER,
                             "`%s` answered `%s`, expected `%s`", call,
                             reply->answers.items[failure->line],
                             want->items[failure->line]);
        finding->expected = xstrdup(want->items[failure->line]);
        finding->actual = xstrdup(reply->answers.items[failure->line]);
        break;
    case REPLY_CRASH:
        end = reply->signal ? xstrdup(strsignal(reply->signal))
                            : xasprintf("it ended its process with status %d",
                                        reply->code);
        finding = stage_fail(result, CATEGORY_CRASH, "`%s` crashed: %s%s", call,
                             end, reply->stack ? " (the stack is full)" : "");
        break;
    case REPLY_HANG:
        finding = stage_fail(result, CATEGORY_TIMEOUT, "`%s` does not return%s",
                             call, reply->asleep ? ": it sleeps" : "");
        break;
    case REPLY_OUTPUT:
        finding = stage_fail(result, CATEGORY_OUTPUT_LIMIT,
                             "`%s` prints without end", call);
        break;
    case REPLY_MEMORY:
        finding = stage_fail(result, CATEGORY_MEMORY_LIMIT,
                             "`%s` wants more memory than there is", call);
        break;
    default:
        finding = stage_fail(result, CATEGORY_TAMPERING,
                             "`%s`: an answer that no agent gives", call);
    }
    free(end);
    return finding;
}

/* The finding for a trace that fails alone. */
static int report(struct oracle *oracle, const struct strv *trace, bool shared,
                  struct stage_result *result)
{
    struct strv *want = ask_reference(oracle, trace, 1);
    struct reply reply = {.end = REPLY_DONE};
    struct failure failure;
    struct finding *finding;

    if (!want)
        return -1;
    session_restart(oracle->mine);
    if (session_run_one(oracle->mine, trace, NULL, &reply, oracle->err) == 0) {
        failure = judge(&want[0], &reply);
        finding = name_failure(result, &failure, &reply,
                               failure.line < trace->count
                                   ? trace->items[failure.line]
                                   : "the end of the trace",
                               &want[0]);
        finding->file = xasprintf("%s.c", oracle->run->kata->snake);
        finding->line = locate_line(oracle->run, PROGRAM_AGENT, reply.frames,
                                    reply.frame_count);
        if (shared) {
            char *message = xasprintf("%s, but only after an earlier "
                                      "structure: they share state",
                                      finding->message);

            free(finding->message);
            finding->message = message;
        }
        strv_copy(&finding->trace, trace);
        strv_copy(&finding->want, &want[0]);
        strv_copy(&finding->got, &reply.answers);
    }
    reply_release(&reply);
    release_answers(want, 1);
    return oracle->err->set ? -1 : 0;
}

/* What failed among all traces, made small and told. */
static int explain(struct oracle *oracle, const struct samples *samples,
                   const struct comparison *found, struct stage_result *result,
                   struct shrink_stats *stats)
{
    struct strv trace = STRV_INIT;
    struct failure failure = found->first;
    bool shared = false;
    int status = isolate(oracle, samples->traces, found->index, &failure,
                         &trace, &shared);

    if (status == 0)
        status = shrink_failure(oracle, &trace, &failure, shared, stats);
    if (status == 0)
        status = report(oracle, &trace, shared, result);
    strv_release(&trace);
    return status;
}

static int run_all(struct oracle *oracle, struct samples *samples,
                   struct stage_result *result)
{
    struct strv *want = ask_reference(oracle, samples->traces, samples->count);
    struct comparison comparison = {.want = want};
    struct shrink_stats stats = {.tests = 0};
    json_int_t lines = 0;
    int status = -1;

    if (want)
        status = session_run(oracle->mine, samples->traces, samples->count,
                             NULL, compare, &comparison, oracle->err);
    if (status == 0 && comparison.first.fails &&
        comparison.first.end != REPLY_CANCELLED)
        status = explain(oracle, samples, &comparison, result, &stats);
    for (size_t i = 0; i < samples->count; i++)
        lines += (json_int_t)samples->traces[i].count;
    result->details =
        json_pack("{s:I, s:I, s:I}", "traces", (json_int_t)samples->count,
                  "calls", lines, "shrink_tests", (json_int_t)stats.tests);
    release_answers(want, samples->count);
    return status;
}

void stage_oracle(struct run *run, const struct grade *grade,
                  struct stage_result *result)
{
    struct session_options options = {.tool = SESSION_NATIVE};
    struct err err = ERR_INIT;
    struct oracle oracle = {.run = run, .err = &err};
    struct run *reference = run->reference ? run->reference : run;
    struct samples samples = {.traces = NULL};

    (void)grade;
    if (!run_build(reference, PROGRAM_AGENT, &err) ||
        !run_build(run, PROGRAM_AGENT, &err) ||
        samples_load(run, (size_t)run->kata->grammar.traces, &samples, &err) <
            0 ||
        session_open(&oracle.reference, reference, &options, &err) < 0 ||
        session_open(&oracle.mine, run, &options, &err) < 0 ||
        run_all(&oracle, &samples, result) < 0)
        stage_error(result, "%s", err.set ? err.text : "interrupted");
    session_close(oracle.mine);
    session_close(oracle.reference);
    samples_release(&samples);
}
