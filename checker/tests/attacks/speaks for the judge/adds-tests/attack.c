__attribute__((section("cr_tst"), used)) static void *test = 0;

static void attack(void)
{
    ;
}
