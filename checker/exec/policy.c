#include "exec/policy.h"

#include "base/alloc.h"
#include "exec/groups.h"
#include "exec/library.h"
#include "exec/object.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* A file with more wrong than this is not going to be read to the end. */
enum { FINDINGS_MAX = 50, STATIC_MAX = 64 << 20 };

/* The names that a library gives to programs. */
struct library {
    const char *file;
    const char *title;
    bool needed;  /* without it nothing can be said */
    bool reports; /* runs in the process that reports the tests */
    struct strv names;
};

struct check {
    struct object object;
    const struct strv *allow, *wanted;
    struct policy_report *report;
    struct library libraries[4];
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void found(struct policy_report *report, const char *symbol,
                  const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void found(struct policy_report *report, const char *symbol,
                  const char *format, ...)
{
    struct policy_finding *finding;
    char *message = NULL;
    va_list args;

    if (report->count == FINDINGS_MAX)
        return;
    va_start(args, format);
    if (vasprintf(&message, format, args) < 0)
        message = xstrdup("out of memory");
    va_end(args);
    report->findings = grow(report->findings, &report->capacity, report->count,
                            sizeof *report->findings);
    finding = &report->findings[report->count++];
    finding->symbol = xstrdup(symbol);
    finding->message = message;
}

void policy_report_release(struct policy_report *report)
{
    for (size_t i = 0; i < report->count; i++) {
        free(report->findings[i].symbol);
        free(report->findings[i].message);
    }
    free(report->findings);
    strv_release(&report->undefined);
    *report = (struct policy_report){.findings = NULL};
}

/* Libraries */

/* Functions that the C library links into each program. */
static void add_static_names(struct library *libc)
{
    strv_add_all(&libc->names, "atexit", "at_quick_exit", "pthread_atfork",
                 "stat", "fstat", "lstat", "fstatat", "mknod", "mknodat",
                 (char *)NULL);
    strv_sort(&libc->names);
}

static int compare(const void *key, const void *item)
{
    return strcmp(key, *(char *const *)item);
}

static const struct library *library_of(const struct check *check,
                                        const char *name)
{
    for (size_t i = 0; i < COUNT(check->libraries); i++) {
        const struct strv *names = &check->libraries[i].names;

        if (names->count && bsearch(name, names->items, names->count,
                                    sizeof *names->items, compare))
            return &check->libraries[i];
    }
    return NULL;
}

/* Sections */

/* What gcc and clang make of C, and nothing that the linker or the start-up
   code would treat in a way of its own. "x*" is all that begin with x. */
static const char *const ordinary_sections[] = {".text",
                                                ".text.*",
                                                ".data",
                                                ".data.*",
                                                ".rodata",
                                                ".rodata.*",
                                                ".bss",
                                                ".bss.*",
                                                ".tdata",
                                                ".tdata.*",
                                                ".tbss",
                                                ".tbss.*",
                                                ".eh_frame",
                                                ".note.*",
                                                ".lbss",
                                                ".lbss.*",
                                                ".ldata",
                                                ".ldata.*",
                                                ".lrodata",
                                                ".lrodata.*",
                                                ".srodata.*",
                                                ".gcc_except_table",
                                                ".gcc_except_table.*"};

/* What runs before main or after it. */
static const char *const starting_sections[] = {
    ".init_array",    ".init_array.*",   ".fini_array", ".fini_array.*",
    ".ctors",         ".ctors.*",        ".dtors",      ".dtors.*",
    ".init",          ".init.*",         ".fini",       ".fini.*",
    ".preinit_array", ".preinit_array.*"};

static bool is_one_of(const char *name, const char *const *patterns,
                      size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t n = strlen(patterns[i]);

        if (patterns[i][n - 1] == '*' ? strncmp(name, patterns[i], n - 1) == 0
                                      : strcmp(name, patterns[i]) == 0)
            return true;
    }
    return false;
}

static bool starts_early(const struct object_section *section)
{
    GElf_Word type = section->header.sh_type;

    return type == SHT_INIT_ARRAY || type == SHT_FINI_ARRAY ||
           type == SHT_PREINIT_ARRAY ||
           is_one_of(section->name, starting_sections,
                     COUNT(starting_sections));
}

/*
 * The four rotations that Valgrind takes for a request of the program to it.
 * They do nothing else, and no compiler makes them.
 */
#if defined(__x86_64__)
static const unsigned char request[] = {0x48, 0xC1, 0xC7, 0x03, 0x48, 0xC1,
                                        0xC7, 0x0D, 0x48, 0xC1, 0xC7, 0x3D,
                                        0x48, 0xC1, 0xC7, 0x33};
#else
static const unsigned char request[] = {0x8C, 0x0D, 0xCC, 0x93, 0x8C, 0x35,
                                        0xCC, 0x93, 0x8C, 0xCD, 0xCC, 0x93,
                                        0x8C, 0xF5, 0xCC, 0x93};
#endif

/*
 * The place for looking at code. Searching it for the bytes of a system call
 * would be wrong now and then, for they also stand in constants; that takes a
 * disassembler, which hand-written code can mislead in turn. So the jail is
 * what holds, and only the Valgrind request is looked for: nothing else is
 * sixteen bytes long by accident.
 */
static void check_code(struct check *check,
                       const struct object_section *section)
{
    size_t n;
    const unsigned char *bytes = object_bytes(section, &n);

    if (bytes && memmem(bytes, n, request, sizeof request))
        found(check->report, section->name,
              "the code talks to Valgrind (valgrind/valgrind.h): a submission "
              "must not tell its tools what to report");
}

static void check_relocations(struct check *check,
                              const struct object_section *section)
{
    size_t target = section->header.sh_info;
    Elf_Data *data = elf_getdata(section->scn, NULL);
    size_t count = section->header.sh_entsize
                       ? section->header.sh_size / section->header.sh_entsize
                       : 0;
    GElf_Rela rela;

    if (target < check->object.section_count && data)
        for (size_t i = 0; i < count; i++) {
            if (!gelf_getrela(data, (int)i, &rela))
                break;
            if (rela.r_offset < check->object.sections[target].header.sh_size)
                continue;
            found(check->report, section->name,
                  "a relocation points outside its section `%s`",
                  check->object.sections[target].name);
            return;
        }
}

static void check_special(struct check *check,
                          const struct object_section *section)
{
    GElf_Xword flags = section->header.sh_flags;

    if (strcmp(section->name, ".note.GNU-stack") == 0 &&
        (flags & SHF_EXECINSTR))
        found(check->report, section->name,
              "code would run on the stack: a function inside a function had "
              "its address taken; make it a function of its own");
    if (strcmp(section->name, ".debug_gdb_scripts") == 0)
        found(check->report, section->name,
              "section `%s` would run scripts in the debugger", section->name);
    if (section->header.sh_type == SHT_RELA)
        check_relocations(check, section);
}

static void check_section(struct check *check,
                          const struct object_section *section)
{
    GElf_Xword flags = section->header.sh_flags;

    if (starts_early(section))
        found(check->report, section->name,
              "section `%s`: constructors and destructors are not allowed; "
              "nothing may run before or after the functions are called",
              section->name);
    else if (strncmp(section->name, "cr_", 3) == 0)
        found(check->report, section->name,
              "section `%s`: tests are the kata's, not the submission's",
              section->name);
    else if ((flags & SHF_ALLOC) && !is_one_of(section->name, ordinary_sections,
                                               COUNT(ordinary_sections)))
        found(check->report, section->name,
              "section `%s`: sections of your own are not allowed",
              section->name);
    if ((flags & SHF_ALLOC) && (flags & SHF_GROUP))
        found(check->report, section->name,
              "section `%s` is part of a group, which could replace code of "
              "others",
              section->name);
    if ((flags & SHF_WRITE) && (flags & SHF_EXECINSTR))
        found(check->report, section->name,
              "section `%s` holds code that can be overwritten", section->name);
    if (flags & SHF_EXECINSTR)
        check_code(check, section);
    check_special(check, section);
}

/* Symbols */

static bool is_reserved(const char *name)
{
    return name[0] == '_' &&
           (name[1] == '_' || (name[1] >= 'A' && name[1] <= 'Z'));
}

static bool is_checkers(const char *name)
{
    for (const struct group *group = groups_never; group->name; group++)
        if (strcmp(group->name, "checker") == 0)
            return group_has(group, name);
    return false;
}

static void check_definition(struct check *check, const char *name)
{
    const struct library *library = library_of(check, name);
    struct policy_report *report = check->report;

    if (strchr(name, '@'))
        found(report, name, "`%s`: symbol versions are not allowed", name);
    else if (strcmp(name, "main") == 0)
        found(report, name,
              "`main` is not allowed: the checker has its own; leave out "
              "yours, or keep it in another file");
    else if (is_checkers(name))
        found(report, name,
              "`%s` is a name of the checker: give yours another one", name);
    else if (strv_has(check->wanted, name))
        return;
    else if (library)
        found(report, name,
              "`%s` is a name of %s: make yours `static`, or give it another "
              "name",
              name, library->title);
    else if (is_reserved(name) || strcmp(name, "_init") == 0 ||
             strcmp(name, "_fini") == 0 || strcmp(name, "_start") == 0)
        found(report, name,
              "`%s` is a name that belongs to the compiler: give yours another "
              "one",
              name);
}

static bool is_allowed(const struct check *check, const char *name)
{
    if (group_has(&groups_always, name))
        return true;
    for (size_t i = 0; i < check->allow->count; i++) {
        const struct group *group = group_find(check->allow->items[i]);

        if (group && group_has(group, name))
            return true;
    }
    return false;
}

static const struct group *group_of(const char *name, bool *ever)
{
    *ever = true;
    for (const struct group *group = groups_table; group->name; group++)
        if (group_has(group, name))
            return group;
    *ever = false;
    for (const struct group *group = groups_never; group->name; group++)
        if (group_has(group, name))
            return group;
    return NULL;
}

static void check_use(struct check *check, const char *name)
{
    const struct library *library = library_of(check, name);
    bool ever;
    const struct group *group = group_of(name, &ever);

    if (is_allowed(check, name) || strv_has(check->wanted, name))
        return;
    if (strchr(name, '@'))
        found(check->report, name, "`%s`: symbol versions are not allowed",
              name);
    else if (group)
        found(check->report, name, "`%s` is not allowed%s: %s", name,
              ever ? " in this kata" : "", group->why);
    else if (library)
        found(check->report, name, "`%s` of %s is not allowed", name,
              library->title);
    else
        found(check->report, name,
              "`%s` is used but defined nowhere: is it misspelled, or is a "
              "function missing?",
              name);
}

static void check_symbol(struct check *check,
                         const struct object_symbol *symbol)
{
    if (symbol->type == STT_GNU_IFUNC || symbol->bind == STB_GNU_UNIQUE)
        found(check->report, symbol->name,
              "`%s` is chosen when the program starts (ifunc): define an "
              "ordinary function",
              symbol->name);
    else if (object_is_global(symbol) && symbol->defined)
        check_definition(check, symbol->name);
}

static bool defines(const struct check *check, const char *name)
{
    for (size_t i = 0; i < check->object.symbol_count; i++)
        if (check->object.symbols[i].defined &&
            object_is_global(&check->object.symbols[i]) &&
            strcmp(check->object.symbols[i].name, name) == 0)
            return true;
    return false;
}

/* The linker would give up, or the program not fit into its memory. */
static void check_size(struct check *check)
{
    unsigned long long total = 0;

    for (size_t i = 1; i < check->object.section_count; i++) {
        const GElf_Shdr *header = &check->object.sections[i].header;

        /* Their sum must not wrap around. */
        if ((header->sh_flags & SHF_ALLOC) && total <= STATIC_MAX)
            total += header->sh_size < STATIC_MAX ? header->sh_size
                                                  : STATIC_MAX + 1ULL;
    }
    if (total > STATIC_MAX)
        found(check->report, "",
              "code and static data take more than %d MiB: allocate what is "
              "large when it is needed",
              STATIC_MAX >> 20);
}

static void check_all(struct check *check)
{
    struct policy_report *report = check->report;

    for (size_t i = 1; i < check->object.section_count; i++)
        check_section(check, &check->object.sections[i]);
    for (size_t i = 0; i < check->object.symbol_count; i++)
        check_symbol(check, &check->object.symbols[i]);
    check_size(check);
    for (size_t i = 0; i < report->undefined.count; i++)
        check_use(check, report->undefined.items[i]);
    for (size_t i = 0; i < check->wanted->count; i++)
        if (!defines(check, check->wanted->items[i]))
            found(report, check->wanted->items[i],
                  "`%s` is not defined: the header declares it, and the tests "
                  "call it",
                  check->wanted->items[i]);
}

/* Of a list that is sorted. */
static void remove_doubles(struct strv *symbols)
{
    size_t kept = 0;

    for (size_t i = 0; i < symbols->count; i++)
        if (kept > 0 &&
            strcmp(symbols->items[kept - 1], symbols->items[i]) == 0)
            free(symbols->items[i]);
        else
            symbols->items[kept++] = symbols->items[i];
    symbols->count = kept;
    if (symbols->items)
        symbols->items[kept] = NULL;
}

static void add_undefined(const struct object *object, struct strv *symbols)
{
    for (size_t i = 0; i < object->symbol_count; i++)
        if (!object->symbols[i].defined &&
            object_is_global(&object->symbols[i]))
            strv_add(symbols, object->symbols[i].name);
    strv_sort(symbols);
    remove_doubles(symbols);
}

static const struct library c_library = {
    .file = "libc.so.6", .title = "the C library", .needed = true};

/*
 * A program's own function takes the place of a library's, for the library's
 * callers too. What Criterion calls, and what the libraries define that it
 * needs, would so be run by the process that reports.
 */
static int add_needed(struct library *library, const struct strv *needed,
                      struct err *err)
{
    for (size_t i = 0; i < needed->count; i++)
        if (strcmp(needed->items[i], c_library.file) != 0 &&
            library_names(needed->items[i], false, &library->names, NULL, err) <
                0)
            return -1;
    return 0;
}

static int read_library(struct library *library, struct err *err)
{
    struct strv needed = STRV_INIT;
    int status;
    char *path = library_path(library->file);

    free(path);
    if (!path && !library->needed)
        return 0;
    status = library_names(library->file, library->reports, &library->names,
                           library->reports ? &needed : NULL, err);
    if (status == 0)
        status = add_needed(library, &needed, err);
    strv_release(&needed);
    strv_sort(&library->names);
    return status;
}

static int read_libraries(struct check *check, struct err *err)
{
    for (size_t i = 0; i < COUNT(check->libraries); i++)
        if (read_library(&check->libraries[i], err) < 0)
            return -1;
    add_static_names(&check->libraries[0]);
    return 0;
}

int policy_check(const char *path, const struct strv *allow,
                 const struct strv *wanted, struct policy_report *report,
                 struct err *err)
{
    struct check check = {
        .allow = allow,
        .wanted = wanted,
        .report = report,
        .libraries = {c_library,
                      {.file = "libm.so.6",
                       .title = "the mathematics library",
                       .needed = true},
                      {.file = "libpthread.so.0", .title = "the C library"},
                      {.file = LIBRARY_CRITERION,
                       .title = "Criterion",
                       .reports = true}}};
    int status = object_open(&check.object, path, false, err);

    if (status < 0)
        return -1;
    status = read_libraries(&check, err);
    if (status == 0) {
        add_undefined(&check.object, &report->undefined);
        check_all(&check);
    }
    for (size_t i = 0; i < COUNT(check.libraries); i++)
        strv_release(&check.libraries[i].names);
    object_close(&check.object);
    return status;
}

int policy_undefined(const char *path, struct strv *symbols, struct err *err)
{
    struct object object;

    if (object_open(&object, path, false, err) < 0)
        return -1;
    add_undefined(&object, symbols);
    object_close(&object);
    return 0;
}

bool policy_has_group(const char *group)
{
    return group_find(group);
}

static void print_names(const char *words, FILE *out)
{
    while (*words) {
        size_t n = strcspn(words, " ");

        /* What a macro of the header hides is no name that anybody writes. */
        if (words[0] != '_')
            fprintf(out, " `%.*s`", (int)n, words);
        words += n;
        words += strspn(words, " ");
    }
}

void policy_groups_doc(FILE *out)
{
    fputs("| group | allows | where it is not allowed |\n|---|---|---|\n", out);
    for (const struct group *group = groups_table; group->name; group++) {
        fprintf(out, "| `%s` |", group->name);
        print_names(group->words, out);
        fprintf(out, " | %s |\n", group->why);
    }
    fputs("\nAlways allowed:", out);
    print_names(groups_always.words, out);
    fputs(", `assert`, `errno`.\n\nNever allowed:\n\n", out);
    for (const struct group *group = groups_never; group->name; group++) {
        fprintf(out, "- %s (%s):", group->name, group->why);
        print_names(group->words, out);
        fputs("\n", out);
    }
}
