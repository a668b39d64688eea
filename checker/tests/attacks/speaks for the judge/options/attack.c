extern char criterion_options[];

static void attack(void)
{
    criterion_options[0] = 1;
}
