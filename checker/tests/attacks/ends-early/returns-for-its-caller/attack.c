#include <stdint.h>

static void attack(void)
{
    void **frame = __builtin_frame_address(0);

    /* The program is below, libraries are above. */
    while ((uintptr_t)frame[1] < 1UL << 32)
        frame = frame[0];
#if defined __x86_64__
    __asm__ volatile("mov %0, %%rsp; pop %%rbp; ret" : : "r"(frame));
#else
    __asm__ volatile("mov sp, %0; ldp x29, x30, [sp]; ret" : : "r"(frame));
#endif
}
