#include "base/str.h"
#include "judge/diagnose.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* Recorded from Valgrind 3.19, without what is not read. */
/* clang-format off */
#define HEAD                                                                   \
    "<?xml version=\"1.0\"?>\n\n<valgrindoutput>\n\n"                          \
    "<preamble>\n  <line>Memcheck, a memory error detector</line>\n"           \
    "</preamble>\n\n<args><vargv><exe>/usr/bin/valgrind.bin</exe>"             \
    "<arg>--xml=yes</arg></vargv></args>\n"                                    \
    "<status>\n  <state>RUNNING</state>\n</status>\n"
#define FINISHED "<status>\n  <state>FINISHED</state>\n</status>\n"
#define TAIL "<errorcounts>\n</errorcounts>\n</valgrindoutput>\n"
#define FRAME(fn, dir, file, line)                                             \
    "    <frame>\n      <ip>0x401390</ip>\n      <obj>/box/bin/replay</obj>\n" \
    "      <fn>" fn "</fn>\n      <dir>" dir "</dir>\n"                        \
    "      <file>" file "</file>\n      <line>" #line "</line>\n    </frame>\n"
#define LIBRARY(fn)                                                            \
    "    <frame>\n      <ip>0x48417B4</ip>\n"                                  \
    "      <obj>/usr/libexec/valgrind/vgpreload_memcheck-amd64-linux.so</obj>" \
    "\n      <fn>" fn "</fn>\n    </frame>\n"
#define MALLOC LIBRARY("malloc")                                               \
    FRAME("kata_sub_malloc", "/x/checker/agent", "heap.c", 121)
#define FREE LIBRARY("free")                                                   \
    FRAME("kata_sub_free", "/x/checker/agent", "heap.c", 250)
#define OWN(fn, line) FRAME(fn, "/box/src", "bag.c", line)
#define TEST(line) FRAME("bag_own_impl", "/k/katas/x/bag", "test_bag.c", line)
#define STACK(frames) "  <stack>\n" frames "  </stack>\n"
#define AUX(text) "  <auxwhat>" text "</auxwhat>\n"
#define MARK(text)                                                             \
    "<clientmsg>\n  <tid>1</tid>\n  <text>" text "  </text>\n</clientmsg>\n"
#define ERROR(unique, kind, what, rest)                                        \
    "<error>\n  <unique>" unique "</unique>\n  <tid>1</tid>\n"                 \
    "  <kind>" kind "</kind>\n  <what>" what "</what>\n" rest "</error>\n\n"
#define LEAK(kind, text, bytes, blocks, frames)                                \
    "<error>\n  <unique>0x7</unique>\n  <kind>" kind "</kind>\n  <xwhat>\n"    \
    "    <text>" text "</text>\n    <leakedbytes>" #bytes "</leakedbytes>\n"   \
    "    <leakedblocks>" #blocks "</leakedblocks>\n  </xwhat>\n"               \
    STACK(frames) "</error>\n"
#define FREED_READ                                                             \
    ERROR("0xe", "InvalidRead", "Invalid read of size 4",                      \
          STACK(OWN("bag_has", 15) TEST(31))                                   \
          AUX("Address 0x4a43450 is 4 bytes inside a block of size 24 free'd") \
          STACK(FREE OWN("bag_free", 40) TEST(30))                             \
          AUX("Block was alloc'd at")                                          \
          STACK(MALLOC OWN("bag_new", 12) TEST(28)))
/* clang-format on */

static struct valgrind_report report;
static struct err err;

static void release(void)
{
    valgrind_report_release(&report);
    err_clear(&err);
}

TestSuite(valgrind, .init = release, .fini = release);

static const struct valgrind_error *read_one(const char *xml)
{
    cr_assert_eq(diagnose_valgrind(xml, strlen(xml), "bag.c", &report, &err), 0,
                 "%s", err.text);
    cr_assert_eq(report.count, 1, "%zu errors", report.count);
    return &report.errors[0];
}

static void expect_text(const struct valgrind_error *error, const char *want)
{
    char *text = valgrind_explain(error);

    cr_assert_str_eq(text, want, "explained as \"%s\"", text);
    free(text);
}

static void expect_own(const struct valgrind_error *error, const char *function,
                       int line)
{
    cr_assert_not_null(error->file);
    cr_assert_str_eq(error->file, "bag.c");
    cr_assert_str_eq(error->function, function);
    cr_assert_eq(error->line, line, "line %d", error->line);
}

Test(valgrind, a_read_of_freed_memory_tells_all_three_places)
{
    const struct valgrind_error *error =
        read_one(HEAD MARK("bag::own") FREED_READ FINISHED TAIL);

    cr_assert(report.finished);
    expect_own(error, "bag_has", 15);
    cr_assert_str_eq(error->kind, "InvalidRead");
    cr_assert_str_eq(error->mark, "bag::own");
    cr_assert_str_eq(error->outside, "test_bag.c:31");
    cr_assert_eq(error->unique, 0xe);
    cr_assert_not(error->at_end);
    cr_assert_not(valgrind_is_leak(error));
    expect_text(error, "reads memory that it may not (4 bytes): 4 bytes inside "
                       "a block of size 24 freed at bag.c:40, allocated at "
                       "bag.c:12");
}

Test(valgrind, an_overrun_says_where_the_block_was_allocated)
{
    const struct valgrind_error *error = read_one(HEAD ERROR(
        "0x1", "InvalidWrite", "Invalid write of size 1",
        STACK(OWN("bag_add", 20))
            AUX("Address 0x4a4204a is 0 bytes after a block of size 10 alloc'd")
                STACK(MALLOC OWN("bag_new", 12))) TAIL);

    cr_assert_not(report.finished);
    cr_assert_null(error->mark);
    expect_text(error, "writes memory that it may not (1 bytes): just after "
                       "a block of size 10 allocated at bag.c:12");
}

Test(valgrind, a_null_pointer_is_called_one)
{
    expect_text(
        read_one(HEAD ERROR("0x0", "InvalidRead", "Invalid read of size 8",
                            STACK(OWN("bag_has", 3))
                                AUX("Address 0x8 is not stack'd, malloc'd "
                                    "or (recently) free'd")) TAIL),
        "reads memory that it may not (8 bytes): 8 bytes from a null "
        "pointer");
}

Test(valgrind, an_origin_is_told)
{
    expect_text(
        read_one(HEAD ERROR(
            "0x0", "UninitCondition",
            "Conditional jump or move depends on uninitialised value(s)",
            STACK(OWN("bag_has", 16))
                AUX("Uninitialised value was created by a stack allocation")
                    STACK(OWN("bag_sum", 7))) TAIL),
        "branches on a value that was never set: from a local variable at "
        "bag.c:7");
}

Test(valgrind, the_line_that_called_a_library_counts)
{
    const struct valgrind_error *error = read_one(
        HEAD ERROR("0x0", "SyscallParam",
                   "Syscall param write(buf) points to uninitialised byte(s)",
                   STACK(LIBRARY("write") OWN("bag_print", 12))) TAIL);

    expect_own(error, "bag_print", 12);
    expect_text(error, "hands memory that was never set to the system");
}

Test(valgrind, an_error_outside_the_submission_names_who_met_it)
{
    const struct valgrind_error *error = read_one(HEAD ERROR(
        "0x0", "InvalidFree", "Invalid free()", STACK(FREE TEST(44))) TAIL);

    cr_assert_null(error->file);
    cr_assert_eq(error->line, 0);
    cr_assert_str_eq(error->outside, "test_bag.c:44");
}

Test(valgrind, the_runtime_is_not_a_submission_of_the_same_name)
{
    const char *xml =
        HEAD ERROR("0x0", "InvalidFree", "Invalid free()",
                   STACK(FREE FRAME("heap_pop", "/box/src", "heap.c", 17)))
            TAIL;

    cr_assert_eq(diagnose_valgrind(xml, strlen(xml), "heap.c", &report, &err),
                 0);
    cr_assert_str_eq(report.errors[0].function, "heap_pop");
    cr_assert_eq(report.errors[0].line, 17);
}

Test(valgrind, a_leak_counts_what_is_new)
{
    const struct valgrind_error *error = read_one(
        HEAD LEAK("Leak_DefinitelyLost",
                  "210 (+105) (200 (+100) direct, 10 (+5) indirect) bytes in 3 "
                  "(+1) blocks are definitely lost in loss record 2 of 3",
                  210, 3, MALLOC OWN("bag_new", 12)) TAIL);

    cr_assert(valgrind_is_leak(error));
    expect_own(error, "bag_new", 12);
    cr_assert_eq(error->bytes, 105, "%ld bytes", error->bytes);
    cr_assert_eq(error->blocks, 1);
    expect_text(error, "105 bytes in 1 block is never freed");
}

Test(valgrind, leaks_at_the_end_are_told_apart)
{
    const struct valgrind_error *error = read_one(
        HEAD FINISHED LEAK("Leak_PossiblyLost",
                           "24 bytes in 2 blocks are possibly lost in loss "
                           "record 1 of 1",
                           24, 2, MALLOC OWN("bag_new", 12)) TAIL);

    cr_assert(error->at_end);
    cr_assert_eq(error->bytes, 24);
    expect_text(error, "24 bytes in 2 blocks are never freed (only pointers "
                       "into the middle are left)");
}

Test(valgrind, a_fatal_signal_is_an_error)
{
    const struct valgrind_error *error = read_one(HEAD MARK(
        "bag::a &amp; b") "<fatal_signal>\n  <tid>1</tid>\n  "
                          "<signo>11</signo>\n"
                          "  <signame>SIGSEGV</signame>\n  <sicode>1</sicode>\n"
                          "  <event>Access not within mapped "
                          "region</event>\n" STACK(
                              OWN("bag_has",
                                  15)) "</fatal_signal>\n" FINISHED TAIL);

    cr_assert_str_eq(error->kind, "FatalSignal");
    cr_assert_str_eq(error->mark, "bag::a & b");
    expect_own(error, "bag_has", 15);
    expect_text(error, "the process ended with SIGSEGV");
}

Test(valgrind, a_report_that_breaks_off_is_not_finished)
{
    const char *xml = HEAD FREED_READ FINISHED "<error>\n  <unique>0x1</uni";

    read_one(xml);
    cr_assert_not(report.finished);
}

Test(valgrind, no_prefix_of_a_report_upsets_it)
{
    const char *xml = HEAD MARK("m") FREED_READ FINISHED TAIL;

    for (size_t n = 0; n <= strlen(xml); n++) {
        cr_assert_eq(diagnose_valgrind(xml, n, "bag.c", &report, &err), 0,
                     "%zu bytes: %s", n, err.text);
        /* A trailing newline may be missing. */
        cr_assert_eq(report.finished, n >= strlen(xml) - 1, "%zu bytes", n);
        valgrind_report_release(&report);
    }
}

Test(valgrind, a_forged_report_is_an_error)
{
    const char *xml = HEAD "</valgrindoutput>" FINISHED;

    cr_assert_eq(diagnose_valgrind(xml, strlen(xml), "bag.c", &report, &err),
                 -1);
    cr_assert(err.set);
    cr_assert_not(report.finished);
}
