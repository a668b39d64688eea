#include <criterion/options.h>

static void attack(void)
{
    criterion_options.always_succeed = true;
}
