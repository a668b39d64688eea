/*
 * What the fuzz targets share. A target is one file that defines
 * LLVMFuzzerTestOneInput: it hands the bytes to one parser, as they would come
 * from a submission or a file of somebody else's, and aborts where a promise of
 * the parser does not hold. Crashes are the sanitizers' to notice.
 *
 * `make fuzz` links each with libFuzzer, `make fuzz-corpus` with corpus.c.
 * Parsers that have no header of their own are reached by including the source.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A NUL-terminated copy; owned. */
char *fuzz_text(const uint8_t *data, size_t size);

/* The path of a file with these bytes, until the next call. */
const char *fuzz_file(const uint8_t *data, size_t size);

/* Aborts with the broken promise on stderr. */
void fuzz_expect(int holds, const char *promise);

#endif
