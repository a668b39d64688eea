/*
 * The grammar of a kata's traces, as kata.json's "oracle" says it. Parsed and
 * checked here, turned into traces by judge/generate.
 */
#ifndef KATA_GRAMMAR_H
#define KATA_GRAMMAR_H

#include "base/err.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

enum value_type {
    VALUE_RANGE,  /* {"int": [lo, hi]} */
    VALUE_INTS,   /* {"ints": [...]} */
    VALUE_STRING, /* {"string": {"alphabet": "...", "length": [lo, hi]}} */
    VALUE_CHOICE, /* {"choice": ["...", ...]} */
    VALUE_HANDLE, /* {"handle": KIND, "old": W, "fresh": W, "missing": W} */
    VALUE_LIST,   /* {"list": {"of": NAME, "length": [lo, hi]}} */
    VALUE_MIX     /* {"mix": [{"weight": W, ...}, ...]} */
};

struct value_spec {
    char *name; /* NULL inside a mix */
    enum value_type type;
    int64_t low, high; /* range; length of strings and lists */
    int64_t *ints;
    size_t int_count;
    char *alphabet;
    char **choices;
    size_t choice_count;
    size_t kind;                  /* of a handle: index into grammar.kinds */
    unsigned old, fresh, missing; /* weights */
    const struct value_spec *of;  /* of a list */
    struct value_spec *mix;
    unsigned *mix_weights;
    size_t mix_count;
};

/* A word of a line: literal text or a value. */
struct grammar_word {
    char *literal; /* NULL where it is a value */
    const struct value_spec *value;
};

struct grammar_line {
    struct grammar_word *words;
    size_t count;
    unsigned weight;
    int makes; /* index into kinds, or -1 */
    int drops; /* index into words of the handle that is gone after, or -1 */
};

/*
 * What holds of a grammar that was read: the first word of a line is literal;
 * a list is the last word of its line; what is `of` a list is no list; parts
 * of a mix are neither; literals hold no space, quote, backslash or brace; two
 * calls that the same text may fit agree on makes and drops. A line of open or
 * close that fits a call makes and drops what the call does (its word `drops`
 * may then be a literal, the number of the handle).
 */

struct grammar {
    char **kinds; /* of handles */
    size_t kind_count;
    struct value_spec *values;
    size_t value_count;
    struct grammar_line *open, *calls, *close;
    size_t open_count, call_count, close_count;
    int64_t length_low, length_high; /* calls in a trace, open and close not
                                        counted */
    int64_t traces;                  /* how many random ones a grade runs */
};

/*
 * Reads the object `json` (borrowed). Errors name the key, "oracle.calls[2].
 * line", and what was expected. On error *grammar is empty.
 */
int grammar_parse(const json_t *json, struct grammar *grammar, struct err *err);

void grammar_release(struct grammar *grammar);

#endif
