#include "report/markup.h"

#include "base/alloc.h"

#include <criterion/criterion.h>
#include <expat.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static bool is_well_formed(const struct str *text)
{
    XML_Parser parser = XML_ParserCreate("UTF-8");
    bool ok =
        XML_Parse(parser, text->text, (int)text->length, 1) == XML_STATUS_OK;

    XML_ParserFree(parser);
    return ok;
}

Test(markup, text_and_attributes_are_escaped)
{
    struct str out = STR_INIT;
    struct markup markup;

    markup_part(&markup, MARKUP_HTML, &out);
    markup_open(&markup, "p");
    markup_attr(&markup, "title", "a\"'<>&b");
    markup_text(&markup, "</p><script>alert('1')</script>&amp;");
    markup_close(&markup, "p");
    markup_end(&markup);
    cr_assert_str_eq(out.text,
                     "<p title=\"a&quot;&#39;&lt;&gt;&amp;b\">&lt;/p&gt;"
                     "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;"
                     "&amp;amp;</p>",
                     "got %s", out.text);
    str_release(&out);
}

Test(markup, xml_stays_well_formed_whatever_the_text)
{
    static const char hostile[] = "a\0b\x1b[31m ]]> <![CDATA[ \xff\xc3( "
                                  "\xe2\x80\xae \xef\xbf\xbe \xef\xbf\xbf "
                                  "\xed\xa0\x80 \xf4\x90\x80\x80 \x7f";
    struct str out = STR_INIT;
    struct markup markup;

    markup_start(&markup, MARKUP_XML, &out);
    markup_open(&markup, "a");
    markup_attr(&markup, "b", hostile + 2);
    markup_bytes(&markup, hostile, sizeof hostile, 1000);
    markup_open(&markup, "c");
    markup_close(&markup, "c");
    markup_close(&markup, "a");
    markup_end(&markup);
    cr_assert(is_well_formed(&out), "got %s", out.text);
    cr_assert_null(strchr(out.text, 0x1b), "got %s", out.text);
    cr_assert_null(strstr(out.text, "\xe2\x80\xae"), "got %s", out.text);
    cr_assert_not_null(strstr(out.text, "a\\x00b"), "got %s", out.text);
    cr_assert_not_null(strstr(out.text, "<c/>"), "got %s", out.text);
    str_release(&out);
}

Test(markup, text_is_bounded)
{
    struct str out = STR_INIT;
    struct markup markup;
    char *long_text = xmalloc(1 << 20);

    memset(long_text, '<', (1 << 20) - 1);
    long_text[(1 << 20) - 1] = '\0';
    markup_part(&markup, MARKUP_HTML, &out);
    markup_element(&markup, "p", NULL, long_text);
    cr_assert_lt(out.length, (size_t)MARKUP_TEXT_MAX * 4 + 20, "%zu bytes",
                 out.length);
    cr_assert(str_ends(out.text, "...</p>"), "no sign of the cut");
    free(long_text);
    str_release(&out);
}

Test(markup, void_elements_need_no_end)
{
    struct str out = STR_INIT;
    struct markup markup;

    markup_part(&markup, MARKUP_HTML, &out);
    markup_open(&markup, "p");
    markup_open(&markup, "br");
    markup_text(&markup, "x");
    markup_close(&markup, "p");
    markup_end(&markup);
    cr_assert_str_eq(out.text, "<p><br>x</p>", "got %s", out.text);
    str_release(&out);
}

Test(markup, links_run_nothing)
{
    static const char *const urls[][2] = {
        {"javascript:alert(1)", "#"},
        {" javascript:alert(1)", "#"},
        {"JAVASCRIPT:alert(1)", "#"},
        {"data:text/html,x", "#"},
        {"https://example.org/a?b=c:d", "https://example.org/a?b=c:d"},
        {"#a:b", "#a:b"},
        {"anna/lru-cache.html", "anna/lru-cache.html"},
        {"./a:b", "./a:b"}};

    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        struct str out = STR_INIT;
        struct markup markup;
        char *want = xasprintf("<a href=\"%s\"></a>", urls[i][1]);

        markup_part(&markup, MARKUP_HTML, &out);
        markup_open(&markup, "a");
        markup_attr(&markup, "href", urls[i][0]);
        markup_close(&markup, "a");
        cr_assert_str_eq(out.text, want, "got %s", out.text);
        free(want);
        str_release(&out);
    }
}

Test(markup, wrong_nesting_is_a_bug, .signal = SIGABRT)
{
    struct str out = STR_INIT;
    struct markup markup;

    markup_part(&markup, MARKUP_HTML, &out);
    markup_open(&markup, "p");
    markup_open(&markup, "b");
    markup_close(&markup, "p");
}

Test(markup, what_stays_open_is_a_bug, .signal = SIGABRT)
{
    struct str out = STR_INIT;
    struct markup markup;

    markup_part(&markup, MARKUP_HTML, &out);
    markup_open(&markup, "p");
    markup_end(&markup);
}

Test(markup, an_attribute_that_runs_code_is_a_bug, .signal = SIGABRT)
{
    struct str out = STR_INIT;
    struct markup markup;

    markup_part(&markup, MARKUP_HTML, &out);
    markup_open(&markup, "p");
    markup_attr(&markup, "onclick", "x");
}
