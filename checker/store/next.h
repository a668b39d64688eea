/*
 * Which kata to take up next, and why. In this order:
 *
 *  1. one that was begun and has not passed, the one last worked on first;
 *  2. one that is open, which is to say that all it needs ("needs" in
 *     kata.json) has passed: the lowest level first, then the topic of which
 *     the smallest part has passed, then the shortest;
 *  3. only where nothing is open, one of which the fewest needs are missing.
 *
 *     struct next next[3];
 *     size_t count = next_rank(&catalog, &list, next, 3);
 *     if (count) ... next[0].kata->slug, next[0].why ...
 *     next_release(next, count);
 *
 * The catalogue has to be loaded (catalog_load_all). A need that is no kata of
 * the catalogue counts as met.
 */
#ifndef STORE_NEXT_H
#define STORE_NEXT_H

#include "kata/catalog.h"
#include "store/progress.h"

struct next {
    const struct kata *kata; /* borrowed from the catalogue */
    bool begun;              /* goes on with an attempt */
    char *why;               /* a sentence without its full stop; owned */
};

/* Fills the best `max` or fewer; returns how many. 0: everything has passed. */
size_t next_rank(const struct catalog *catalog,
                 const struct progress_list *list, struct next *next,
                 size_t max);

void next_release(struct next *next, size_t count);

#endif
