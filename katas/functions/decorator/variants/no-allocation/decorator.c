#include "decorator.h"

/* Replace each body; the header says what it has to do. */

int callable_init(struct callable *base, callable_function *function,
                  void *context, const char *name, const char *doc)
{
    (void)base, (void)function, (void)context, (void)name, (void)doc;
    return CALLABLE_EINVAL;
}

int callable_call(struct callable *callable, int argument, int *result)
{
    (void)callable, (void)argument, (void)result;
    return 0;
}

int decorate_log(struct callable **callable, struct callable *layer,
                 struct callable_log *log, bool wraps)
{
    (void)callable, (void)layer, (void)log, (void)wraps;
    return 0;
}

int decorate_count(struct callable **callable, struct callable *layer,
                   bool wraps)
{
    (void)callable, (void)layer, (void)wraps;
    return 0;
}

int decorate_memo(struct callable **callable, struct callable *layer,
                  struct callable_place *places, size_t count, bool wraps)
{
    (void)callable, (void)layer, (void)places, (void)count, (void)wraps;
    return 0;
}

int decorate_retry(struct callable **callable, struct callable *layer,
                   int attempts, bool wraps)
{
    (void)callable, (void)layer, (void)attempts, (void)wraps;
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
