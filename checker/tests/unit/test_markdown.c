#include "base/markdown.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(markdown);

static void expect(const char *text, int width, bool colour, const char *want)
{
    struct str out = STR_INIT;

    markdown_render(&out, text, strlen(text), width, colour);
    cr_assert_str_eq(out.text, want);
    str_release(&out);
}

Test(markdown, wraps_paragraphs)
{
    expect("", 40, false, "");
    expect("one two three four five six\nseven", 20, false,
           "one two three four\nfive six seven\n");
    expect("12345678 1234567890 1\n\nb", 20, false,
           "12345678 1234567890\n1\n\nb\n");
    expect("a\\\nb", 40, false, "a\nb\n");
    expect("a-word-that-is-longer-than-a-line b", 20, false,
           "a-word-that-is-longer-than-a-line\nb\n");
}

Test(markdown, counts_columns_not_bytes)
{
    expect("\u00e4\u00f6\u00fc\u00e4\u00f6\u00fc\u00e4\u00f6\u00fc "
           "\u00e4\u00f6\u00fc\u00e4\u00f6\u00fc\u00e4\u00f6\u00fc 1",
           20, false,
           "\u00e4\u00f6\u00fc\u00e4\u00f6\u00fc\u00e4\u00f6\u00fc "
           "\u00e4\u00f6\u00fc\u00e4\u00f6\u00fc\u00e4\u00f6\u00fc\n1\n");
    expect("\u5982\u4f55\u5b9e\u73b0\u4e00 \u4e2a\u7f13\u5b58\u5417\u597d", 20,
           false,
           "\u5982\u4f55\u5b9e\u73b0\u4e00\n\u4e2a\u7f13\u5b58\u5417\u597d\n");
}

Test(markdown, marks_headings)
{
    expect("# Title\n\ntext\n## Part\n### Sub `x`", 40, false,
           "Title\n=====\n\ntext\n\nPart\n----\n\nSub `x`\n");
    expect("# Title *x*\ntext", 40, true, "\033[1mTitle *x*\033[0m\n\ntext\n");
}

Test(markdown, shows_code)
{
    expect("a `put 1 2` b", 20, false, "a `put 1 2` b\n");
    expect("123456789 `put 1 20`", 20, false, "123456789 `put 1 20`\n");
    expect("1234567890 `put 1 20`", 20, false, "1234567890\n`put 1 20`\n");
    expect("a `b c`", 40, true, "a \033[36mb c\033[0m\n");
    expect("text\n\n```c\nint x;\n\n  x = 1;\n```\nmore", 40, false,
           "text\n\n    int x;\n\n      x = 1;\n\nmore\n");
}

Test(markdown, shows_emphasis)
{
    expect("a *b* **c**", 40, false, "a *b* c\n");
    expect("a *b* **c**", 40, true, "a \033[1mb\033[0m \033[1mc\033[0m\n");
}

Test(markdown, shows_lists)
{
    expect("text\n\n- one two three four five\n- b\n\nend", 20, false,
           "text\n\n- one two three four\n  five\n- b\n\nend\n");
    expect("1. a\n2. b\n   - c\n   - d\n3. e", 40, false,
           "1. a\n2. b\n   - c\n   - d\n3. e\n");
    expect("- a\n\n  more\n\n- b", 40, false, "- a\n\n  more\n\n- b\n");
    expect("- - a\n  - b", 40, false, "- - a\n  - b\n");
    expect("0. a\n1. b", 40, false, "0. a\n1. b\n");
}

Test(markdown, keeps_tables)
{
    expect("a\n\n| x | y |\n|---|---|\n| `1` |  a long cell that is kept |\n\n"
           "b",
           20, false,
           "a\n\n| x | y |\n|---|---|\n| `1` |  a long cell that is kept |\n\n"
           "b\n");
    expect("- a\n\n  | x |\n  |---|\n", 40, false, "- a\n\n  | x |\n  |---|\n");
}

Test(markdown, shows_quotes_and_rules)
{
    expect("> a\n>\n> b\n\n---\nc", 40, false, "> a\n>\n> b\n\n---\n\nc\n");
}

Test(markdown, shows_where_links_go)
{
    expect("[a](b.md) <https://x.y>", 40, false, "a (b.md) https://x.y\n");
}

Test(markdown, leaves_out_comments)
{
    expect("a\n\n<!-- b -->\n\nc", 40, false, "a\n\nc\n");
}

Test(markdown, lets_no_escape_sequence_through)
{
    expect("a\033[31mb `\033c`\n\n```\n\033]0;x\007\n```\n\n| \033[2J |\n", 40,
           false,
           "a\\x1b[31mb `\\x1bc`\n\n    \\x1b]0;x\\x07\n\n| \\x1b[2J |\n");
}

Test(markdown, reads_no_further_than_its_length)
{
    static const char text[] = "| a |\n|---|\n| b | and more";
    struct str out = STR_INIT;

    markdown_render(&out, text, strlen("| a |\n|---|\n| b |"), 40, false);
    cr_assert_str_eq(out.text, "| a |\n|---|\n| b |\n");
    str_release(&out);
}

Test(markdown, survives_deep_nesting)
{
    struct str text = STR_INIT, out = STR_INIT;

    for (int i = 0; i < 500; i++)
        str_add(&text, "> - ");
    str_add(&text, "a b");
    markdown_render(&out, text.text, text.length, 1, true);
    cr_assert(strstr(out.text, "a\n"));
    str_release(&text);
    str_release(&out);
}
