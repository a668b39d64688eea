/* Which katas a list shows: the filters of `kata list`, full screen or not. */
#ifndef CMD_LISTING_H
#define CMD_LISTING_H

#include "cmd/standing.h"

#include <stdbool.h>
#include <stddef.h>

/* Negative numbers, NULL and "" let everything through. */
struct listing_filter {
    const char *topic;  /* borrowed */
    const char *search; /* in slug, title, topic and tags; in any case */
    int level, state;   /* enum kata_level, enum progress_state */
};

/* Of an entry of a catalogue that was loaded. One that is broken has neither
   level nor state. */
bool listing_shows(const struct listing_filter *filter,
                   const struct catalog_entry *entry,
                   enum progress_state state);

/* The number of a level or a state, -1 where none has that name. */
int listing_level(const char *name);
int listing_state(const char *name);

/* A row of the full screen: a topic, or a kata in one that is not folded. */
struct listing_row {
    const char *topic; /* borrowed from the catalogue */
    bool is_topic;
    size_t entry;         /* of a kata */
    size_t shown, passed; /* of a topic: its katas that the filter shows, and
                             those of them that have passed */
};

struct listing {
    struct listing_row *rows;
    size_t count, capacity;
};

/*
 * Makes the rows anew: a topic without a kata to show is left out, and in one
 * that is in `folded` (a bit each, in the order of catalog_topics) katas are,
 * unless they are searched for.
 */
void listing_make(struct listing *listing, const struct catalog *catalog,
                  const struct standing *standing,
                  const struct listing_filter *filter, unsigned folded);
void listing_release(struct listing *listing);

/* The topic's bit in `folded`; 0 for a topic that is none. */
unsigned listing_topic_bit(const char *topic);

#endif
