__asm__(".symver mine, strcmp@@GLIBC_2.2.5");
int mine(const char *a, const char *b);
int mine(const char *a, const char *b)
{
    (void)a, (void)b;
    return 0;
}

static void attack(void)
{
    ;
}
