#include "base/str.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

Test(str, text_is_never_null)
{
    struct str str = STR_INIT;

    cr_assert_str_empty(str.text);
    str_reset(&str);
    str_chop(&str, 0);
    str_add(&str, "");
    str_addn(&str, NULL, 0);
    cr_assert_str_empty(str.text);
    cr_assert_eq(str.capacity, 0, "nothing was added, nothing is allocated");
    str_release(&str);
    cr_assert_str_empty(str.text);
}

Test(str, grows)
{
    struct str str = STR_INIT;

    for (size_t i = 0; i < 10000; i++) {
        str_addc(&str, (char)('a' + i % 26));
        cr_assert_eq(str.length, i + 1);
        cr_assert_eq(str.text[i + 1], '\0');
    }
    for (size_t i = 0; i < 10000; i++)
        cr_assert_eq(str.text[i], (char)('a' + i % 26));
    str_release(&str);
}

Test(str, formats_at_every_length_around_the_capacity)
{
    for (int n = 60; n < 70; n++) {
        struct str str = STR_INIT;

        str_addf(&str, "%*d", n, 7);
        str_addf(&str, "%s", "");
        cr_assert_eq(str.length, (size_t)n);
        cr_assert_eq(strlen(str.text), (size_t)n);
        cr_assert_eq(str.text[n - 1], '7');
        str_release(&str);
    }
}

Test(str, holds_nul_bytes)
{
    struct str str = STR_INIT;

    str_addn(&str, "a\0b", 3);
    str_addc(&str, '\0');
    cr_assert_eq(str.length, 4);
    cr_assert_arr_eq(str.text, "a\0b\0", 5);
    str_release(&str);
}

Test(str, reset_and_chop)
{
    struct str str = STR_INIT;

    str_add(&str, "abcdef");
    str_chop(&str, 2);
    cr_assert_str_eq(str.text, "abcd");
    str_chop(&str, 4);
    cr_assert_str_empty(str.text);
    str_add(&str, "x");
    str_reset(&str);
    cr_assert_eq(str.length, 0);
    cr_assert_str_empty(str.text);
    str_release(&str);
}

Test(str, detach_gives_the_text_away)
{
    struct str str = STR_INIT;
    char *text;

    str_add(&str, "abc");
    text = str_detach(&str);
    cr_assert_str_eq(text, "abc");
    cr_assert_eq(str.length, 0);
    free(text);
    text = str_detach(&str);
    cr_assert_str_empty(text, "an empty string too can be freed");
    free(text);
}

static void check_visible(const char *bytes, size_t n, bool keep_lines,
                          const char *want)
{
    struct str str = STR_INIT;

    str_add_visible(&str, bytes, n, SIZE_MAX, keep_lines);
    cr_assert_str_eq(str.text, want, "got %s", str.text);
    cr_assert_eq(str.length, strlen(want));
    str_release(&str);
}

static void check_text(const char *text, const char *want)
{
    check_visible(text, strlen(text), false, want);
}

Test(str, visible_keeps_what_can_be_read)
{
    check_text("", "");
    check_text("plain ~ text", "plain ~ text");
    check_text("h\xc3\xa9, \xe2\x82\xac, \xf0\x9f\x90\x8d",
               "h\xc3\xa9, \xe2\x82\xac, \xf0\x9f\x90\x8d");
    check_text("a\tb", "a b");
    check_text("\xf4\x8f\xbf\xbd", "\xf4\x8f\xbf\xbd");
}

Test(str, visible_disarms_control_characters)
{
    check_text("\033[2J\033]0;owned\a", "\\x1b[2J\\x1b]0;owned\\x07");
    check_text("a\rb\bc\x7f", "a\\x0db\\x08c\\x7f");
    check_visible("a\0b", 3, false, "a\\x00b");
    /* C1: CSI as one character, well-formed UTF-8. */
    check_text("\xc2\x9b"
               "31m",
               "\\xc2\\x9b31m");
    check_text("\xc2\x80", "\\xc2\\x80");
    check_text("\xc2\x9f", "\\xc2\\x9f");
    check_text("\xc2\xa0", "\xc2\xa0");
}

Test(str, visible_disarms_direction_and_line_separators)
{
    static const char *const codes[] = {
        "\xd8\x9c",                     /* ALM */
        "\xe2\x80\x8e", "\xe2\x80\x8f", /* LRM, RLM */
        "\xe2\x80\xa8", "\xe2\x80\xa9", /* LS, PS */
        "\xe2\x80\xaa", "\xe2\x80\xae", /* LRE ... RLO */
        "\xe2\x81\xa6", "\xe2\x81\xa9", /* LRI ... PDI */
        "\xef\xbb\xbf",                 /* BOM */
    };

    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        struct str str = STR_INIT;

        str_add_visible(&str, codes[i], strlen(codes[i]), SIZE_MAX, true);
        cr_assert_eq(str.length, 4 * strlen(codes[i]), "case %zu: %s", i,
                     str.text);
        cr_assert_eq(str.text[0], '\\', "case %zu", i);
        str_release(&str);
    }
}

Test(str, visible_shows_broken_sequences)
{
    check_text("\x80", "\\x80");
    check_text("\xff\xfe", "\\xff\\xfe");
    check_text("\xc3", "\\xc3");
    check_text("\xe2\x82", "\\xe2\\x82");
    check_text("\xe2\x82-", "\\xe2\\x82-");
    check_text("\xc3\xc3\xa9", "\\xc3\xc3\xa9");
    check_text("\xc0\xaf", "\\xc0\\xaf");
    check_text("\xc1\xbf", "\\xc1\\xbf");
    check_text("\xe0\x9f\xbf", "\\xe0\\x9f\\xbf");
    check_text("\xf0\x8f\xbf\xbf", "\\xf0\\x8f\\xbf\\xbf");
    check_text("\xed\xa0\x80", "\\xed\\xa0\\x80");
    check_text("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
    check_text("\xf8\x88\x80\x80\x80", "\\xf8\\x88\\x80\\x80\\x80");
}

Test(str, visible_keeps_lines_where_asked)
{
    check_visible("a\nb\n", 4, true, "a\nb\n");
    check_visible("a\nb\n", 4, false, "a\\x0ab\\x0a");
    check_visible("a\r\n", 3, true, "a\\x0d\n");
}

static void check_cut(const char *text, size_t max, const char *want)
{
    struct str str = STR_INIT;

    str_add_visible(&str, text, strlen(text), max, false);
    cr_assert_str_eq(str.text, want, "max %zu: got %s", max, str.text);
    str_release(&str);
}

Test(str, visible_is_cut_between_characters)
{
    check_cut("abc", 3, "abc");
    check_cut("abc", 2, "ab...");
    check_cut("abc", 0, "...");
    check_cut("", 0, "");
    check_cut("a\xc3\xa9z", 2, "a...");
    check_cut("a\xc3\xa9z", 3, "a\xc3\xa9...");
    check_cut("\xc3\xa9", 1, "...");
}

/* Every pair of bytes: what comes out is never obeyed by a terminal. */
Test(str, visible_never_lets_a_control_byte_through)
{
    struct str str = STR_INIT;

    for (unsigned i = 0; i < 65536; i++) {
        char pair[2] = {(char)(i >> 8), (char)(i & 255)};

        str_reset(&str);
        str_add_visible(&str, pair, 2, SIZE_MAX, false);
        for (size_t k = 0; k < str.length; k++) {
            unsigned char c = (unsigned char)str.text[k];

            cr_assert(c >= ' ' && c != 0x7f, "pair %04x", i);
        }
        cr_assert_geq(str.length, 2, "pair %04x", i);
    }
    str_release(&str);
}

static void check_word(const char *word, const char *want)
{
    struct str str = STR_INIT;

    str_add_word(&str, word);
    cr_assert_str_eq(str.text, want, "got %s", str.text);
    str_release(&str);
}

Test(str, words_are_quoted_where_they_must_be)
{
    check_word("plain_1.2+3-4", "plain_1.2+3-4");
    check_word("-5", "-5");
    check_word("-", "\"-\"");
    check_word("", "\"\"");
    check_word("two words", "\"two words\"");
    check_word("a\"b\\c", "\"a\\\"b\\\\c\"");
    check_word("\n\t\r\x7f\xc3", "\"\\n\\t\\x0d\\x7f\\xc3\"");
    check_word("@1", "\"@1\"");
}

Test(str, starts_and_ends)
{
    cr_assert(str_starts("abc", "ab"));
    cr_assert(str_starts("abc", ""));
    cr_assert(str_starts("abc", "abc"));
    cr_assert_not(str_starts("abc", "abcd"));
    cr_assert_not(str_starts("abc", "b"));
    cr_assert(str_ends("abc", "bc"));
    cr_assert(str_ends("abc", ""));
    cr_assert(str_ends("abc", "abc"));
    cr_assert_not(str_ends("abc", "xabc"));
    cr_assert_not(str_ends("abc", "b"));
}

Test(str, quotes_for_a_shell_what_needs_it)
{
    struct str str = STR_INIT;

    str_add_quoted(&str, "/tmp/a-b");
    str_addc(&str, ' ');
    str_add_quoted(&str, "");
    str_addc(&str, ' ');
    str_add_quoted(&str, "it's $x");
    cr_assert_str_eq(str.text, "/tmp/a-b '' 'it'\\''s $x'");
    str_release(&str);
}
