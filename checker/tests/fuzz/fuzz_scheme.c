/* grading.json, and when submissions were handed in. */
#include "base/moment.h"
#include "batch/submitted.h"
#include "judge/award.h"
#include "tests/fuzz/fuzz.h"

#include <math.h>
#include <stdlib.h>

static struct kata kata = {.slug = (char[]){"lru-cache"}};

static void check_award(const struct scheme *scheme, const int64_t *handed_in)
{
    struct grade grade = {.kata = &kata, .selected = {[STAGE_TESTS] = true}};
    double sum = 0;

    grade.stages[STAGE_TESTS] = (struct stage_result){
        .id = STAGE_TESTS, .status = STATUS_PASS, .score = 1, .max_score = 3};
    if (award_grade(scheme, "ada", handed_in, &grade, NULL) == 0) {
        const struct award *award = grade.award;

        for (int i = 0; i < STAGE_COUNT; i++)
            sum += award->awarded[i];
        fuzz_expect(award->points >= 0 && award->points <= award->earned &&
                        award->earned <= award->max,
                    "being late gives nothing");
        fuzz_expect(fabs(sum - award->points) < 1e-6, "points add up");
    }
    grade_release(&grade);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct submitted submitted = SUBMITTED_INIT;
    struct scheme scheme;
    struct err err = ERR_INIT;
    const char *text = (const char *)data;

    if (submitted_parse(&submitted, "fuzz", text, size, &err) < 0)
        fuzz_expect(*err.text, "an error says what is wrong");
    err_clear(&err);
    if (scheme_parse("fuzz", text, size, &scheme, &err) == 0) {
        int64_t handed_in = scheme.all.late.deadline + 100000;

        check_award(&scheme, NULL);
        check_award(&scheme, &handed_in);
        scheme_release(&scheme);
    } else {
        fuzz_expect(*err.text, "an error says what is wrong");
    }
    submitted_release(&submitted);
    return 0;
}
