/* ELF objects, which the submission's own directives may have shaped. */
#include "exec/policy.c" /* NOLINT(bugprone-suspicious-include) */

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct strv allow = STRV_INIT, wanted = STRV_INIT;
    struct policy_report report = {.findings = NULL};
    struct check check = {
        .allow = &allow, .wanted = &wanted, .report = &report};

    /* All but reading the C library, which takes most of the time. */
    strv_add(&allow, "strings");
    strv_add(&wanted, "lru_get");
    if (object_open(&check.object, fuzz_file(data, size), false, NULL) == 0) {
        add_undefined(&check.object, &report.undefined);
        check_all(&check);
        fuzz_expect(report.count <= FINDINGS_MAX, "the findings are bounded");
        object_close(&check.object);
    }
    policy_report_release(&report);
    strv_release(&allow);
    strv_release(&wanted);
    return 0;
}
