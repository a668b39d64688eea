/*
 * What an object file may contain, read with libelf before anything of it is
 * linked or run. Refused: main; init, fini and constructor sections; IFUNCs;
 * Criterion's sections (cr_*); definitions that collide with libc, Criterion
 * or the checker's runtimes (unless weak ones of the compiler); undefined
 * symbols outside the allowed groups; TLS initialisers that run code.
 */
#ifndef EXEC_POLICY_H
#define EXEC_POLICY_H

#include "base/err.h"
#include "base/strv.h"

#include <stddef.h>
#include <stdio.h>

struct policy_finding {
    char *symbol;  /* or section */
    char *message; /* what is wrong and what to do */
};

struct policy_report {
    struct policy_finding *findings;
    size_t count, capacity;
    struct strv undefined; /* all symbols that it needs, sorted */
};

/*
 * Reads the object at `path`. `allow` are names of groups, `wanted` the
 * functions of the contract (symbols that the kata's tests and agent need),
 * which the object must define: a missing one is a finding too. Returns -1
 * only where the file is no relocatable object of this machine.
 */
int policy_check(const char *path, const struct strv *allow,
                 const struct strv *wanted, struct policy_report *report,
                 struct err *err);

void policy_report_release(struct policy_report *report);

/* Adds the undefined symbols of an object. */
int policy_undefined(const char *path, struct strv *symbols, struct err *err);

/* Is there a group of that name? */
int policy_has_group(const char *group);

/* The groups and what is in them, as a Markdown table for the docs. */
void policy_groups_doc(FILE *out);

#endif
