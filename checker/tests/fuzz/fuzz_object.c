/* ELF objects, which the submission's own directives may have shaped. */
#include "exec/policy.h"

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = fuzz_file(data, size);
    struct strv allow = STRV_INIT, wanted = STRV_INIT, symbols = STRV_INIT;
    struct policy_report report = {.findings = NULL};

    strv_add(&allow, "strings");
    strv_add(&wanted, "lru_get");
    policy_undefined(path, &symbols, NULL);
    if (symbols.count || (size && data[size - 1] % 8 == 0))
        policy_check(path, &allow, &wanted, &report, NULL);
    policy_report_release(&report);
    strv_release(&symbols);
    strv_release(&allow);
    strv_release(&wanted);
    return 0;
}
