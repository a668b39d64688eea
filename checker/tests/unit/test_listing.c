#include "cmd/listing.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* Three katas of two topics, and one that is broken. */
static char word_cache[] = "cache";
static char *cache_tags[] = {word_cache, NULL};
static struct kata lru = {.title = (char[]){"LRU cache"},
                          .level = LEVEL_MID,
                          .tags = {.items = cache_tags, .count = 1}},
                   heap = {.title = (char[]){"Binary heap"},
                           .level = LEVEL_JUNIOR},
                   gc = {.title = (char[]){"Collector"}, .level = LEVEL_SENIOR};
static struct catalog_entry entries[] = {
    {(char[]){"memory"}, (char[]){"gc"}, &gc, NULL},
    {(char[]){"memory"}, (char[]){"broken"}, NULL, (char[]){"bad"}},
    {(char[]){"containers"}, (char[]){"heap"}, &heap, NULL},
    {(char[]){"containers"}, (char[]){"lru-cache"}, &lru, NULL}};
static struct catalog catalog = {.entries = entries, .count = 4};
static enum progress_state states[] = {PROGRESS_NEW, PROGRESS_NEW,
                                       PROGRESS_PASSED, PROGRESS_STARTED};
static struct standing standing = {.states = states, .count = 4};

/* The rows as text, topics with a colon. */
static void expect(const struct listing_filter *filter, unsigned folded,
                   const char *want)
{
    struct listing listing = {.rows = NULL};
    char text[200] = "";

    listing_make(&listing, &catalog, &standing, filter, folded);
    for (size_t i = 0; i < listing.count; i++) {
        const struct listing_row *row = &listing.rows[i];
        size_t n = strlen(text);

        if (row->is_topic)
            snprintf(text + n, sizeof text - n, "%s: ", row->topic);
        else
            snprintf(text + n, sizeof text - n, "%s ",
                     entries[row->entry].slug);
    }
    cr_assert_str_eq(text, want);
    listing_release(&listing);
}

Test(listing, shows_everything_without_a_filter)
{
    struct listing_filter all = {.level = -1, .state = -1};

    expect(&all, 0, "memory: gc broken containers: heap lru-cache ");
    expect(&all, ~0U, "memory: containers: ");
    expect(&all, listing_topic_bit("memory"),
           "memory: containers: heap lru-cache ");
}

Test(listing, filters_by_topic_level_and_state)
{
    expect(
        &(struct listing_filter){.topic = "memory", .level = -1, .state = -1},
        0, "memory: gc broken ");
    expect(&(struct listing_filter){.level = LEVEL_JUNIOR, .state = -1}, 0,
           "containers: heap ");
    expect(&(struct listing_filter){.level = -1, .state = PROGRESS_STARTED}, 0,
           "containers: lru-cache ");
    expect(
        &(struct listing_filter){.level = LEVEL_JUNIOR, .state = PROGRESS_NEW},
        0, "");
}

Test(listing, a_search_looks_everywhere_and_unfolds)
{
    expect(&(struct listing_filter){.search = "LRU", .level = -1, .state = -1},
           ~0U, "containers: lru-cache ");
    expect(
        &(struct listing_filter){.search = "cache", .level = -1, .state = -1},
        ~0U, "containers: lru-cache ");
    expect(
        &(struct listing_filter){.search = "binary", .level = -1, .state = -1},
        ~0U, "containers: heap ");
    expect(&(struct listing_filter){.search = "memo", .level = -1, .state = -1},
           ~0U, "memory: gc broken ");
    expect(&(struct listing_filter){.search = "", .level = -1, .state = -1},
           ~0U, "memory: containers: ");
}

Test(listing, counts_what_a_topic_shows)
{
    struct listing_filter all = {.level = -1, .state = -1};
    struct listing listing = {.rows = NULL};

    listing_make(&listing, &catalog, &standing, &all, ~0U);
    cr_assert_eq(listing.count, 2);
    cr_assert_eq(listing.rows[1].shown, 2);
    cr_assert_eq(listing.rows[1].passed, 1);
    listing_release(&listing);
}

Test(listing, names_are_numbers)
{
    cr_assert_eq(listing_level("senior"), LEVEL_SENIOR);
    cr_assert_eq(listing_level("boss"), -1);
    cr_assert_eq(listing_state("passed"), PROGRESS_PASSED);
    cr_assert_eq(listing_state(""), -1);
}
