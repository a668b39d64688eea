#include <setjmp.h>

static jmp_buf out;

static void attack(void)
{
    if (setjmp(out) == 0)
        return;
}

__attribute__((used)) static void leave(void)
{
    longjmp(out, 1);
}
