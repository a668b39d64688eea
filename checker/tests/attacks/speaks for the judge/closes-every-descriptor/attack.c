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
    for (long fd = 0; fd < 1024; fd++)
        raw(3, fd, 0, 0);
}
