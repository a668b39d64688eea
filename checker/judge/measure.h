/*
 * Measures what a kata's growth claims cost: the agent runs under callgrind,
 * which counts instructions, and the counting allocator tells the bytes that
 * were asked for. Both are the same on every run, however busy the machine is.
 *
 * For each n of a claim a fresh structure is opened and prepared; then the
 * claim's `measure` lines run `times` times, in up to MEASURE_BATCHES batches
 * that are counted apart. {any} is drawn from a fixed stream, so that all
 * submissions get the same calls.
 */
#ifndef JUDGE_MEASURE_H
#define JUDGE_MEASURE_H

#include "base/str.h"
#include "judge/run.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MEASURE_BATCHES = 8 };

/* What one call of `measure` costs, on average or in a typical batch. */
struct cost {
    double instructions, bytes;
};

struct measured_point {
    long long n;
    struct cost mean;
    struct cost typical; /* the median batch: a resize that one call in a
                            thousand makes is not in it */
    double prepared;     /* bytes asked for while preparing, for each of n */
    uint64_t answers;    /* a digest: equal where all calls, those that prepare
                            too, were answered in the same way */
};

enum measure_end {
    MEASURE_DONE,    /* every point */
    MEASURE_ENOUGH,  /* the caller had enough */
    MEASURE_TIME,    /* the next point took too much processor time */
    MEASURE_CRASH,   /* the process died; `signal` of what, or 0 */
    MEASURE_OUTPUT,  /* it printed too much */
    MEASURE_SKIPPED, /* not tried: others took too much time before, or the
                        caller had enough */
};

struct measured_claim {
    struct measured_point *points;
    size_t count; /* how many points were measured, the smallest first */
    enum measure_end end;
    int signal;
};

enum measure_next { MEASURE_ON, MEASURE_NEXT_CLAIM, MEASURE_NO_MORE };

/* Asked after each point, and after a claim that ended before its last: how to
   go on. */
typedef enum measure_next measure_choose(size_t claim,
                                         const struct measured_claim *measured,
                                         void *context);

/*
 * Measures the run's submission. Returns kata->growth_count claims, owned by
 * the caller, or NULL where it cannot be done at all (or was interrupted).
 * `choose` may be NULL.
 */
struct measured_claim *measure_claims(struct run *run, measure_choose *choose,
                                      void *context, struct err *err);

void measure_free(struct measured_claim *claims, size_t count);

/* For keeping: only whole measurements are. from_json returns NULL where the
   value is not one of this kata's. */
json_t *measure_to_json(const struct measured_claim *claims, size_t count);
struct measured_claim *measure_from_json(const json_t *json,
                                         const struct kata *kata);

/* The parts, for tests. */

/* The directives and lines that measure point `point` of claim `claim`. Of
   `instrumented` it takes and leaves whether callgrind counts. */
void measure_script(const struct kata *kata, size_t claim, size_t point,
                    bool *instrumented, struct str *script);

/* Adds the script's calls alone, as a trace. */
void measure_calls(const struct kata *kata, size_t claim, size_t point,
                   struct strv *calls);

/* What one dump file of callgrind says; false where it is none of ours. */
struct measure_dump {
    size_t claim, point, batch;
    unsigned long long instructions;
};

bool measure_read_dump(const char *text, struct measure_dump *dump);

#endif
