#include "cmd/page.h"

#include "base/term.h"

#include <stdint.h>

/* Rows that the body has at least. */
enum { BODY_MIN = 3 };

static void add_range(struct strv *to, const struct strv *from, size_t start,
                      size_t end)
{
    for (size_t i = start; i < end; i++)
        strv_add(to, i < from->count ? from->items[i] : "");
}

static void add_body(struct page *page, const struct strv *body, size_t room,
                     bool colour, struct strv *lines)
{
    size_t last = body->count > room ? body->count - room : 0, end;

    if (page->scroll > last)
        page->scroll = last;
    end = page->scroll + room;
    if (end >= body->count) {
        add_range(lines, body, page->scroll, end);
        return;
    }
    add_range(lines, body, page->scroll, end - 1);
    strv_addf(lines, "%s-- %zu more lines: space, arrows --%s",
              term_style(colour, TERM_DIM), body->count - end + 1,
              term_style(colour, TERM_PLAIN));
}

void page_compose(struct page *page, struct tty_size size, bool colour,
                  struct strv *lines)
{
    struct strv header = STRV_INIT, body = STRV_INIT, footer = STRV_INIT;
    size_t rows = size.rows > 0 ? (size_t)size.rows : 1, skip = 0;

    tty_wrap(&header, page->header, size.columns);
    tty_wrap(&body, page->body, size.columns);
    tty_wrap(&footer, page->footer, size.columns);
    if (header.count + footer.count + BODY_MIN > rows)
        strv_release(&header);
    if (footer.count + BODY_MIN > rows)
        skip = footer.count + BODY_MIN - rows;
    if (skip > footer.count)
        skip = footer.count;
    add_range(lines, &header, 0, header.count);
    add_body(page, &body, rows - header.count - (footer.count - skip), colour,
             lines);
    add_range(lines, &footer, skip, footer.count);
    strv_release(&header);
    strv_release(&body);
    strv_release(&footer);
}

bool page_scroll(size_t *scroll, int key, int rows)
{
    size_t far = rows > 8 ? (size_t)rows - 6 : 2;

    switch (key) {
    case TTY_UP:
        *scroll -= *scroll > 0;
        return true;
    case TTY_DOWN:
        *scroll += 1;
        return true;
    case TTY_PAGE_UP:
        *scroll -= *scroll > far ? far : *scroll;
        return true;
    case TTY_PAGE_DOWN:
    case ' ':
        *scroll += far;
        return true;
    case TTY_HOME:
        *scroll = 0;
        return true;
    case TTY_END:
        *scroll = SIZE_MAX / 2;
        return true;
    default:
        return false;
    }
}
