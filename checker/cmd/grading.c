#include "cmd/grading.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/path.h"
#include "exec/proc.h"
#include "judge/trace.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

/* A reference that an interrupt left half built is opened anew. */
static bool is_reusable(const struct run *reference,
                        const struct cmd_context *context)
{
    if (!reference || reference->kata != context->kata)
        return false;
    for (int i = 0; i < PROGRAM_COUNT; i++)
        if (reference->built[i] < 0)
            return false;
    return true;
}

int grading_renew(struct grading *grading, const struct cmd_context *context,
                  const char *submission, uint64_t seed, struct err *err)
{
    struct run *reference = NULL;

    if (is_reusable(grading->run.reference, context)) {
        reference = grading->run.reference;
        grading->run.reference = NULL;
    }
    run_close(&grading->run);
    if (run_open(&grading->run, context->kata, context->root, &grading->sandbox,
                 &grading->cache, submission, seed, err) < 0) {
        if (reference)
            run_close(reference);
        free(reference);
        return -1;
    }
    if (reference) {
        reference->seed = seed;
        grading->run.reference = reference;
    } else if (run_open_reference(&grading->run, err) < 0) {
        run_close(&grading->run);
        return -1;
    }
    return 0;
}

int grading_prepare(struct grading *grading, bool alone, struct err *err)
{
    struct err reason = ERR_INIT;

    *grading = (struct grading){.sandbox = {.kind = SANDBOX_NONE}};
    if (sandbox_open(&grading->sandbox, &reason) < 0) {
        if (!alone)
            return err_set(err, "%s", reason.text);
        fprintf(stderr,
                "kata: warning: no sandbox: %s\n"
                "kata: warning: the code runs with your rights\n",
                reason.text);
    }
    cache_open(&grading->cache);
    return 0;
}

int grading_open(struct grading *grading, const struct cmd_context *context,
                 const char *submission, uint64_t seed, bool alone,
                 struct err *err)
{
    if (grading_prepare(grading, alone, err) < 0)
        return -1;
    if (grading_renew(grading, context, submission, seed, err) == 0)
        return 0;
    grading_close(grading);
    return -1;
}

void grading_close(struct grading *grading)
{
    run_close(&grading->run);
    cache_release(&grading->cache);
    sandbox_close(&grading->sandbox);
}

void grading_save_trace(const struct cmd_context *context, struct grade *grade)
{
    char *dir = cmd_attempt_dir(context);
    struct err err = ERR_INIT;

    for (int i = 0; i < STAGE_COUNT; i++)
        for (size_t k = 0; k < grade->stages[i].count; k++) {
            struct finding *finding = &grade->stages[i].findings[k];
            char *path, *comment;

            if (finding->trace.count == 0)
                continue;
            path = path_join(dir, "failed.trace");
            comment = xasprintf("%s, seed %" PRIu64 ": %s", grade->kata->slug,
                                grade->seed, finding->message);
            if (path_mkdirs(dir, 0755, &err) == 0 &&
                trace_write(path, &finding->trace, comment, &err) == 0)
                finding->trace_file = xstrdup(path);
            else
                fprintf(stderr, "kata: the trace was not saved: %s\n",
                        err.text);
            free(path);
            free(comment);
            free(dir);
            return;
        }
    free(dir);
}

uint64_t grading_seed(void)
{
    uint32_t seed = 0;

    if (getrandom(&seed, sizeof seed, 0) != sizeof seed)
        seed = (uint32_t)clock_now();
    return seed;
}

int grading_exit(const struct grade *grade)
{
    if (grade->cancelled)
        return EXIT_INTERRUPTED;
    if (grade->verdict == VERDICT_ERROR)
        return EXIT_ENVIRONMENT;
    return grade->verdict == VERDICT_PASS ? EXIT_PASS : EXIT_NOT_PASSED;
}
