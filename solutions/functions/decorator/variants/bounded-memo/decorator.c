#include "decorator.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* A remembered argument is in two structures: in the chain of its bucket, and
   in the ring ordered by use. */
struct entry {
    int argument, value;
    struct entry *chain;
    struct entry *prev, *next;
};

/*
 * `spare` is an entry in neither: what the next argument to be remembered goes
 * into, got before the call so that nothing can fail after it.
 */
struct memo {
    struct entry **buckets; /* 1 << bits of them; NULL until the first miss */
    unsigned bits;
    struct entry *spare;
    struct entry root; /* root.next is used most recently, root.prev least */
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

static size_t bucket_count(const struct memo *memo)
{
    return memo->buckets ? (size_t)1 << memo->bits : 0;
}

/* The multiplication spreads evenly spaced arguments, whose low bits may all be
   equal, over the high bits. */
static struct entry **bucket_of(const struct memo *memo, int argument)
{
    uint64_t hash = (uint32_t)argument * UINT64_C(0x9E3779B97F4A7C15);

    return &memo->buckets[hash >> (64 - memo->bits)];
}

/* The link that points to the entry, or the NULL link where it would be. There
   are buckets. */
static struct entry **find(const struct memo *memo, int argument)
{
    struct entry **link = bucket_of(memo, argument);

    while (*link && (*link)->argument != argument)
        link = &(*link)->chain;
    return link;
}

static bool memo_knows(const struct memo *memo, int argument)
{
    return memo->buckets && *find(memo, argument);
}

static void chain_insert(const struct memo *memo, struct entry *entry)
{
    struct entry **bucket = bucket_of(memo, entry->argument);

    entry->chain = *bucket;
    *bucket = entry;
}

static void ring_remove(struct entry *entry)
{
    entry->prev->next = entry->next;
    entry->next->prev = entry->prev;
}

static void ring_insert_first(struct memo *memo, struct entry *entry)
{
    entry->prev = &memo->root;
    entry->next = memo->root.next;
    entry->next->prev = entry;
    memo->root.next = entry;
}

/* Makes sure that there are as many buckets as entries, the next one counted.
 */
static bool reserve_bucket(struct memo *memo)
{
    struct memo grown = *memo;

    if (memo->info.size < bucket_count(memo))
        return true;
    grown.bits = memo->buckets ? memo->bits + 1 : 3;
    grown.buckets = calloc((size_t)1 << grown.bits, sizeof *grown.buckets);
    if (!grown.buckets)
        return false;
    free(memo->buckets);
    memo->buckets = grown.buckets;
    memo->bits = grown.bits;
    for (struct entry *entry = memo->root.next; entry != &memo->root;
         entry = entry->next)
        chain_insert(memo, entry);
    return true;
}

/* Makes sure that one more argument can be remembered without allocating: in a
   full memo the one to be forgotten makes room. */
static bool memo_reserve(struct memo *memo)
{
    if (memo->info.size == memo->info.maxsize)
        return true;
    if (!reserve_bucket(memo))
        return false;
    if (!memo->spare)
        memo->spare = malloc(sizeof *memo->spare);
    return memo->spare;
}

/* An entry in neither structure: the one used least recently when the memo is
   full, else the spare one. */
static struct entry *take_entry(struct memo *memo)
{
    struct entry *entry = memo->spare;

    if (memo->info.size < memo->info.maxsize) {
        memo->spare = NULL;
        memo->info.size++;
        return entry;
    }
    entry = memo->root.prev;
    *find(memo, entry->argument) = entry->chain;
    ring_remove(entry);
    return entry;
}

static void remember(struct memo *memo, int argument, int value)
{
    struct entry *entry;

    if (memo->info.maxsize == 0)
        return;
    entry = take_entry(memo);
    entry->argument = argument;
    entry->value = value;
    chain_insert(memo, entry);
    ring_insert_first(memo, entry);
}

static int call_memoised(void *context, int argument, int *result)
{
    struct callable *self = context;
    struct memo *memo = &self->memo;
    int error;

    if (memo_knows(memo, argument)) {
        struct entry *entry = *find(memo, argument);

        ring_remove(entry);
        ring_insert_first(memo, entry);
        memo->info.hits++;
        *result = entry->value;
        return 0;
    }
    memo->info.misses++;
    error = pass_on(self->inner, argument, result);
    if (!error)
        remember(memo, argument, *result);
    return error;
}

static void release_memo(void *context)
{
    struct memo *memo = &((struct callable *)context)->memo;

    while (memo->root.next != &memo->root) {
        struct entry *entry = memo->root.next;

        ring_remove(entry);
        free(entry);
    }
    free(memo->spare);
    free(memo->buckets);
}

int decorate_memo(struct callable **callable, size_t maxsize, bool wraps)
{
    int status = decorate(callable, call_memoised, wraps);
    struct memo *memo;

    if (status != 0)
        return status;
    (*callable)->release = release_memo;
    memo = &(*callable)->memo;
    memo->root.prev = memo->root.next = &memo->root;
    memo->info.maxsize = maxsize;
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
