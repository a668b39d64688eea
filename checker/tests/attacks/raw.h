/*
 * For attacks: system calls without the C library, which the policy cannot see
 * reliably, and a way to say that one worked. The harness puts this text in
 * the place of the line that includes it.
 */
#include <asm/unistd.h>
#include <stddef.h>
#include <stdint.h>

/* What no attack may reach: dies of SIGILL, which no case accepts. */
static inline __attribute__((noreturn)) void escaped(void)
{
    __builtin_trap();
}

static inline long raw6(long number, long a, long b, long c, long d, long e,
                        long f)
{
#if defined __x86_64__
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    long result;

    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8),
                       "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
#else
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;

    __asm__ volatile("svc 0"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                     : "memory");
    return x0;
#endif
}

/* raw(getpid), raw(kill, pid, signal): up to six arguments. */
/* Without arguments, also for use within another. */
#define raw0(name) raw6(__NR_##name, 0, 0, 0, 0, 0, 0)
#define raw(name, ...) RAW(__NR_##name, ##__VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define RAW(number, a, b, c, d, e, f, ...)                                     \
    raw6(number, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e),        \
         (long)(f))

/* A new process, as fork; on arm64 there is no such call. */
static inline long raw_fork(void)
{
    return raw(clone, 17, 0, 0, 0, 0);
}

static inline void raw_sleep(long seconds)
{
    long time[2] = {seconds, 0};

    raw(nanosleep, time, 0);
}
