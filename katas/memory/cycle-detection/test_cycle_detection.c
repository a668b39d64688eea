#include "cycle_detection.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* A graph with objects 0 ... n - 1. */
static struct graph *graph_of(size_t n)
{
    struct graph *graph = graph_new();

    cr_assert_not_null(graph, "graph_new(): got NULL");
    for (size_t i = 0; i < n; i++) {
        size_t id = SIZE_MAX;
        int status = graph_add(graph, &id);

        cr_assert_eq(status, 0, "graph_add(): got %d, want 0", status);
        cr_assert_eq(id, i, "graph_add(): stored id %zu, want %zu", id, i);
    }
    return graph;
}

static void refer(struct graph *graph, size_t from, size_t to)
{
    int got = graph_refer(graph, from, to);

    cr_assert_eq(got, 0, "graph_refer(%zu, %zu): got %d, want 0", from, to,
                 got);
}

static void unrefer(struct graph *graph, size_t from, size_t to)
{
    int got = graph_unrefer(graph, from, to);

    cr_assert_eq(got, 0, "graph_unrefer(%zu, %zu): got %d, want 0", from, to,
                 got);
}

static void remove_object(struct graph *graph, size_t id)
{
    int got = graph_remove(graph, id);

    cr_assert_eq(got, 0, "graph_remove(%zu): got %d, want 0", id, got);
}

static void check_counts(const struct graph *graph, size_t objects,
                         size_t references)
{
    size_t got = graph_object_count(graph);

    cr_assert_eq(got, objects, "graph_object_count(): got %zu, want %zu", got,
                 objects);
    got = graph_reference_count(graph);
    cr_assert_eq(got, references, "graph_reference_count(): got %zu, want %zu",
                 got, references);
}

static void check_no_cycle(const struct graph *graph)
{
    size_t unset = 0, *cycle = &unset, length = 99;
    int got = graph_find_cycle(graph, &cycle, &length);

    cr_assert_eq(got, 0, "graph_find_cycle(): got %d, want 0", got);
    cr_assert_null(cycle, "no cycle: *cycle must be NULL");
    cr_assert_eq(length, 0, "no cycle: *length is %zu, want 0", length);
}

/* `want` is the ids of the cycle, a space between them. */
static void check_cycle(const struct graph *graph, const char *want)
{
    size_t *cycle = NULL, length = 0, used = 0;
    char got[128] = "";
    int status = graph_find_cycle(graph, &cycle, &length);

    cr_assert_eq(status, 1, "graph_find_cycle(): got %d, want 1 and %s", status,
                 want);
    cr_assert_not_null(cycle, "graph_find_cycle(): *cycle is NULL, want %s",
                       want);
    for (size_t i = 0; i < length && used < sizeof got; i++)
        used += (size_t)snprintf(got + used, sizeof got - used,
                                 i ? " %zu" : "%zu", cycle[i]);
    free(cycle);
    cr_assert_str_eq(got, want, "cycle: got %s, want %s", got, want);
}

Test(cycle_detection, new_graph_is_empty)
{
    struct graph *graph = graph_of(0);

    check_counts(graph, 0, 0);
    check_no_cycle(graph);
    cr_assert_eq(graph_remove(graph, 0), GRAPH_ENOOBJECT,
                 "an empty graph has no object 0 to remove");
    graph_free(graph);
    graph_free(NULL);
}

Test(cycle_detection, two_objects_that_refer_to_each_other)
{
    struct graph *graph = graph_of(2);

    refer(graph, 0, 1);
    check_no_cycle(graph);
    refer(graph, 1, 0);
    check_counts(graph, 2, 2);
    check_cycle(graph, "0 1");
    graph_free(graph);
}

Test(cycle_detection, self_reference_is_a_cycle_of_one)
{
    struct graph *graph = graph_of(3);

    refer(graph, 0, 1);
    refer(graph, 1, 1);
    check_cycle(graph, "1");
    unrefer(graph, 1, 1);
    check_no_cycle(graph);
    graph_free(graph);
}

Test(cycle_detection, diamond_is_no_cycle)
{
    struct graph *graph = graph_of(4);

    refer(graph, 0, 1);
    refer(graph, 0, 2);
    refer(graph, 1, 3);
    refer(graph, 2, 3);
    check_no_cycle(graph);
    graph_free(graph);
}

Test(cycle_detection, reaching_what_was_searched_before_is_no_cycle)
{
    struct graph *graph = graph_of(3);

    refer(graph, 0, 1);
    refer(graph, 2, 1);
    refer(graph, 2, 0);
    check_no_cycle(graph);
    graph_free(graph);
}

Test(cycle_detection, what_only_leads_to_the_cycle_is_not_part_of_it)
{
    struct graph *graph = graph_of(6);

    refer(graph, 0, 4);
    refer(graph, 4, 3);
    refer(graph, 3, 5);
    refer(graph, 3, 1);
    refer(graph, 1, 2);
    refer(graph, 2, 5);
    refer(graph, 2, 3);
    check_cycle(graph, "3 1 2");
    graph_free(graph);
}

Test(cycle_detection, search_begins_with_the_oldest_object)
{
    struct graph *graph = graph_of(6);

    refer(graph, 4, 3);
    refer(graph, 3, 4);
    refer(graph, 2, 1);
    refer(graph, 1, 2);
    refer(graph, 0, 5);
    check_cycle(graph, "1 2");
    remove_object(graph, 2);
    check_cycle(graph, "3 4");
    graph_free(graph);
}

Test(cycle_detection, references_are_followed_in_order_of_addition)
{
    struct graph *graph = graph_of(3);

    refer(graph, 0, 2);
    refer(graph, 0, 1);
    refer(graph, 1, 0);
    refer(graph, 2, 0);
    check_cycle(graph, "0 2");
    unrefer(graph, 0, 2);
    refer(graph, 0, 2);
    check_cycle(graph, "0 1");
    graph_free(graph);
}

Test(cycle_detection, search_goes_deep_before_wide)
{
    struct graph *graph = graph_of(5);

    refer(graph, 0, 1);
    refer(graph, 0, 2);
    refer(graph, 0, 0);
    refer(graph, 1, 3);
    refer(graph, 2, 2);
    refer(graph, 3, 4);
    refer(graph, 4, 1);
    check_cycle(graph, "1 3 4");
    graph_free(graph);
}

Test(cycle_detection, reference_added_twice_needs_removing_twice)
{
    struct graph *graph = graph_of(2);
    int got;

    refer(graph, 0, 1);
    refer(graph, 1, 0);
    refer(graph, 1, 0);
    unrefer(graph, 1, 0);
    check_counts(graph, 2, 2);
    check_cycle(graph, "0 1");
    unrefer(graph, 1, 0);
    check_no_cycle(graph);
    got = graph_unrefer(graph, 1, 0);
    cr_assert_eq(got, GRAPH_ENOREFERENCE,
                 "removing it a third time: got %d, want %d", got,
                 GRAPH_ENOREFERENCE);
    check_counts(graph, 2, 1);
    graph_free(graph);
}

Test(cycle_detection, oldest_of_equal_references_is_removed)
{
    struct graph *graph = graph_of(4);

    refer(graph, 0, 3);
    refer(graph, 0, 1);
    refer(graph, 0, 2);
    refer(graph, 0, 1);
    refer(graph, 1, 0);
    refer(graph, 2, 0);
    check_cycle(graph, "0 1");
    unrefer(graph, 0, 1);
    check_cycle(graph, "0 2");
    graph_free(graph);
}

Test(cycle_detection, removed_object_takes_its_references_with_it)
{
    struct graph *graph = graph_of(4);

    refer(graph, 0, 1);
    refer(graph, 1, 2);
    refer(graph, 2, 0);
    refer(graph, 1, 1);
    refer(graph, 2, 1);
    refer(graph, 2, 1);
    refer(graph, 2, 3);
    remove_object(graph, 1);
    check_counts(graph, 3, 2);
    check_no_cycle(graph);
    refer(graph, 3, 2);
    check_cycle(graph, "2 3");
    unrefer(graph, 2, 3);
    check_no_cycle(graph);
    graph_free(graph);
}

Test(cycle_detection, id_is_not_given_out_again)
{
    struct graph *graph = graph_of(2);
    size_t id = SIZE_MAX;
    int got;

    remove_object(graph, 1);
    got = graph_add(graph, &id);
    cr_assert_eq(got, 0, "graph_add(): got %d, want 0", got);
    cr_assert_eq(id, 2, "graph_add(): stored id %zu, want 2", id);
    got = graph_remove(graph, 1);
    cr_assert_eq(got, GRAPH_ENOOBJECT, "removed again: got %d, want %d", got,
                 GRAPH_ENOOBJECT);
    check_counts(graph, 2, 0);
    graph_free(graph);
}

Test(cycle_detection, ids_that_are_not_alive_are_refused)
{
    static const size_t bad[] = {1, 3, SIZE_MAX};
    struct graph *graph = graph_of(3);

    remove_object(graph, 1);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int got = graph_refer(graph, bad[i], 0);

        cr_assert_eq(got, GRAPH_ENOOBJECT, "refer(%zu, 0): got %d", bad[i],
                     got);
        got = graph_refer(graph, 0, bad[i]);
        cr_assert_eq(got, GRAPH_ENOOBJECT, "refer(0, %zu): got %d", bad[i],
                     got);
        got = graph_unrefer(graph, bad[i], 0);
        cr_assert_eq(got, GRAPH_ENOOBJECT, "unrefer(%zu, 0): got %d", bad[i],
                     got);
        got = graph_unrefer(graph, 0, bad[i]);
        cr_assert_eq(got, GRAPH_ENOOBJECT, "unrefer(0, %zu): got %d", bad[i],
                     got);
        got = graph_remove(graph, bad[i]);
        cr_assert_eq(got, GRAPH_ENOOBJECT, "remove(%zu): got %d", bad[i], got);
    }
    check_counts(graph, 2, 0);
    graph_free(graph);
}

Test(cycle_detection, searching_changes_nothing)
{
    struct graph *graph = graph_of(3);

    refer(graph, 0, 1);
    refer(graph, 1, 2);
    refer(graph, 2, 1);
    check_cycle(graph, "1 2");
    check_cycle(graph, "1 2");
    check_counts(graph, 3, 3);
    unrefer(graph, 1, 2);
    check_no_cycle(graph);
    refer(graph, 1, 0);
    check_cycle(graph, "0 1");
    graph_free(graph);
}

Test(cycle_detection, what_is_shared_is_searched_once)
{
    const size_t levels = 64; /* 2 to the power of 63 paths */
    struct graph *graph = graph_of(levels);

    for (size_t i = 1; i < levels; i++) {
        refer(graph, i - 1, i);
        refer(graph, i - 1, i);
    }
    check_no_cycle(graph);
    graph_free(graph);
}

struct job {
    const struct graph *graph;
    size_t *cycle, length;
    int status;
};

static void *find_in_thread(void *arg)
{
    struct job *job = arg;

    job->status = graph_find_cycle(job->graph, &job->cycle, &job->length);
    return NULL;
}

/* A recursive search of a chain this long would need megabytes of stack. The
   thread has 256 KiB, which is allowed on every machine; less is not. */
static void find_on_small_stack(struct job *job)
{
    pthread_attr_t attributes;
    pthread_t thread;
    int got;

    pthread_attr_init(&attributes);
    got = pthread_attr_setstacksize(&attributes, 256 * 1024);
    cr_assert_eq(got, 0, "pthread_attr_setstacksize: error %d", got);
    got = pthread_create(&thread, &attributes, find_in_thread, job);
    pthread_attr_destroy(&attributes);
    cr_assert_eq(got, 0, "pthread_create: error %d", got);
    pthread_join(thread, NULL);
}

Test(cycle_detection, long_chain_needs_no_deep_stack)
{
    const size_t n = 50000;
    struct graph *graph = graph_of(n);
    struct job job = {.graph = graph};

    for (size_t i = 1; i < n; i++)
        refer(graph, i - 1, i);
    refer(graph, n - 1, 1);
    find_on_small_stack(&job);
    cr_assert_eq(job.status, 1, "graph_find_cycle(): got %d, want 1",
                 job.status);
    cr_assert_eq(job.length, n - 1, "*length: got %zu, want %zu", job.length,
                 n - 1);
    cr_assert_eq(job.cycle[0], 1, "first: got %zu, want 1", job.cycle[0]);
    cr_assert_eq(job.cycle[n - 2], n - 1, "last: got %zu, want %zu",
                 job.cycle[n - 2], n - 1);
    free(job.cycle);
    graph_free(graph);
}
