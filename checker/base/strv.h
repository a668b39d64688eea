/*
 * A list of owned strings, NULL-terminated, so that `items` serves as an argv.
 * Initialise with STRV_INIT. `items` is NULL while nothing was added.
 */
#ifndef BASE_STRV_H
#define BASE_STRV_H

#include <stdbool.h>
#include <stddef.h>

struct strv {
    char **items;
    size_t count, capacity;
};

#define STRV_INIT                                                              \
    {                                                                          \
        .items = NULL                                                          \
    }

void strv_add(struct strv *strv, const char *string); /* copies */
void strv_addf(struct strv *strv, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Adds copies of the arguments up to a NULL. */
void strv_add_all(struct strv *strv, ...) __attribute__((sentinel));

void strv_take(struct strv *strv, char *string); /* takes ownership */
void strv_remove(struct strv *strv, size_t i);   /* frees and closes the gap */
void strv_copy(struct strv *to, const struct strv *from); /* adds copies */
bool strv_has(const struct strv *strv, const char *string);
bool strv_equal(const struct strv *a, const struct strv *b);
void strv_sort(struct strv *strv); /* by bytes */

/* Splits text at newlines and adds the lines; a last line without a newline
   counts, an empty rest does not. */
void strv_add_lines(struct strv *strv, const char *text);

/* Frees all strings; the list is empty afterwards. */
void strv_release(struct strv *strv);

#endif
