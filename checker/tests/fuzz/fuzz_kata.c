/* kata.json: what is read must be good enough to make traces of. */
#include "kata/kata.c" /* NOLINT(bugprone-suspicious-include) */

#include "judge/trace.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kata *kata = xcalloc(1, sizeof *kata);
    struct strv lines = STRV_INIT;
    struct err err = ERR_INIT;

    kata->slug = xstrdup("fuzz");
    if (read_file(kata, fuzz_file(data, size), &err) == 0)
        trace_generate(&kata->grammar, 1, 0, &lines);
    else
        fuzz_expect(*err.text, "an error says what is wrong");
    for (size_t i = 0; i < lines.count && i < 64; i++) {
        struct trace_call call;

        fuzz_expect(trace_match(&kata->grammar, lines.items[i], &call),
                    "a line of a random trace is one of the grammar's");
        trace_call_release(&call);
    }
    strv_release(&lines);
    kata_free(kata);
    return 0;
}
