#include "replay.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The sections' bounds, made by the linker; absent where nothing is in them. */
extern struct criterion_test *__start_cr_tst[] __attribute__((weak));
extern struct criterion_test *__stop_cr_tst[] __attribute__((weak));
extern struct criterion_suite *__start_cr_sts[] __attribute__((weak));
extern struct criterion_suite *__stop_cr_sts[] __attribute__((weak));

/* full_stats is false in it: assertions that hold are only counted. */
struct criterion_options criterion_options;

/* Criterion's symbols take no context: the test that runs is known here. */
static struct {
    const struct criterion_test *test;
    const struct criterion_suite *suite;
    jmp_buf out;
    pthread_t thread;
    bool aborted;
    atomic_ulong passed, failed;
} now;

static const struct criterion_test *find_test(const char *name)
{
    for (struct criterion_test **t = __start_cr_tst; t < __stop_cr_tst; t++) {
        size_t n = *t ? strlen((*t)->category) : 0;

        if (*t && strncmp(name, (*t)->category, n) == 0 &&
            strncmp(name + n, "::", 2) == 0 &&
            strcmp(name + n + 2, (*t)->name) == 0)
            return *t;
    }
    return NULL;
}

static const struct criterion_suite *find_suite(const char *name)
{
    for (struct criterion_suite **s = __start_cr_sts; s < __stop_cr_sts; s++)
        if (*s && strcmp((*s)->name, name) == 0)
            return *s;
    return NULL;
}

static const char *data_excludes(const struct criterion_test_extra_data *data)
{
    if (!data)
        return NULL;
    if (data->disabled)
        return "disabled";
    if (data->signal)
        return "expects a signal";
    if (data->exit_code)
        return "expects an exit status";
    return data->kind_ == CR_TEST_PARAMETERIZED ? "parameterised" : NULL;
}

static const char *left_out(void)
{
    const char *reason = data_excludes(now.test->data);

    if (!reason && now.suite)
        reason = data_excludes(now.suite->data);
    return reason;
}

int replay_run(const char *name, struct replay_result *result)
{
    *result = (struct replay_result){0};
    now.test = find_test(name);
    if (!now.test)
        return -1;
    now.suite = find_suite(now.test->category);
    result->left_out = left_out();
    if (result->left_out)
        return 0;
    now.aborted = false;
    now.thread = pthread_self();
    now.passed = now.failed = 0;
    now.test->test();
    /* The registers saved in it would make a leaked block look reachable. */
    memset(&now.out, 0, sizeof now.out);
    result->passed = now.passed;
    result->failed = now.failed;
    return 0;
}

/* What Test() and the classic assertions call. */

void criterion_skip_test(const char *format, ...)
    __attribute__((format(printf, 1, 2)));
void criterion_test_die(const char *format, ...)
    __attribute__((format(printf, 1, 2)));
int cr_vasprintf(char **string, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

static void guarded(void (*function)(void))
{
    if (!function || now.aborted)
        return;
    if (setjmp(now.out) == 0)
        function();
    else
        now.aborted = true;
}

void criterion_internal_test_setup(void)
{
    if (now.suite && now.suite->data)
        guarded(now.suite->data->init);
    guarded(now.test->data->init);
}

void criterion_internal_test_main(void (*function)(void))
{
    guarded(function);
}

/* Criterion tears down after an aborted test too. */
void criterion_internal_test_teardown(void)
{
    now.aborted = false;
    guarded(now.test->data->fini);
    if (now.suite && now.suite->data)
        guarded(now.suite->data->fini);
}

/* Jumping to another thread's frame is undefined: a thread that the test
   started ends itself. */
void criterion_abort_test(void)
{
    if (!pthread_equal(pthread_self(), now.thread))
        pthread_exit(NULL);
    longjmp(now.out, 1);
}

void criterion_continue_test(void)
{
}

void criterion_send_assert(struct criterion_assert_stats *stats)
{
    if (stats->passed)
        return;
    now.failed++;
    fprintf(stderr, "%s:%u: %s\n", stats->file, stats->line, stats->message);
}

void cri_asserts_passed_incr(void)
{
    now.passed++;
}

static void __attribute__((format(printf, 1, 0)))
give_up(const char *format, va_list args)
{
    now.failed++;
    if (format)
        vfprintf(stderr, format, args);
    fputc('\n', stderr);
}

void criterion_skip_test(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    give_up(format, args);
    va_end(args);
    criterion_abort_test();
}

void criterion_test_die(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    give_up(format, args);
    va_end(args);
    criterion_abort_test();
}

int cr_vasprintf(char **string, const char *format, va_list args)
{
    return vasprintf(string, format, args);
}

int cr_asprintf(char **string, const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = cr_vasprintf(string, format, args);
    va_end(args);
    return n;
}

void cr_asprintf_free(char *string)
{
    free(string);
}

/* Every message's first argument is the expression as it was written. */
char *cr_translate_assert_msg(int index, ...)
{
    va_list args;
    char *text;

    va_start(args, index);
    text = strdup(va_arg(args, const char *));
    va_end(args);
    return text;
}
