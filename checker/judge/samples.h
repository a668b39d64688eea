/* The traces that a stage tries on a submission: those that the kata keeps in
   solutions/.../traces, by name, then those of its overlay, then random ones.
 */
#ifndef JUDGE_SAMPLES_H
#define JUDGE_SAMPLES_H

#include "base/err.h"
#include "base/strv.h"
#include "judge/run.h"

#include <stddef.h>

struct samples {
    struct strv *traces;
    size_t count, capacity;
};

/* Random trace number i is the same in every stage. */
int samples_load(const struct run *run, size_t random, struct samples *samples,
                 struct err *err);
void samples_release(struct samples *samples);

#endif
