#pragma GCC diagnostic ignored "-Wall"
#pragma GCC system_header

static void attack(void)
{
    ;
}
