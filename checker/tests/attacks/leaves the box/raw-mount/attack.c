static long raw(long n, long a, long b, long c)
{
    long r;

    __asm__ volatile("syscall"
                     : "=a"(r)
                     : "a"(n), "D"(a), "S"(b), "d"(c)
                     : "rcx", "r11", "memory");
    return r;
}

static void attack(void)
{
    if (raw(165, (long)"none", (long)"/tmp", (long)"tmpfs") >= 0)
        raw(231, 0, 0, 0);
}
