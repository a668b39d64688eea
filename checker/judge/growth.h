/* The judgement of the growth stage, apart from its measuring: for tests. */
#ifndef JUDGE_GROWTH_H
#define JUDGE_GROWTH_H

#include "judge/fit.h"
#include "judge/measure.h"

#include <stdbool.h>

/* By which of a point's costs a claim was judged. */
enum cost_kind { COST_MEAN, COST_TYPICAL };

struct judged {
    bool holds;
    enum cost_kind kind;
    struct fit fit;
};

/* Judges the claim's instructions or bytes; at least three points. */
struct judged growth_judge(const struct growth_claim *claim,
                           const struct measured_claim *measured, bool bytes);

/*
 * Do the instructions of `measured` stay in one proportion to the reference's,
 * within a tenth? Then they grow as those do, whatever class the fit names: an
 * array that grows by copying is not quite linear, and may by chance be nearer
 * to n log n. At the smallest n they may be more, for there costs that do not
 * grow weigh most. Both measured at the same n.
 */
bool growth_alike(const struct measured_claim *measured,
                  const struct measured_claim *reference);

#endif
