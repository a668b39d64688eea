/*
 * Traces as text, and what the grammar says of their lines.
 *
 * A trace is a list of lines (struct strv), each a call, "--" between parts
 * that each start with a fresh structure. Files have '#' comments and empty
 * lines, which are dropped when read.
 */
#ifndef JUDGE_TRACE_H
#define JUDGE_TRACE_H

#include "base/err.h"
#include "base/strv.h"
#include "kata/grammar.h"

#include <stdbool.h>
#include <stdint.h>

enum { TRACE_LINES_MAX = 100000, TRACE_LINE_BYTES_MAX = 65536 };

/* Reads a trace file. Lines that begin with '@' (the checker's directives),
   NUL bytes, and lines or files over the limits are errors. */
int trace_read(const char *path, struct strv *lines, struct err *err);

/* Writes a trace file with `comment` (may have several lines) above it. */
int trace_write(const char *path, const struct strv *lines, const char *comment,
                struct err *err);

/* The random trace number `number` of a seed: open lines, calls, close lines.
   The same arguments give the same trace everywhere. */
void trace_generate(const struct grammar *grammar, uint64_t seed,
                    uint64_t number, struct strv *lines);

/* A line taken apart as the grammar has it. */
struct trace_call {
    const struct grammar_line *line; /* NULL: no line of the grammar fits */
    struct strv words;               /* unquoted, the command first */
};

/* Finds the grammar's line for a text line; the caller releases call->words.
   false where the line is malformed or does not fit any. */
bool trace_match(const struct grammar *grammar, const char *text,
                 struct trace_call *call);

/*
 * The trace without line `i`, with the lines that name what it made removed
 * too and the handles of later objects renumbered within the part.
 */
void trace_without(const struct grammar *grammar, const struct strv *lines,
                   size_t i, struct strv *result);

#endif
