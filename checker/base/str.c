#include "base/str.h"

#include "base/alloc.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What an empty string points to; capacity 0 says that it is never written. */
char str_empty[1];

void str_init(struct str *str)
{
    *str = (struct str)STR_INIT;
}

void str_release(struct str *str)
{
    if (str->capacity)
        free(str->text);
    str_init(str);
}

void str_reset(struct str *str)
{
    str->length = 0;
    if (str->capacity)
        str->text[0] = '\0';
}

char *str_detach(struct str *str)
{
    char *text = str->capacity ? str->text : xstrdup("");

    str_init(str);
    return text;
}

static void reserve(struct str *str, size_t n)
{
    size_t capacity = str->capacity ? str->capacity : 64;

    if (str->capacity > str->length + n)
        return;
    while (capacity <= str->length + n)
        capacity *= 2;
    str->text = xrealloc(str->capacity ? str->text : NULL, capacity);
    str->capacity = capacity;
    str->text[str->length] = '\0';
}

void str_addn(struct str *str, const void *bytes, size_t n)
{
    if (n == 0)
        return;
    reserve(str, n);
    memcpy(str->text + str->length, bytes, n);
    str->length += n;
    str->text[str->length] = '\0';
}

void str_add(struct str *str, const char *text)
{
    str_addn(str, text, strlen(text));
}

void str_addc(struct str *str, char c)
{
    str_addn(str, &c, 1);
}

void str_addf(struct str *str, const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    assert(n >= 0);
    reserve(str, (size_t)n);
    va_start(args, format);
    vsnprintf(str->text + str->length, (size_t)n + 1, format, args);
    va_end(args);
    str->length += (size_t)n;
}

void str_chop(struct str *str, size_t n)
{
    assert(n <= str->length);
    str->length -= n;
    if (str->capacity)
        str->text[str->length] = '\0';
}

/* Decodes one UTF-8 sequence (Unicode 15, table 3-7); returns its length, or
   0 where the bytes are not well-formed. */
static size_t decode(const unsigned char *s, size_t n, unsigned *code)
{
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = s[0] < 0x80             ? 1
                    : (s[0] & 0xE0) == 0xC0 ? 2
                    : (s[0] & 0xF0) == 0xE0 ? 3
                    : (s[0] & 0xF8) == 0xF0 ? 4
                                            : 0;

    if (length == 0 || length > n)
        return 0;
    *code = length == 1 ? s[0] : s[0] & (0x7FU >> length);
    for (size_t i = 1; i < length; i++) {
        if ((s[i] & 0xC0) != 0x80)
            return 0;
        *code = *code << 6 | (s[i] & 0x3F);
    }
    if (*code < least[length] || *code > 0x10FFFF ||
        (*code >= 0xD800 && *code <= 0xDFFF))
        return 0;
    return length;
}

static bool is_control(unsigned code)
{
    return code < 0x20 || (code >= 0x7F && code < 0xA0) ||
           (code >= 0x200E && code <= 0x200F) ||
           (code >= 0x2028 && code <= 0x202E) ||
           (code >= 0x2066 && code <= 0x2069) || code == 0x061C ||
           code == 0xFEFF || (code & 0xFFFE) == 0xFFFE;
}

void str_add_visible(struct str *str, const char *bytes, size_t n, size_t max,
                     bool keep_lines)
{
    const unsigned char *s = (const unsigned char *)bytes;
    size_t end = n < max ? n : max;

    for (size_t i = 0; i < end;) {
        unsigned code = 0;
        size_t length = decode(s + i, n - i, &code);

        if (length > end - i)
            break;
        if (length && (!is_control(code) || (code == '\n' && keep_lines))) {
            str_addn(str, s + i, length);
            i += length;
        } else if (code == '\t' && length) {
            str_addc(str, ' ');
            i++;
        } else {
            for (size_t k = length ? length : 1; k > 0; k--)
                str_addf(str, "\\x%02x", s[i++]);
        }
    }
    if (end < n)
        str_add(str, "...");
}

void str_add_word(struct str *str, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789_.+-";

    if (*word && strcmp(word, "-") != 0 && !word[strspn(word, plain)]) {
        str_add(str, word);
        return;
    }
    str_addc(str, '"');
    for (; *word; word++) {
        unsigned char c = (unsigned char)*word;

        if (c == '\n')
            str_add(str, "\\n");
        else if (c == '\t')
            str_add(str, "\\t");
        else if (c < ' ' || c > '~')
            str_addf(str, "\\x%02x", c);
        else if (c == '"' || c == '\\')
            str_addf(str, "\\%c", c);
        else
            str_addc(str, (char)c);
    }
    str_addc(str, '"');
}

void str_add_quoted(struct str *str, const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789_.+-/";

    if (*text && !text[strspn(text, plain)]) {
        str_add(str, text);
        return;
    }
    str_addc(str, '\'');
    for (; *text; text++)
        if (*text == '\'')
            str_add(str, "'\\''");
        else
            str_addc(str, *text);
    str_addc(str, '\'');
}

bool str_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *text, const char *suffix)
{
    size_t n = strlen(text), m = strlen(suffix);

    return n >= m && strcmp(text + n - m, suffix) == 0;
}
