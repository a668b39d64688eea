#include "judge/trace.h"

#include "base/alloc.h"
#include "base/random.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>

/* What a chance is counted in. */
enum { SURE = 1000 };

/* The objects of one kind that the trace has made so far, as far as the
   grammar can tell: whether the making succeeded it cannot. */
struct pool {
    size_t *living, *dropped; /* numbers, ascending; in order of dropping */
    size_t living_count, living_capacity, dropped_count, dropped_capacity;
    size_t count;
};

struct generator {
    const struct grammar *grammar;
    struct random_state random;
    struct pool *pools; /* one a kind */
    bool refused;       /* the line being made names an object that is not
                           there: the agent will refuse it */
    struct strv *lines;
};

static bool flip(struct generator *generator)
{
    return random_between(&generator->random, 0, 1) == 1;
}

static size_t below(struct generator *generator, size_t n)
{
    return (size_t)random_between(&generator->random, 0, (int64_t)n - 1);
}

/* An index, drawn by weight; the sum must not be 0. */
static size_t weighted(struct generator *generator, const uint64_t *weights,
                       size_t count)
{
    uint64_t sum = 0, drawn;
    size_t i = 0;

    for (size_t k = 0; k < count; k++)
        sum += weights[k];
    drawn = (uint64_t)random_between(&generator->random, 0, (int64_t)sum - 1);
    while (i + 1 < count && drawn >= weights[i])
        drawn -= weights[i++];
    return i;
}

/*
 * How well a value can be drawn now, of SURE. A handle while no object lives
 * can only be a missing one; a line that asks for that is drawn as much more
 * rarely, or traces would begin with refusals.
 */
static uint64_t chance(const struct generator *generator,
                       const struct value_spec *value)
{
    uint64_t sum = 0, good = 0;

    switch (value->type) {
    case VALUE_HANDLE:
        if (generator->pools[value->kind].living_count)
            return SURE;
        return (uint64_t)SURE * value->missing /
               ((uint64_t)value->old + value->fresh + value->missing);
    case VALUE_LIST:
        return value->low == 0 ? SURE : chance(generator, value->of);
    case VALUE_MIX:
        for (size_t i = 0; i < value->mix_count; i++) {
            sum += value->mix_weights[i];
            good += value->mix_weights[i] * chance(generator, &value->mix[i]);
        }
        return sum ? good / sum : 0;
    default:
        return SURE;
    }
}

static size_t missing_number(struct generator *generator,
                             const struct pool *pool)
{
    if (pool->dropped_count && flip(generator))
        return pool->dropped[below(generator, pool->dropped_count)];
    return pool->count;
}

static size_t draw_handle(struct generator *generator,
                          const struct value_spec *value)
{
    const struct pool *pool = &generator->pools[value->kind];
    bool any = pool->living_count > 0;
    const uint64_t weights[] = {any ? value->old : 0, any ? value->fresh : 0,
                                any ? value->missing : 1};

    switch (weighted(generator, weights, 3)) {
    case 0:
        return pool->living[below(generator, pool->living_count)];
    case 1:
        return pool->living[pool->living_count - 1];
    default:
        generator->refused = true;
        return missing_number(generator, pool);
    }
}

static void draw_string(struct generator *generator,
                        const struct value_spec *value, struct str *line)
{
    int64_t length =
        random_between(&generator->random, value->low, value->high);
    size_t letters = strlen(value->alphabet);
    struct str word = STR_INIT;

    for (int64_t i = 0; i < length; i++)
        str_addc(&word, value->alphabet[below(generator, letters)]);
    str_add_word(line, word.text);
    str_release(&word);
}

static const struct value_spec *draw_part(struct generator *generator,
                                          const struct value_spec *value)
{
    uint64_t *weights = xcalloc(value->mix_count, sizeof *weights);
    size_t i;

    for (i = 0; i < value->mix_count; i++)
        weights[i] = value->mix_weights[i] * chance(generator, &value->mix[i]);
    i = weighted(generator, weights, value->mix_count);
    free(weights);
    return &value->mix[i];
}

/* Adds one word for a value that is no list. Returns the number, of a handle;
   else SIZE_MAX. */
static size_t draw_value(struct generator *generator,
                         const struct value_spec *value, struct str *line)
{
    size_t handle = SIZE_MAX;

    if (value->type == VALUE_MIX)
        value = draw_part(generator, value);
    switch (value->type) {
    case VALUE_RANGE:
        str_addf(line, "%lld",
                 (long long)random_between(&generator->random, value->low,
                                           value->high));
        break;
    case VALUE_INTS:
        str_addf(line, "%lld",
                 (long long)value->ints[below(generator, value->int_count)]);
        break;
    case VALUE_STRING:
        draw_string(generator, value, line);
        break;
    case VALUE_CHOICE:
        str_add_word(line,
                     value->choices[below(generator, value->choice_count)]);
        break;
    case VALUE_HANDLE:
        handle = draw_handle(generator, value);
        str_addf(line, "%zu", handle);
        break;
    case VALUE_LIST:
    case VALUE_MIX:
        break;
    }
    return handle;
}

static void draw_list(struct generator *generator,
                      const struct value_spec *value, struct str *line)
{
    int64_t length =
        random_between(&generator->random, value->low, value->high);

    if (chance(generator, value->of) == 0)
        length = 0;
    for (int64_t i = 0; i < length; i++) {
        str_addc(line, ' ');
        draw_value(generator, value->of, line);
    }
}

static void push(size_t **numbers, size_t *capacity, size_t *count,
                 size_t number)
{
    *numbers = grow(*numbers, capacity, *count, sizeof **numbers);
    (*numbers)[(*count)++] = number;
}

static void make_object(struct pool *pool)
{
    push(&pool->living, &pool->living_capacity, &pool->living_count,
         pool->count++);
}

static void drop_object(struct pool *pool, size_t number)
{
    size_t i = 0;

    while (i < pool->living_count && pool->living[i] != number)
        i++;
    if (i == pool->living_count)
        return;
    memmove(pool->living + i, pool->living + i + 1,
            (--pool->living_count - i) * sizeof *pool->living);
    push(&pool->dropped, &pool->dropped_capacity, &pool->dropped_count, number);
}

/* The kind of the object that a line drops. Where the word is a literal (in
   open and close), a call that drops has it. */
static size_t dropped_kind(const struct grammar *grammar,
                           const struct grammar_line *line)
{
    const struct value_spec *value = line->words[line->drops].value;

    for (size_t i = 0; !value && i < grammar->call_count; i++) {
        const struct grammar_line *call = &grammar->calls[i];

        if (call->drops == line->drops &&
            strcmp(call->words[0].literal, line->words[0].literal) == 0)
            value = call->words[call->drops].value;
    }
    return value ? value->kind : SIZE_MAX;
}

static void add_line(struct generator *generator,
                     const struct grammar_line *line)
{
    struct str text = STR_INIT;
    size_t dropped = SIZE_MAX;

    generator->refused = false;
    for (size_t i = 0; i < line->count; i++) {
        const struct grammar_word *word = &line->words[i];
        size_t handle = SIZE_MAX;

        if (word->value && word->value->type == VALUE_LIST) {
            draw_list(generator, word->value, &text);
            continue;
        }
        if (i)
            str_addc(&text, ' ');
        if (word->value)
            handle = draw_value(generator, word->value, &text);
        else
            str_add(&text, word->literal);
        if (line->drops == (int)i)
            dropped = word->value ? handle : strtoull(word->literal, NULL, 10);
    }
    strv_take(generator->lines, str_detach(&text));
    if (generator->refused)
        return;
    if (dropped != SIZE_MAX) {
        size_t kind = dropped_kind(generator->grammar, line);

        if (kind != SIZE_MAX)
            drop_object(&generator->pools[kind], dropped);
    }
    if (line->makes >= 0)
        make_object(&generator->pools[line->makes]);
}

static uint64_t line_chance(const struct generator *generator,
                            const struct grammar_line *line)
{
    uint64_t sum = (uint64_t)line->weight * SURE * SURE;

    for (size_t i = 0; i < line->count; i++)
        if (line->words[i].value)
            sum = sum * chance(generator, line->words[i].value) / SURE;
    return sum;
}

/* Adds a call; false where none can be made. */
static bool add_call(struct generator *generator)
{
    const struct grammar *grammar = generator->grammar;
    uint64_t *weights = xcalloc(grammar->call_count, sizeof *weights), sum = 0;

    for (size_t i = 0; i < grammar->call_count; i++)
        sum += weights[i] = line_chance(generator, &grammar->calls[i]);
    if (sum)
        add_line(
            generator,
            &grammar->calls[weighted(generator, weights, grammar->call_count)]);
    free(weights);
    return sum > 0;
}

/* Uniform, but one in eight from the shortest and one in eight from the
   longest eighth: short ones shrink fast, long ones reach deep. */
static int64_t draw_length(struct generator *generator)
{
    int64_t low = generator->grammar->length_low;
    int64_t high = generator->grammar->length_high;
    int64_t eighth = (high - low) / 8;

    switch (random_between(&generator->random, 0, 7)) {
    case 0:
        return random_between(&generator->random, low, low + eighth);
    case 1:
        return random_between(&generator->random, high - eighth, high);
    default:
        return random_between(&generator->random, low, high);
    }
}

void trace_generate(const struct grammar *grammar, uint64_t seed,
                    uint64_t number, struct strv *lines)
{
    struct generator generator = {.grammar = grammar, .lines = lines};
    int64_t length;

    random_seed(&generator.random, seed, number);
    generator.pools = xcalloc(grammar->kind_count + 1, sizeof(struct pool));
    length = draw_length(&generator);
    for (size_t i = 0; i < grammar->open_count; i++)
        add_line(&generator, &grammar->open[i]);
    for (int64_t i = 0; i < length && add_call(&generator); i++)
        ;
    for (size_t i = 0; i < grammar->close_count; i++)
        add_line(&generator, &grammar->close[i]);
    for (size_t k = 0; k < grammar->kind_count; k++) {
        free(generator.pools[k].living);
        free(generator.pools[k].dropped);
    }
    free(generator.pools);
}
