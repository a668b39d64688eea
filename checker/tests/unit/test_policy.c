#include "exec/policy.h"

#include "base/alloc.h"
#include "base/path.h"
#include "exec/proc.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *temp, *object;

static void set_up(void)
{
    struct err err = ERR_INIT;

    temp = path_make_temp("kata-unit", &err);
    cr_assert_not_null(temp, "%s", err.text);
    object = path_join(temp, "x.o");
}

static void tear_down(void)
{
    path_remove(temp, NULL);
    free(temp);
    free(object);
}

TestSuite(policy, .init = set_up, .fini = tear_down);

static void compile(const char *text, const char *option)
{
    struct strv argv = STRV_INIT;
    struct proc_spec spec = {.input = text, .input_length = strlen(text)};
    struct proc_result result;
    struct err err = ERR_INIT;

    strv_add_all(&argv, "gcc", "-std=c17", "-D_GNU_SOURCE", "-w", "-c", "-o",
                 object, option, "-x", "c", "-", NULL);
    spec.argv = argv.items;
    cr_assert_eq(proc_run(&spec, &result, &err), 0, "%s", err.text);
    cr_assert_eq(result.code, 0, "%s", result.err.text);
    proc_result_release(&result);
    strv_release(&argv);
}

static void check(const char *allow, const char *wanted,
                  struct policy_report *report)
{
    struct strv groups = STRV_INIT, names = STRV_INIT;
    struct err err = ERR_INIT;

    *report = (struct policy_report){.findings = NULL};
    strv_add_lines(&groups, allow);
    strv_add_lines(&names, wanted);
    cr_assert_eq(policy_check(object, &groups, &names, report, &err), 0, "%s",
                 err.text);
    strv_release(&groups);
    strv_release(&names);
}

/* The text compiles and nothing is wrong with it; `allow` is a group a line. */
static void assert_fine(const char *text, const char *option, const char *allow)
{
    struct policy_report report;

    compile(text, option);
    check(allow, "", &report);
    cr_assert_eq(report.count, 0, "%s: %s", text,
                 report.count ? report.findings[0].message : "");
    policy_report_release(&report);
}

/* One of the findings contains `message`. */
static void assert_refused(const char *text, const char *message)
{
    struct policy_report report;
    bool said = false;

    compile(text, "-O1");
    check("memory", "", &report);
    for (size_t i = 0; i < report.count; i++)
        said = said || strstr(report.findings[i].message, message);
    cr_assert(said, "%s: %zu findings, the first: %s", text, report.count,
              report.count ? report.findings[0].message : "none");
    policy_report_release(&report);
}

Test(policy, what_starts_early_is_refused)
{
    static const char *const texts[] = {
        "int x; __attribute__((constructor)) static void f(void) { x = 1; }",
        "int x; __attribute__((constructor(101))) static void f(void) { x = 1; "
        "}",
        "int x; __attribute__((destructor)) static void f(void) { x = 1; }",
        "static void f(void) {} __attribute__((section(\".init_array\"), used))"
        "static void (*p)(void) = f;",
        "static void f(void) {} __attribute__((section(\".fini_array.9\"), "
        "used)) static void (*p)(void) = f;",
        "static void f(void) {} __attribute__((section(\".preinit_array\"), "
        "used)) static void (*p)(void) = f;",
        "static void f(void) {} __attribute__((section(\".ctors\"), used))"
        "static void (*p)(void) = f;",
        "__asm__(\".section .init,\\\"ax\\\"; nop; .text\");",
        "__asm__(\".section .fini,\\\"ax\\\"; nop; .text\");",
        "__asm__(\".section foo,\\\"aw\\\",@init_array; .quad 0; .text\");"};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_refused(texts[i], "constructors and destructors");
}

Test(policy, main_and_start_up_names_are_refused)
{
    assert_refused("int main(void) { return 0; }", "`main` is not allowed");
    assert_refused("void _init(void) {}", "`_init`");
    assert_refused("void _fini(void) {}", "`_fini`");
    assert_refused("void _start(void) {}", "`_start`");
    assert_refused("int f(void) { return 1; } int g(void) __attribute__(("
                   "alias(\"f\"))); int main(void) __attribute__((weak, "
                   "alias(\"f\")));",
                   "`main`");
}

Test(policy, indirect_functions_are_refused)
{
    static const char resolver[] = "static int one(void) { return 1; } static "
                                   "int (*pick(void))(void) { return one; } ";
    char *global =
        xasprintf("%sint f(void) __attribute__((ifunc(\"pick\")));", resolver);
    char *local = xasprintf("%sstatic int f(void) __attribute__((ifunc("
                            "\"pick\"))); int g(void) { return f(); }",
                            resolver);

    assert_refused(global, "ifunc");
    assert_refused(local, "ifunc");
    free(global);
    free(local);
}

Test(policy, sections_of_its_own_are_refused)
{
    assert_refused("__attribute__((section(\"cr_tst\"), used)) static int a;",
                   "tests are the kata's");
    assert_refused("__attribute__((section(\"cr_sts\"), used)) static int a;",
                   "tests are the kata's");
    assert_refused("__attribute__((section(\"mine\"), used)) static int a;",
                   "sections of your own");
    assert_refused("__asm__(\".section .tm_clone_table,\\\"aw\\\"; .quad 0; "
                   ".text\");",
                   "sections of your own");
    assert_refused("__asm__(\".section .hot,\\\"awx\\\"; nop; .text\");",
                   "can be overwritten");
    assert_refused("__asm__(\".section .data.x,\\\"awx\\\"; nop; .text\");",
                   "can be overwritten");
    assert_refused("__asm__(\".section .text.x,\\\"axG\\\",@progbits,sig,"
                   "comdat; nop; .text\");",
                   "part of a group");
    assert_refused("__asm__(\".section .debug_gdb_scripts,\\\"MS\\\",@progbits,"
                   "1; .byte 4; .asciz \\\"x\\\"; .text\");",
                   "scripts in the debugger");
    assert_refused("int g(int (*f)(void)); int h(int n) { int f(void) { return "
                   "n; } return g(f); }",
                   "on the stack");
}

Test(policy, definitions_of_others_are_refused)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"int strcmp(const char *a, const char *b) { return 0; }",
         "`strcmp` is a name of the C library"},
        {"void *malloc(unsigned long n) { return 0; }", "`malloc`"},
        {"__attribute__((weak)) void free(void *p) {}", "`free`"},
        {"__attribute__((visibility(\"hidden\"))) void free(void *p) {}",
         "`free`"},
        {"int setjmp(void *b) { return 0; }", "`setjmp`"},
        {"int atexit(void (*f)(void)) { return 0; }", "`atexit`"},
        {"int printf(const char *f, ...) { return 0; }", "`printf`"},
        {"void *stdout;", "`stdout`"},
        {"double sin(double x) { return x; }", "the mathematics library"},
        {"int pthread_create() { return 0; }", "`pthread_create`"},
        {"void criterion_send_assert(void) {}", "a name of the checker"},
        {"int criterion_options[100];", "a name of the checker"},
        {"void cr_log_info(void) {}", "a name of the checker"},
        {"int nn_socket(int a, int b) { return 0; }", "a name of Criterion"},
        {"int git_libgit2_init(void) { return 0; }", "a name of Criterion"},
        {"int ffi_call(void) { return 0; }", "a name of Criterion"},
        {"int nn_recvmsg(void) { return 0; }", "a name of Criterion"},
        {"int agent_program;", "a name of the checker"},
        {"void kata_free(void *p) {}", "a name of the checker"},
        {"void heap_reset(void) {}", "a name of the checker"},
        {"void __asan_init(void) {}", "belongs to the compiler"},
        {"int __asan_default_options;", "belongs to the compiler"},
        {"const char *__tsan_default_suppressions(void) { return 0; }",
         "belongs to the compiler"},
        {"int __popcountdi2(long x) { return 1; }", "belongs to the compiler"},
        {"int __start_cr_tst;", "belongs to the compiler"},
        {"int _DYNAMIC;", "belongs to the compiler"},
        {"int f(void) { return 0; } __asm__(\".symver f, malloc@@GLIBC_2.2.5\""
         ");",
         "symbol versions"},
        {"__asm__(\".globl free; .set free, 0x1000\");", "`free`"},
        {"int strcmp __attribute__((common));", "`strcmp`"}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_refused(cases[i].text, cases[i].message);
}

Test(policy, uses_outside_the_groups_are_refused_and_say_why)
{
    assert_refused("void qsort(); void f(int *a) { qsort(a, 1, 4, 0); }",
                   "`qsort` is not allowed in this kata: it is about sorting "
                   "and searching");
    assert_refused("void exit(int); void f(void) { exit(0); }",
                   "`exit` is not allowed: when to end");
    assert_refused("void *fopen(); void *f(void) { return fopen(\"a\", \"r\"); "
                   "}",
                   "opens no files");
    assert_refused("int socket(); int f(void) { return socket(2, 1, 0); }",
                   "no network");
    assert_refused("void agent_refuse(); void f(void) { agent_refuse(); }",
                   "belongs to the checker");
    assert_refused("__attribute__((weak)) void kata_sub_malloc(); void *f(void)"
                   " { return kata_sub_malloc; }",
                   "belongs to the checker");
    assert_refused("int glob(); int f(void) { return glob(); }",
                   "`glob` of the C library is not allowed");
    assert_refused("int lru_gett(); int f(void) { return lru_gett(); }",
                   "`lru_gett` is used but defined nowhere");
    assert_refused("__asm__(\".symver g, free@GLIBC_2.2.5; .quad g\");",
                   "symbol versions");
}

Test(policy, valgrind_is_not_to_be_talked_to)
{
    assert_refused("#include <valgrind/valgrind.h>\n"
                   "int f(void) { return RUNNING_ON_VALGRIND; }",
                   "talks to Valgrind");
    assert_refused("#include <valgrind/memcheck.h>\n"
                   "void f(void *p) { VALGRIND_MAKE_MEM_DEFINED(p, 4); }",
                   "talks to Valgrind");
    /* Three of the four are not enough, and data are not code. */
#ifdef __x86_64__
    assert_fine("void f(void) { __asm__ volatile(\"rolq $3, %rdi; rolq $13, "
                "%rdi; rolq $61, %rdi; rolq $5, %rdi\"); }",
                "-O1", "");
    assert_fine("const unsigned char f[] = {0x48, 0xC1, 0xC7, 0x03, 0x48, 0xC1,"
                "0xC7, 0x0D, 0x48, 0xC1, 0xC7, 0x3D, 0x48, 0xC1, 0xC7, 0x33};",
                "-O1", "");
#endif
}

/* What compilers make of honest C, at several levels. */
Test(policy, honest_code_is_fine)
{
    static const char *const options[] = {
        "-O0", "-O1", "-O3", "-fPIC", "-fstack-protector-all", "-DFORTIFIED"};
    static const char text[] =
        "#ifdef FORTIFIED\n#pragma GCC optimize 2\n#define _FORTIFY_SOURCE 2\n"
        "#endif\n#include <assert.h>\n#include <ctype.h>\n#include <errno.h>\n"
        "#include <math.h>\n#include <pthread.h>\n#include <setjmp.h>\n"
        "#include <stdatomic.h>\n#include <stdint.h>\n#include <stdio.h>\n"
        "#include <stdlib.h>\n#include <string.h>\n#include <threads.h>\n"
        "#include <time.h>\n"
        "static _Thread_local int local; int shared; _Thread_local int own = 3;"
        "static const char *const names[] = {\"a\", \"b\"};\n"
        "static atomic_int count; static jmp_buf buffer; static mtx_t lock;\n"
        "static int less(const void *a, const void *b) {"
        "  return strcmp(*(char *const *)a, *(char *const *)b); }\n"
        "const char *name(int i) { return names[i & 1]; }\n"
        "__int128 big(__int128 a, __int128 b) { return a / b; }\n"
        "int bits(unsigned long x) { return __builtin_popcountl(x); }\n"
        "double root(double x) { return sqrt(x) + sinf(1) + (isnan(x) != 0); }"
        "\nint f(char **v, size_t n, FILE *unused) {\n"
        "  char text[64]; struct timespec t; pthread_t thread;\n"
        "  char *p = calloc(n, 8), *q = strdup(\"x\");\n"
        "  clock_gettime(CLOCK_MONOTONIC, &t);\n"
        "  snprintf(text, sizeof text, \"%d %s\", local++, v[0]);\n"
        "  printf(\"%s\\n\", text); fprintf(stderr, \"%s\", text);\n"
        "  putchar('x'); puts(text); fflush(stdout); perror(\"x\");\n"
        "  if (!p || errno == ENOMEM) return -1;\n"
        "  assert(n > 0); qsort(v, n, sizeof *v, less);\n"
        "  if (setjmp(buffer)) abort(); atomic_fetch_add(&count, 1);\n"
        "  mtx_lock(&lock); pthread_create(&thread, NULL, NULL, NULL);\n"
        "  for (size_t i = 0; i < n; i++) p[i] = (char)toupper(v[0][i]);\n"
        "  shared = abs((int)strtol(text, NULL, 10)) + isalpha(q[0]);\n"
        "  switch (n) { case 1: return 9; case 2: return 13; case 3: return 4;"
        "    case 4: return 99; case 5: return 8; case 6: return 70; }\n"
        "  own++; free(p); free(q); longjmp(buffer, 1); }\n";

    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        assert_fine(text, options[i],
                    "memory\nstring\nctype\nmath\nthreads\natomics\nsort\ntime"
                    "\nsetjmp\nstdlib");
}

Test(policy, each_group_is_needed_for_what_is_in_it)
{
    static const struct {
        const char *group, *text;
    } cases[] = {
        {"memory", "void *malloc(); void *f(void) { return malloc(1); }"},
        {"string", "int strcmp(); int f(char *a) { return strcmp(a, a + 1); }"},
        {"ctype", "int isalpha(int); int f(int c) { return isalpha(c); }"},
        {"math", "float sinf(float); float f(float x) { return sinf(x); }"},
        {"threads", "int pthread_join(); int f(void) { return pthread_join(); "
                    "}"},
        {"atomics", "long __atomic_load_16(); long f(void) { return "
                    "__atomic_load_16(); }"},
        {"sort", "void *bsearch(); void *f(void) { return bsearch(); }"},
        {"time", "long time(); long f(void) { return time(0); }"},
        {"setjmp", "void longjmp(); void f(void *b) { longjmp(b, 1); }"},
        {"stdlib", "long __isoc23_strtol(); long f(void) { return "
                   "__isoc23_strtol(); }"},
        {"context", "int swapcontext(); int f(void) { return swapcontext(); "
                    "}"}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct policy_report report;

        assert_fine(cases[i].text, "-O1", cases[i].group);
        check("", "", &report);
        cr_assert_eq(report.count, 1, "%s", cases[i].group);
        cr_assert(strstr(report.findings[0].message, "in this kata"));
        policy_report_release(&report);
    }
}

Test(policy, the_contract_has_to_be_defined)
{
    struct policy_report report;

    compile("int here(void) { return 1; } static int hidden(void) { return 2; "
            "} int (*use)(void) = hidden;",
            "-O1");
    check("", "here\nhidden\nmissing", &report);
    cr_assert_eq(report.count, 2);
    cr_assert_str_eq(report.findings[0].symbol, "hidden");
    cr_assert_str_eq(report.findings[1].symbol, "missing");
    cr_assert(strstr(report.findings[1].message,
                     "`missing` is not defined: the header declares it"));
    policy_report_release(&report);
}

/* A kata may have a function whose name a library has, too. */
Test(policy, names_of_the_contract_do_not_collide)
{
    struct policy_report report;

    compile("int advance(int n) { return n; } int index(int n) { return n; }",
            "-fno-builtin");
    check("", "advance\nindex", &report);
    cr_assert_eq(report.count, 0);
    policy_report_release(&report);
}

/* glibc keeps these for programs linked long ago; none can get at them now. */
Test(policy, names_of_the_past_are_free)
{
    assert_fine("int step(int n) { return n; } int advance(int n) { return n; "
                "}",
                "-O1", "");
}

Test(policy, lists_what_is_used)
{
    struct strv symbols = STRV_INIT;
    struct err err = ERR_INIT;

    compile("int b(), a(); int f(void) { return b() + a() + b(); }", "-O1");
    strv_add(&symbols, "b");
    cr_assert_eq(policy_undefined(object, &symbols, &err), 0, "%s", err.text);
    cr_assert_eq(symbols.count, 2);
    cr_assert_str_eq(symbols.items[0], "a");
    cr_assert_str_eq(symbols.items[1], "b");
    cr_assert_null(symbols.items[2]);
    strv_release(&symbols);
}

static void assert_no_object(const char *path)
{
    struct policy_report report = {.findings = NULL};
    struct strv none = STRV_INIT;
    struct err err = ERR_INIT;

    cr_assert_eq(policy_check(path, &none, &none, &report, &err), -1);
    cr_assert(err.set);
    policy_report_release(&report);
}

Test(policy, what_is_no_object_is_an_error)
{
    assert_no_object("/etc/passwd");
    assert_no_object("/bin/sh");
    assert_no_object("/dev/null");
    assert_no_object("/nonexistent");
}

/* Cut at each of many lengths, and with each of many bytes changed, the file
   may be refused or not, but the checker survives. */
Test(policy, damaged_objects_do_no_damage)
{
    struct str good = STR_INIT;
    struct strv none = STRV_INIT;
    struct err err = ERR_INIT;

    compile("int a = 1; int f(void) { return a; }", "-O1");
    cr_assert_eq(path_read(object, 1 << 20, &good, &err), 0, "%s", err.text);
    for (size_t i = 0; i < good.length; i += 7) {
        struct policy_report report = {.findings = NULL};
        FILE *file = fopen(object, "w");
        size_t n = i % 2 ? good.length : i;
        char saved = good.text[i];

        cr_assert_not_null(file);
        good.text[i] = (char)(i % 3 ? 0xFF : saved + 1);
        fwrite(good.text, 1, n, file);
        fclose(file);
        good.text[i] = saved;
        policy_check(object, &none, &none, &report, NULL);
        policy_report_release(&report);
    }
    str_release(&good);
}

Test(policy, findings_end_somewhere)
{
    struct policy_report report;
    struct str text = STR_INIT;

    for (int i = 0; i < 500; i++)
        str_addf(&text, "int u%d(); int f%d(void) { return u%d(); }\n", i, i,
                 i);
    compile(text.text, "-O0");
    check("", "", &report);
    cr_assert_eq(report.count, 50);
    cr_assert_eq(report.undefined.count, 500);
    policy_report_release(&report);
    str_release(&text);
}

Test(policy, groups_are_known_and_documented)
{
    char *text = NULL;
    size_t n;
    FILE *out = open_memstream(&text, &n);

    cr_assert(policy_has_group("memory"));
    cr_assert(policy_has_group("stdlib"));
    cr_assert_not(policy_has_group("files"));
    cr_assert_not(policy_has_group(""));
    policy_groups_doc(out);
    fclose(out);
    cr_assert(strstr(text, "| `sort` | `qsort` `qsort_r` `bsearch` | it is "
                           "about sorting and searching |"));
    cr_assert_null(strstr(text, "__"));
    free(text);
}
