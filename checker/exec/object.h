/*
 * An ELF file's sections and symbols, read with libelf. Nothing in the file is
 * trusted: what does not fit is an error. A part of exec/policy.h.
 */
#ifndef EXEC_OBJECT_H
#define EXEC_OBJECT_H

#include "base/err.h"
#include "base/strv.h"

#include <gelf.h>
#include <libelf.h>
#include <stdbool.h>
#include <stddef.h>

struct object_section {
    const char *name; /* borrowed from the object, like all names here */
    GElf_Shdr header;
    Elf_Scn *scn;
};

struct object_symbol {
    const char *name;
    unsigned char bind, type; /* STB_..., STT_... */
    bool defined;
    const struct object_section *section; /* NULL: undefined, absolute,
                                             common */
};

struct object {
    int fd;
    Elf *elf;
    GElf_Ehdr header;
    struct object_section *sections; /* [0] is the empty one */
    size_t section_count;
    struct object_symbol *symbols;
    size_t symbol_count, symbol_capacity;
};

/*
 * Opens a relocatable object of this machine with its symbol table, or, where
 * `dynamic`, a shared library with the dynamic symbols that programs can link
 * with. The caller closes it; on error there is nothing to close.
 */
int object_open(struct object *object, const char *path, bool dynamic,
                struct err *err);
void object_close(struct object *object);

/* The bytes of a section; empty where it has none in the file. */
const unsigned char *object_bytes(const struct object_section *section,
                                  size_t *n);

/* Adds the names of the libraries that a shared library needs ("libc.so.6"). */
void object_needed(const struct object *object, struct strv *names);

/* Is it a global or weak symbol, visible to other objects? */
bool object_is_global(const struct object_symbol *symbol);

#endif
