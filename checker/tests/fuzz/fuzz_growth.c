/* Callgrind's files and the answers to @dump, both the submission's to
   forge. */
#include "judge/measure.c" /* NOLINT(bugprone-suspicious-include) */

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct talk talk = {.said = STR_INIT};
    char *text = fuzz_text(data, size);
    struct measure_dump dump;

    measure_read_dump(text, &dump);
    str_addn(&talk.said, data, size);
    read_answers(&talk, 0, 0);
    fuzz_expect(talk.said.length <= size, "what is left was there");
    str_release(&talk.said);
    free(text);
    return 0;
}
