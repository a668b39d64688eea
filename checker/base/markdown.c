#include "base/markdown.h"

#include "base/alloc.h"
#include "base/strv.h"
#include "base/term.h"

#include <cmark.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Stands for a space inside of code, where no line may break. */
#define HARD_SPACE '\001'

/* Code spans longer than that are broken like other text. */
enum { CODE_COLUMNS_MAX = 40, WIDTH_MIN = 20 };

struct writer {
    struct str *out;
    struct strv source; /* the lines of the text, for tables */
    struct str first;   /* before the next line: a bullet */
    struct str indent;  /* before the lines after it */
    size_t width;
    bool colour;
    bool tight; /* in a list without empty lines */
    bool apart; /* nothing was written yet, or an empty line just now */
};

static void render_blocks(struct writer *writer, cmark_node *parent);

static const char *style(const struct writer *writer, enum term_style which)
{
    return term_style(writer->colour, which);
}

/* Columns of one UTF-8 sequence: two for East Asian characters and pictures,
   near enough to wrap lines by. */
static size_t sequence_columns(const unsigned char *s)
{
    if ((*s & 0xC0) == 0x80)
        return 0;
    return (*s >= 0xE3 && *s <= 0xED) || *s >= 0xF0 ||
                   (*s == 0xEF && s[1] >= 0xBC && s[1] <= 0xBD)
               ? 2
               : 1;
}

static size_t columns(const char *text, size_t n)
{
    const unsigned char *s = (const unsigned char *)text, *end = s + n;
    size_t count = 0;

    while (s < end) {
        if (*s == '\033') {
            while (s < end && *s != 'm')
                s++;
            s += s < end;
        } else {
            count += sequence_columns(s++);
        }
    }
    return count;
}

static void add_visible(struct str *out, const char *text)
{
    str_add_visible(out, text, strlen(text), SIZE_MAX, true);
}

static void start_line(struct writer *writer)
{
    if (writer->first.length) {
        str_add(writer->out, writer->first.text);
        str_reset(&writer->first);
    } else {
        str_add(writer->out, writer->indent.text);
    }
}

static void end_line(struct writer *writer)
{
    struct str *out = writer->out;

    while (out->length && out->text[out->length - 1] == ' ')
        str_chop(out, 1);
    str_addc(out, '\n');
    writer->apart = false;
}

/* An empty line between blocks, none at the start and none twice. */
static void separate(struct writer *writer)
{
    if (writer->tight || writer->apart || writer->first.length)
        return;
    str_add(writer->out, writer->indent.text);
    end_line(writer);
    writer->apart = true;
}

static void add_word(struct writer *writer, const char *word, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (word[i] == HARD_SPACE)
            str_addc(writer->out, ' ');
        else
            str_addc(writer->out, word[i]);
    }
}

/* Writes flowing text; '\n' in it is a line break that was asked for. */
static void wrap(struct writer *writer, const char *text)
{
    size_t indent = columns(writer->indent.text, writer->indent.length);
    size_t used = indent;

    start_line(writer);
    while (*text) {
        size_t n = strcspn(text, " \n"), needed = columns(text, n);

        if (used > indent && used + 1 + needed > writer->width) {
            end_line(writer);
            start_line(writer);
            used = indent;
        }
        if (used > indent && n > 0) {
            str_addc(writer->out, ' ');
            used++;
        }
        add_word(writer, text, n);
        used += needed;
        text += n;
        if (*text == '\n') {
            end_line(writer);
            start_line(writer);
            used = indent;
        }
        text += *text != '\0';
    }
    end_line(writer);
}

static void add_code(const struct writer *writer, struct str *text,
                     const char *code)
{
    const char *mark = writer->colour ? "" : "`";
    struct str visible = STR_INIT;

    add_visible(&visible, code);
    if (columns(visible.text, visible.length) <= CODE_COLUMNS_MAX)
        for (char *c = visible.text; *c; c++)
            if (*c == ' ')
                *c = HARD_SPACE;
    str_addf(text, "%s%s%s%s%s", style(writer, TERM_CYAN), mark, visible.text,
             mark, style(writer, TERM_PLAIN));
    str_release(&visible);
}

/* Emphasis is bold too: few terminals have another that can be read. */
static void add_emphasis(const struct writer *writer, struct str *text,
                         bool strong, bool enter)
{
    if (writer->colour)
        str_add(text, style(writer, enter ? TERM_BOLD : TERM_PLAIN));
    else if (!strong)
        str_addc(text, '*');
}

static bool same_text(cmark_node *link, const char *url)
{
    cmark_node *child = cmark_node_first_child(link);
    const char *text = child ? cmark_node_get_literal(child) : NULL;

    return text && strcmp(text, url) == 0;
}

static void add_target(struct str *text, cmark_node *link)
{
    const char *url = cmark_node_get_url(link);

    if (!url || !*url || same_text(link, url))
        return;
    str_add(text, " (");
    add_visible(text, url);
    str_addc(text, ')');
}

static void add_inline(const struct writer *writer, struct str *text,
                       cmark_node *node, bool enter)
{
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_TEXT:
        add_visible(text, cmark_node_get_literal(node));
        break;
    case CMARK_NODE_CODE:
        add_code(writer, text, cmark_node_get_literal(node));
        break;
    case CMARK_NODE_SOFTBREAK:
        str_addc(text, ' ');
        break;
    case CMARK_NODE_LINEBREAK:
        str_addc(text, '\n');
        break;
    case CMARK_NODE_STRONG:
    case CMARK_NODE_EMPH:
        add_emphasis(writer, text,
                     cmark_node_get_type(node) == CMARK_NODE_STRONG, enter);
        break;
    case CMARK_NODE_LINK:
    case CMARK_NODE_IMAGE:
        if (!enter)
            add_target(text, node);
        break;
    default:
        break;
    }
}

/* The text of a paragraph or heading, in one line. */
static void add_inlines(const struct writer *writer, struct str *text,
                        cmark_node *parent)
{
    cmark_iter *iter = cmark_iter_new(parent);
    cmark_event_type event;

    while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(iter);

        if (node != parent)
            add_inline(writer, text, node, event == CMARK_EVENT_ENTER);
    }
    cmark_iter_free(iter);
}

static void rule(struct writer *writer, char c, size_t n)
{
    start_line(writer);
    while (n-- > 0)
        str_addc(writer->out, c);
    end_line(writer);
}

static void render_heading(struct writer *writer, cmark_node *node)
{
    int level = cmark_node_get_heading_level(node);
    struct str text = STR_INIT;
    size_t n;

    /* Inside, the heading's own bold would be ended by that of a part. */
    add_inlines(&(struct writer){.colour = false}, &text, node);
    separate(writer);
    n = columns(text.text, text.length);
    str_add(writer->out, style(writer, TERM_BOLD));
    wrap(writer, text.text);
    str_chop(writer->out, 1);
    str_add(writer->out, style(writer, TERM_PLAIN));
    str_addc(writer->out, '\n');
    if (!writer->colour && level <= 2)
        rule(writer, level == 1 ? '=' : '-',
             n < writer->width ? n : writer->width);
    str_release(&text);
}

/* CommonMark has no tables: to cmark they are paragraphs. */
static bool is_table(cmark_node *paragraph)
{
    cmark_node *child = cmark_node_first_child(paragraph);
    const char *text = child ? cmark_node_get_literal(child) : NULL;

    return text && *text == '|';
}

static void render_table(struct writer *writer, cmark_node *node)
{
    int from = cmark_node_get_start_line(node) - 1;
    int to = cmark_node_get_end_line(node);

    for (int i = from; i < to && (size_t)i < writer->source.count; i++) {
        const char *line = writer->source.items[i];

        start_line(writer);
        add_visible(writer->out, line + strspn(line, " >"));
        end_line(writer);
    }
}

static void render_paragraph(struct writer *writer, cmark_node *node)
{
    struct str text = STR_INIT;

    separate(writer);
    if (is_table(node)) {
        render_table(writer, node);
        return;
    }
    add_inlines(writer, &text, node);
    wrap(writer, text.text);
    str_release(&text);
}

static void render_code(struct writer *writer, cmark_node *node)
{
    struct strv lines = STRV_INIT;

    separate(writer);
    strv_add_lines(&lines, cmark_node_get_literal(node));
    for (size_t i = 0; i < lines.count; i++) {
        start_line(writer);
        str_add(writer->out, "    ");
        add_visible(writer->out, lines.items[i]);
        end_line(writer);
    }
    strv_release(&lines);
}

/* Comments are for who writes the file. */
static void render_html(struct writer *writer, cmark_node *node)
{
    struct strv lines = STRV_INIT;

    if (str_starts(cmark_node_get_literal(node), "<!--"))
        return;
    separate(writer);
    strv_add_lines(&lines, cmark_node_get_literal(node));
    for (size_t i = 0; i < lines.count; i++) {
        start_line(writer);
        add_visible(writer->out, lines.items[i]);
        end_line(writer);
    }
    strv_release(&lines);
}

/* The children with `first` before their first line and `rest` before the
   others. */
static void render_inside(struct writer *writer, cmark_node *node,
                          const char *first, const char *rest)
{
    size_t mark = writer->indent.length;

    if (!writer->first.length)
        str_add(&writer->first, writer->indent.text);
    str_add(&writer->first, first);
    str_add(&writer->indent, rest);
    render_blocks(writer, node);
    str_chop(&writer->indent, writer->indent.length - mark);
    str_reset(&writer->first);
}

static void render_item(struct writer *writer, cmark_node *item, int number)
{
    struct str bullet = STR_INIT, rest = STR_INIT;

    if (number >= 0)
        str_addf(&bullet, "%d. ", number);
    else
        str_add(&bullet, "- ");
    for (size_t i = 0; i < bullet.length; i++)
        str_addc(&rest, ' ');
    render_inside(writer, item, bullet.text, rest.text);
    str_release(&bullet);
    str_release(&rest);
}

static void render_list(struct writer *writer, cmark_node *list)
{
    bool tight = writer->tight;
    int number = cmark_node_get_list_type(list) == CMARK_ORDERED_LIST
                     ? cmark_node_get_list_start(list)
                     : -1;

    separate(writer);
    for (cmark_node *item = cmark_node_first_child(list); item;
         item = cmark_node_next(item)) {
        separate(writer);
        writer->tight = cmark_node_get_list_tight(list);
        render_item(writer, item, number);
        number += number >= 0;
    }
    writer->tight = tight;
}

static void render_block(struct writer *writer, cmark_node *node)
{
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_HEADING:
        render_heading(writer, node);
        break;
    case CMARK_NODE_PARAGRAPH:
        render_paragraph(writer, node);
        break;
    case CMARK_NODE_CODE_BLOCK:
        render_code(writer, node);
        break;
    case CMARK_NODE_HTML_BLOCK:
        render_html(writer, node);
        break;
    case CMARK_NODE_LIST:
        render_list(writer, node);
        break;
    case CMARK_NODE_BLOCK_QUOTE:
        separate(writer);
        render_inside(writer, node, "> ", "> ");
        break;
    case CMARK_NODE_THEMATIC_BREAK:
        separate(writer);
        rule(writer, '-', 3);
        break;
    default:
        break;
    }
}

static void render_blocks(struct writer *writer, cmark_node *parent)
{
    for (cmark_node *node = cmark_node_first_child(parent); node;
         node = cmark_node_next(node))
        render_block(writer, node);
}

void markdown_render(struct str *out, const char *text, size_t length,
                     int width, bool colour)
{
    cmark_node *document =
        cmark_parse_document(text, length, CMARK_OPT_DEFAULT);
    struct writer writer = {
        .out = out,
        .first = STR_INIT,
        .indent = STR_INIT,
        .width = width < WIDTH_MIN ? WIDTH_MIN : (size_t)width,
        .colour = colour,
        .apart = true,
    };
    char *source;

    source = xstrndup(text, length);
    strv_add_lines(&writer.source, source);
    free(source);
    render_blocks(&writer, document);
    cmark_node_free(document);
    strv_release(&writer.source);
    str_release(&writer.first);
    str_release(&writer.indent);
}
