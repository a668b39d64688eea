#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int err_set(struct err *err, const char *format, ...)
{
    va_list args;

    if (!err || err->set)
        return -1;
    err->set = true;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    return -1;
}

int err_errno(struct err *err, const char *format, ...)
{
    const char *reason = strerror(errno);
    size_t length;
    va_list args;

    if (!err || err->set)
        return -1;
    err->set = true;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    length = strlen(err->text);
    snprintf(err->text + length, sizeof err->text - length, ": %s", reason);
    return -1;
}

int err_context(struct err *err, const char *format, ...)
{
    char text[sizeof err->text];
    size_t length;
    va_list args;

    if (!err || !err->set)
        return -1;
    memcpy(text, err->text, sizeof text);
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    length = strlen(err->text);
    snprintf(err->text + length, sizeof err->text - length, ": %s", text);
    return -1;
}

void err_clear(struct err *err)
{
    err->set = false;
    err->text[0] = '\0';
}
