#include "decorator.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct entry {
    int argument, value;
    bool used;
};

/* Open addressing with linear probing over 1 << bits entries, at most half of
   them used; nothing is ever deleted, so there are no tombstones. */
struct memo {
    struct entry *entries; /* NULL until the first miss */
    unsigned bits;
    struct callable_cache info;
};

/*
 * A layer is made of the same parts as a base: a function and its context,
 * which is the layer itself. So calling and freeing need not know the kinds;
 * where a kind matters, the function tells it. What a kind does not use is 0.
 */
struct callable {
    callable_function *function;
    void *context;
    callable_release *release;
    const char *name, *doc;
    struct callable *inner;   /* owned; NULL for a base */
    struct callable *wrapped; /* inner, or NULL where that is hidden */
    struct callable_log *log;
    size_t calls;
    int attempts;
    struct memo memo;
};

static int pass_on(const struct callable *callable, int argument, int *result)
{
    return callable->function(callable->context, argument, result);
}

struct callable *callable_new(callable_function *function, void *context,
                              callable_release *release, const char *name,
                              const char *doc)
{
    struct callable *base = function ? malloc(sizeof *base) : NULL;

    if (base)
        *base = (struct callable){.function = function,
                                  .context = context,
                                  .release = release,
                                  .name = name,
                                  .doc = doc};
    return base;
}

void callable_free(struct callable *callable)
{
    while (callable) {
        struct callable *inner = callable->inner;

        if (callable->release)
            callable->release(callable->context);
        free(callable);
        callable = inner;
    }
}

static int decorate(struct callable **callable, callable_function *function,
                    bool wraps)
{
    struct callable *inner = callable ? *callable : NULL;
    struct callable *layer;

    if (!inner)
        return CALLABLE_EINVAL;
    layer = malloc(sizeof *layer);
    if (!layer)
        return CALLABLE_ENOMEM;
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

int decorate_log(struct callable **callable, struct callable_log *log,
                 bool wraps)
{
    int status = log ? decorate(callable, call_logged, wraps) : CALLABLE_EINVAL;

    if (status == 0)
        (*callable)->log = log;
    return status;
}

static int call_counted(void *context, int argument, int *result)
{
    struct callable *self = context;

    self->calls++;
    return pass_on(self->inner, argument, result);
}

int decorate_count(struct callable **callable, bool wraps)
{
    return decorate(callable, call_counted, wraps);
}

static size_t memo_capacity(const struct memo *memo)
{
    return memo->entries ? (size_t)1 << memo->bits : 0;
}

/* The entry of `argument` or the free one where it belongs; the table has
   free entries. The multiplication spreads evenly spaced arguments, whose low
   bits may all be equal, over the high bits. */
static struct entry *memo_entry(const struct memo *memo, int argument)
{
    uint64_t hash = (uint32_t)argument * UINT64_C(0x9E3779B97F4A7C15);
    size_t i = (size_t)(hash >> (64 - memo->bits));

    while (memo->entries[i].used && memo->entries[i].argument != argument)
        i = (i + 1) & (memo_capacity(memo) - 1);
    return &memo->entries[i];
}

static bool memo_knows(const struct memo *memo, int argument)
{
    return memo->entries && memo_entry(memo, argument)->used;
}

/* Makes sure that one more argument can be remembered without allocating. */
static bool memo_reserve(struct memo *memo)
{
    size_t capacity = memo_capacity(memo);
    struct memo grown = *memo;

    if (memo->info.size < capacity / 2)
        return true;
    grown.bits = capacity ? memo->bits + 1 : 3;
    grown.entries = calloc((size_t)1 << grown.bits, sizeof *grown.entries);
    if (!grown.entries)
        return false;
    for (size_t i = 0; i < capacity; i++)
        if (memo->entries[i].used)
            *memo_entry(&grown, memo->entries[i].argument) = memo->entries[i];
    free(memo->entries);
    *memo = grown;
    return true;
}

static int call_memoised(void *context, int argument, int *result)
{
    struct memo *memo = &((struct callable *)context)->memo;
    struct entry *entry = memo_entry(memo, argument);
    int error;

    if (entry->used) {
        memo->info.hits++;
        *result = entry->value;
        return 0;
    }
    memo->info.misses++;
    error = pass_on(((struct callable *)context)->inner, argument, result);
    if (error)
        return error;
    *entry = (struct entry){argument, *result, true};
    memo->info.size++;
    return 0;
}

static void release_memo(void *context)
{
    free(((struct callable *)context)->memo.entries);
}

int decorate_memo(struct callable **callable, bool wraps)
{
    int status = decorate(callable, call_memoised, wraps);

    if (status == 0)
        (*callable)->release = release_memo;
    return status;
}

static int call_retried(void *context, int argument, int *result)
{
    const struct callable *self = context;
    int error = pass_on(self->inner, argument, result);

    for (int i = 1; error && i < self->attempts; i++)
        error = pass_on(self->inner, argument, result);
    return error;
}

int decorate_retry(struct callable **callable, int attempts, bool wraps)
{
    int status = attempts > 0 ? decorate(callable, call_retried, wraps)
                              : CALLABLE_EINVAL;

    if (status == 0)
        (*callable)->attempts = attempts;
    return status;
}

/*
 * Layers have effects on their way in that cannot be taken back, so all the
 * memory that a call may need is found before it begins. One entry a layer is
 * enough: every attempt has the same argument, and only success is remembered.
 */
static bool reserve(struct callable *callable, int argument)
{
    for (; callable; callable = callable->inner) {
        if (callable->function != call_memoised)
            continue;
        if (memo_knows(&callable->memo, argument))
            return true;
        if (!memo_reserve(&callable->memo))
            return false;
    }
    return true;
}

int callable_call(struct callable *callable, int argument, int *result)
{
    int value, error;

    if (!callable)
        return CALLABLE_EINVAL;
    if (!reserve(callable, argument))
        return CALLABLE_ENOMEM;
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
    *info = callable->memo.info;
    return 0;
}
