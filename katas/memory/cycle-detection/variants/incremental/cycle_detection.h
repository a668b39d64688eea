/*
 * A graph of objects that refer to each other and that never has a cycle: a
 * reference that would close one is refused. Build systems, spreadsheets and
 * checkers of lock order work so.
 *
 *     struct graph *graph = graph_new();
 *     size_t a, b;
 *
 *     graph_add(graph, &a);
 *     graph_add(graph, &b);
 *     graph_refer(graph, a, b);           // 0
 *     graph_refer(graph, b, a);           // GRAPH_ECYCLE
 *     graph_refer(graph, b, b);           // GRAPH_ECYCLE
 *     graph_free(graph);
 *
 * An object is known by its id. Ids are given out in the order of creation:
 * 0, 1, 2 and so on. The id of a removed object is never given out again. An
 * object is "alive" from graph_add to graph_remove; an id whose object is not
 * alive, or that was never given out, gets GRAPH_ENOOBJECT from every function
 * that takes one.
 *
 * References are directed and counted: the same reference may be added several
 * times, and each addition needs a removal of its own.
 *
 * In what follows V is the number of ids given out so far and E the number of
 * references now in the graph. A graph must not be NULL, except in
 * graph_free; nor may the pointers that results are stored through. Neither is
 * checked.
 *
 * A call that returns an error has left the graph as it was.
 */
#ifndef CYCLE_DETECTION_H
#define CYCLE_DETECTION_H

#include <stddef.h>

struct graph;

enum graph_error {
    GRAPH_ENOMEM = -1,       /* out of memory */
    GRAPH_ENOOBJECT = -2,    /* no object of this id is alive */
    GRAPH_ENOREFERENCE = -3, /* there is no such reference */
    GRAPH_ECYCLE = -4        /* the reference would close a cycle */
};

/*
 * Returns a graph without objects, or NULL when out of memory. The caller owns
 * it and ends it with graph_free. O(1).
 */
struct graph *graph_new(void);

/*
 * Frees the graph, its objects and its references. NULL is allowed and does
 * nothing. O(V).
 */
void graph_free(struct graph *graph);

/*
 * Adds an object without references and stores its id in *id. Returns 0, or
 * GRAPH_ENOMEM; then *id is unchanged and no id was used up. O(1) amortised.
 */
int graph_add(struct graph *graph, size_t *id);

/*
 * Removes the object, its references, and every reference to it from others.
 * Returns 0, or GRAPH_ENOOBJECT. Needs no memory. O(V + E).
 */
int graph_remove(struct graph *graph, size_t id);

/*
 * Adds a reference from one object to another. Returns 0; GRAPH_ENOOBJECT where
 * `from` or `to` is not alive, whatever the memory; GRAPH_ECYCLE where `to`
 * reaches `from`, so where they are the same too; or GRAPH_ENOMEM, also where
 * the search for that has no memory. A reference that is there already may be
 * added again. O(V + E) time and O(V) memory.
 */
int graph_refer(struct graph *graph, size_t from, size_t to);

/*
 * Removes one reference from `from` to `to`. Returns 0;
 * GRAPH_ENOOBJECT where `from` or `to` is not alive; or GRAPH_ENOREFERENCE.
 * Needs no memory. O(references of `from`).
 */
int graph_unrefer(struct graph *graph, size_t from, size_t to);

/* How many objects are alive. O(1). */
size_t graph_object_count(const struct graph *graph);

/* How many references there are, each as often as it was added. O(1). */
size_t graph_reference_count(const struct graph *graph);

/*
 * Does `from` reach `to`, by any number of references? An object reaches
 * itself. Returns 1 or 0; GRAPH_ENOOBJECT where one of them is not alive; or
 * GRAPH_ENOMEM. O(V + E) time, O(V) memory, and the depth of the call stack
 * does not grow with the graph.
 */
int graph_reaches(const struct graph *graph, size_t from, size_t to);

#endif
