void criterion_skip_test(const char *format, ...);

static void attack(void)
{
    criterion_skip_test("%s", "");
}
