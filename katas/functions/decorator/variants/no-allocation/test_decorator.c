#include "decorator.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <stdlib.h>

/* A base callable that adds one, and fails for as many calls as `failures` says
   with the number of the call. */
struct adder {
    int calls, failures;
};

static int add_one(void *context, int argument, int *result)
{
    struct adder *adder = context;

    adder->calls++;
    *result = argument + 1;
    return adder->calls > adder->failures ? 0 : adder->calls;
}

static void init_adder(struct callable *base, struct adder *adder)
{
    int status = callable_init(base, add_one, adder, "add_one", "One more.");

    cr_assert_eq(status, 0, "callable_init: got %d, want 0", status);
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

Test(decorator, a_base_calls_its_function)
{
    struct adder adder = {0, 1};
    struct callable base;
    int result = -77;

    init_adder(&base, &adder);
    cr_assert_eq(callable_call(&base, 1, &result), 1, "want the error 1");
    cr_assert_eq(result, -77, "*result after an error: got %d", result);
    cr_assert_eq(value_of(&base, 41), 42);
    cr_assert_str_eq(callable_name(&base), "add_one");
    cr_assert_null(callable_wrapped(&base), "a base wraps nothing");
}

Test(decorator, layers_are_where_the_caller_put_them)
{
    struct adder adder = {0, 0};
    struct callable base, inner, outer, *f = &base;

    init_adder(&base, &adder);
    cr_assert_eq(decorate_count(&f, &inner, true), 0);
    cr_assert_eq(f, &inner, "decorating did not use the layer it was given");
    cr_assert_eq(decorate_count(&f, &outer, true), 0);
    cr_assert_eq(f, &outer, "decorating did not use the layer it was given");
    value_of(f, 1);
    value_of(callable_wrapped(f), 1);
    expect_calls(&outer, 1);
    expect_calls(&inner, 2);
    cr_assert_eq(callable_wrapped(f), &inner);
    cr_assert_eq(callable_unwrap(f), &base);
    cr_assert_str_eq(callable_doc(f), "One more.");
}

Test(decorator, a_layer_may_be_in_a_chain_only_once)
{
    struct adder adder = {0, 0};
    struct callable base, layers[2], *f = &base;

    init_adder(&base, &adder);
    cr_assert_eq(decorate_count(&f, &layers[0], false), 0);
    cr_assert_eq(decorate_retry(&f, &layers[1], 2, true), 0);
    for (int i = 0; i < 2; i++)
        cr_assert_eq(decorate_count(&f, &layers[i], true), CALLABLE_EINVAL,
                     "layer %d is in the chain already", i);
    cr_assert_eq(decorate_count(&f, &base, true), CALLABLE_EINVAL,
                 "the base is in the chain already");
    cr_assert_eq(f, &layers[1], "a refused decorator changed the callable");
    value_of(f, 1);
    expect_calls(&layers[0], 1);
}

Test(decorator, memory_can_be_used_again)
{
    struct adder adder = {0, 0}, other = {0, 0};
    struct callable base, layer, *f = &base;

    init_adder(&base, &adder);
    cr_assert_eq(decorate_count(&f, &layer, true), 0);
    value_of(f, 1);
    init_adder(&base, &other);
    f = &base;
    cr_assert_eq(decorate_count(&f, &layer, false), 0);
    expect_calls(f, 0);
    value_of(f, 1);
    expect_calls(f, 1);
    cr_assert_eq(other.calls, 1, "got %d calls, want 1", other.calls);
    cr_assert_null(callable_wrapped(f), "of the layer's life before");
}

Test(decorator, a_memo_has_a_place_for_each_remainder)
{
    struct adder adder = {0, 0};
    struct callable_place places[4] = {{1, 7, true}, {1, 7, true}};
    struct callable base, layer, *f = &base;

    init_adder(&base, &adder);
    cr_assert_eq(decorate_memo(&f, &layer, places, 4, true), 0);
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 4; i++)
            cr_assert_eq(value_of(f, i), i + 1, "call(%d): another value", i);
    expect_cache(f, 4, 4, 4);
    value_of(f, 5);
    value_of(f, 0);
    expect_cache(f, 5, 5, 4);
    value_of(f, 1);
    expect_cache(f, 5, 6, 4);
}

Test(decorator, a_memo_takes_every_int)
{
    static const int numbers[] = {-1, INT_MIN, INT_MAX - 1, -4};
    struct adder adder = {0, 0};
    struct callable_place places[7];
    struct callable base, layer, *f = &base;

    init_adder(&base, &adder);
    cr_assert_eq(decorate_memo(&f, &layer, places, 7, true), 0);
    for (int i = 0; i < 4; i++) {
        cr_assert_eq(value_of(f, numbers[i]), numbers[i] + 1);
        cr_assert_eq(value_of(f, numbers[i]), numbers[i] + 1);
    }
    /* 2^32 - 1, 2^31, 2^31 - 2 and 2^32 - 4 are 3, 2, 0 and 0 modulo 7. */
    expect_cache(f, 4, 4, 3);
}

Test(decorator, a_failure_takes_no_place)
{
    struct adder adder = {0, 0};
    struct callable_place place;
    struct callable base, layer, *f = &base;

    init_adder(&base, &adder);
    cr_assert_eq(decorate_memo(&f, &layer, &place, 1, true), 0);
    value_of(f, 1);
    adder.failures = 2;
    cr_assert_eq(callable_call(f, 2, NULL), 2, "want the error 2");
    value_of(f, 1);
    expect_cache(f, 1, 2, 1);
}

Test(decorator, a_log_is_cut_where_it_ends)
{
    char text[13] = "";
    struct callable_log log = {text, 12, 0};
    struct adder adder = {0, 0};
    struct callable base, layer, *f = &base;

    init_adder(&base, &adder);
    text[12] = '#';
    cr_assert_eq(decorate_log(&f, &layer, &log, true), 0);
    value_of(f, 5);
    cr_assert_str_eq(text, "> add_one 5", "got \"%s\"", text);
    cr_assert_eq(log.length, 24, "length: got %zu, want 24", log.length);
    cr_assert_eq(text[12], '#', "wrote past the end of the log");
}

Test(decorator, what_makes_no_sense_is_refused)
{
    struct adder adder = {0, 0};
    struct callable_place place;
    struct callable base, layer, *f = &base, *none = NULL;

    init_adder(&base, &adder);
    cr_assert_eq(callable_init(NULL, add_one, &adder, "f", NULL),
                 CALLABLE_EINVAL);
    cr_assert_eq(callable_init(&layer, NULL, &adder, "f", NULL),
                 CALLABLE_EINVAL);
    cr_assert_eq(decorate_count(&none, &layer, true), CALLABLE_EINVAL);
    cr_assert_eq(decorate_count(&f, NULL, true), CALLABLE_EINVAL);
    cr_assert_eq(decorate_log(&f, &layer, NULL, true), CALLABLE_EINVAL);
    cr_assert_eq(decorate_retry(&f, &layer, 0, true), CALLABLE_EINVAL);
    cr_assert_eq(decorate_memo(&f, &layer, NULL, 1, true), CALLABLE_EINVAL);
    cr_assert_eq(decorate_memo(&f, &layer, &place, 0, true), CALLABLE_EINVAL);
    cr_assert_eq(f, &base, "a refused decorator changed the callable");
}

Test(decorator, a_deep_stack_is_called_and_unwrapped)
{
    enum { LAYERS = 5000 };
    struct callable *layers = malloc(LAYERS * sizeof *layers);
    struct adder adder = {0, 0};
    struct callable base, *f = &base;

    cr_assert_not_null(layers);
    init_adder(&base, &adder);
    for (int i = 0; i < LAYERS; i++)
        cr_assert_eq(decorate_retry(&f, &layers[i], 2, true), 0);
    cr_assert_eq(value_of(f, 1), 2);
    cr_assert_eq(callable_unwrap(f), &base, "unwrap goes to the innermost");
    free(layers);
}
