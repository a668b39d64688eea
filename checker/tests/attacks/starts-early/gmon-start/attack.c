#include "raw.h"

void __gmon_start__(void)
{
    raw(exit_group, 0);
}
