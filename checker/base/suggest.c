#include "base/suggest.h"

#include "base/alloc.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* One more row of the table: the distances of a[0..i] to every prefix of b.
   `before` is the row above, `earlier` the one above that. */
static void fill_row(size_t *row, const size_t *before, const size_t *earlier,
                     const char *a, size_t i, const char *b)
{
    row[0] = i + 1;
    for (size_t j = 0; b[j]; j++) {
        size_t changed = before[j] + (a[i] != b[j]);
        size_t shorter = least(before[j + 1], row[j]) + 1;

        row[j + 1] = least(changed, shorter);
        if (i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j])
            row[j + 1] = least(row[j + 1], earlier[j - 1] + 1);
    }
}

size_t suggest_distance(const char *a, const char *b)
{
    size_t n = strlen(b), distance;
    size_t *earlier = xcalloc(n + 1, sizeof *earlier);
    size_t *before = xcalloc(n + 1, sizeof *before);
    size_t *row = xcalloc(n + 1, sizeof *row);

    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 0; a[i]; i++) {
        size_t *oldest = earlier;

        earlier = before;
        before = row;
        row = oldest;
        fill_row(row, before, earlier, a, i, b);
    }
    distance = row[n];
    free(earlier);
    free(before);
    free(row);
    return distance;
}

void suggest_offer(struct suggest *suggest, const char *candidate)
{
    size_t length = strlen(suggest->word);
    size_t distance = suggest_distance(suggest->word, candidate);
    size_t allowed = (length + 1) / 3;

    /* Someone who types "lru" for "lru-cache" made one mistake. */
    if (length >= 2 && str_starts(candidate, suggest->word))
        distance = least(distance, 1);
    if (distance > (allowed ? allowed : 1) || distance >= length)
        return;
    if (suggest->best && suggest->distance <= distance)
        return;
    suggest->best = candidate;
    suggest->distance = distance;
}
