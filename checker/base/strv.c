#include "base/strv.h"

#include "base/alloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void strv_take(struct strv *strv, char *string)
{
    strv->items =
        grow(strv->items, &strv->capacity, strv->count + 1, sizeof(char *));
    strv->items[strv->count++] = string;
    strv->items[strv->count] = NULL;
}

void strv_add(struct strv *strv, const char *string)
{
    strv_take(strv, xstrdup(string));
}

void strv_addf(struct strv *strv, const char *format, ...)
{
    char text[4096];
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (n >= 0 && (size_t)n < sizeof text) {
        strv_add(strv, text);
        return;
    }
    char *string = xmalloc((size_t)n + 1);
    va_start(args, format);
    vsnprintf(string, (size_t)n + 1, format, args);
    va_end(args);
    strv_take(strv, string);
}

void strv_add_all(struct strv *strv, ...)
{
    const char *string;
    va_list args;

    va_start(args, strv);
    while ((string = va_arg(args, const char *)))
        strv_add(strv, string);
    va_end(args);
}

void strv_remove(struct strv *strv, size_t i)
{
    free(strv->items[i]);
    memmove(strv->items + i, strv->items + i + 1,
            (strv->count - i) * sizeof(char *));
    strv->count--;
}

void strv_copy(struct strv *to, const struct strv *from)
{
    for (size_t i = 0; i < from->count; i++)
        strv_add(to, from->items[i]);
}

bool strv_has(const struct strv *strv, const char *string)
{
    for (size_t i = 0; i < strv->count; i++)
        if (strcmp(strv->items[i], string) == 0)
            return true;
    return false;
}

bool strv_equal(const struct strv *a, const struct strv *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (strcmp(a->items[i], b->items[i]) != 0)
            return false;
    return true;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void strv_sort(struct strv *strv)
{
    if (strv->count)
        qsort(strv->items, strv->count, sizeof(char *), compare);
}

void strv_add_lines(struct strv *strv, const char *text)
{
    while (*text) {
        size_t n = strcspn(text, "\n");

        strv_take(strv, xstrndup(text, n));
        text += n + (text[n] == '\n');
    }
}

void strv_release(struct strv *strv)
{
    for (size_t i = 0; i < strv->count; i++)
        free(strv->items[i]);
    free(strv->items);
    *strv = (struct strv)STRV_INIT;
}
