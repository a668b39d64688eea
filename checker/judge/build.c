/* build: the submission compiles, and its warnings are shown. */
#include "judge/stage.h"

void stage_build(struct run *run, const struct grade *grade,
                 struct stage_result *result)
{
    struct err err = ERR_INIT;

    (void)grade;
    if (run_compile(run, result, &err) < 0)
        stage_error(result, "%s", err.text);
}
