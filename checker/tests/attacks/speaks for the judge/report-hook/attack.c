static void hook(void *stats)
{
    (void)stats;
}

__attribute__((section("cr_poa"), used)) static void (*const entry)(void *) = hook;

static void attack(void)
{
    ;
}
