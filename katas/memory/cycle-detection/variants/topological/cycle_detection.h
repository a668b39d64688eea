/*
 * A graph of objects that refer to each other, and an order of them in which
 * each comes after all that it refers to, or the cycle that forbids one.
 *
 *     struct graph *graph = graph_new();
 *     size_t a, b, *ids, length;
 *
 *     graph_add(graph, &a);
 *     graph_add(graph, &b);
 *     graph_refer(graph, a, b);
 *     if (graph_sort(graph, &ids, &length) == 0)
 *         free(ids);                    // they were b, a
 *     graph_free(graph);
 *
 * An object is known by its id. Ids are given out in the order of creation:
 * 0, 1, 2 and so on. The id of a removed object is never given out again. An
 * object is "alive" from graph_add to graph_remove; an id whose object is not
 * alive, or that was never given out, gets GRAPH_ENOOBJECT from every function
 * that takes one.
 *
 * References are directed and counted: the same reference may be added several
 * times, and each addition needs a removal of its own. An object may refer to
 * itself. The references of an object keep the order in which they were added.
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
    GRAPH_ENOMEM = -1,      /* out of memory */
    GRAPH_ENOOBJECT = -2,   /* no object of this id is alive */
    GRAPH_ENOREFERENCE = -3 /* there is no such reference */
};

/*
 * Returns a graph without objects, or NULL when out of memory. The caller owns
 * it and ends it with graph_free. O(1).
 */
struct graph *graph_new(void);

/*
 * Frees the graph, its objects and its references. What graph_sort
 * returned belongs to the caller and stays. NULL is allowed and does nothing.
 * O(V).
 */
void graph_free(struct graph *graph);

/*
 * Adds an object without references and stores its id in *id. Returns 0, or
 * GRAPH_ENOMEM; then *id is unchanged and no id was used up. O(1) amortised.
 */
int graph_add(struct graph *graph, size_t *id);

/*
 * Removes the object, its references, and every reference to it from others.
 * What the others still refer to keeps its order. Returns 0, or
 * GRAPH_ENOOBJECT. Needs no memory. O(V + E).
 */
int graph_remove(struct graph *graph, size_t id);

/*
 * Adds a reference from one object to another or to itself, after the
 * references that `from` already has. Returns 0; GRAPH_ENOOBJECT where `from`
 * or `to` is not alive, whatever the memory; or GRAPH_ENOMEM. O(1) amortised.
 */
int graph_refer(struct graph *graph, size_t from, size_t to);

/*
 * Removes one reference from `from` to `to`: the oldest, if it was added
 * several times. The other references of `from` keep their order. Returns 0;
 * GRAPH_ENOOBJECT where `from` or `to` is not alive; or GRAPH_ENOREFERENCE.
 * Needs no memory. O(references of `from`).
 */
int graph_unrefer(struct graph *graph, size_t from, size_t to);

/* How many objects are alive. O(1). */
size_t graph_object_count(const struct graph *graph);

/* How many references there are, each as often as it was added. O(1). */
size_t graph_reference_count(const struct graph *graph);

/*
 * Sorts the objects that are alive so that each comes after all that it refers
 * to, as one builds or frees what depends on other things.
 *
 * Returns 0, and *ids is an array of the ids of all objects in that order; or 1
 * where there is none, and *ids is a cycle: objects of which each refers to the
 * next and the last to the first, an object that refers to itself being a cycle
 * of one. *length says how many there are. The caller owns the array and frees
 * it with free(). In a graph without objects *ids is NULL and *length 0, which
 * is an order. Returns GRAPH_ENOMEM when out of memory; *ids is then NULL and
 * *length 0. The graph is not changed. O(V + E) time and O(V) memory, and the
 * depth of the call stack does not grow with the graph.
 *
 * Which order, which cycle: all objects are white at first. The search takes
 * the white object of the lowest id and visits it; it goes on so until no
 * object is white. To visit an object is to make it grey, to follow its
 * references in the order in which they were added, and then to make it black.
 * A reference to a white object is followed by visiting that object before the
 * next reference is looked at; one to a black object leads nowhere new; and the
 * first that leads to a grey object ends the search. The order is that in which
 * objects become black. The cycle begins with the grey object that was reached,
 * goes on along the references that the search followed, and ends with the
 * object whose reference led back.
 */
int graph_sort(const struct graph *graph, size_t **ids, size_t *length);

#endif
