void criterion_abort_test(void);
void criterion_abort_test(void)
{
}

static void attack(void)
{
    ;
}
