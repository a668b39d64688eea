/* A screen with a header, a body that scrolls, and a footer. */
#ifndef CMD_PAGE_H
#define CMD_PAGE_H

#include "base/strv.h"
#include "base/tty.h"

#include <stdbool.h>
#include <stddef.h>

struct page {
    const char *header, *body, *footer; /* borrowed; lines of any length */
    size_t scroll; /* the body's first line that is shown */
};

/*
 * Adds the lines of the screen, `size.rows` of them. What scrolls too far is
 * set right in page->scroll; where more of the body follows, its last line says
 * so. A low screen loses the header first, then the footer's upper lines.
 */
void page_compose(struct page *page, struct tty_size size, bool colour,
                  struct strv *lines);

/* Moves page->scroll for a key; false where the key does not scroll. */
bool page_scroll(size_t *scroll, int key, int rows);

#endif
