/*
 * What went wrong, for functions that return 0 or -1.
 *
 * The caller owns a struct err, initialised with ERR_INIT, and passes its
 * address down. The first error wins: a later err_set on the same struct is
 * ignored, so clean-up code may fail without hiding the cause. Nothing is
 * printed here; a command prints err.text once.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

struct err {
    bool set;
    char text[1024]; /* one sentence, no newline; cut where too long */
};

#define ERR_INIT                                                               \
    {                                                                          \
        .set = false                                                           \
    }

/* Records a printf-like message; returns -1. `err` may be NULL. */
int err_set(struct err *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Records a message followed by ": " and the text of errno; returns -1. */
int err_errno(struct err *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Puts "context: " before what is recorded; returns -1. */
int err_context(struct err *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Forgets the error. */
void err_clear(struct err *err);

#endif
