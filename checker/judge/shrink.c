/*
 * Three kinds of steps, each repeated until it finds nothing more:
 *
 *   lines      remove runs of lines, half of the trace at first, single lines
 *              at last; what names an object goes with the line that made it
 *   text       remove single lines as text, whatever they make
 *   arguments  replace a word by a simpler one that the grammar can generate,
 *              or leave words of a list out
 *
 * Every step makes the trace smaller in an order that has no endless descent
 * (fewer lines, then fewer words, then simpler words), so the whole ends; it
 * ends with a round of `text` that found nothing, which is what 1-minimal
 * means. Candidates are tested in batches and in order, and the first that
 * fails is taken, so the result depends on nothing but the test.
 */
#include "judge/shrink.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/str.h"
#include "judge/trace.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 24, NONE = BATCH };

struct shrinker {
    const struct grammar *grammar;
    struct strv *lines; /* the smallest trace known to fail */
    shrink_test *test;
    void *context;
    double deadline;
    struct shrink_stats *stats;
    bool gave_up;
    struct strv candidates[BATCH];
    size_t count;
};

static void forget_candidates(struct shrinker *shrinker)
{
    for (size_t i = 0; i < shrinker->count; i++)
        strv_release(&shrinker->candidates[i]);
    shrinker->count = 0;
}

static struct strv *new_candidate(struct shrinker *shrinker)
{
    struct strv *candidate = &shrinker->candidates[shrinker->count++];

    *candidate = (struct strv)STRV_INIT;
    return candidate;
}

/*
 * Tests the batch and takes the first candidate that fails for the trace. Its
 * index, or NONE where none failed. The batch is empty afterwards.
 */
static size_t take_first(struct shrinker *shrinker)
{
    bool fails[BATCH] = {false};
    size_t first = 0;

    if (shrinker->count == 0)
        return NONE;
    if (shrinker->gave_up || clock_now() >= shrinker->deadline ||
        !shrinker->test(shrinker->candidates, shrinker->count, fails,
                        shrinker->context)) {
        shrinker->gave_up = true;
        forget_candidates(shrinker);
        return NONE;
    }
    shrinker->stats->tests += shrinker->count;
    while (first < shrinker->count && !fails[first])
        first++;
    if (first == shrinker->count) {
        first = NONE;
    } else {
        strv_release(shrinker->lines);
        *shrinker->lines = shrinker->candidates[first];
        shrinker->candidates[first] = (struct strv)STRV_INIT;
    }
    forget_candidates(shrinker);
    return first;
}

/* Lines */

static void add_without_run(struct shrinker *shrinker, size_t start,
                            size_t length)
{
    size_t count = shrinker->lines->count;
    bool *keep = xcalloc(count + 1, sizeof *keep);
    struct strv *candidate = new_candidate(shrinker);

    for (size_t i = 0; i < count; i++)
        keep[i] = i < start || i >= start + length;
    trace_select(shrinker->grammar, shrinker->lines, keep, candidate);
    free(keep);
    if (candidate->count == 0)
        shrinker->count--;
}

/* Removes runs of `length` lines wherever that can be; from the end, since
   what stands last depends on nothing after it. True where it found any. */
static bool remove_runs(struct shrinker *shrinker, size_t length)
{
    size_t end = shrinker->lines->count;
    bool found = false;

    while (end > 0 && !shrinker->gave_up) {
        size_t ends[BATCH] = {0}, first;

        while (end > 0 && shrinker->count < BATCH) {
            size_t start = end > length ? end - length : 0;

            ends[shrinker->count] = start;
            add_without_run(shrinker, start, end - start);
            end = start;
        }
        first = take_first(shrinker);
        if (first == NONE)
            continue;
        found = true;
        end = ends[first];
        if (end > shrinker->lines->count)
            end = shrinker->lines->count;
    }
    return found;
}

static void shrink_lines(struct shrinker *shrinker)
{
    for (size_t length = (shrinker->lines->count + 1) / 2; length > 1;
         length /= 2)
        remove_runs(shrinker, length);
    while (remove_runs(shrinker, 1))
        ;
}

/* Text */

static void add_without_text(struct shrinker *shrinker, size_t i)
{
    struct strv *candidate = new_candidate(shrinker);

    strv_copy(candidate, shrinker->lines);
    strv_remove(candidate, i);
}

/* True where it removed a line. */
static bool remove_text(struct shrinker *shrinker)
{
    size_t end = shrinker->lines->count;

    if (end == 1)
        return false;
    while (end > 0 && !shrinker->gave_up) {
        while (end > 0 && shrinker->count < BATCH)
            add_without_text(shrinker, --end);
        if (take_first(shrinker) != NONE)
            return true;
    }
    return false;
}

/* Arguments */

/* Words that stand for a word of a line, simplest first. */
static void add_number(struct strv *words, int64_t number)
{
    char text[32];

    snprintf(text, sizeof text, "%" PRId64, number);
    if (!strv_has(words, text))
        strv_add(words, text);
}

static uint64_t magnitude(int64_t number)
{
    return number < 0 ? -(uint64_t)number : (uint64_t)number;
}

/* Nearer to 0; of a number and its negative the positive one. */
static bool is_simpler(int64_t a, int64_t b)
{
    if (magnitude(a) != magnitude(b))
        return magnitude(a) < magnitude(b);
    return a > b;
}

/* From the number of the range that is nearest to 0 by halving steps up to
   the one beside `number`. */
static void add_range(const struct value_spec *spec, int64_t number,
                      struct strv *words)
{
    int64_t least = spec->low > 0 ? spec->low : spec->high < 0 ? spec->high : 0;
    int64_t sign = number < 0 ? -1 : 1;

    if (is_simpler(least, number))
        add_number(words, least);
    if (number < spec->low || number > spec->high)
        return;
    if (number < 0 && number != INT64_MIN && -number <= spec->high)
        add_number(words, -number);
    /* No overflow: `least` lies between 0 and `number`. */
    for (uint64_t step = magnitude(number) - magnitude(least); step /= 2;)
        add_number(words, number - sign * (int64_t)step);
}

static void add_ints(const struct value_spec *spec, int64_t number,
                     struct strv *words)
{
    int64_t last = number;
    bool some = true;

    while (some) {
        int64_t best = 0;

        /* The most simple one that was not yet added. */
        some = false;
        for (size_t i = 0; i < spec->int_count; i++) {
            int64_t value = spec->ints[i];

            if (is_simpler(value, number) &&
                (last == number || is_simpler(last, value)) &&
                (!some || is_simpler(value, best))) {
                best = value;
                some = true;
            }
        }
        if (some)
            add_number(words, last = best);
    }
}

static void add_numbers(const struct value_spec *spec, const char *word,
                        struct strv *words)
{
    int64_t number = strtoll(word, NULL, 10);

    if (spec->type == VALUE_RANGE)
        add_range(spec, number, words);
    else
        add_ints(spec, number, words);
}

static void add_handles(const char *word, struct strv *words)
{
    int64_t number = strtoll(word, NULL, 10);

    if (number > 0)
        add_number(words, 0);
    for (int64_t step = number; step /= 2;)
        add_number(words, number - step);
}

static void add_if_fits(const struct value_spec *spec, const char *word,
                        struct strv *words)
{
    if (trace_fits(spec, word) && !strv_has(words, word))
        strv_add(words, word);
}

/* `word` with the bytes start ... end replaced by those of `with`. */
static void add_spliced(const struct value_spec *spec, const char *word,
                        size_t start, size_t end, const char *with, size_t n,
                        struct strv *words)
{
    struct str text = STR_INIT;

    str_addn(&text, word, start);
    str_addn(&text, with, n);
    str_add(&text, word + end);
    if (strcmp(text.text, word) != 0)
        add_if_fits(spec, text.text, words);
    str_release(&text);
}

/* Halves, then the word without one character, then with one character turned
   into the alphabet's first. */
static void add_strings(const struct value_spec *spec, const char *word,
                        struct strv *words)
{
    size_t length = strlen(word), middle = length / 2;

    add_spliced(spec, word, 0, length, "", 0, words);
    add_spliced(spec, word, middle, length, "", 0, words);
    add_spliced(spec, word, 0, middle, "", 0, words);
    for (size_t i = 0; i < length; i++)
        add_spliced(spec, word, i, i + 1, "", 0, words);
    for (size_t i = 0; i < length; i++)
        add_spliced(spec, word, i, i + 1, spec->alphabet, 1, words);
}

static void add_choices(const struct value_spec *spec, const char *word,
                        struct strv *words)
{
    for (size_t i = 0; i < spec->choice_count; i++) {
        if (strcmp(spec->choices[i], word) == 0)
            return;
        strv_add(words, spec->choices[i]);
    }
}

static void add_simpler(const struct value_spec *spec, const char *word,
                        struct strv *words)
{
    switch (spec->type) {
    case VALUE_RANGE:
    case VALUE_INTS:
        add_numbers(spec, word, words);
        break;
    case VALUE_HANDLE:
        add_handles(word, words);
        break;
    case VALUE_STRING:
        add_strings(spec, word, words);
        break;
    case VALUE_CHOICE:
        add_choices(spec, word, words);
        break;
    case VALUE_LIST:
    case VALUE_MIX:
        break;
    }
}

static bool is_number(const struct value_spec *spec)
{
    return spec->type == VALUE_RANGE || spec->type == VALUE_INTS;
}

/* The value as the line has it: perhaps a mix, of which `call->specs` has only
   the part that fits. */
static const struct value_spec *whole_spec(const struct trace_call *call,
                                           size_t i)
{
    const struct grammar_line *line = call->line;
    const struct value_spec *value =
        line->words[i < line->count ? i : line->count - 1].value;

    return value->type == VALUE_LIST ? value->of : value;
}

/* In a mix of numbers the other parts may have a simpler one. */
static void simpler_words(const struct trace_call *call, size_t i,
                          struct strv *words)
{
    const struct value_spec *whole = whole_spec(call, i);
    const char *word = call->words.items[i];

    for (size_t k = 0; k < whole->mix_count; k++)
        if (is_number(call->specs[i]) && is_number(&whole->mix[k]) &&
            &whole->mix[k] != call->specs[i])
            add_numbers(&whole->mix[k], word, words);
    add_simpler(call->specs[i], word, words);
}

/* The trace with words start ... end - 1 of line `at` replaced by `word`, or
   left out where it is NULL. */
static void add_changed(struct shrinker *shrinker, size_t at,
                        const struct trace_call *call, size_t start, size_t end,
                        const char *word)
{
    struct strv *candidate = new_candidate(shrinker);
    struct str line = STR_INIT;

    for (size_t i = 0; i < call->words.count; i++) {
        const char *text = i == start ? word : call->words.items[i];

        if ((i > start && i < end) || !text)
            continue;
        if (i)
            str_addc(&line, ' ');
        if (call->specs[i])
            str_add_word(&line, text);
        else
            str_add(&line, text);
    }
    strv_copy(candidate, shrinker->lines);
    free(candidate->items[at]);
    candidate->items[at] = str_detach(&line);
}

static bool try_words(struct shrinker *shrinker, size_t at,
                      const struct trace_call *call, size_t i)
{
    struct strv words = STRV_INIT;
    bool found = false;

    if (call->specs[i])
        simpler_words(call, i, &words);
    for (size_t k = 0; k < words.count && !found;) {
        while (k < words.count && shrinker->count < BATCH)
            add_changed(shrinker, at, call, i, i + 1, words.items[k++]);
        found = take_first(shrinker) != NONE;
    }
    strv_release(&words);
    return found;
}

/* Leaves words of the line's list out: all, half, ..., one. */
static bool try_shorter_list(struct shrinker *shrinker, size_t at,
                             const struct trace_call *call)
{
    size_t first = call->line->count - 1, count;
    const struct value_spec *list = call->line->words[first].value;
    bool found = false;

    if (!list || list->type != VALUE_LIST)
        return false;
    count = call->words.count - first;
    for (size_t n = count; n > 0 && !found; n /= 2) {
        if ((int64_t)(count - n) < list->low)
            continue;
        for (size_t k = 0; k + n <= count && !found; k += n) {
            add_changed(shrinker, at, call, first + k, first + k + n, NULL);
            if (shrinker->count == BATCH)
                found = take_first(shrinker) != NONE;
        }
        found = found || take_first(shrinker) != NONE;
    }
    return found;
}

/* One simplification of line `at`; true where there was one. */
static bool simplify_line(struct shrinker *shrinker, size_t at)
{
    struct trace_call call;
    bool found;

    if (!trace_match(shrinker->grammar, shrinker->lines->items[at], &call))
        return false;
    found = try_shorter_list(shrinker, at, &call);
    for (size_t i = 0; i < call.words.count && !found; i++)
        found = try_words(shrinker, at, &call, i);
    trace_call_release(&call);
    return found;
}

static bool shrink_arguments(struct shrinker *shrinker)
{
    bool found = false;

    for (size_t i = 0; i < shrinker->lines->count; i++)
        while (!shrinker->gave_up && simplify_line(shrinker, i))
            found = true;
    return found;
}

void shrink(const struct grammar *grammar, struct strv *lines,
            shrink_test *test, void *context, double seconds,
            struct shrink_stats *stats)
{
    struct shrinker shrinker = {.grammar = grammar,
                                .lines = lines,
                                .test = test,
                                .context = context,
                                .deadline = clock_now() + seconds,
                                .stats = stats};

    *stats = (struct shrink_stats){.tests = 0};
    do {
        do
            shrink_lines(&shrinker);
        while (!shrinker.gave_up && remove_text(&shrinker));
    } while (!shrinker.gave_up && shrink_arguments(&shrinker));
    stats->minimal = !shrinker.gave_up;
}
