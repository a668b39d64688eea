#include "cycle_detection.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* `want` is the ids, a space between them. */
static void check_sort(const struct graph *graph, int status, const char *want)
{
    size_t *ids = NULL, length = 0, used = 0;
    char got[128] = "";
    int result = graph_sort(graph, &ids, &length);

    cr_assert_eq(result, status, "graph_sort(): got %d, want %d and %s", result,
                 status, want);
    cr_assert_not_null(ids, "graph_sort(): *ids is NULL, want %s", want);
    for (size_t i = 0; i < length && used < sizeof got; i++)
        used += (size_t)snprintf(got + used, sizeof got - used,
                                 i ? " %zu" : "%zu", ids[i]);
    free(ids);
    cr_assert_str_eq(got, want, "%s: got %s, want %s",
                     status ? "cycle" : "order", got, want);
}

static void check_order(const struct graph *graph, const char *want)
{
    check_sort(graph, 0, want);
}

static void check_cycle(const struct graph *graph, const char *want)
{
    check_sort(graph, 1, want);
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

Test(cycle_detection, nothing_is_in_order)
{
    struct graph *graph = graph_of(1);
    size_t unset = 0, *ids = &unset, length = 99;
    int got;

    remove_object(graph, 0);
    got = graph_sort(graph, &ids, &length);
    cr_assert_eq(got, 0, "graph_sort(): got %d, want 0", got);
    cr_assert_null(ids, "no objects: *ids must be NULL");
    cr_assert_eq(length, 0, "no objects: *length is %zu, want 0", length);
    graph_free(graph);
    graph_free(NULL);
}

Test(cycle_detection, without_references_the_oldest_comes_first)
{
    struct graph *graph = graph_of(4);

    check_order(graph, "0 1 2 3");
    graph_free(graph);
}

Test(cycle_detection, what_is_referred_to_comes_first)
{
    struct graph *graph = graph_of(4);

    refer(graph, 0, 2);
    refer(graph, 2, 3);
    check_order(graph, "3 2 0 1");
    check_order(graph, "3 2 0 1");
    refer(graph, 1, 0);
    check_order(graph, "3 2 0 1");
    refer(graph, 3, 1);
    check_cycle(graph, "0 2 3 1");
    unrefer(graph, 3, 1);
    check_order(graph, "3 2 0 1");
    check_counts(graph, 4, 3);
    graph_free(graph);
}

Test(cycle_detection, references_are_followed_in_order_of_addition)
{
    struct graph *graph = graph_of(4);

    refer(graph, 0, 3);
    refer(graph, 0, 1);
    refer(graph, 0, 2);
    check_order(graph, "3 1 2 0");
    unrefer(graph, 0, 3);
    refer(graph, 0, 3);
    check_order(graph, "1 2 3 0");
    graph_free(graph);
}

static void add_id(char *text, size_t id)
{
    size_t n = strlen(text);

    snprintf(text + n, 128 - n, n ? " %zu" : "%zu", id);
}

/* Object 0 refers to 1 ... count, then no longer to `gone`. */
static void check_without(size_t count, size_t gone)
{
    struct graph *graph = graph_of(9);
    char want[128] = "";

    for (size_t id = 1; id <= count; id++) {
        refer(graph, 0, id);
        if (id != gone)
            add_id(want, id);
    }
    add_id(want, 0);
    for (size_t id = 1; id < 9; id++)
        if (id == gone || id > count)
            add_id(want, id);
    unrefer(graph, 0, gone);
    check_order(graph, want);
    graph_free(graph);
}

Test(cycle_detection, any_reference_of_many_can_be_taken_back)
{
    for (size_t count = 1; count <= 8; count++)
        for (size_t gone = 1; gone <= count; gone++)
            check_without(count, gone);
}

Test(cycle_detection, what_is_shared_is_listed_once)
{
    struct graph *graph = graph_of(4);

    refer(graph, 0, 1);
    refer(graph, 0, 2);
    refer(graph, 1, 3);
    refer(graph, 2, 3);
    refer(graph, 2, 3);
    check_order(graph, "3 1 2 0");
    graph_free(graph);
}

Test(cycle_detection, what_was_removed_is_not_listed)
{
    struct graph *graph = graph_of(4);

    refer(graph, 0, 1);
    refer(graph, 1, 3);
    refer(graph, 3, 0);
    check_cycle(graph, "0 1 3");
    remove_object(graph, 1);
    check_order(graph, "0 2 3");
    graph_free(graph);
}

Test(cycle_detection, a_cycle_may_come_after_much_order)
{
    struct graph *graph = graph_of(5);

    refer(graph, 0, 1);
    refer(graph, 2, 0);
    check_order(graph, "1 0 2 3 4");
    refer(graph, 4, 4);
    check_cycle(graph, "4");
    refer(graph, 3, 4);
    refer(graph, 4, 3);
    check_cycle(graph, "4");
    graph_free(graph);
}

Test(cycle_detection, ids_that_are_not_alive_are_refused)
{
    struct graph *graph = graph_of(2);

    remove_object(graph, 1);
    cr_assert_eq(graph_refer(graph, 0, 1), GRAPH_ENOOBJECT);
    cr_assert_eq(graph_refer(graph, 0, 2), GRAPH_ENOOBJECT);
    cr_assert_eq(graph_unrefer(graph, SIZE_MAX, 0), GRAPH_ENOOBJECT);
    cr_assert_eq(graph_remove(graph, 1), GRAPH_ENOOBJECT);
    check_order(graph, "0");
    graph_free(graph);
}

Test(cycle_detection, a_ladder_is_searched_once)
{
    const size_t levels = 64; /* 2 to the power of 63 paths */
    struct graph *graph = graph_of(levels);
    size_t *ids = NULL, length = 0;
    int got;

    for (size_t i = 1; i < levels; i++) {
        refer(graph, i - 1, i);
        refer(graph, i - 1, i);
    }
    got = graph_sort(graph, &ids, &length);
    cr_assert_eq(got, 0, "graph_sort(): got %d, want 0", got);
    cr_assert_eq(length, levels, "*length: got %zu, want %zu", length, levels);
    cr_assert_not_null(ids, "*ids is NULL");
    cr_assert_eq(ids[0], levels - 1, "first: got %zu, want %zu", ids[0],
                 levels - 1);
    cr_assert_eq(ids[levels - 1], 0, "last: got %zu, want 0", ids[levels - 1]);
    free(ids);
    graph_free(graph);
}

struct job {
    const struct graph *graph;
    size_t *ids, length;
    int status;
};

static void *sort_in_thread(void *arg)
{
    struct job *job = arg;

    job->status = graph_sort(job->graph, &job->ids, &job->length);
    return NULL;
}

/* A recursive search of a chain this long would need megabytes of stack. The
   thread has 256 KiB, which is allowed on every machine; less is not. */
Test(cycle_detection, a_long_chain_needs_no_deep_stack)
{
    const size_t n = 50000;
    struct graph *graph = graph_of(n);
    struct job job = {.graph = graph};
    pthread_attr_t attributes;
    pthread_t thread;
    int got;

    for (size_t i = 1; i < n; i++)
        refer(graph, i - 1, i);
    pthread_attr_init(&attributes);
    got = pthread_attr_setstacksize(&attributes, 256 * 1024);
    cr_assert_eq(got, 0, "pthread_attr_setstacksize: error %d", got);
    got = pthread_create(&thread, &attributes, sort_in_thread, &job);
    pthread_attr_destroy(&attributes);
    cr_assert_eq(got, 0, "pthread_create: error %d", got);
    pthread_join(thread, NULL);
    cr_assert_eq(job.status, 0, "graph_sort(): got %d, want 0", job.status);
    cr_assert_eq(job.length, n, "*length: got %zu, want %zu", job.length, n);
    cr_assert_eq(job.ids[0], n - 1, "first: got %zu, want %zu", job.ids[0],
                 n - 1);
    free(job.ids);
    graph_free(graph);
}
