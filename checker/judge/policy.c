/* policy: what the object file may contain, before anything of it runs. */
#include "judge/stage.h"

#include "base/alloc.h"
#include "exec/policy.h"

#include <stdlib.h>

static void report_findings(const struct run *run,
                            const struct policy_report *report,
                            struct stage_result *result)
{
    for (size_t i = 0; i < report->count; i++) {
        struct finding *finding = stage_fail(result, CATEGORY_FORBIDDEN, "%s",
                                             report->findings[i].message);

        finding->file = xasprintf("%s.c", run->kata->snake);
    }
}

void stage_policy(struct run *run, const struct grade *grade,
                  struct stage_result *result)
{
    struct policy_report report = {.findings = NULL};
    struct strv wanted = STRV_INIT;
    struct err err = ERR_INIT;

    (void)grade;
    if (run_contract(run, &wanted, &err) < 0 ||
        policy_check(run->object, &run->kata->allow, &wanted, &report, &err) <
            0)
        stage_error(result, "%s", err.text);
    else
        report_findings(run, &report, result);
    policy_report_release(&report);
    strv_release(&wanted);
}
