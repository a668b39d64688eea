/*
 * Decorators: callables that wrap callables.
 *
 * A callable is a function pointer with the context it is called with. A
 * decorator puts a layer around a callable: the layer is a callable too, does
 * something of its own and calls what it wraps. As `f = counted(f)` does in
 * Python, decorating replaces the callable in the caller's variable:
 *
 *     struct callable *f = callable_new(square, NULL, NULL, "square", NULL);
 *     int value;
 *
 *     decorate_retry(&f, 3, true);
 *     decorate_count(&f, true);          the last applied is the outermost
 *     if (callable_call(f, 7, &value) == 0)
 *         printf("%d\n", value);
 *     callable_free(f);                  frees the layers and the base
 *
 * Ownership: the caller owns the outermost callable and nothing else; each
 * layer owns what it wraps. Strings, logs and contexts without a release
 * function are borrowed and must outlive the callables that use them.
 *
 * Limits: functions and release functions must not call, decorate or free a
 * callable whose chain they are in. One thread at a time. Names are shorter
 * than INT_MAX - 64 bytes. A call may recurse once a layer: 10,000 layers must
 * work. Freeing and unwrapping must work for any number of layers, so they
 * must not recurse. Counters do not overflow in practice and need no check.
 */
#ifndef DECORATOR_H
#define DECORATOR_H

#include <stdbool.h>
#include <stddef.h>

/* What a function of this header reports besides 0 for success. */
enum {
    CALLABLE_ENOMEM = -1, /* out of memory; the call had no effect at all */
    CALLABLE_EINVAL = -2  /* an argument the contract refuses; no effect */
};

/*
 * What is wrapped in the end: computes *result from `argument` and returns 0,
 * or fails with a positive error number of its own. It never returns a
 * negative number. `result` is never NULL; what a failing function left in it
 * is ignored.
 */
typedef int callable_function(void *context, int argument, int *result);

/* Ends a base callable's use of its context. */
typedef void callable_release(void *context);

struct callable;

/*
 * Where a logging layer writes: a buffer of the caller's. The log keeps the
 * first `size` - 1 bytes of all that was written to it, followed by '\0';
 * nothing is written where `size` is 0. `length` counts all that was written,
 * also what did not fit, so `length` >= `size` tells that the text was cut.
 * The caller sets the three fields (`length` to 0, `text` not NULL, text[0] to
 * '\0') and may do so again between calls.
 */
struct callable_log {
    char *text;
    size_t size;
    size_t length;
};

/* What a memoising layer tells, like functools.lru_cache's cache_info(). */
struct callable_cache {
    size_t hits;    /* calls answered from memory */
    size_t misses;  /* calls passed on, those that failed included */
    size_t maxsize; /* of the arguments remembered */
    size_t size;    /* arguments remembered */
};

/*
 * A base callable: calls `function` with `context`. `name` and `doc` are
 * borrowed and may be NULL: a callable without a name, without a
 * documentation string.
 *
 * `release`, unless NULL, is called exactly once with `context`, when the
 * callable is freed. It is called for a NULL context too.
 *
 * Returns NULL when `function` is NULL or memory runs out; `release` is then
 * not called and the context stays the caller's.
 */
struct callable *callable_new(callable_function *function, void *context,
                              callable_release *release, const char *name,
                              const char *doc);

/*
 * Frees `callable` with all that it wraps and releases the base's context.
 * NULL is allowed. O(n) in the number of layers.
 */
void callable_free(struct callable *callable);

/*
 * Calls `callable`. Returns 0 and stores the value in *result; or the
 * function's own error, positive; or CALLABLE_EINVAL where `callable` is NULL;
 * or CALLABLE_ENOMEM where a memoising layer finds no room for a new argument.
 * `result` may be NULL where the value is not wanted; *result is written on
 * success only.
 *
 * A call that reports CALLABLE_ENOMEM had no effect: no function was called,
 * nothing counted, logged, remembered or forgotten, whatever the order of the
 * layers.
 *
 * O(n) in the layers that it passes through.
 */
int callable_call(struct callable *callable, int argument, int *result);

/*
 * The decorators. Each replaces *callable with a new layer that owns the old
 * one, and returns 0; or CALLABLE_EINVAL where `callable` or *callable is NULL
 * or an argument below says so; or CALLABLE_ENOMEM. When it does not return 0,
 * *callable is as it was and still the caller's. O(1).
 *
 * `wraps` is functools.wraps. With it, the layer has the name and the doc of
 * what it wraps, and callable_wrapped tells what that is. A callable without a
 * name gives none: the layer then keeps its own name, "wrapper"; a missing doc
 * is passed on as missing. Without `wraps`, the layer has the name "wrapper",
 * no doc, and hides what it wraps, which it owns and calls all the same.
 */

/*
 * Logging: a line before each call that it passes on, "> NAME ARGUMENT\n", and
 * one after it, "< NAME VALUE\n" or, where it failed, "! NAME ERROR\n". NAME is
 * the name of what this layer wraps, "?" where that has none; the numbers are
 * decimal. `log` is borrowed; NULL is CALLABLE_EINVAL. Layers may share a log.
 */
int decorate_log(struct callable **callable, struct callable_log *log,
                 bool wraps);

/* Counting: counts the calls that it passes on, failed ones too. */
int decorate_count(struct callable **callable, bool wraps);

/*
 * Memoising: remembers the values of the arguments whose calls succeeded, at
 * most `maxsize` of them, and answers from memory when such an argument comes
 * again. Where one more is to be remembered, the argument that was used least
 * recently is forgotten; answering from memory and remembering are uses.
 * Failures are not remembered, and forget nothing. With `maxsize` 0 nothing is
 * ever remembered: each call is a miss. `maxsize` may be SIZE_MAX: memory
 * follows the arguments remembered.
 *
 * An argument that is remembered costs O(1) on average, however many are
 * remembered (evenly spaced ones too), whatever lies beneath, and allocates
 * nothing; so does forgetting one for another. Remembering n arguments costs
 * O(n) in all.
 */
int decorate_memo(struct callable **callable, size_t maxsize, bool wraps);

/*
 * Retrying: calls until a call succeeds, `attempts` times at most, the first
 * included; fails with the error of the last attempt. Fewer than 1 attempts
 * are CALLABLE_EINVAL.
 */
int decorate_retry(struct callable **callable, int attempts, bool wraps);

/* The name, borrowed; NULL where it has none or `callable` is NULL. */
const char *callable_name(const struct callable *callable);

/* The documentation string; NULL where there is none or `callable` is NULL. */
const char *callable_doc(const struct callable *callable);

/*
 * __wrapped__: what this layer wraps; NULL for a base callable, for a layer
 * made without `wraps` and for NULL. Borrowed: it may be called and looked at,
 * and must not be decorated or freed. Calling it passes the layers above by.
 */
struct callable *callable_wrapped(const struct callable *callable);

/*
 * inspect.unwrap: follows callable_wrapped to its end and returns the last
 * callable there, which is `callable` itself where it tells of none. Borrowed
 * as above. NULL for NULL. O(n).
 */
struct callable *callable_unwrap(struct callable *callable);

/*
 * Stores the number of calls that a counting layer has counted and returns 0,
 * or returns CALLABLE_EINVAL where `callable` is not a counting layer itself or
 * either argument is NULL, and leaves *calls alone.
 */
int callable_calls(const struct callable *callable, size_t *calls);

/* The same for a memoising layer and what it tells of its memory. */
int callable_cache_info(const struct callable *callable,
                        struct callable_cache *info);

#endif
