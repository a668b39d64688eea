#include "exec/object.h"

#include "base/alloc.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if defined(__x86_64__)
#define MACHINE EM_X86_64
#elif defined(__aarch64__)
#define MACHINE EM_AARCH64
#else
#error "kata runs on x86-64 and arm64"
#endif

static int broken(const char *path, struct err *err)
{
    return err_set(err, "%s: the object file is damaged", path);
}

static int read_sections(struct object *object, const char *path,
                         struct err *err)
{
    size_t count, names;

    if (elf_getshdrnum(object->elf, &count) != 0 ||
        elf_getshdrstrndx(object->elf, &names) != 0)
        return broken(path, err);
    object->sections = xcalloc(count, sizeof *object->sections);
    object->section_count = count;
    for (size_t i = 0; i < count; i++) {
        struct object_section *section = &object->sections[i];

        section->scn = elf_getscn(object->elf, i);
        if (!section->scn || !gelf_getshdr(section->scn, &section->header))
            return broken(path, err);
        section->name = elf_strptr(object->elf, names, section->header.sh_name);
        if (!section->name)
            section->name = "";
    }
    return 0;
}

const unsigned char *object_bytes(const struct object_section *section,
                                  size_t *n)
{
    Elf_Data *data = section->header.sh_type == SHT_NOBITS
                         ? NULL
                         : elf_rawdata(section->scn, NULL);

    *n = data && data->d_buf ? data->d_size : 0;
    return *n ? data->d_buf : NULL;
}

static const struct object_section *find_section(const struct object *object,
                                                 GElf_Word type)
{
    for (size_t i = 1; i < object->section_count; i++)
        if (object->sections[i].header.sh_type == type)
            return &object->sections[i];
    return NULL;
}

static void add_symbol(struct object *object, const GElf_Sym *symbol,
                       const char *name)
{
    bool real = symbol->st_shndx != SHN_UNDEF &&
                symbol->st_shndx < SHN_LORESERVE &&
                symbol->st_shndx < object->section_count;

    object->symbols = grow(object->symbols, &object->symbol_capacity,
                           object->symbol_count, sizeof *object->symbols);
    object->symbols[object->symbol_count++] = (struct object_symbol){
        .name = name,
        .bind = GELF_ST_BIND(symbol->st_info),
        .type = GELF_ST_TYPE(symbol->st_info),
        .defined = symbol->st_shndx != SHN_UNDEF,
        .section = real ? &object->sections[symbol->st_shndx] : NULL};
}

static int read_symbols(struct object *object, bool dynamic, const char *path,
                        struct err *err)
{
    const struct object_section *table =
        find_section(object, dynamic ? SHT_DYNSYM : SHT_SYMTAB);
    const struct object_section *versions =
        dynamic ? find_section(object, SHT_GNU_versym) : NULL;
    Elf_Data *data = table ? elf_getdata(table->scn, NULL) : NULL;
    Elf_Data *version = versions ? elf_getdata(versions->scn, NULL) : NULL;
    size_t count;

    if (!data || table->header.sh_entsize == 0)
        return broken(path, err);
    count = table->header.sh_size / table->header.sh_entsize;
    for (size_t i = 1; i < count; i++) {
        GElf_Versym hidden = 0;
        GElf_Sym symbol;
        const char *name;

        if (!gelf_getsym(data, (int)i, &symbol))
            return broken(path, err);
        name = elf_strptr(object->elf, table->header.sh_link, symbol.st_name);
        if (!name)
            return broken(path, err);
        /* An old version is there for old programs; none can link with it. */
        if (version && gelf_getversym(version, (int)i, &hidden) &&
            (hidden & 0x8000))
            continue;
        add_symbol(object, &symbol, name);
    }
    return 0;
}

static int read_object(struct object *object, const char *path, bool dynamic,
                       struct err *err)
{
    object->elf = elf_begin(object->fd, ELF_C_READ, NULL);
    if (!object->elf || elf_kind(object->elf) != ELF_K_ELF ||
        !gelf_getehdr(object->elf, &object->header) ||
        object->header.e_machine != MACHINE ||
        gelf_getclass(object->elf) != ELFCLASS64 ||
        object->header.e_type != (dynamic ? ET_DYN : ET_REL))
        return err_set(err, "%s: not %s of this machine", path,
                       dynamic ? "a shared library" : "an object file");
    if (read_sections(object, path, err) < 0)
        return -1;
    return read_symbols(object, dynamic, path, err);
}

int object_open(struct object *object, const char *path, bool dynamic,
                struct err *err)
{
    *object = (struct object){.fd = open(path, O_RDONLY | O_CLOEXEC)};
    if (object->fd < 0)
        return err_errno(err, "cannot read %s", path);
    elf_version(EV_CURRENT);
    if (read_object(object, path, dynamic, err) == 0)
        return 0;
    object_close(object);
    return -1;
}

void object_close(struct object *object)
{
    elf_end(object->elf);
    close(object->fd);
    free(object->sections);
    free(object->symbols);
    *object = (struct object){.fd = -1};
}

void object_needed(const struct object *object, struct strv *names)
{
    const struct object_section *table = find_section(object, SHT_DYNAMIC);
    Elf_Data *data = table ? elf_getdata(table->scn, NULL) : NULL;
    GElf_Dyn entry;

    for (int i = 0; data && gelf_getdyn(data, i, &entry); i++) {
        const char *name = NULL;

        if (entry.d_tag == DT_NEEDED)
            name = elf_strptr(object->elf, table->header.sh_link,
                              entry.d_un.d_val);
        if (name)
            strv_add(names, name);
    }
}

bool object_is_global(const struct object_symbol *symbol)
{
    return symbol->bind != STB_LOCAL && *symbol->name;
}
