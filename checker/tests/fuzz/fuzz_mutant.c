/* The head of a hand-written mutant's patch. */
#include "judge/mutant.c" /* NOLINT(bugprone-suspicious-include) */

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    struct mutant mutant = {.path = text};
    struct err err = ERR_INIT;

    if (parse(&mutant, text, &err) == 0)
        fuzz_expect(mutant.verdict < CATEGORY_COUNT && *mutant.mistake,
                    "a mutant has a verdict and a mistake");
    free(mutant.mistake);
    free(text);
    return 0;
}
