#include "raw.h"

#include <criterion/criterion.h>
#include <criterion/hooks.h>

ReportHook(POST_ALL)(struct criterion_global_stats *stats)
{
    (void)stats;
    raw(exit_group, 0);
}
