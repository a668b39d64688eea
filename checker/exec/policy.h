/*
 * What an object file may contain, read with libelf before anything of it is
 * linked or run.
 *
 * Refused: all that would run by itself or before its time (main; init, fini
 * and constructor sections; indirect functions); sections of its own making,
 * among them Criterion's list of tests; definitions that take the place of the
 * C library's, Criterion's or the checker's; code that can be written to;
 * instructions that talk to Valgrind; and the use of what is outside the
 * allowed groups.
 *
 * What an instruction does is not looked at otherwise: a system call made in
 * assembly is the jail's to refuse.
 */
#ifndef EXEC_POLICY_H
#define EXEC_POLICY_H

#include "base/err.h"
#include "base/strv.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct policy_finding {
    char *symbol;  /* or section */
    char *message; /* what is wrong and what to do */
};

/* Initialise with zeroes. */
struct policy_report {
    struct policy_finding *findings;
    size_t count, capacity;
    struct strv undefined; /* all symbols that it uses, sorted */
};

/*
 * Reads the object at `path`. `allow` are names of groups, `wanted` the
 * functions of the contract (symbols that the kata's tests and agent need),
 * which the object must define: a missing one is a finding too. Returns -1
 * only where the file is no relocatable object of this machine, is damaged, or
 * the C library cannot be read; and 0 with the findings in *report, none where
 * all is well.
 */
int policy_check(const char *path, const struct strv *allow,
                 const struct strv *wanted, struct policy_report *report,
                 struct err *err);

void policy_report_release(struct policy_report *report);

/* Adds the undefined symbols of an object, sorted. */
int policy_undefined(const char *path, struct strv *symbols, struct err *err);

/* Is there a group of that name? */
bool policy_has_group(const char *group);

/* The groups and what is in them, as a Markdown table for the docs. */
void policy_groups_doc(FILE *out);

#endif
