/*
 * Which system calls a jailed program may make: seccomp filters in the form
 * that bubblewrap loads (an array of struct sock_filter, as bytes).
 */
#ifndef EXEC_FILTER_H
#define EXEC_FILTER_H

#include "base/err.h"
#include "base/str.h"

enum filter_kind {
    FILTER_TOOLS, /* everything but what is hostile: compilers, Criterion,
                     Valgrind and ThreadSanitizer need a lot */
    FILTER_AGENT, /* only what a program needs to compute, use threads, and
                     read and write what is open already */
    FILTER_COUNT
};

/* Adds the filter's bytes to *bytes. Returns 0, or -1 with the reason. */
int filter_build(enum filter_kind kind, struct str *bytes, struct err *err);

#endif
