/* What the replay runner, with a submission in it, answers to the memory
   stage. */
#include "judge/memory.c" /* NOLINT(bugprone-suspicious-include) */

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct outcome outcome = {.ended = {.out = STR_INIT, .err = STR_INIT}};

    str_addn(&outcome.ended.out, data, size);
    read_records(&outcome, "0123456789abcdef");
    outcome_release(&outcome);
    return 0;
}
