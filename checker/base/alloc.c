#include "base/alloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *must(void *block)
{
    if (!block) {
        fputs("kata: out of memory\n", stderr);
        exit(3);
    }
    return block;
}

/* malloc(0) may return NULL, which is no failure. */
static size_t at_least_one(size_t size)
{
    return size ? size : 1;
}

void *xmalloc(size_t size)
{
    return must(malloc(at_least_one(size)));
}

void *xcalloc(size_t count, size_t size)
{
    return must(calloc(at_least_one(count), at_least_one(size)));
}

void *xrealloc(void *block, size_t size)
{
    return must(realloc(block, at_least_one(size)));
}

void *xreallocarray(void *block, size_t count, size_t size)
{
    return must(reallocarray(block, at_least_one(count), at_least_one(size)));
}

char *xstrdup(const char *string)
{
    return must(strdup(string));
}

char *xstrndup(const char *string, size_t n)
{
    return must(strndup(string, n));
}

char *xasprintf(const char *format, ...)
{
    char *string = NULL;
    va_list args;

    va_start(args, format);
    if (vasprintf(&string, format, args) < 0)
        string = NULL;
    va_end(args);
    return must(string);
}

void *grow(void *items, size_t *capacity, size_t count, size_t size)
{
    if (count < *capacity)
        return items;
    *capacity = *capacity ? *capacity * 2 : 8;
    return xreallocarray(items, *capacity, size);
}
