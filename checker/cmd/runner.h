/*
 * A grading in a thread of its own, which can be looked at while it runs and
 * be cancelled without ending the program: for `kata watch`.
 *
 *     runner_open(&runner, &err)
 *     runner_start(&runner, context, submission, seed, &err)
 *     ... poll runner.fd; runner_look; runner_cancel ...
 *     runner_finish(&runner, &grade, &err)      once it has ended, or to wait
 *     runner_close(&runner)
 *
 * One run at a time; the caller's thread alone uses a runner.
 */
#ifndef CMD_RUNNER_H
#define CMD_RUNNER_H

#include "cmd/grading.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct runner_stage {
    enum { RUNNER_WAITING, RUNNER_RUNNING, RUNNER_ENDED } state;
    bool selected;
    char *line;     /* of the score card, once it has ended */
    char *findings; /* what is wrong, "" where nothing is */
};

struct runner {
    int fd; /* readable when a stage has started or ended, or the run has */
    bool colour;
    struct grading grading;
    const struct cmd_context *context;
    char *submission;
    uint64_t seed;

    pthread_t thread;
    bool running, cancelled; /* running: runner_finish is to come */

    pthread_mutex_t lock; /* of what follows */
    bool ended;
    struct runner_stage stages[STAGE_COUNT];
    struct grade grade;
    bool graded; /* grade is filled */
    struct err err;
};

/* Opens the sandbox (prints on stderr where there is none) and the cache.
   `colour`: of the texts. Returns 0, to be closed with runner_close, or -1. */
int runner_open(struct runner *runner, bool colour, struct err *err);

/* Waits for a run under way, cancelled. */
void runner_close(struct runner *runner);

/* Starts a grading. The context stays as it is until the run is finished. */
int runner_start(struct runner *runner, const struct cmd_context *context,
                 const char *submission, uint64_t seed, struct err *err);

/* Has it ended by itself or by runner_cancel? False while none runs. Takes
   what made runner.fd readable. */
bool runner_has_ended(struct runner *runner);

/* Copies the stages as they are now; the caller releases them. */
void runner_look(struct runner *runner, struct runner_stage out[STAGE_COUNT]);
void runner_stages_release(struct runner_stage stages[STAGE_COUNT]);

/* Returns at once; the run ends soon. */
void runner_cancel(struct runner *runner);

/*
 * Waits for the end. 0 with *grade, which the caller releases; 1 where it was
 * cancelled; -1 where it could not be run.
 */
int runner_finish(struct runner *runner, struct grade *grade, struct err *err);

/* Before the context gets another kata: forgets what was built of this one. */
void runner_forget(struct runner *runner);

#endif
