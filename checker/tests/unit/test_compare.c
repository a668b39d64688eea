#include "judge/compare.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* A trace of three calls, what was expected, and a reply to fill. */
static struct strv trace, want;
static struct reply reply;
static size_t line;

static void set_up(void)
{
    strv_add_all(&trace, "new 1", "get 1", "stats", (char *)NULL);
    strv_add_all(&want, "=", "= 1", "= 7 -", (char *)NULL);
}

static void tear_down(void)
{
    strv_release(&trace);
    strv_release(&want);
    reply_release(&reply);
}

TestSuite(compare, .init = set_up, .fini = tear_down);

static void expect(enum category category, size_t at, const char *text)
{
    enum category found = compare_reply(&want, &reply, &line);
    char *said;

    cr_assert_eq(found, category, "%s", category_name(found));
    cr_assert_eq(line, at, "line %zu", line);
    if (!text)
        return;
    said = compare_describe(&trace, &want, &reply, found, line);
    cr_assert_str_eq(said, text, "%s", said);
    free(said);
}

Test(compare, equal_answers_are_fine)
{
    strv_copy(&reply.answers, &want);
    reply.exhausted = true;
    expect(CATEGORY_NONE, 3, NULL);
}

Test(compare, the_first_wrong_answer_counts)
{
    strv_add_all(&reply.answers, "=", "! ENOMEM", "= 8", (char *)NULL);
    expect(CATEGORY_WRONG_ANSWER, 1,
           "`get 1` answered `! ENOMEM`, expected `1`");
    reply.exhausted = true;
    expect(CATEGORY_MEMORY_LIMIT, 1,
           "`get 1` answered `! ENOMEM`, expected `1`, after the memory limit "
           "made an allocation fail");
}

Test(compare, a_wrong_answer_before_a_crash_counts)
{
    strv_add_all(&reply.answers, "=", "= 2", (char *)NULL);
    reply.end = REPLY_CRASH;
    reply.signal = SIGSEGV;
    expect(CATEGORY_WRONG_ANSWER, 1, "`get 1` answered `2`, expected `1`");
}

Test(compare, a_crash_names_its_signal)
{
    strv_add_all(&reply.answers, "=", (char *)NULL);
    reply.end = REPLY_CRASH;
    reply.signal = SIGSEGV;
    expect(CATEGORY_CRASH, 1, "`get 1` crashed: Segmentation fault (SIGSEGV)");
    reply.stack = true;
    expect(CATEGORY_CRASH, 1,
           "`get 1` crashed: Segmentation fault (SIGSEGV), the stack was used "
           "up");
    reply.signal = 0;
    reply.code = 3;
    expect(CATEGORY_CRASH, 1, "`get 1` ended the program (exit status 3)");
    reply.signal = SIGSYS;
    expect(CATEGORY_TAMPERING, 1,
           "`get 1` made a system call that no submission needs (SIGSYS)");
}

Test(compare, the_end_of_a_trace_may_fail_too)
{
    strv_copy(&reply.answers, &want);
    reply.end = REPLY_CRASH;
    reply.signal = SIGABRT;
    expect(CATEGORY_CRASH, 3,
           "the trace's end, where everything is freed, crashed: Aborted "
           "(SIGABRT)");
}

Test(compare, limits_have_their_categories)
{
    strv_add(&reply.answers, "=");
    reply.end = REPLY_HANG;
    expect(CATEGORY_TIMEOUT, 1,
           "`get 1` never returned: it used up its processor time");
    reply.asleep = true;
    expect(CATEGORY_TIMEOUT, 1,
           "`get 1` never returned: all threads were asleep");
    reply.end = REPLY_OUTPUT;
    expect(CATEGORY_OUTPUT_LIMIT, 1, NULL);
    reply.end = REPLY_MEMORY;
    expect(CATEGORY_MEMORY_LIMIT, 1, NULL);
    reply.end = REPLY_CANCELLED;
    expect(CATEGORY_NONE, 1, NULL);
}

Test(compare, forging_is_tampering_wherever_it_shows)
{
    strv_add_all(&reply.answers, "=", "= 2", (char *)NULL);
    reply.end = REPLY_GARBLED;
    expect(CATEGORY_TAMPERING, 1, NULL);
}

/* A terminal must not obey what a submission says. */
Test(compare, foreign_bytes_are_made_visible)
{
    strv_add_all(&reply.answers, "=", "= \x1b[2J", (char *)NULL);
    expect(CATEGORY_WRONG_ANSWER, 1,
           "`get 1` answered `\\x1b[2J`, expected `1`");
}
