#include "cycle_detection.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdint.h>

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

static void expect_refused(struct graph *graph, size_t from, size_t to)
{
    size_t before = graph_reference_count(graph);
    int got = graph_refer(graph, from, to);

    cr_assert_eq(got, GRAPH_ECYCLE, "graph_refer(%zu, %zu): got %d, want %d",
                 from, to, got, GRAPH_ECYCLE);
    cr_assert_eq(graph_reference_count(graph), before,
                 "a refused reference was counted");
}

static void expect_reaches(const struct graph *graph, size_t from, size_t to,
                           int want)
{
    int got = graph_reaches(graph, from, to);

    cr_assert_eq(got, want, "graph_reaches(%zu, %zu): got %d, want %d", from,
                 to, got, want);
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

Test(cycle_detection, the_way_back_is_refused)
{
    struct graph *graph = graph_of(2);

    refer(graph, 0, 1);
    expect_refused(graph, 1, 0);
    refer(graph, 0, 1);
    check_counts(graph, 2, 2);
    graph_free(graph);
    graph_free(NULL);
}

Test(cycle_detection, an_object_may_not_refer_to_itself)
{
    struct graph *graph = graph_of(2);

    expect_refused(graph, 1, 1);
    expect_reaches(graph, 1, 1, 1);
    graph_free(graph);
}

Test(cycle_detection, the_way_back_may_be_long)
{
    struct graph *graph = graph_of(5);

    refer(graph, 1, 2);
    refer(graph, 3, 4);
    refer(graph, 0, 1);
    refer(graph, 2, 3);
    expect_reaches(graph, 0, 4, 1);
    expect_reaches(graph, 4, 0, 0);
    expect_refused(graph, 4, 0);
    expect_refused(graph, 3, 1);
    refer(graph, 0, 4);
    graph_free(graph);
}

Test(cycle_detection, a_diamond_is_no_cycle)
{
    struct graph *graph = graph_of(4);

    refer(graph, 0, 1);
    refer(graph, 0, 2);
    refer(graph, 1, 3);
    refer(graph, 2, 3);
    refer(graph, 0, 3);
    expect_reaches(graph, 1, 2, 0);
    refer(graph, 1, 2);
    expect_refused(graph, 2, 1);
    graph_free(graph);
}

Test(cycle_detection, what_was_removed_is_no_way_any_more)
{
    struct graph *graph = graph_of(4);

    refer(graph, 0, 1);
    refer(graph, 0, 1);
    expect_refused(graph, 1, 0);
    unrefer(graph, 0, 1);
    expect_refused(graph, 1, 0);
    unrefer(graph, 0, 1);
    refer(graph, 1, 0);
    refer(graph, 0, 2);
    refer(graph, 2, 3);
    expect_refused(graph, 3, 1);
    remove_object(graph, 0);
    check_counts(graph, 3, 1);
    refer(graph, 3, 1);
    expect_reaches(graph, 2, 1, 1);
    graph_free(graph);
}

Test(cycle_detection, a_refused_reference_leaves_nothing)
{
    struct graph *graph = graph_of(3);
    int got;

    refer(graph, 0, 1);
    expect_refused(graph, 1, 0);
    got = graph_unrefer(graph, 1, 0);
    cr_assert_eq(got, GRAPH_ENOREFERENCE, "graph_unrefer: got %d, want %d", got,
                 GRAPH_ENOREFERENCE);
    refer(graph, 2, 0);
    expect_reaches(graph, 1, 2, 0);
    cr_assert_eq(graph_reaches(graph, 0, SIZE_MAX), GRAPH_ENOOBJECT);
    cr_assert_eq(graph_reaches(graph, 3, 0), GRAPH_ENOOBJECT);
    check_counts(graph, 3, 2);
    graph_free(graph);
}

Test(cycle_detection, what_is_shared_is_searched_once)
{
    const size_t levels = 64; /* 2 to the power of 63 ways */
    struct graph *graph = graph_of(levels + 1);

    for (size_t i = levels - 1; i > 0; i--) {
        refer(graph, i - 1, i);
        refer(graph, i - 1, i);
    }
    expect_reaches(graph, 0, levels, 0);
    expect_refused(graph, levels - 1, 0);
    graph_free(graph);
}

struct job {
    const struct graph *graph;
    size_t from, to;
    int status;
};

static void *search_in_thread(void *arg)
{
    struct job *job = arg;

    job->status = graph_reaches(job->graph, job->from, job->to);
    return NULL;
}

/* A recursive search of a chain this long would need megabytes of stack. The
   thread has 256 KiB, which is allowed on every machine; less is not. */
Test(cycle_detection, a_long_chain_needs_no_deep_stack)
{
    enum { N = 4000 };
    struct graph *graph = graph_of(N);
    struct job job = {graph, 0, N - 1, -99};
    pthread_attr_t attributes;
    pthread_t thread;
    int got;

    for (size_t i = N - 1; i > 0; i--)
        refer(graph, i - 1, i);
    pthread_attr_init(&attributes);
    got = pthread_attr_setstacksize(&attributes, 256 * 1024);
    cr_assert_eq(got, 0, "pthread_attr_setstacksize: error %d", got);
    got = pthread_create(&thread, &attributes, search_in_thread, &job);
    pthread_attr_destroy(&attributes);
    cr_assert_eq(got, 0, "pthread_create: error %d", got);
    pthread_join(thread, NULL);
    cr_assert_eq(job.status, 1, "graph_reaches: got %d, want 1", job.status);
    graph_free(graph);
}
