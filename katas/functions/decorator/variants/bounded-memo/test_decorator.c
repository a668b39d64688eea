#include "decorator.h"

#include <criterion/criterion.h>
#include <stdint.h>

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
                         size_t maxsize, size_t size)
{
    struct callable_cache info = {99, 99, 99, 99};
    int status = callable_cache_info(f, &info);

    cr_assert_eq(status, 0, "cache_info: got %d, want 0", status);
    cr_assert_eq(info.maxsize, maxsize, "maxsize: got %zu, want %zu",
                 info.maxsize, maxsize);
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

Test(decorator, without_wraps_the_name_is_lost_and_unwrapping_stops)
{
    struct adder adder = {0, 0, 0};
    struct callable *f = new_adder(&adder), *plain;

    cr_assert_eq(decorate_count(&f, false), 0);
    plain = f;
    cr_assert_str_eq(callable_name(f), "wrapper");
    cr_assert_null(callable_doc(f), "a plain wrapper has no doc");
    cr_assert_null(callable_wrapped(f), "a plain wrapper tells of nothing");
    cr_assert_eq(decorate_memo(&f, 1, true), 0);
    cr_assert_str_eq(callable_name(f), "wrapper");
    cr_assert_eq(callable_unwrap(f), plain, "unwrap stops at the plain layer");
    callable_free(f);
}

static struct callable *new_memo(struct adder *adder, size_t maxsize)
{
    struct callable *f = new_adder(adder);
    int status = decorate_memo(&f, maxsize, true);

    cr_assert_eq(status, 0, "decorate_memo: got %d, want 0", status);
    return f;
}

Test(memo, remembers_as_many_as_it_may)
{
    struct adder adder = {0, 0, 0};
    struct callable *f = new_memo(&adder, 3);

    expect_cache(f, 0, 0, 3, 0);
    for (int round = 0; round < 2; round++)
        for (int i = 1; i <= 3; i++)
            cr_assert_eq(value_of(f, i), i + 1, "call(%d): another value", i);
    expect_cache(f, 3, 3, 3, 3);
    cr_assert_eq(adder.calls, 3, "got %d calls, want 3", adder.calls);
    callable_free(f);
    cr_assert_eq(adder.released, 1, "got %d releases, want 1", adder.released);
}

Test(memo, forgets_what_was_used_least_recently)
{
    struct adder adder = {0, 0, 0};
    struct callable *f = new_memo(&adder, 3);

    for (int i = 1; i <= 4; i++)
        value_of(f, i);
    expect_cache(f, 0, 4, 3, 3);
    value_of(f, 2);
    value_of(f, 3);
    expect_cache(f, 2, 4, 3, 3);
    value_of(f, 1);
    expect_cache(f, 2, 5, 3, 3);
    callable_free(f);
}

Test(memo, an_answer_from_memory_is_a_use)
{
    struct adder adder = {0, 0, 0};
    struct callable *f = new_memo(&adder, 2);

    value_of(f, 1);
    value_of(f, 2);
    value_of(f, 1);
    value_of(f, 3);
    cr_assert_eq(value_of(f, 1), 2, "call(1): another value");
    expect_cache(f, 2, 3, 2, 2);
    value_of(f, 2);
    expect_cache(f, 2, 4, 2, 2);
    callable_free(f);
}

Test(memo, a_failure_is_not_remembered_and_forgets_nothing)
{
    struct adder adder = {0, 0, 0};
    struct callable *f = new_memo(&adder, 1);

    value_of(f, 1);
    adder.failures = 2;
    cr_assert_eq(callable_call(f, 5, NULL), 2, "want the error of call 2");
    value_of(f, 1);
    expect_cache(f, 1, 2, 1, 1);
    value_of(f, 5);
    value_of(f, 5);
    expect_cache(f, 2, 3, 1, 1);
    callable_free(f);
    adder = (struct adder){.failures = 1};
    f = new_memo(&adder, 2);
    cr_assert_eq(callable_call(f, 5, NULL), 1, "want the error of call 1");
    expect_cache(f, 0, 1, 2, 0);
    callable_free(f);
}

Test(memo, of_size_0_remembers_nothing)
{
    struct adder adder = {0, 0, 0};
    struct callable *f = new_memo(&adder, 0);

    value_of(f, 1);
    value_of(f, 1);
    expect_cache(f, 0, 2, 0, 0);
    callable_free(f);
}

Test(memo, of_any_size_costs_what_it_remembers)
{
    struct adder adder = {0, 0, 0};
    struct callable *f = new_memo(&adder, SIZE_MAX);

    for (int round = 0; round < 2; round++)
        for (int i = -20; i < 20; i++)
            cr_assert_eq(value_of(f, i * 4096), i * 4096 + 1);
    expect_cache(f, 40, 40, SIZE_MAX, 40);
    callable_free(f);
}

Test(memo, many_come_and_go)
{
    struct adder adder = {0, 0, 0};
    struct callable *f = new_memo(&adder, 50);

    for (int i = 0; i < 1000; i++)
        value_of(f, i * 64);
    expect_cache(f, 0, 1000, 50, 50);
    for (int i = 950; i < 1000; i++)
        cr_assert_eq(value_of(f, i * 64), i * 64 + 1);
    expect_cache(f, 50, 1000, 50, 50);
    callable_free(f);
}

Test(memo, two_in_one_stack_have_sizes_of_their_own)
{
    struct adder adder = {0, 0, 0};
    struct callable *f = new_memo(&adder, 2);

    cr_assert_eq(decorate_memo(&f, 1, true), 0);
    value_of(f, 1);
    value_of(f, 2);
    value_of(f, 1);
    expect_cache(f, 0, 3, 1, 1);
    expect_cache(callable_wrapped(f), 1, 2, 2, 2);
    cr_assert_eq(decorate_memo(NULL, 1, true), CALLABLE_EINVAL);
    callable_free(f);
}
