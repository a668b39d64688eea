/*
 * Reads what gcc (-fdiagnostics-format=json) and Valgrind (--xml=yes) report
 * and turns it into findings with the submission's file and line.
 */
#ifndef JUDGE_DIAGNOSE_H
#define JUDGE_DIAGNOSE_H

#include "base/err.h"
#include "judge/result.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Errors become findings of `category`, warnings become warnings of it. At
 * most 20 are kept, errors before warnings. Where the text was cut in the
 * middle, what is whole counts and a warning says so. -1 where the text holds
 * no such JSON at all.
 */
int diagnose_gcc(const char *json, enum category category,
                 struct stage_result *stage, struct err *err);

/*
 * What Valgrind's XML says, one entry an error or lost block. All strings are
 * owned, NULL where they do not apply.
 */
struct valgrind_error {
    char *kind; /* "InvalidRead", "Leak_DefinitelyLost", ...; "FatalSignal" for
                   the signal that ended the process */
    char *what; /* its one-line text */
    char *file; /* of the topmost frame in `source`, or NULL */
    char *function;
    int line;
    char *outside;      /* "test_lru_cache.c:31", the topmost frame of the tests
                           or the agent, or NULL */
    char *aux;          /* "0 bytes inside a block of size 24 freed at
                           lru_cache.c:40, allocated at lru_cache.c:12" */
    char *mark;         /* the last VALGRIND_PRINTF before it, or NULL */
    bool at_end;        /* found when the process ended: leaks are repeated */
    long bytes, blocks; /* of a leak: those that are new */
    long unique;        /* Valgrind's number of it, in order of appearance */
};

struct valgrind_report {
    struct valgrind_error *errors;
    size_t count, capacity;
    bool finished; /* it has its closing status and is whole */
};

/*
 * `source` is the submission's file name, "lru_cache.c". A report that ends in
 * the middle is read as far as it goes and is not `finished`; -1 where it is no
 * XML. The caller releases *report in either case.
 */
int diagnose_valgrind(const char *xml, size_t length, const char *source,
                      struct valgrind_report *report, struct err *err);
void valgrind_report_release(struct valgrind_report *report);

bool valgrind_is_leak(const struct valgrind_error *error);

/* A sentence for a person, without the place: "reads 4 bytes that it may not:
   0 bytes inside a block of size 24 freed at lru_cache.c:40". Owned. */
char *valgrind_explain(const struct valgrind_error *error);

#endif
