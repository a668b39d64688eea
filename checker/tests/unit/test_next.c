#include "store/next.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* A catalogue of katas that exist only here. */

static struct kata katas[] = {
    {.topic = (char[]){"memory"}, .slug = (char[]){"arena"}, .minutes = 30},
    {.topic = (char[]){"memory"}, .slug = (char[]){"pool"}, .minutes = 20},
    {.topic = (char[]){"objects"}, .slug = (char[]){"refcount"}, .minutes = 30},
    {.topic = (char[]){"objects"},
     .slug = (char[]){"weakref"},
     .level = LEVEL_SENIOR,
     .minutes = 10},
    {.topic = (char[]){"async"},
     .slug = (char[]){"event-loop"},
     .level = LEVEL_MID,
     .minutes = 60}};

enum { ARENA, POOL, REFCOUNT, WEAKREF, LOOP, KATAS };

static struct catalog_entry entries[KATAS];
static struct catalog catalog = {.entries = entries, .count = KATAS};
static struct progress items[KATAS];
static struct progress_list list = {.items = items};

static void make_catalog(void)
{
    for (size_t i = 0; i < KATAS; i++)
        entries[i] = (struct catalog_entry){
            .topic = katas[i].topic, .slug = katas[i].slug, .kata = &katas[i]};
    strv_add(&katas[WEAKREF].needs, "refcount");
    strv_add_all(&katas[LOOP].needs, "refcount", "weakref", "no-such-kata",
                 (char *)NULL);
}

TestSuite(next, .init = make_catalog);

static void add(int kata, enum progress_state state, int64_t when)
{
    struct progress *progress = &items[list.count++];

    *progress = (struct progress){.state = state, .started = when};
    snprintf(progress->kata, sizeof progress->kata, "%s", katas[kata].slug);
}

static void expect(const char *slug, bool begun, const char *why)
{
    struct next next[2];
    size_t count = next_rank(&catalog, &list, next, 2);

    cr_assert_gt(count, 0);
    cr_assert_str_eq(next->kata->slug, slug);
    cr_assert_eq(next->begun, begun);
    cr_assert_not_null(strstr(next->why, why), "%s", next->why);
    next_release(next, count);
}

Test(next, the_shortest_of_the_lowest_level_comes_first)
{
    expect("pool", false, "it needs no other kata; none of the 3 open katas");
}

Test(next, then_the_topic_of_which_less_has_passed)
{
    add(POOL, PROGRESS_PASSED, 1);
    expect("refcount", false, "nothing of objects has passed yet");
}

Test(next, what_was_begun_comes_before_all)
{
    add(LOOP, PROGRESS_STARTED, 1);
    add(ARENA, PROGRESS_STARTED, 2);
    add(POOL, PROGRESS_PASSED, 3);
    expect("arena", true, "you have begun it");
}

Test(next, a_level_does_not_open_what_it_needs)
{
    add(ARENA, PROGRESS_PASSED, 1);
    add(POOL, PROGRESS_PASSED, 1);
    expect("refcount", false, "it is the only one that is open");
}

Test(next, needs_that_passed_open_a_kata)
{
    add(ARENA, PROGRESS_PASSED, 1);
    add(POOL, PROGRESS_PASSED, 1);
    add(REFCOUNT, PROGRESS_PASSED, 1);
    expect("weakref", false, "what it needs has passed (refcount)");
}

Test(next, a_need_that_is_no_kata_is_met)
{
    for (int i = 0; i < LOOP; i++)
        add(i, PROGRESS_PASSED, 1);
    expect("event-loop", false, "(refcount, weakref, no-such-kata)");
}

Test(next, katas_that_need_one_another_are_not_lost)
{
    strv_add(&katas[REFCOUNT].needs, "weakref");
    add(ARENA, PROGRESS_PASSED, 1);
    add(POOL, PROGRESS_PASSED, 1);
    expect("refcount", false, "lacks weakref");
}

Test(next, nothing_is_left_when_all_has_passed)
{
    struct next next[2];

    for (int i = 0; i < KATAS; i++)
        add(i, PROGRESS_PASSED, 1);
    cr_assert_eq(next_rank(&catalog, &list, next, 2), 0);
}

Test(next, a_broken_kata_is_passed_over)
{
    entries[POOL].kata = NULL;
    expect("arena", false, "it needs no other kata");
}
