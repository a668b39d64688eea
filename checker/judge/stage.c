#include "judge/stage.h"

static bool has_growth(const struct kata *kata)
{
    return kata->growth_count > 0;
}

static bool has_faults(const struct kata *kata)
{
    return kata->faults != FAULTS_NONE;
}

static bool has_threads(const struct kata *kata)
{
    return kata->threads;
}

#define BUILT STAGE_BIT(STAGE_BUILD)
#define CLEAN (BUILT | STAGE_BIT(STAGE_POLICY))

const struct stage stage_table[STAGE_COUNT] = {
    {STAGE_BUILD, "compiles as C17", 0, 0, true, NULL, stage_build},
    {STAGE_POLICY, "uses only what the kata allows", BUILT, 0, true, NULL,
     stage_policy},
    {STAGE_TESTS, "passes the Criterion tests", CLEAN, 0, true, NULL,
     stage_tests},
    {STAGE_ORACLE, "answers random calls as the reference does", CLEAN, 0, true,
     NULL, stage_oracle},
    {STAGE_MEMORY, "is clean under Valgrind", CLEAN, STAGE_BIT(STAGE_TESTS),
     true, NULL, stage_memory},
    {STAGE_FAULTS, "survives failing allocations", CLEAN,
     STAGE_BIT(STAGE_TESTS), true, has_faults, stage_faults},
    {STAGE_THREADS, "is free of races and deadlocks", CLEAN,
     STAGE_BIT(STAGE_TESTS), true, has_threads, stage_threads},
    {STAGE_GROWTH, "costs what the header promises", CLEAN, 0, true, has_growth,
     stage_growth},
    {STAGE_STYLE, "is formatted and free of warnings", BUILT, 0, false, NULL,
     stage_style},
};
