#include "decorator.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <stdio.h>

/* A base callable that remembers what was done with it: it adds one, and fails
   for as many calls as `failures` says with the number of the call. */
struct adder {
    int calls, failures, released;
};

static int add_one(void *context, int argument, int *result)
{
    struct adder *adder = context;

    adder->calls++;
    *result = argument + 1;
    if (adder->calls > adder->failures)
        return 0;
    *result = -1;
    return adder->calls;
}

static void release_adder(void *context)
{
    ((struct adder *)context)->released++;
}

static int null_releases;

static void release_null(void *context)
{
    null_releases += context == NULL;
}

static int double_it(void *context, int argument, int *result)
{
    (void)context;
    *result = 2 * argument;
    return 0;
}

static struct callable *new_adder(struct adder *adder)
{
    struct callable *f = callable_new(add_one, adder, release_adder, "add_one",
                                      "One more than its argument.");

    cr_assert_not_null(f, "callable_new(add_one): got NULL");
    return f;
}

/* The value of a call that has to succeed. */
static int value_of(struct callable *f, int argument)
{
    int value = -77;
    int error = callable_call(f, argument, &value);

    cr_assert_eq(error, 0, "call(%d): got error %d, want 0", argument, error);
    return value;
}

static void expect_cache(const struct callable *f, size_t hits, size_t misses,
                         size_t size)
{
    struct callable_cache info = {99, 99, 99};
    int status = callable_cache_info(f, &info);

    cr_assert_eq(status, 0, "cache_info: got %d, want 0", status);
    cr_assert(info.hits == hits && info.misses == misses && info.size == size,
              "cache_info: got %zu hits, %zu misses, size %zu; "
              "want %zu, %zu, %zu",
              info.hits, info.misses, info.size, hits, misses, size);
}

static void expect_calls(const struct callable *f, size_t want)
{
    size_t calls = 99;
    int status = callable_calls(f, &calls);

    cr_assert_eq(status, 0, "calls: got status %d, want 0", status);
    cr_assert_eq(calls, want, "calls: got %zu, want %zu", calls, want);
}

Test(decorator, a_base_calls_its_function_with_its_context)
{
    struct adder adder = {0, 0, 0};
    struct callable *f = new_adder(&adder);
    int got = value_of(f, 41);

    cr_assert_eq(got, 42, "call(41): got %d, want 42", got);
    cr_assert_eq(adder.calls, 1, "context: got %d calls, want 1", adder.calls);
    cr_assert_str_eq(callable_name(f), "add_one");
    cr_assert_str_eq(callable_doc(f), "One more than its argument.");
    cr_assert_null(callable_wrapped(f), "a base wraps nothing");
    cr_assert_eq(callable_unwrap(f), f, "a base unwraps to itself");
    callable_free(f);
}

Test(decorator, an_error_comes_through_and_the_result_stays)
{
    struct adder adder = {0, 2, 0};
    struct callable *f = new_adder(&adder);
    int result = -77;
    int error = callable_call(f, 5, &result);

    cr_assert_eq(error, 1, "first call: got %d, want error 1", error);
    cr_assert_eq(result, -77, "*result after an error: got %d", result);
    error = callable_call(f, 5, NULL);
    cr_assert_eq(error, 2, "second call: got %d, want error 2", error);
    error = callable_call(f, 5, NULL);
    cr_assert_eq(error, 0, "call without a result: got %d, want 0", error);
    callable_free(f);
}

Test(decorator, freeing_the_outermost_releases_the_base_once)
{
    struct adder adder = {0, 0, 0};
    struct callable *f = new_adder(&adder);

    cr_assert_eq(decorate_memo(&f, true), 0);
    cr_assert_eq(decorate_count(&f, false), 0);
    cr_assert_eq(decorate_retry(&f, 2, true), 0);
    value_of(f, 1);
    cr_assert_eq(adder.released, 0, "released while it was in use");
    callable_free(f);
    cr_assert_eq(adder.released, 1, "got %d releases, want 1", adder.released);
    callable_free(NULL);
}

Test(decorator, a_base_without_release_leaves_its_context)
{
    struct adder adder = {0, 0, 0};
    struct callable *f = callable_new(add_one, &adder, NULL, "f", NULL);

    cr_assert_not_null(f);
    callable_free(f);
    cr_assert_eq(adder.released, 0, "got %d releases, want 0", adder.released);
    f = callable_new(NULL, &adder, release_adder, "f", NULL);
    cr_assert_null(f, "no function, no callable");
    cr_assert_eq(adder.released, 0, "callable_new released the context");
}

Test(decorator, a_release_is_called_for_a_null_context_too)
{
    struct callable *f =
        callable_new(double_it, NULL, release_null, "double", NULL);

    cr_assert_not_null(f);
    null_releases = 0;
    callable_free(f);
    cr_assert_eq(null_releases, 1, "got %d releases, want 1", null_releases);
}

Test(decorator, counting_counts_failures_too)
{
    struct adder adder = {0, 1, 0};
    struct callable *f = new_adder(&adder);

    cr_assert_eq(decorate_count(&f, true), 0);
    expect_calls(f, 0);
    callable_call(f, 1, NULL);
    value_of(f, 1);
    value_of(f, 1);
    expect_calls(f, 3);
    callable_free(f);
}

Test(decorator, logging_writes_what_goes_in_and_what_comes_out)
{
    char text[100] = "";
    struct callable_log log = {text, sizeof text, 0};
    struct adder adder = {0, 1, 0};
    struct callable *f = new_adder(&adder);

    cr_assert_eq(decorate_log(&f, &log, true), 0);
    callable_call(f, -7, NULL);
    cr_assert_str_eq(text, "> add_one -7\n! add_one 1\n", "got \"%s\"", text);
    value_of(f, 41);
    cr_assert_str_eq(text,
                     "> add_one -7\n! add_one 1\n> add_one 41\n< add_one 42\n",
                     "got \"%s\"", text);
    cr_assert_eq(log.length, 51, "length: got %zu, want 51", log.length);
    callable_free(f);
}

Test(decorator, a_full_log_is_cut_and_goes_on_counting)
{
    char text[13] = "";
    struct callable_log log = {text, 12, 0};
    struct callable *f = callable_new(double_it, NULL, NULL, NULL, NULL);

    cr_assert_not_null(f);
    text[12] = '#';
    cr_assert_eq(decorate_log(&f, &log, true), 0);
    value_of(f, 100);
    cr_assert_str_eq(text, "> ? 100\n< ?", "got \"%s\"", text);
    cr_assert_eq(log.length, 16, "length: got %zu, want 16", log.length);
    value_of(f, 100);
    cr_assert_str_eq(text, "> ? 100\n< ?", "got \"%s\"", text);
    cr_assert_eq(log.length, 32, "length: got %zu, want 32", log.length);
    cr_assert_eq(text[12], '#', "wrote past the end of the log");
    log = (struct callable_log){text, 0, 0};
    value_of(f, 1);
    cr_assert_str_eq(text, "> ? 100\n< ?", "wrote to a log of size 0");
    cr_assert_eq(log.length, 12, "length: got %zu, want 12", log.length);
    callable_free(f);
}

Test(decorator, the_last_applied_is_the_outermost)
{
    char text[100] = "";
    struct callable_log log = {text, sizeof text, 0};
    struct callable *f = callable_new(double_it, NULL, NULL, "double", NULL);

    cr_assert_not_null(f);
    cr_assert_eq(decorate_log(&f, &log, false), 0);
    cr_assert_eq(decorate_log(&f, &log, true), 0);
    value_of(f, 3);
    cr_assert_str_eq(text, "> wrapper 3\n> double 3\n< double 6\n< wrapper 6\n",
                     "got \"%s\"", text);
    callable_free(f);
}

Test(decorator, memoising_remembers_values)
{
    struct adder adder = {0, 0, 0};
    struct callable *f = new_adder(&adder);
    int got;

    cr_assert_eq(decorate_memo(&f, true), 0);
    expect_cache(f, 0, 0, 0);
    for (int round = 0; round < 3; round++)
        for (int i = -20; i < 20; i++) {
            got = value_of(f, i * 4096);
            cr_assert_eq(got, i * 4096 + 1, "call(%d): got %d, want %d",
                         i * 4096, got, i * 4096 + 1);
        }
    expect_cache(f, 80, 40, 40);
    cr_assert_eq(adder.calls, 40, "got %d calls, want 40", adder.calls);
    callable_free(f);
}

Test(decorator, memoising_forgets_failures)
{
    struct adder adder = {0, 2, 0};
    struct callable *f = new_adder(&adder);
    int error;

    cr_assert_eq(decorate_memo(&f, true), 0);
    error = callable_call(f, 7, NULL);
    cr_assert_eq(error, 1, "first call: got %d, want error 1", error);
    error = callable_call(f, 7, NULL);
    cr_assert_eq(error, 2, "second call: got %d, want error 2", error);
    expect_cache(f, 0, 2, 0);
    value_of(f, 7);
    value_of(f, 7);
    expect_cache(f, 1, 3, 1);
    callable_free(f);
}

Test(decorator, memo_over_count_and_count_over_memo_count_differently)
{
    struct callable *f = callable_new(double_it, NULL, NULL, "double", NULL);

    cr_assert_not_null(f);
    cr_assert_eq(decorate_count(&f, true), 0);
    cr_assert_eq(decorate_memo(&f, true), 0);
    cr_assert_eq(decorate_count(&f, true), 0);
    for (int i = 0; i < 5; i++)
        value_of(f, 3);
    expect_calls(f, 5);
    expect_cache(callable_wrapped(f), 4, 1, 1);
    expect_calls(callable_wrapped(callable_wrapped(f)), 1);
    callable_free(f);
}

Test(decorator, retrying_stops_at_success)
{
    struct adder adder = {0, 2, 0};
    struct callable *f = new_adder(&adder);
    int got;

    cr_assert_eq(decorate_retry(&f, 3, true), 0);
    got = value_of(f, 41);
    cr_assert_eq(got, 42, "call(41): got %d, want 42", got);
    cr_assert_eq(adder.calls, 3, "got %d calls, want 3", adder.calls);
    value_of(f, 41);
    cr_assert_eq(adder.calls, 4, "got %d calls, want 4", adder.calls);
    callable_free(f);
}

Test(decorator, retrying_gives_up_with_the_last_error)
{
    struct adder adder = {0, 10, 0};
    struct callable *f = new_adder(&adder);
    int result = -77, error;

    cr_assert_eq(decorate_retry(&f, 3, true), 0);
    error = callable_call(f, 1, &result);
    cr_assert_eq(error, 3, "got %d, want the error of attempt 3", error);
    cr_assert_eq(result, -77, "*result after an error: got %d", result);
    cr_assert_eq(decorate_retry(&f, 1, true), 0);
    error = callable_call(f, 1, &result);
    cr_assert_eq(error, 6, "got %d, want the error of attempt 6", error);
    callable_free(f);
}

Test(decorator, fewer_than_one_attempt_is_refused)
{
    struct adder adder = {0, 0, 0};
    struct callable *f = new_adder(&adder), *before = f;
    int attempts[] = {0, -1, INT_MIN};

    for (int i = 0; i < 3; i++) {
        int status = decorate_retry(&f, attempts[i], true);

        cr_assert_eq(status, CALLABLE_EINVAL, "retry(%d): got %d, want EINVAL",
                     attempts[i], status);
        cr_assert_eq(f, before, "a refused decorator changed the callable");
    }
    cr_assert_eq(adder.released, 0, "a refused decorator freed the base");
    callable_free(f);
}

Test(decorator, wraps_keeps_name_doc_and_what_is_wrapped)
{
    struct adder adder = {0, 0, 0};
    struct callable *base = new_adder(&adder), *f = base, *memo;

    cr_assert_eq(decorate_memo(&f, true), 0);
    memo = f;
    cr_assert_eq(decorate_count(&f, true), 0);
    cr_assert_neq(f, memo, "decorating made no new layer");
    cr_assert_str_eq(callable_name(f), "add_one");
    cr_assert_str_eq(callable_doc(f), "One more than its argument.");
    cr_assert_eq(callable_wrapped(f), memo, "__wrapped__ is one layer down");
    cr_assert_eq(callable_unwrap(f), base, "unwrap goes to the innermost");
    value_of(callable_wrapped(f), 1);
    expect_calls(f, 0);
    callable_free(f);
}

Test(decorator, without_wraps_the_name_is_lost_and_unwrapping_stops)
{
    struct adder adder = {0, 0, 0};
    struct callable *f = new_adder(&adder), *plain;

    cr_assert_eq(decorate_count(&f, false), 0);
    plain = f;
    cr_assert_str_eq(callable_name(f), "wrapper");
    cr_assert_null(callable_doc(f), "a plain wrapper has no doc");
    cr_assert_null(callable_wrapped(f), "a plain wrapper tells of nothing");
    cr_assert_eq(decorate_memo(&f, true), 0);
    cr_assert_str_eq(callable_name(f), "wrapper");
    cr_assert_eq(callable_unwrap(f), plain, "unwrap stops at the plain layer");
    callable_free(f);
}

Test(decorator, wrapping_a_nameless_callable_leaves_the_name_wrapper)
{
    struct callable *f = callable_new(double_it, NULL, NULL, NULL, "Twice.");

    cr_assert_not_null(f);
    cr_assert_null(callable_name(f), "a nameless callable has no name");
    cr_assert_eq(decorate_count(&f, true), 0);
    cr_assert_str_eq(callable_name(f), "wrapper");
    cr_assert_str_eq(callable_doc(f), "Twice.");
    callable_free(f);
}

Test(decorator, nothing_to_decorate_or_to_read_is_refused)
{
    struct callable *none = NULL, *f;
    struct callable_cache info;
    size_t calls = 7;

    f = callable_new(double_it, NULL, NULL, "double", NULL);
    cr_assert_not_null(f);
    cr_assert_eq(decorate_count(&none, true), CALLABLE_EINVAL);
    cr_assert_eq(decorate_memo(NULL, true), CALLABLE_EINVAL);
    cr_assert_eq(decorate_log(&f, NULL, true), CALLABLE_EINVAL);
    cr_assert_eq(callable_call(NULL, 1, NULL), CALLABLE_EINVAL);
    cr_assert_eq(callable_calls(f, &calls), CALLABLE_EINVAL);
    cr_assert_eq(calls, 7, "calls of a base: got %zu, want it left", calls);
    cr_assert_eq(callable_cache_info(f, &info), CALLABLE_EINVAL);
    cr_assert_null(callable_name(NULL));
    cr_assert_null(callable_unwrap(NULL));
    callable_free(f);
}

Test(decorator, a_deep_stack_is_unwrapped_and_freed)
{
    struct adder adder = {0, 0, 0};
    struct callable *base = new_adder(&adder), *f = base;

    for (int i = 0; i < 200000; i++) {
        int status = decorate_count(&f, true);

        cr_assert_eq(status, 0, "layer %d: got %d, want 0", i, status);
        if (i == 9999)
            value_of(f, 1);
    }
    cr_assert_eq(callable_unwrap(f), base, "unwrap goes to the innermost");
    callable_free(f);
    cr_assert_eq(adder.released, 1, "got %d releases, want 1", adder.released);
}
