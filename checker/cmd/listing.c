#include "cmd/listing.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

int listing_level(const char *name)
{
    for (int i = LEVEL_JUNIOR; i <= LEVEL_SENIOR; i++)
        if (strcmp(kata_level_name((enum kata_level)i), name) == 0)
            return i;
    return -1;
}

int listing_state(const char *name)
{
    for (int i = PROGRESS_NEW; i <= PROGRESS_PASSED; i++)
        if (strcmp(progress_state_name((enum progress_state)i), name) == 0)
            return i;
    return -1;
}

static bool is_found(const struct catalog_entry *entry, const char *search)
{
    const struct kata *kata = entry->kata;

    if (strcasestr(entry->slug, search) || strcasestr(entry->topic, search))
        return true;
    if (!kata)
        return false;
    for (size_t i = 0; i < kata->tags.count; i++)
        if (strcasestr(kata->tags.items[i], search))
            return true;
    return strcasestr(kata->title, search) != NULL;
}

bool listing_shows(const struct listing_filter *filter,
                   const struct catalog_entry *entry, enum progress_state state)
{
    bool by_kind = filter->level >= 0 || filter->state >= 0;

    if (filter->topic && strcmp(entry->topic, filter->topic) != 0)
        return false;
    if (by_kind && !entry->kata)
        return false;
    if (filter->level >= 0 && (int)entry->kata->level != filter->level)
        return false;
    if (filter->state >= 0 && (int)state != filter->state)
        return false;
    return !filter->search || !*filter->search ||
           is_found(entry, filter->search);
}

unsigned listing_topic_bit(const char *topic)
{
    for (unsigned i = 0; catalog_topics[i]; i++)
        if (strcmp(catalog_topics[i], topic) == 0)
            return 1U << i;
    return 0;
}

static size_t add(struct listing *listing, struct listing_row row)
{
    listing->rows = grow(listing->rows, &listing->capacity, listing->count,
                         sizeof *listing->rows);
    listing->rows[listing->count] = row;
    return listing->count++;
}

void listing_make(struct listing *listing, const struct catalog *catalog,
                  const struct standing *standing,
                  const struct listing_filter *filter, unsigned folded)
{
    bool searching = filter->search && *filter->search;
    const char *last = NULL;
    size_t topic = 0;

    listing->count = 0;
    for (size_t i = 0; i < catalog->count; i++) {
        const struct catalog_entry *entry = &catalog->entries[i];
        enum progress_state state = standing->states[i];

        if (!listing_shows(filter, entry, state))
            continue;
        if (!last || strcmp(last, entry->topic) != 0)
            topic = add(listing, (struct listing_row){.topic = entry->topic,
                                                      .is_topic = true});
        last = entry->topic;
        listing->rows[topic].shown++;
        listing->rows[topic].passed += state == PROGRESS_PASSED;
        if (searching || !(folded & listing_topic_bit(entry->topic)))
            add(listing,
                (struct listing_row){.topic = entry->topic, .entry = i});
    }
}

void listing_release(struct listing *listing)
{
    free(listing->rows);
    *listing = (struct listing){.rows = NULL};
}
