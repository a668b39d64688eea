#include "agent.h"
#include "decorator.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* The memory of a layer, just as much as it may use. It is full of rubbish at
   first, and freed at the end of the trace. */
struct block {
    struct callable *layer;
    struct callable_place *places;
    struct block *next;
};

/* What a handle stands for: a variable that decorating rebinds, and the base in
   it with its context. */
struct binding {
    struct callable *callable, *base;
    int calls, failures; /* for the bases that have a memory */
    struct binding *next;
};

static struct binding *bindings;
static struct block *blocks;
static struct callable_log lines;

static void *must(void *block)
{
    if (!block)
        abort();
    return block;
}

/* The bases */

enum { NEGATIVE = 1, TOO_BIG = 2, FLAKY = 3 };

static int square(void *context, int argument, int *result)
{
    long long product = (long long)argument * argument;

    (void)context;
    if (product > INT_MAX)
        return TOO_BIG;
    *result = (int)product;
    return 0;
}

static int negate(void *context, int argument, int *result)
{
    (void)context;
    if (argument == INT_MIN)
        return TOO_BIG;
    *result = -argument;
    return 0;
}

static int positive(void *context, int argument, int *result)
{
    (void)context;
    *result = argument;
    return argument < 0 ? NEGATIVE : 0;
}

static int counter(void *context, int argument, int *result)
{
    struct binding *binding = context;

    (void)argument;
    *result = ++binding->calls;
    return 0;
}

static int flaky(void *context, int argument, int *result)
{
    struct binding *binding = context;

    (void)argument;
    *result = ++binding->calls;
    return binding->calls % (binding->failures + 1) ? FLAKY : 0;
}

static const struct base {
    const char *word;
    callable_function *function;
    const char *name, *doc;
} bases[] = {
    {"square", square, "square", "Multiply a number by itself."},
    {"negate", negate, "negate", NULL},
    {"positive", positive, "positive", "Refuse what is below zero."},
    {"counter", counter, "counter", "Count the calls."},
    {"flaky", flaky, "flaky", "Fail some times, then succeed."},
    {"nameless", negate, NULL, "An object that can be called."},
};

/* Arguments and answers */

static struct binding *binding_of(struct agent_call *call)
{
    return agent_object(call, 0);
}

/* Walks down what callable_wrapped tells; NULL where the chain ends before. */
static struct callable *layer_at(struct agent_call *call)
{
    struct callable *layer = binding_of(call)->callable;

    for (size_t depth = agent_size(call, 1); layer && depth > 0; depth--)
        layer = callable_wrapped(layer);
    return layer;
}

static bool read_wraps(struct agent_call *call, size_t i, bool *wraps)
{
    const char *word = agent_str(call, i);

    *wraps = strcmp(word, "wraps") == 0;
    if (*wraps || strcmp(word, "plain") == 0)
        return true;
    agent_refuse(call, "neither wraps nor plain");
    return false;
}

static void say_status(struct agent_call *call, int status)
{
    if (status == CALLABLE_EINVAL)
        agent_fail(call, "EINVAL");
    else if (status != 0)
        agent_fail(call, "UNKNOWN");
}

static void say_call(struct agent_call *call, struct callable *callable,
                     int argument)
{
    int result = -77;
    int error = callable_call(callable, argument, &result);

    if (error < 0) {
        say_status(call, error);
        return;
    }
    if (error > 0) {
        agent_say_word(call, "error");
        agent_say_int(call, error);
        if (result != -77)
            agent_say_word(call, "touched");
        return;
    }
    agent_say_int(call, result);
}

static void *rubbish(size_t size)
{
    return memset(must(malloc(size)), 0xa5, size);
}

/* Memory for a layer with so many places. */
static struct block *new_block(size_t count)
{
    struct block *block = must(malloc(sizeof *block));

    block->layer = rubbish(sizeof *block->layer);
    block->places = count ? rubbish(count * sizeof *block->places) : NULL;
    block->next = blocks;
    blocks = block;
    return block;
}

static struct callable *new_layer(void)
{
    return new_block(0)->layer;
}

/* Commands */

static void cmd_new(struct agent_call *call)
{
    const struct base *base = bases,
                      *end = bases + sizeof bases / sizeof *bases;
    int failures = agent_int(call, 1), status;
    struct binding *binding;

    while (base < end && strcmp(base->word, agent_str(call, 0)) != 0)
        base++;
    if (base == end || failures < 0 || failures > 99) {
        agent_make(call, "fn", NULL);
        agent_refuse(call, "no such base");
        return;
    }
    binding = must(calloc(1, sizeof *binding));
    binding->failures = failures;
    binding->next = bindings;
    bindings = binding;
    binding->callable = binding->base = new_layer();
    status = callable_init(binding->base, base->function, binding, base->name,
                           base->doc);
    agent_make(call, "fn", status == 0 ? binding : NULL);
    say_status(call, status);
}

static void cmd_log(struct agent_call *call)
{
    bool wraps;

    if (read_wraps(call, 1, &wraps))
        say_status(call, decorate_log(&binding_of(call)->callable, new_layer(),
                                      &lines, wraps));
}

static void cmd_count(struct agent_call *call)
{
    bool wraps;

    if (read_wraps(call, 1, &wraps))
        say_status(call, decorate_count(&binding_of(call)->callable,
                                        new_layer(), wraps));
}

static void cmd_memo(struct agent_call *call)
{
    size_t count = agent_size(call, 1);
    struct block *block;
    bool wraps;

    if (!read_wraps(call, 2, &wraps))
        return;
    if (count > 65536) {
        agent_refuse(call, "too many");
        return;
    }
    block = new_block(count);
    say_status(call, decorate_memo(&binding_of(call)->callable, block->layer,
                                   block->places, count, wraps));
}

static void cmd_retry(struct agent_call *call)
{
    bool wraps;

    if (read_wraps(call, 2, &wraps))
        say_status(call,
                   decorate_retry(&binding_of(call)->callable, new_layer(),
                                  agent_int(call, 1), wraps));
}

static void cmd_call(struct agent_call *call)
{
    say_call(call, binding_of(call)->callable, agent_int(call, 1));
}

static void cmd_bypass(struct agent_call *call)
{
    struct callable *layer = layer_at(call);

    if (layer)
        say_call(call, layer, agent_int(call, 2));
    else
        agent_say_none(call);
}

/* Many calls in one line, for the claims about growth. */
static void cmd_fill(struct agent_call *call)
{
    size_t n = agent_size(call, 1), done = 0;
    int step = agent_int(call, 2), error = 0;

    if (step < 1 || n > (size_t)(INT_MAX / step)) {
        agent_refuse(call, "too far");
        return;
    }
    for (; done < n && error == 0; done++)
        error =
            callable_call(binding_of(call)->callable, (int)done * step, NULL);
    if (error < 0)
        say_status(call, error);
    else
        agent_say_size(call, error ? done - 1 : done);
}

static void cmd_describe(struct agent_call *call)
{
    const struct callable *layer = layer_at(call);

    agent_say_str(call, callable_name(layer));
    agent_say_str(call, callable_doc(layer));
}

static void cmd_calls(struct agent_call *call)
{
    size_t calls = 0;
    int status = callable_calls(layer_at(call), &calls);

    agent_say_size(call, calls);
    say_status(call, status);
}

static void cmd_cache(struct agent_call *call)
{
    struct callable_cache info = {0, 0, 0};
    int status = callable_cache_info(layer_at(call), &info);

    agent_say_size(call, info.hits);
    agent_say_size(call, info.misses);
    agent_say_size(call, info.size);
    say_status(call, status);
}

/* Says how deep the innermost callable lies, and its name. */
static void cmd_unwrap(struct agent_call *call)
{
    struct callable *layer = binding_of(call)->callable;
    struct callable *innermost = callable_unwrap(layer);
    size_t depth = 0;

    while (layer && layer != innermost) {
        layer = callable_wrapped(layer);
        depth++;
    }
    if (!layer) {
        agent_say_none(call);
        return;
    }
    agent_say_size(call, depth);
    agent_say_str(call, callable_name(innermost));
}

static void cmd_text(struct agent_call *call)
{
    if (lines.size == 0)
        agent_say_none(call);
    else if (!memchr(lines.text, '\0', lines.size))
        agent_say_word(call, "unterminated");
    else
        agent_say_str(call, lines.text);
    agent_say_size(call, lines.length);
}

/* The block is as large as the log says, so that Valgrind sees a write past
   its end. */
static void set_log(size_t size)
{
    free(lines.text);
    lines = (struct callable_log){must(malloc(size ? size : 1)), size, 0};
    lines.text[0] = '\0';
}

static void cmd_reset(struct agent_call *call)
{
    if (agent_size(call, 0) > 20000)
        agent_refuse(call, "too large");
    else
        set_log(agent_size(call, 0));
}

static void cmd_nulls(struct agent_call *call)
{
    struct callable *none = NULL, *layer = new_layer();
    struct callable_place place;
    struct callable_cache info;
    size_t calls;

    agent_say_int(call, callable_init(NULL, negate, NULL, "none", NULL));
    agent_say_int(call, callable_init(layer, NULL, NULL, "none", NULL));
    agent_say_int(call, callable_call(NULL, 1, NULL));
    agent_say_int(call, decorate_log(NULL, layer, &lines, true));
    agent_say_int(call, decorate_log(&none, layer, &lines, true));
    agent_say_int(call, decorate_count(NULL, layer, true));
    agent_say_int(call, decorate_count(&none, layer, true));
    agent_say_int(call, decorate_memo(NULL, layer, &place, 1, true));
    agent_say_int(call, decorate_memo(&none, layer, &place, 1, true));
    agent_say_int(call, decorate_retry(NULL, layer, 1, true));
    agent_say_int(call, decorate_retry(&none, layer, 1, true));
    agent_say_str(call, callable_name(NULL));
    agent_say_str(call, callable_doc(NULL));
    agent_say_bool(call, callable_wrapped(NULL) == NULL);
    agent_say_bool(call, callable_unwrap(NULL) == NULL);
    agent_say_int(call, callable_calls(NULL, &calls));
    agent_say_int(call, callable_cache_info(NULL, &info));
}

/* What the contract refuses of a callable that is there. */
static void cmd_refused(struct agent_call *call)
{
    struct binding *binding = binding_of(call);
    struct callable *before = binding->callable, **f = &binding->callable;
    struct callable *layer = new_layer();
    struct callable_place place;

    agent_say_int(call, decorate_log(f, layer, NULL, true));
    agent_say_int(call, decorate_retry(f, layer, 0, true));
    agent_say_int(call, decorate_memo(f, layer, NULL, 1, true));
    agent_say_int(call, decorate_memo(f, layer, &place, 0, true));
    agent_say_int(call, decorate_count(f, NULL, true));
    agent_say_int(call, decorate_count(f, binding->callable, true));
    agent_say_int(call, decorate_count(f, binding->base, false));
    agent_say_int(call, callable_calls(binding->callable, NULL));
    agent_say_int(call, callable_cache_info(binding->callable, NULL));
    agent_say_bool(call, binding->callable == before);
}

static void open_trace(void)
{
    set_log(400);
}

static void close_trace(void)
{
    struct binding *binding;
    struct block *block;

    while ((binding = bindings)) {
        bindings = binding->next;
        free(binding);
    }
    while ((block = blocks)) {
        blocks = block->next;
        free(block->layer);
        free(block->places);
        free(block);
    }
    free(lines.text);
    lines.text = NULL;
}

static const struct agent_command commands[] = {
    {"new", "str int", cmd_new,
     "new BASE FAILURES: a base callable: square, negate, "
     "positive, counter, flaky (fails FAILURES times, then succeeds, and so "
     "on), nameless"},
    {"log", "@fn str", cmd_log, "log FN wraps|plain: decorate with logging"},
    {"count", "@fn str", cmd_count,
     "count FN wraps|plain: decorate with counting"},
    {"memo", "@fn size str", cmd_memo,
     "memo FN PLACES wraps|plain: decorate with memoising"},
    {"retry", "@fn int str", cmd_retry,
     "retry FN ATTEMPTS wraps|plain: decorate with retrying"},
    {"call", "@fn int", cmd_call, "call FN ARGUMENT: the value, or error N"},
    {"bypass", "@fn size int", cmd_bypass,
     "bypass FN DEPTH ARGUMENT: call what lies DEPTH layers below"},
    {"fill", "@fn size int", cmd_fill,
     "fill FN N STEP: call with 0, STEP, 2 STEP ... N times"},
    {"describe", "@fn size", cmd_describe,
     "describe FN DEPTH: name and doc of the layer at DEPTH"},
    {"calls", "@fn size", cmd_calls,
     "calls FN DEPTH: what the layer at DEPTH counted"},
    {"cache", "@fn size", cmd_cache,
     "cache FN DEPTH: hits, misses and size of the layer at DEPTH"},
    {"unwrap", "@fn", cmd_unwrap,
     "unwrap FN: depth and name of the innermost callable"},
    {"text", "", cmd_text, "text: what the log holds, and its length"},
    {"reset", "size", cmd_reset, "reset SIZE: an empty log of SIZE bytes"},
    {"nulls", "", cmd_nulls, "nulls: every function given NULL"},
    {"refused", "@fn", cmd_refused,
     "refused FN: arguments that the contract refuses"},
    {NULL, NULL, NULL, NULL},
};

const struct agent_program agent_program = {
    .commands = commands, .open = open_trace, .close = close_trace};
