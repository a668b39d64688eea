#include "store/next.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

struct candidate {
    const struct kata *kata;
    const struct progress *progress; /* NULL: never started */
    bool begun;
    int missing;       /* needs that have not passed */
    double topic_done; /* share of its topic that has passed */
    size_t order;      /* in the catalogue */
};

static bool has_passed(const struct progress_list *list, const char *slug)
{
    const struct progress *progress = progress_find(list, slug);

    return progress && progress->state == PROGRESS_PASSED;
}

static bool is_unmet(const struct catalog *catalog,
                     const struct progress_list *list, const char *need)
{
    return catalog_has(catalog, need) && !has_passed(list, need);
}

static double topic_done(const struct catalog *catalog,
                         const struct progress_list *list, const char *topic)
{
    int all = 0, passed = 0;

    for (size_t i = 0; i < catalog->count; i++)
        if (strcmp(catalog->entries[i].topic, topic) == 0) {
            all++;
            passed += has_passed(list, catalog->entries[i].slug);
        }
    return all ? (double)passed / all : 0;
}

static int64_t last_heard(const struct progress *progress)
{
    return progress->last.when > progress->started ? progress->last.when
                                                   : progress->started;
}

static int by_rank(const void *a, const void *b)
{
    const struct candidate *one = a, *other = b;

    if (one->begun != other->begun)
        return one->begun ? -1 : 1;
    if (one->begun && last_heard(one->progress) != last_heard(other->progress))
        return last_heard(one->progress) > last_heard(other->progress) ? -1 : 1;
    if (one->missing != other->missing)
        return one->missing - other->missing;
    if (one->kata->level != other->kata->level)
        return one->kata->level < other->kata->level ? -1 : 1;
    if (one->topic_done < other->topic_done ||
        one->topic_done > other->topic_done)
        return one->topic_done < other->topic_done ? -1 : 1;
    if (one->kata->minutes != other->kata->minutes)
        return one->kata->minutes - other->kata->minutes;
    return one->order < other->order ? -1 : 1;
}

static char *why_begun(const struct candidate *candidate)
{
    const struct progress *progress = candidate->progress;
    struct str why = STR_INIT;

    str_add(&why, "you have begun it, and it has not passed yet");
    if (progress->failed)
        str_addf(&why, " (%d grade%s, the best with %.0f points)",
                 progress->failed, progress->failed == 1 ? "" : "s",
                 progress->best);
    return str_detach(&why);
}

/* Adds those needs that are met, or are not, with commas. */
static void add_needs(const struct catalog *catalog,
                      const struct progress_list *list, const struct kata *kata,
                      bool unmet, struct str *why)
{
    const char *comma = "";

    for (size_t i = 0; i < kata->needs.count; i++)
        if (is_unmet(catalog, list, kata->needs.items[i]) == unmet) {
            str_addf(why, "%s%s", comma, kata->needs.items[i]);
            comma = ", ";
        }
}

static char *why_new(const struct catalog *catalog,
                     const struct progress_list *list,
                     const struct candidate *candidate, size_t open)
{
    const struct kata *kata = candidate->kata;
    struct str why = STR_INIT;

    if (candidate->missing) {
        str_add(&why, "nothing that is left has all that it needs; this still "
                      "lacks ");
        add_needs(catalog, list, kata, true, &why);
        return str_detach(&why);
    }
    if (kata->needs.count) {
        str_add(&why, "what it needs has passed (");
        add_needs(catalog, list, kata, false, &why);
        str_addc(&why, ')');
    } else {
        str_add(&why, "it needs no other kata");
    }
    if (open > 1)
        str_addf(&why, "; none of the %zu open katas is of a lower level",
                 open);
    else
        str_add(&why, "; it is the only one that is open");
    if (!(candidate->topic_done > 0))
        str_addf(&why, "; nothing of %s has passed yet", kata->topic);
    return str_detach(&why);
}

/* Of another than the first in its class it cannot be said that none is
   easier. */
static char *why_other(const struct candidate *candidate)
{
    const struct kata *kata = candidate->kata;

    return xasprintf("open too: %s, %d min, %s", kata_level_name(kata->level),
                     kata->minutes, kata->topic);
}

static size_t collect(const struct catalog *catalog,
                      const struct progress_list *list,
                      struct candidate *candidates)
{
    size_t count = 0;

    for (size_t i = 0; i < catalog->count; i++) {
        const struct kata *kata = catalog->entries[i].kata;
        struct candidate *candidate = &candidates[count];

        if (!kata || has_passed(list, kata->slug))
            continue;
        *candidate = (struct candidate){.kata = kata, .order = i};
        candidate->progress = progress_find(list, kata->slug);
        candidate->begun = candidate->progress != NULL;
        candidate->topic_done = topic_done(catalog, list, kata->topic);
        for (size_t k = 0; k < kata->needs.count; k++)
            candidate->missing += is_unmet(catalog, list, kata->needs.items[k]);
        count++;
    }
    return count;
}

static size_t count_open(const struct candidate *candidates, size_t count)
{
    size_t open = 0;

    for (size_t i = 0; i < count; i++)
        open += !candidates[i].begun && candidates[i].missing == 0;
    return open;
}

size_t next_rank(const struct catalog *catalog,
                 const struct progress_list *list, struct next *next,
                 size_t max)
{
    struct candidate *candidates =
        xcalloc(catalog->count + 1, sizeof *candidates);
    size_t count = collect(catalog, list, candidates), open, used = 0;

    qsort(candidates, count, sizeof *candidates, by_rank);
    open = count_open(candidates, count);
    for (size_t i = 0; i < count && used < max; i++) {
        const struct candidate *candidate = &candidates[i];

        if (candidate->missing && !candidate->begun && used)
            break;
        next[used] =
            (struct next){.kata = candidate->kata, .begun = candidate->begun};
        if (candidate->begun)
            next[used].why = why_begun(candidate);
        else if (used == 0)
            next[used].why = why_new(catalog, list, candidate, open);
        else
            next[used].why = why_other(candidate);
        used++;
    }
    free(candidates);
    return used;
}

void next_release(struct next *next, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(next[i].why);
}
