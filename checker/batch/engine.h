/*
 * What grades the submissions of a roster: an engine. It runs `kata grade` in a
 * process of its own for each, on this machine or on others, and says as each
 * has ended. The result is where the process wrote it, OUT/.kata/graded/KEY,
 * whole or not there at all; so a grading that runs twice does no harm.
 */
#ifndef BATCH_ENGINE_H
#define BATCH_ENGINE_H

#include "base/err.h"
#include "batch/out.h"
#include "batch/roster.h"

#include <stddef.h>

struct work {
    const struct out *out;
    const struct roster *roster;
    const char *root;    /* of the katas */
    const char *program; /* that is run as `kata` for a grading */
    const char *self;    /* this program */
    const char *tests;   /* of --tests, or NULL */
    double seconds;      /* wall time of one grading */
    int jobs;            /* at the same time, here */
    int tasks;           /* elsewhere; 0 is as many as there is room for */
    double lease;        /* seconds until a silent task is taken for dead */
    const struct strv *options; /* for sbatch, parallel ... */
    const struct conditions *conditions;
    const size_t *todo; /* items to grade, one for each key */
    size_t count;
    /* Is called as an item of todo has ended, one call at a time: `note` is
       NULL where it was graded, else why not. */
    void (*done)(size_t item, const char *note, void *context);
    /* What goes on with the engine itself, a line without a newline. */
    void (*say)(const char *text, void *context);
    /* While gradings last, at least every 50 ms: true ends them all. Or NULL.
     */
    bool (*stop)(void *context);
    void *context;
};

struct engine {
    const char *name;    /* of --engine */
    const char *options; /* whose options it takes after "--", or NULL */
    /* Returns 0 when all have ended, `stop` says so, or proc_cancelled is
       set. */
    int (*run)(const struct work *work, struct err *err);
};

/* Ends with NULL. */
extern const struct engine *const engine_table[];
const struct engine *engine_find(const char *name, struct err *err);

extern const struct engine engine_local, engine_slurm, engine_parallel;

/*
 * Runs one grading here and waits for it. `item` is graded, or the reference of
 * the kata with that index where `item` is NULL; the result goes to `output`.
 * Returns NULL where there is one, else why not, owned.
 */
char *engine_grade(const struct work *work, const struct item *item,
                   size_t kata, int stages, const char *output);

#endif
