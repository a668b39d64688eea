/*
 * A string that grows. Initialise with STR_INIT, add to it, str_release it.
 * `text` is NUL-terminated at all times (and never NULL), may hold NUL bytes,
 * and moves whenever something is added.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>

struct str {
    char *text; /* borrowed until the next addition */
    size_t length, capacity;
};

extern char str_empty[1];

#define STR_INIT                                                               \
    {                                                                          \
        .text = str_empty                                                      \
    }

void str_init(struct str *str);

/* Frees the contents; the string is as after str_init. */
void str_release(struct str *str);

/* Makes it empty and keeps the memory. */
void str_reset(struct str *str);

/* Gives the text away: the caller frees it. The string is empty afterwards. */
char *str_detach(struct str *str);

void str_add(struct str *str, const char *text);
void str_addn(struct str *str, const void *bytes, size_t n);
void str_addc(struct str *str, char c);
void str_addf(struct str *str, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Removes `n` bytes from the end; n <= length. */
void str_chop(struct str *str, size_t n);

/*
 * Adds foreign bytes so that a person can read them and a terminal does not
 * obey them: valid UTF-8 stays, control characters (C0, DEL, C1, and the
 * Unicode bidirectional controls) and broken sequences become \xHH, a tab a
 * space. A newline stays only where `keep_lines`. At most `max` bytes of input
 * are taken, no half of a sequence, then "..." is added.
 */
void str_add_visible(struct str *str, const char *bytes, size_t n, size_t max,
                     bool keep_lines);

/* Adds `word` as the trace language has it: plain, or quoted. */
void str_add_word(struct str *str, const char *word);

/* Adds text that stands for itself in a shell: plain where it may be, else in
   single quotes. */
void str_add_quoted(struct str *str, const char *text);

bool str_starts(const char *text, const char *prefix);
bool str_ends(const char *text, const char *suffix);

#endif
