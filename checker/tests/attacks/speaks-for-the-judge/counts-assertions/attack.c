#include "raw.h"


#include <elf.h>

static int same(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

/* Where the loader put `name`, which the program at `base` imports. */
static void *import(const char *base, const char *name)
{
    const Elf64_Phdr *header = (const void *)(base + 64);
    const Elf64_Rela *calls = NULL;
    const Elf64_Sym *symbols = NULL;
    const char *strings = NULL;
    size_t size = 0;

    while (header->p_type != PT_DYNAMIC)
        header++;
    for (const Elf64_Dyn *d = (const void *)header->p_vaddr; d->d_tag; d++) {
        if (d->d_tag == DT_JMPREL)
            calls = (const void *)d->d_un.d_ptr;
        if (d->d_tag == DT_PLTRELSZ)
            size = d->d_un.d_val;
        if (d->d_tag == DT_SYMTAB)
            symbols = (const void *)d->d_un.d_ptr;
        if (d->d_tag == DT_STRTAB)
            strings = (const void *)d->d_un.d_ptr;
    }
    for (size_t i = 0; i < size / sizeof *calls; i++) {
        const Elf64_Sym *symbol = symbols + ELF64_R_SYM(calls[i].r_info);

        if (same(strings + symbol->st_name, name))
            return *(void **)calls[i].r_offset;
    }
    return NULL;
}

static void attack(void)
{
    void (*count)(void) =
        (void (*)(void))import((const char *)0x400000, "cri_asserts_passed_incr");

    for (int i = 0; count && i < 1000; i++)
        count();
    raw(exit_group, 0);
}
