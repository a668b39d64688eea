#include "cmd/grading.h"

#include "base/clock.h"
#include "exec/proc.h"

#include <stdio.h>
#include <sys/random.h>

int grading_open(struct grading *grading, const struct cmd_context *context,
                 const char *submission, uint64_t seed, bool alone,
                 struct err *err)
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
    if (run_open(&grading->run, context->kata, context->root, &grading->sandbox,
                 &grading->cache, submission, seed, err) == 0) {
        if (run_open_reference(&grading->run, err) == 0)
            return 0;
        run_close(&grading->run);
    }
    cache_release(&grading->cache);
    sandbox_close(&grading->sandbox);
    return -1;
}

void grading_close(struct grading *grading)
{
    run_close(&grading->run);
    cache_release(&grading->cache);
    sandbox_close(&grading->sandbox);
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
