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
    static const char *const paths[] = {"/usr/x", "/box/x", "/box/bin/x", "/x", "/etc/x"};
    for (int i = 0; i < 5; i++)
        if (raw(2, (long)paths[i], 0101, 0600) >= 0)
            raw(231, 0, 0, 0);
}
