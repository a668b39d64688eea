/* ThreadSanitizer's report, on a stream that the submission may print to. */
#include "judge/threads.c" /* NOLINT(bugprone-suspicious-include) */

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char snake[] = "queue";
    struct kata kata = {.snake = snake};
    struct run run = {.kata = &kata};
    struct stage_result result = {.id = STAGE_THREADS};
    struct schedule schedule = {.run = &run, .result = &result};
    char *text = fuzz_text(data, size);

    read_races(&schedule, text);
    strv_release(&schedule.races);
    stage_result_release(&result);
    free(text);
    return 0;
}
