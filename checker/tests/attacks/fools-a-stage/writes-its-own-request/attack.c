#include "raw.h"

#include <stdio.h>
#include <stdlib.h>
#include <valgrind/valgrind.h>

/* Writes the instructions of a request to Valgrind into fresh memory, where
   nobody has looked for them, and makes it. */
static void ask(unsigned long *request)
{
#if defined __x86_64__
    static const unsigned char code[] = {
        0x48, 0xC1, 0xC7, 0x03, 0x48, 0xC1, 0xC7, 0x0D, 0x48, 0xC1,
        0xC7, 0x3D, 0x48, 0xC1, 0xC7, 0x33, 0x48, 0x87, 0xDB, 0xC3};
    unsigned char *page = (void *)raw(mmap, 0, 4096, 7, 0x22, -1, 0);

    if ((long)page < 0 && (long)page > -4096)
        return;
    for (size_t i = 0; i < sizeof code; i++)
        page[i] = code[i];
    __asm__ volatile("call *%2"
                     : "+a"(request)
                     : "d"(0L), "r"(page)
                     : "memory", "rdi", "cc");
#else
    (void)request;
#endif
}

static void attack(void)
{
    /* VG_USERREQ__CHANGE_ERR_DISABLEMENT */
    unsigned long request[6] = {0x1801, 1};
    volatile int *value;

    ask(request);
    value = malloc(sizeof *value);
    if (!value)
        return;
    if (*value == 7)
        fputs("seven", stdout);
    free((void *)value);
}
