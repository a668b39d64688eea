/*
 * The keys of kata.json: one table (schema.c), from which the file is checked,
 * defaults are read and docs/kata-format.md is generated.
 *
 * schema_check looks at everything that can be said of a key by itself: that
 * it is known, there, of its type, in its range. What ties keys together (a
 * name in a line that has to be defined, weights that add up) is checked by
 * kata.c and grammar.c, which may then read without looking again. All errors
 * have the form "KEY: expected X, got Y", KEY as "oracle.calls[2].line".
 */
#ifndef KATA_SCHEMA_H
#define KATA_SCHEMA_H

#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* The objects of kata.json. */
enum schema_object {
    SCHEMA_KATA,
    SCHEMA_LIMITS,
    SCHEMA_WEIGHTS,
    SCHEMA_ORACLE,
    SCHEMA_CALL, /* one of oracle.calls */
    SCHEMA_EDGE, /* one of oracle.open, oracle.close, where it is an object */
    SCHEMA_VALUE,
    SCHEMA_STRING,
    SCHEMA_LIST,
    SCHEMA_PART, /* of a mix */
    SCHEMA_GROWTH,
    SCHEMA_HINT, /* one of hints */
    SCHEMA_OBJECTS
};

/* NULL-terminated, in the order of the enums of kata.h. */
extern const char *const schema_levels[];
extern const char *const schema_faults[];
extern const char *const schema_classes[];

/* Checks `json` and all that is in it, save a kata's "oracle", which
   grammar_parse checks; `path` is put before the keys ("" for the whole file).
   Returns 0 or -1. */
int schema_check(enum schema_object object, const json_t *json,
                 const char *path, struct err *err);

/* Of an object that was checked: the number under `key`, or its default. */
long long schema_int(enum schema_object object, const json_t *json,
                     const char *key);

/* The index of the string under `key` in its list of allowed ones. */
size_t schema_choice(enum schema_object object, const json_t *json,
                     const char *key);

/* Records "KEY: expected X, got JSON" (printf-like X); returns -1. */
int schema_wrong(struct err *err, const char *path, const json_t *got,
                 const char *expected, ...)
    __attribute__((format(printf, 4, 5)));

/* The tables as Markdown, a level-3 heading for each object. */
void schema_doc(FILE *out);

#endif
