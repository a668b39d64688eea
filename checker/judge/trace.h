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

/* Reads a trace file; white space around a line is dropped. Lines that begin
   with '@' (the checker's directives), NUL bytes, and lines or files over the
   limits are errors. */
int trace_read(const char *path, struct strv *lines, struct err *err);

/* Writes a trace file with `comment` (may have several lines) above it. */
int trace_write(const char *path, const struct strv *lines, const char *comment,
                struct err *err);

/* Adds the random trace number `number` of a seed: open lines, calls, close
   lines. The same arguments give the same trace everywhere. */
void trace_generate(const struct grammar *grammar, uint64_t seed,
                    uint64_t number, struct strv *lines);

/* Takes a line apart into its words, unquoted, as an agent does; false where
   the agent would call it malformed. */
bool trace_split(const char *text, struct strv *words);

/* A line taken apart as the grammar has it. */
struct trace_call {
    const struct grammar_line *line;
    struct strv words; /* unquoted, the command first */
    /* What each word is a value of: NULL for a literal, never a list or a mix
       but the part of it that fits. */
    const struct value_spec **specs;
};

/*
 * Finds the grammar's line for a text line. Where several fit, one that could
 * have been generated is preferred; numbers and strings outside the grammar's
 * ranges fit too, as traces written by hand have them. Returns true, and the
 * caller releases the call; or false where the line is malformed or fits none.
 */
bool trace_match(const struct grammar *grammar, const char *text,
                 struct trace_call *call);
void trace_call_release(struct trace_call *call);

/* Can the grammar generate `word` as this value? (Not for lists.) */
bool trace_fits(const struct value_spec *spec, const char *word);

/*
 * The lines i with keep[i], without those that name what a dropped line made.
 * Handles are renumbered, so that each names the object it named before; where
 * a "--" is dropped, the two parts are joined.
 */
void trace_select(const struct grammar *grammar, const struct strv *lines,
                  const bool *keep, struct strv *result);

/*
 * The trace without line `i`, with the lines that name what it made removed
 * too and the handles of later objects renumbered within the part.
 */
void trace_without(const struct grammar *grammar, const struct strv *lines,
                   size_t i, struct strv *result);

#endif
