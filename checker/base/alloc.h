/*
 * Allocation that does not fail: out of memory ends the checker with a message
 * and exit status 3. Every result is owned by the caller and freed with free.
 */
#ifndef BASE_ALLOC_H
#define BASE_ALLOC_H

#include <stddef.h>

void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size); /* zeroed */
void *xrealloc(void *block, size_t size);
void *xreallocarray(void *block, size_t count, size_t size);
char *xstrdup(const char *string);
char *xstrndup(const char *string, size_t n);
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Makes room for one more element in a growable array: returns `items`, moved
 * if need be, with *capacity > count.
 *
 *     list->items = grow(list->items, &list->capacity, list->count,
 *                        sizeof *list->items);
 *     list->items[list->count++] = item;
 */
void *grow(void *items, size_t *capacity, size_t count, size_t size);

#endif
