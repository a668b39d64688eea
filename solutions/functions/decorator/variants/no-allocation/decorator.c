#include "decorator.h"

#include <stdio.h>

/*
 * A layer is made of the same parts as a base: a function and its context,
 * which is the layer itself. So calling need not know the kinds; where a kind
 * matters, the function tells it. What a kind does not use is 0.
 */
static int pass_on(const struct callable *callable, int argument, int *result)
{
    return callable->function(callable->context, argument, result);
}

int callable_init(struct callable *base, callable_function *function,
                  void *context, const char *name, const char *doc)
{
    if (!base || !function)
        return CALLABLE_EINVAL;
    *base = (struct callable){
        .function = function, .context = context, .name = name, .doc = doc};
    return 0;
}

/* A layer that is in its own chain would call itself for ever. */
static bool has_layer(const struct callable *chain,
                      const struct callable *layer)
{
    while (chain && chain != layer)
        chain = chain->inner;
    return chain;
}

static int decorate(struct callable **callable, struct callable *layer,
                    callable_function *function, bool wraps)
{
    struct callable *inner = callable ? *callable : NULL;

    if (!inner || !layer || has_layer(inner, layer))
        return CALLABLE_EINVAL;
    *layer = (struct callable){.function = function,
                               .context = layer,
                               .name = "wrapper",
                               .inner = inner};
    if (wraps) {
        if (inner->name)
            layer->name = inner->name;
        layer->doc = inner->doc;
        layer->wrapped = inner;
    }
    *callable = layer;
    return 0;
}

/* snprintf is given no room once the text is full, but still counts. */
static void log_line(struct callable_log *log, char mark, const char *name,
                     int number)
{
    size_t end = log->length < log->size ? log->length : log->size;

    log->length +=
        (size_t)snprintf(log->text + end, log->size - end, "%c %s %d\n", mark,
                         name ? name : "?", number);
}

static int call_logged(void *context, int argument, int *result)
{
    struct callable *self = context;
    const char *name = self->inner->name;
    int error;

    log_line(self->log, '>', name, argument);
    error = pass_on(self->inner, argument, result);
    log_line(self->log, error ? '!' : '<', name, error ? error : *result);
    return error;
}

int decorate_log(struct callable **callable, struct callable *layer,
                 struct callable_log *log, bool wraps)
{
    int status =
        log ? decorate(callable, layer, call_logged, wraps) : CALLABLE_EINVAL;

    if (status == 0)
        layer->log = log;
    return status;
}

static int call_counted(void *context, int argument, int *result)
{
    struct callable *self = context;

    self->calls++;
    return pass_on(self->inner, argument, result);
}

int decorate_count(struct callable **callable, struct callable *layer,
                   bool wraps)
{
    return decorate(callable, layer, call_counted, wraps);
}

static int call_memoised(void *context, int argument, int *result)
{
    struct callable *self = context;
    struct callable_place *place =
        &self->places[(unsigned)argument % self->place_count];
    int error;

    if (place->used && place->argument == argument) {
        self->cache.hits++;
        *result = place->value;
        return 0;
    }
    self->cache.misses++;
    error = pass_on(self->inner, argument, result);
    if (error)
        return error;
    self->cache.size += !place->used;
    *place = (struct callable_place){argument, *result, true};
    return 0;
}

int decorate_memo(struct callable **callable, struct callable *layer,
                  struct callable_place *places, size_t count, bool wraps)
{
    int status = places && count > 0
                     ? decorate(callable, layer, call_memoised, wraps)
                     : CALLABLE_EINVAL;

    if (status != 0)
        return status;
    for (size_t i = 0; i < count; i++)
        places[i].used = false;
    layer->places = places;
    layer->place_count = count;
    return 0;
}

static int call_retried(void *context, int argument, int *result)
{
    const struct callable *self = context;
    int error = pass_on(self->inner, argument, result);

    for (int i = 1; error && i < self->attempts; i++)
        error = pass_on(self->inner, argument, result);
    return error;
}

int decorate_retry(struct callable **callable, struct callable *layer,
                   int attempts, bool wraps)
{
    int status = attempts > 0 ? decorate(callable, layer, call_retried, wraps)
                              : CALLABLE_EINVAL;

    if (status == 0)
        layer->attempts = attempts;
    return status;
}

int callable_call(struct callable *callable, int argument, int *result)
{
    int value, error;

    if (!callable)
        return CALLABLE_EINVAL;
    error = pass_on(callable, argument, &value);
    if (!error && result)
        *result = value;
    return error;
}

const char *callable_name(const struct callable *callable)
{
    return callable ? callable->name : NULL;
}

const char *callable_doc(const struct callable *callable)
{
    return callable ? callable->doc : NULL;
}

struct callable *callable_wrapped(const struct callable *callable)
{
    return callable ? callable->wrapped : NULL;
}

struct callable *callable_unwrap(struct callable *callable)
{
    while (callable && callable->wrapped)
        callable = callable->wrapped;
    return callable;
}

int callable_calls(const struct callable *callable, size_t *calls)
{
    if (!callable || !calls || callable->function != call_counted)
        return CALLABLE_EINVAL;
    *calls = callable->calls;
    return 0;
}

int callable_cache_info(const struct callable *callable,
                        struct callable_cache *info)
{
    if (!callable || !info || callable->function != call_memoised)
        return CALLABLE_EINVAL;
    *info = callable->cache;
    return 0;
}
