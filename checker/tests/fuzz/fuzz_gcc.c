/* gcc's messages, which hold lines of the submission. */
#include "judge/diagnose.h"

#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct stage_result stage = {.id = STAGE_BUILD};
    char *text = fuzz_text(data, size);
    struct err err = ERR_INIT;

    if (diagnose_gcc(text, CATEGORY_COMPILE_ERROR, &stage, &err) < 0)
        fuzz_expect(*err.text, "an error says what is wrong");
    fuzz_expect(stage.count <= 22, "the findings are bounded");
    stage_result_release(&stage);
    free(text);
    return 0;
}
