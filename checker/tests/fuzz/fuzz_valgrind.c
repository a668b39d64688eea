/* Valgrind's XML, which holds names that the submission chose. */
#include "judge/diagnose.h"

#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct valgrind_report report = {.errors = NULL};
    struct err err = ERR_INIT;

    diagnose_valgrind((const char *)data, size, "lru_cache.c", &report, &err);
    for (size_t i = 0; i < report.count; i++) {
        char *text = valgrind_explain(&report.errors[i]);

        fuzz_expect(text != NULL, "each error is explained");
        free(text);
    }
    valgrind_report_release(&report);
    return 0;
}
