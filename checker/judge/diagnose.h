/*
 * Reads what gcc (-fdiagnostics-format=json) and Valgrind (--xml=yes) report
 * and turns it into findings with the submission's file and line.
 */
#ifndef JUDGE_DIAGNOSE_H
#define JUDGE_DIAGNOSE_H

#include "base/err.h"
#include "judge/result.h"

/* Errors become findings of `category`, warnings become warnings of it. At
   most 20 are kept. -1 where the text is no such JSON. */
int diagnose_gcc(const char *json, enum category category,
                 struct stage_result *stage, struct err *err);

/* What Valgrind's XML says, one entry an error or lost block. */
struct valgrind_error {
    char *kind; /* "InvalidRead", "Leak_DefinitelyLost", ... */
    char *what; /* its one-line text */
    char *file; /* of the topmost frame in `source`, or NULL */
    char *function;
    int line;
    char *aux;          /* "block was freed at lru_cache.c:40", or NULL */
    long bytes, blocks; /* of a leak */
    long unique;        /* Valgrind's number of it, in order of appearance */
};

struct valgrind_report {
    struct valgrind_error *errors;
    size_t count, capacity;
    bool finished; /* the closing status element was there */
};

/* `source` is the submission's file name, "lru_cache.c". */
int diagnose_valgrind(const char *xml, size_t length, const char *source,
                      struct valgrind_report *report, struct err *err);
void valgrind_report_release(struct valgrind_report *report);

#endif
