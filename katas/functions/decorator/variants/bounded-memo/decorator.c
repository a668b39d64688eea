#include "decorator.h"

/* Replace each body; the header says what it has to do. */

struct callable *callable_new(callable_function *function, void *context,
                              callable_release *release, const char *name,
                              const char *doc)
{
    (void)function, (void)context, (void)release, (void)name, (void)doc;
    return NULL;
}

void callable_free(struct callable *callable)
{
    (void)callable;
}

int callable_call(struct callable *callable, int argument, int *result)
{
    (void)callable, (void)argument, (void)result;
    return 0;
}

int decorate_log(struct callable **callable, struct callable_log *log,
                 bool wraps)
{
    (void)callable, (void)log, (void)wraps;
    return 0;
}

int decorate_count(struct callable **callable, bool wraps)
{
    (void)callable, (void)wraps;
    return 0;
}

int decorate_memo(struct callable **callable, size_t maxsize, bool wraps)
{
    (void)callable, (void)maxsize, (void)wraps;
    return 0;
}

int decorate_retry(struct callable **callable, int attempts, bool wraps)
{
    (void)callable, (void)attempts, (void)wraps;
    return 0;
}

const char *callable_name(const struct callable *callable)
{
    (void)callable;
    return NULL;
}

const char *callable_doc(const struct callable *callable)
{
    (void)callable;
    return NULL;
}

struct callable *callable_wrapped(const struct callable *callable)
{
    (void)callable;
    return NULL;
}

struct callable *callable_unwrap(struct callable *callable)
{
    (void)callable;
    return NULL;
}

int callable_calls(const struct callable *callable, size_t *calls)
{
    (void)callable, (void)calls;
    return 0;
}

int callable_cache_info(const struct callable *callable,
                        struct callable_cache *info)
{
    (void)callable, (void)info;
    return 0;
}
