/*
 * Decorators: callables that wrap callables.
 *
 * A callable is a function pointer with the context it is called with. A
 * decorator puts a layer around a callable: the layer is a callable too, does
 * something of its own and calls what it wraps. As `f = counted(f)` does in
 * Python, decorating replaces the callable in the caller's variable:
 *
 *     struct callable base, retry, count, *f = &base;
 *     int value;
 *
 *     callable_init(&base, square, NULL, "square", NULL);
 *     decorate_retry(&f, &retry, 3, true);
 *     decorate_count(&f, &count, true);  the last applied is the outermost
 *     if (callable_call(f, 7, &value) == 0)
 *         printf("%d\n", value);
 *
 * Ownership: nothing is allocated. All memory is the caller's: the callables,
 * the places of a memo, strings, logs and contexts. They are borrowed, stay
 * where they are, and must outlive the callables that use them. A callable that
 * no chain needs any more may be used again, for anything; nothing has to be
 * told for that.
 *
 * Limits: functions must not call or decorate a callable whose chain they are
 * in. One thread at a time. Names are shorter
 * than INT_MAX - 64 bytes. A call may recurse once a layer: 10,000 layers must
 * work. Decorating and unwrapping must work for any number of layers, so they
 * must not recurse. Counters do not overflow in practice and need no check.
 */
#ifndef DECORATOR_H
#define DECORATOR_H

#include <stdbool.h>
#include <stddef.h>

/* What a function of this header reports besides 0 for success. */
enum {
    CALLABLE_EINVAL = -2 /* an argument the contract refuses; no effect */
};

/*
 * What is wrapped in the end: computes *result from `argument` and returns 0,
 * or fails with a positive error number of its own. It never returns a
 * negative number. `result` is never NULL; what a failing function left in it
 * is ignored.
 */
typedef int callable_function(void *context, int argument, int *result);

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
    size_t hits;   /* calls answered from memory */
    size_t misses; /* calls passed on, those that failed included */
    size_t size;   /* arguments remembered */
};

/* Where a memoising layer remembers one argument. */
struct callable_place {
    int argument, value;
    bool used;
};

/*
 * A callable, base or layer. It is here only so that the caller can declare
 * one: its fields are for the functions below, which may use them as they like.
 * What is in it before callable_init or a decorator means nothing.
 */
struct callable {
    callable_function *function;
    void *context;
    const char *name, *doc;
    struct callable *inner;   /* what it calls */
    struct callable *wrapped; /* what callable_wrapped tells */
    struct callable_log *log;
    size_t calls;
    int attempts;
    struct callable_place *places;
    size_t place_count;
    struct callable_cache cache;
};

/*
 * Makes *base a base callable: it calls `function` with `context`. `name` and
 * `doc` may be NULL: a callable without a name, without a documentation string.
 * Returns 0, or CALLABLE_EINVAL where `base` or `function` is NULL. O(1).
 */
int callable_init(struct callable *base, callable_function *function,
                  void *context, const char *name, const char *doc);

/*
 * Calls `callable`. Returns 0 and stores the value in *result; or the
 * function's own error, positive; or CALLABLE_EINVAL where `callable` is NULL.
 * `result` may be NULL where the value is not wanted; *result is written on
 * success only.
 *
 * O(n) in the layers that it passes through.
 */
int callable_call(struct callable *callable, int argument, int *result);

/*
 * The decorators. Each makes *layer a layer around **callable, has *callable
 * point to it, and returns 0; or CALLABLE_EINVAL where `callable`, *callable or
 * `layer` is NULL, where `layer` is in the chain of *callable already (also
 * beneath a layer that hides what it wraps), or where an argument below says
 * so. When it does not return 0, *callable and *layer are as they were. O(n) in
 * the layers of the chain, for looking whether `layer` is one.
 *
 * `wraps` is functools.wraps. With it, the layer has the name and the doc of
 * what it wraps, and callable_wrapped tells what that is. A callable without a
 * name gives none: the layer then keeps its own name, "wrapper"; a missing doc
 * is passed on as missing. Without `wraps`, the layer has the name "wrapper",
 * no doc, and hides what it wraps, which it calls all the same.
 */

/*
 * Logging: a line before each call that it passes on, "> NAME ARGUMENT\n", and
 * one after it, "< NAME VALUE\n" or, where it failed, "! NAME ERROR\n". NAME is
 * the name of what this layer wraps, "?" where that has none; the numbers are
 * decimal. `log` is borrowed; NULL is CALLABLE_EINVAL. Layers may share a log.
 */
int decorate_log(struct callable **callable, struct callable *layer,
                 struct callable_log *log, bool wraps);

/* Counting: counts the calls that it passes on, failed ones too. */
int decorate_count(struct callable **callable, struct callable *layer,
                   bool wraps);

/*
 * Memoising: remembers the values of arguments whose calls succeeded in
 * places[0] ... places[count - 1], and answers from memory when the argument
 * comes again. An argument has one place: the one whose index is
 * (unsigned)argument % count. An argument that succeeds takes it from the one
 * that was there before. Failures are not remembered, and take no place. What
 * is in `places` beforehand means nothing. `places` NULL and `count` 0 are
 * CALLABLE_EINVAL. Decorating is O(count) besides; an argument that is
 * remembered costs O(1), whatever lies beneath.
 */
int decorate_memo(struct callable **callable, struct callable *layer,
                  struct callable_place *places, size_t count, bool wraps);

/*
 * Retrying: calls until a call succeeds, `attempts` times at most, the first
 * included; fails with the error of the last attempt. Fewer than 1 attempts
 * are CALLABLE_EINVAL.
 */
int decorate_retry(struct callable **callable, struct callable *layer,
                   int attempts, bool wraps);

/* The name, borrowed; NULL where it has none or `callable` is NULL. */
const char *callable_name(const struct callable *callable);

/* The documentation string; NULL where there is none or `callable` is NULL. */
const char *callable_doc(const struct callable *callable);

/*
 * __wrapped__: what this layer wraps; NULL for a base callable, for a layer
 * made without `wraps` and for NULL. It may be called and looked at,
 * and must not be decorated. Calling it passes the layers above by.
 */
struct callable *callable_wrapped(const struct callable *callable);

/*
 * inspect.unwrap: follows callable_wrapped to its end and returns the last
 * callable there, which is `callable` itself where it tells of none. NULL for
 * NULL. O(n).
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
