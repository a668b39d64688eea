/* The report of the Criterion program, judged as if its record were whole. */
#include "judge/tests.c" /* NOLINT(bugprone-suspicious-include) */

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct stage_result result = {.id = STAGE_TESTS, .max_score = 10};
    json_t *known = json_pack("{s:i, s:i}", "cache::evicts", 3, "cache::of", 1);
    int fd = open(fuzz_file(data, size), O_RDONLY | O_CLOEXEC);
    json_t *report = read_report(fd, "0123456789abcdef");

    if (report) {
        judge_report(known, report, &result);
        fuzz_expect(result.score <= result.max_score, "no more than all");
    }
    json_decref(report);
    json_decref(known);
    stage_result_release(&result);
    close(fd);
    return 0;
}
