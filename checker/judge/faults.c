/*
 * faults: the submission's k-th allocation fails, for every k.
 *
 * Theory of operation. A trace is first run as it is: it must answer like the
 * reference (whatever else is the oracle's business) and tells how many
 * allocations it makes. Then it is run once for each of them with "@fail k",
 * in one process; only the submission's own calls can fail (agent/heap.h). In
 * the answers:
 *
 *  - none may differ from those without the failure (it did without), or
 *  - the first that differs must say that memory ran out, "! ENOMEM", and,
 *    where kata.json says `strong`, all later ones must be the reference's to
 *    the same trace in which that call had no effect ("@void" in its place).
 *    Another error is none: one who is told that a key is not there, or that a
 *    queue is full, does not know that the call may be tried again.
 *
 * The process must not crash, nor keep a block that it does not keep without
 * the failure. What is found is shrunk: the predicate is that some allocation
 * of the candidate fails it in the same way.
 */
#include "judge/stage.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "judge/fault_tests.h"
#include "judge/locate.h"
#include "judge/samples.h"
#include "judge/session.h"
#include "judge/shrink.h"
#include "judge/trace.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    RANDOM_TRACES = 12,    /* besides the kata's own */
    ALLOCATIONS_MAX = 400, /* of one trace; later ones are left alone */
    SHRINK_SECONDS = 1
};

/* How a failed allocation was taken. */
enum outcome {
    OUTCOME_FINE,
    OUTCOME_CRASH,
    OUTCOME_HANG,
    OUTCOME_LEAK,
    OUTCOME_SILENT, /* the call answered something else than an error */
    OUTCOME_OTHER,  /* it reported another error */
    OUTCOME_EFFECT  /* it reported the error but had an effect */
};

struct faults {
    struct run *run;
    struct session *mine, *reference;
    struct err *err;
    size_t injected; /* failures tried */
    bool hangs;      /* without any failure: each trace may cost its time */
};

/* One failure that was not taken well. */
struct failure {
    enum outcome outcome;
    unsigned long long k;
    size_t line;                /* of the trace: where it shows */
    unsigned long long address; /* of the allocation's caller */
    char *signal;
    long blocks;
    struct strv want, got;
};

static void failure_release(struct failure *failure)
{
    free(failure->signal);
    strv_release(&failure->want);
    strv_release(&failure->got);
    *failure = (struct failure){.outcome = OUTCOME_FINE};
}

/* The trace in which call `line` fails without effect, for the reference. */
static void replace_call(const struct grammar *grammar,
                         const struct strv *trace, size_t line,
                         struct strv *result)
{
    struct trace_call call = {.line = NULL};

    for (size_t i = 0; i < trace->count; i++)
        if (i != line)
            strv_add(result, trace->items[i]);
        else if (trace_match(grammar, trace->items[i], &call) &&
                 call.line->makes >= 0)
            strv_addf(result, "@void %s", grammar->kinds[call.line->makes]);
        else
            strv_add(result, "@void -");
    trace_call_release(&call);
}

/*
 * Runs a trace, its answers at one go, for thousands of runs come to their end.
 * One that does not is run again in a new process, a line at a time, to see
 * which line it was; should it come to its end there, the first counts. The
 * caller releases *reply, after an error too.
 */
static int run_trace(struct session *session, const struct strv *trace,
                     const char *directive, struct reply *reply,
                     struct err *err)
{
    char *directives = xasprintf("%s\n%s", SESSION_WHOLE_TRACES,
                                 directive ? directive : "@fail 0");
    int status = session_run_one(session, trace, directives, reply, err);

    free(directives);
    if (status == 0 && reply->end != REPLY_DONE &&
        reply->end != REPLY_CANCELLED) {
        struct reply again;

        session_restart(session);
        status = session_run_one(session, trace, directive, &again, err);
        if (again.end != REPLY_DONE) {
            reply_release(reply);
            *reply = again;
        } else {
            reply_release(&again);
        }
    }
    return status;
}

static size_t first_difference(const struct strv *a, const struct strv *b)
{
    size_t i = 0;

    while (i < a->count && i < b->count &&
           strcmp(a->items[i], b->items[i]) == 0)
        i++;
    return i;
}

/* Compares what came after a reported failure with the reference's answers to
   the trace without the call. */
static int judge_effect(struct faults *faults, const struct strv *trace,
                        size_t line, const struct reply *got,
                        struct failure *failure)
{
    struct strv without = STRV_INIT;
    struct reply want = {.end = REPLY_DONE};
    int status;

    replace_call(&faults->run->kata->grammar, trace, line, &without);
    status = run_trace(faults->reference, &without, NULL, &want, faults->err);
    if (status == 0 && want.end == REPLY_DONE && line < want.answers.count) {
        size_t at;

        free(want.answers.items[line]);
        want.answers.items[line] = xstrdup(got->answers.items[line]);
        at = first_difference(&want.answers, &got->answers);
        if (at < trace->count) {
            failure->outcome = OUTCOME_EFFECT;
            failure->line = at;
            strv_copy(&failure->want, &want.answers);
        }
    }
    reply_release(&want);
    strv_release(&without);
    return status;
}

/* Agents name it after the contract's own error; with or without the E. */
static bool is_out_of_memory(const char *answer)
{
    return strcmp(answer, "! ENOMEM") == 0 || strcmp(answer, "! NOMEM") == 0;
}

/* Fills failure->outcome from the answers with and without the failure. */
static int judge_answers(struct faults *faults, const struct strv *trace,
                         const struct strv *clean, const struct reply *got,
                         struct failure *failure)
{
    size_t line = first_difference(clean, &got->answers);

    failure->line = line;
    if (line >= trace->count)
        return 0;
    if (is_out_of_memory(got->answers.items[line])) {
        if (faults->run->kata->faults == FAULTS_STRONG)
            return judge_effect(faults, trace, line, got, failure);
        return 0;
    }
    failure->outcome =
        got->answers.items[line][0] == '!' ? OUTCOME_OTHER : OUTCOME_SILENT;
    for (size_t i = 0; i < line; i++)
        strv_add(&failure->want, clean->items[i]);
    strv_add(&failure->want, "! ENOMEM");
    return 0;
}

/* Runs the trace with its k-th allocation failing; failure->outcome tells.
   `before` is how many blocks were alive, updated. */
static int try_failure(struct faults *faults, const struct strv *trace,
                       const struct strv *clean, unsigned long long k,
                       long kept, long *before, struct failure *failure)
{
    char directive[40];
    struct reply reply;
    int status = 0;

    *failure = (struct failure){.outcome = OUTCOME_FINE, .k = k};
    snprintf(directive, sizeof directive, "@fail %llu", k);
    if (run_trace(faults->mine, trace, directive, &reply, faults->err) < 0) {
        reply_release(&reply);
        return -1;
    }
    faults->injected++;
    failure->address = reply.failed_at;
    failure->line = reply.answers.count;
    if (reply.end == REPLY_CRASH) {
        failure->outcome = OUTCOME_CRASH;
        failure->signal = reply.signal ? xstrdup(strsignal(reply.signal))
                                       : xstrdup("it ended its process");
    } else if (reply.end != REPLY_DONE) {
        failure->outcome = OUTCOME_HANG;
    } else {
        status = judge_answers(faults, trace, clean, &reply, failure);
        failure->blocks = reply.live - *before - kept;
        if (failure->outcome == OUTCOME_FINE && failure->blocks > 0)
            failure->outcome = OUTCOME_LEAK;
    }
    *before = reply.end == REPLY_DONE ? reply.live : 0;
    strv_copy(&failure->got, &reply.answers);
    reply_release(&reply);
    return status;
}

/*
 * Tries every allocation of a trace; stops at the first failure that is not
 * taken well (`only`, if not OUTCOME_FINE: taken badly in that way). The trace
 * must answer like the reference to begin with; one that does not is passed
 * over, as fine.
 */
static int try_trace(struct faults *faults, const struct strv *trace,
                     enum outcome only, struct failure *failure)
{
    struct reply clean = {.end = REPLY_DONE}, want = {.end = REPLY_DONE},
                 again = {.end = REPLY_DONE};
    int status;

    *failure = (struct failure){.outcome = OUTCOME_FINE};
    status = run_trace(faults->mine, trace, NULL, &clean, faults->err);
    faults->hangs = clean.end == REPLY_HANG;
    if (status == 0)
        status = run_trace(faults->reference, trace, NULL, &want, faults->err);
    if (status == 0 && clean.end == REPLY_DONE &&
        strv_equal(&clean.answers, &want.answers))
        /* Once more, so that what is kept from the first use on (a cache) is
           not taken for a leak. */
        status = run_trace(faults->mine, trace, NULL, &again, faults->err);
    if (status == 0 && again.answers.count && again.end == REPLY_DONE) {
        long kept = again.live - clean.live, before = again.live;

        for (unsigned long long k = 1;
             k <= clean.allocs && k <= ALLOCATIONS_MAX && status == 0; k++) {
            failure_release(failure);
            status = try_failure(faults, trace, &clean.answers, k, kept,
                                 &before, failure);
            if (failure->outcome != OUTCOME_FINE &&
                (only == OUTCOME_FINE || only == failure->outcome))
                break;
        }
        if (only != OUTCOME_FINE && failure->outcome != only)
            failure->outcome = OUTCOME_FINE;
    }
    reply_release(&clean);
    reply_release(&want);
    reply_release(&again);
    return status;
}

struct shrinking {
    struct faults *faults;
    enum outcome outcome;
    double deadline;
};

static bool still_fails(const struct strv *candidates, size_t count,
                        bool *fails, void *context)
{
    struct shrinking *shrinking = context;

    for (size_t i = 0; i < count; i++) {
        struct failure failure;

        if (proc_cancelled || clock_now() > shrinking->deadline ||
            try_trace(shrinking->faults, &candidates[i], shrinking->outcome,
                      &failure) < 0)
            return false;
        fails[i] = failure.outcome == shrinking->outcome;
        failure_release(&failure);
    }
    return true;
}

static struct finding *add_finding(struct stage_result *result,
                                   const struct strv *trace,
                                   const struct failure *failure)
{
    static const char *const ends[] = {"th", "st", "nd", "rd"};
    unsigned long long k = failure->k;
    const char *th = k % 10 < 4 && k / 10 % 10 != 1 ? ends[k % 10] : ends[0];
    const char *call =
        failure->line < trace->count ? trace->items[failure->line] : "the end";
    char *when = xasprintf("when the %llu%s allocation fails", k, th);
    struct finding *finding = NULL;

    switch (failure->outcome) {
    case OUTCOME_CRASH:
        finding =
            stage_fail(result, CATEGORY_ALLOC_FAILURE, "%s, `%s` crashes: %s",
                       when, call, failure->signal);
        break;
    case OUTCOME_HANG:
        finding = stage_fail(result, CATEGORY_ALLOC_FAILURE,
                             "%s, `%s` does not return", when, call);
        break;
    case OUTCOME_LEAK:
        finding = stage_fail(
            result, CATEGORY_ALLOC_FAILURE, "%s, %ld block%s never freed", when,
            failure->blocks, failure->blocks == 1 ? " is" : "s are");
        break;
    case OUTCOME_SILENT:
        finding = stage_fail(result, CATEGORY_ALLOC_FAILURE,
                             "%s, `%s` does not report it", when, call);
        break;
    case OUTCOME_OTHER:
        finding = stage_fail(result, CATEGORY_ALLOC_FAILURE,
                             "%s, `%s` reports `%s`: not that memory ran out",
                             when, call, failure->got.items[failure->line]);
        break;
    default:
        finding = stage_fail(result, CATEGORY_ALLOC_FAILURE,
                             "%s, the call reports it but has had an effect: "
                             "`%s` shows it",
                             when, call);
    }
    free(when);
    return finding;
}

static void report(struct faults *faults, struct strv *trace,
                   enum outcome outcome, struct stage_result *result)
{
    struct shrinking shrinking = {faults, outcome,
                                  clock_now() + SHRINK_SECONDS};
    struct shrink_stats stats;
    struct failure failure;
    struct finding *finding;

    if (!faults->run->verdict_only)
        shrink(&faults->run->kata->grammar, trace, still_fails, &shrinking,
               SHRINK_SECONDS, &stats);
    if (try_trace(faults, trace, outcome, &failure) == 0) {
        finding = add_finding(result, trace, &failure);
        finding->file = xasprintf("%s.c", faults->run->kata->snake);
        if (failure.address)
            finding->line =
                locate_line(faults->run, PROGRAM_AGENT, &failure.address, 1);
        strv_copy(&finding->trace, trace);
        if (failure.want.count) {
            strv_copy(&finding->want, &failure.want);
            strv_copy(&finding->got, &failure.got);
        }
    }
    failure_release(&failure);
}

static void try_all(struct faults *faults, struct strv *traces, size_t count,
                    struct stage_result *result)
{
    for (size_t i = 0; i < count && !faults->hangs && !proc_cancelled; i++) {
        struct failure failure;
        enum outcome outcome;
        int status = try_trace(faults, &traces[i], OUTCOME_FINE, &failure);

        outcome = failure.outcome;
        failure_release(&failure);
        if (status < 0) {
            stage_error(result, "%s", faults->err->text);
            return;
        }
        if (outcome != OUTCOME_FINE) {
            report(faults, &traces[i], outcome, result);
            return;
        }
    }
}

/* The workloads of the tests that passed. */
static void try_tests(struct faults *faults, const struct grade *grade,
                      struct stage_result *result)
{
    const json_t *passed =
        json_object_get(grade->stages[STAGE_TESTS].details, "passed");
    struct strv tests = STRV_INIT;
    json_t *name;
    size_t i;

    json_array_foreach(passed, i, name)
        strv_add(&tests, json_string_value(name));
    if (fault_tests(faults->run, &tests, result, &faults->injected,
                    faults->err) < 0)
        stage_error(result, "%s", faults->err->text);
    strv_release(&tests);
}

void stage_faults(struct run *run, const struct grade *grade,
                  struct stage_result *result)
{
    struct session_options options = {.tool = SESSION_NATIVE};
    struct err err = ERR_INIT;
    struct faults faults = {.run = run, .err = &err};
    struct run *reference = run->reference ? run->reference : run;
    struct samples samples = {.traces = NULL};

    if (!run_build(run, PROGRAM_AGENT, &err) ||
        !run_build(reference, PROGRAM_AGENT, &err) ||
        samples_load(run, RANDOM_TRACES, &samples, &err) < 0 ||
        session_open(&faults.mine, run, &options, &err) < 0 ||
        session_open(&faults.reference, reference, &options, &err) < 0)
        stage_error(result, "%s", err.text);
    else
        try_all(&faults, samples.traces, samples.count, result);
    if (result->status == STATUS_PASS)
        try_tests(&faults, grade, result);
    result->details =
        json_pack("{s:I, s:I}", "traces", (json_int_t)samples.count, "failures",
                  (json_int_t)faults.injected);
    session_close(faults.mine);
    session_close(faults.reference);
    samples_release(&samples);
}
