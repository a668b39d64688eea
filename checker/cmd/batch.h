/* What the commands `kata batch ...` have in common. */
#ifndef CMD_BATCH_H
#define CMD_BATCH_H

#include "judge/result.h"

#include <jansson.h>
#include <stddef.h>

/* How many came out how. */
struct batch_count {
    size_t verdicts[VERDICT_ERROR + 1];
    double points;
};

/* Counts a kata-result/1 object; false where it is none. */
bool batch_count_result(struct batch_count *count, const json_t *result);

/* "12 pass, 3 fail, 1 error", owned. */
char *batch_describe(const struct batch_count *count);

#endif
