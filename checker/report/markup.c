#include "report/markup.h"

#include "base/alloc.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void markup_part(struct markup *markup, enum markup_kind kind, struct str *out)
{
    *markup = (struct markup){.kind = kind, .out = out};
}

void markup_start(struct markup *markup, enum markup_kind kind, struct str *out)
{
    markup_part(markup, kind, out);
    str_add(out, kind == MARKUP_HTML
                     ? "<!doctype html>\n"
                     : "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
}

void markup_end(struct markup *markup)
{
    assert(markup->depth == 0 && !markup->in_tag);
}

static bool is_name(const char *name)
{
    static const char rest[] = "abcdefghijklmnopqrstuvwxyz"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-:";

    return *name && !name[strspn(name, rest)] && (*name < '0' || *name > '9') &&
           *name != '-';
}

/* HTML's elements that have no content and no end. */
static bool is_void(const struct markup *markup, const char *name)
{
    static const char *const names[] = {"br",    "col",  "hr",   "img",
                                        "input", "link", "meta", "wbr"};

    if (markup->kind != MARKUP_HTML)
        return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static void finish_tag(struct markup *markup)
{
    if (!markup->in_tag)
        return;
    markup->in_tag = false;
    if (is_void(markup, markup->open[markup->depth - 1]))
        markup->depth--;
    str_addc(markup->out, '>');
}

void markup_open(struct markup *markup, const char *name)
{
    assert(is_name(name));
    /* A page of ours has no scripts; content of style is not text. */
    assert(strcmp(name, "script") != 0 && strcmp(name, "style") != 0);
    finish_tag(markup);
    assert(markup->depth < MARKUP_DEPTH_MAX);
    markup->open[markup->depth++] = name;
    markup->in_tag = true;
    str_addf(markup->out, "<%s", name);
}

void markup_close(struct markup *markup, const char *name)
{
    if (markup->in_tag && markup->kind == MARKUP_XML) {
        assert(strcmp(markup->open[markup->depth - 1], name) == 0);
        markup->in_tag = false;
        markup->depth--;
        str_add(markup->out, "/>");
        return;
    }
    finish_tag(markup);
    assert(markup->depth > 0 &&
           strcmp(markup->open[markup->depth - 1], name) == 0);
    markup->depth--;
    str_addf(markup->out, "</%s>", name);
}

static void escape(struct str *out, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        switch (text[i]) {
        case '&':
            str_add(out, "&amp;");
            break;
        case '<':
            str_add(out, "&lt;");
            break;
        case '>':
            str_add(out, "&gt;");
            break;
        case '"':
            str_add(out, "&quot;");
            break;
        case '\'':
            str_add(out, "&#39;");
            break;
        default:
            str_addc(out, text[i]);
        }
}

/* May a browser follow it? */
static bool is_harmless(const char *url)
{
    static const char *const schemes[] = {"https://", "http://",
                                          "mailto:", "data:image/"};
    size_t first = strcspn(url, ":/?#");

    if (url[first] != ':')
        return true;
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (str_starts(url, schemes[i]))
            return true;
    return false;
}

void markup_attr(struct markup *markup, const char *name, const char *value)
{
    struct str visible = STR_INIT;

    assert(markup->in_tag && is_name(name) && !str_starts(name, "on"));
    if (!value)
        return;
    if ((strcmp(name, "href") == 0 || strcmp(name, "src") == 0) &&
        !is_harmless(value))
        value = "#";
    str_add_visible(&visible, value, strlen(value), MARKUP_TEXT_MAX, false);
    str_addf(markup->out, " %s=\"", name);
    escape(markup->out, visible.text, visible.length);
    str_addc(markup->out, '"');
    str_release(&visible);
}

void markup_attrf(struct markup *markup, const char *name, const char *format,
                  ...)
{
    char *text;
    va_list args;

    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        abort();
    va_end(args);
    markup_attr(markup, name, text);
    free(text);
}

void markup_bytes(struct markup *markup, const char *bytes, size_t n,
                  size_t max)
{
    struct str visible = STR_INIT;

    finish_tag(markup);
    str_add_visible(&visible, bytes, n, max, true);
    escape(markup->out, visible.text, visible.length);
    str_release(&visible);
}

void markup_text(struct markup *markup, const char *text)
{
    markup_bytes(markup, text, strlen(text), MARKUP_TEXT_MAX);
}

void markup_textf(struct markup *markup, const char *format, ...)
{
    char *text;
    va_list args;

    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        abort();
    va_end(args);
    markup_text(markup, text);
    free(text);
}

void markup_element(struct markup *markup, const char *name, const char *class,
                    const char *text)
{
    markup_open(markup, name);
    markup_attr(markup, "class", class);
    markup_text(markup, text);
    markup_close(markup, name);
}

void markup_elementf(struct markup *markup, const char *name, const char *class,
                     const char *format, ...)
{
    char *text;
    va_list args;

    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        abort();
    va_end(args);
    markup_element(markup, name, class, text);
    free(text);
}

void markup_add_part(struct markup *markup, const struct str *part)
{
    finish_tag(markup);
    str_addn(markup->out, part->text, part->length);
}
