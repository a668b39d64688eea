#include "cycle_detection.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct object {
    size_t *references; /* ids, oldest first */
    size_t count, capacity;
    bool alive;
};

/* A removed object keeps its place in the table, so an id is an index. */
struct graph {
    struct object *objects;
    size_t count, capacity;
    size_t alive, reference_total;
};

enum colour { WHITE, GREY, BLACK };

/* What a search knows of one object. The grey objects are the path; each knows
   the one it was reached from, so the path needs no stack of its own. */
struct visit {
    enum colour colour;
    size_t next; /* the reference to follow next, an index */
    size_t parent;
};

struct search {
    const struct graph *graph;
    size_t first, last; /* of the cycle, once one is found */
    size_t *order;      /* what is black and alive, in the order it became so */
    size_t ordered;
    struct visit visits[];
};

/* Returns the block with room for one element more, moved if need be, or NULL
   when out of memory; the block is then as it was. Capacities double, so that
   adding is O(1) amortised. */
static void *with_room(void *block, size_t count, size_t *capacity, size_t size)
{
    size_t wanted = *capacity ? 2 * *capacity : 4;

    if (count < *capacity)
        return block;
    block = realloc(block, wanted * size);
    if (block)
        *capacity = wanted;
    return block;
}

static struct object *find_object(const struct graph *graph, size_t id)
{
    if (id >= graph->count || !graph->objects[id].alive)
        return NULL;
    return &graph->objects[id];
}

struct graph *graph_new(void)
{
    return calloc(1, sizeof(struct graph));
}

void graph_free(struct graph *graph)
{
    if (!graph)
        return;
    for (size_t id = 0; id < graph->count; id++)
        free(graph->objects[id].references);
    free(graph->objects);
    free(graph);
}

int graph_add(struct graph *graph, size_t *id)
{
    struct object *objects = with_room(graph->objects, graph->count,
                                       &graph->capacity, sizeof *objects);

    if (!objects)
        return GRAPH_ENOMEM;
    graph->objects = objects;
    objects[graph->count] = (struct object){.alive = true};
    graph->alive++;
    *id = graph->count++;
    return 0;
}

static void forget_references_to(struct graph *graph, struct object *object,
                                 size_t id)
{
    size_t kept = 0;

    for (size_t i = 0; i < object->count; i++)
        if (object->references[i] != id)
            object->references[kept++] = object->references[i];
    graph->reference_total -= object->count - kept;
    object->count = kept;
}

int graph_remove(struct graph *graph, size_t id)
{
    struct object *object = find_object(graph, id);

    if (!object)
        return GRAPH_ENOOBJECT;
    graph->reference_total -= object->count;
    free(object->references);
    *object = (struct object){.alive = false};
    for (size_t i = 0; i < graph->count; i++)
        forget_references_to(graph, &graph->objects[i], id);
    graph->alive--;
    return 0;
}

int graph_refer(struct graph *graph, size_t from, size_t to)
{
    struct object *object = find_object(graph, from);
    size_t *references;

    if (!object || !find_object(graph, to))
        return GRAPH_ENOOBJECT;
    references = with_room(object->references, object->count, &object->capacity,
                           sizeof *references);
    if (!references)
        return GRAPH_ENOMEM;
    object->references = references;
    references[object->count++] = to;
    graph->reference_total++;
    return 0;
}

int graph_unrefer(struct graph *graph, size_t from, size_t to)
{
    struct object *object = find_object(graph, from);
    size_t i = 0;

    if (!object || !find_object(graph, to))
        return GRAPH_ENOOBJECT;
    while (i < object->count && object->references[i] != to)
        i++;
    if (i == object->count)
        return GRAPH_ENOREFERENCE;
    object->count--;
    memmove(&object->references[i], &object->references[i + 1],
            (object->count - i) * sizeof *object->references);
    graph->reference_total--;
    return 0;
}

size_t graph_object_count(const struct graph *graph)
{
    return graph->alive;
}

size_t graph_reference_count(const struct graph *graph)
{
    return graph->reference_total;
}

/* Visits all that can be reached from a white object. Returns true once a
   reference leads to a grey one. */
static bool search_from(struct search *search, size_t start)
{
    size_t at = start;

    search->visits[start].colour = GREY;
    for (;;) {
        const struct object *object = &search->graph->objects[at];
        struct visit *visit = &search->visits[at];

        if (visit->next == object->count) {
            visit->colour = BLACK;
            if (object->alive)
                search->order[search->ordered++] = at;
            if (at == start)
                return false;
            at = visit->parent;
        } else {
            size_t to = object->references[visit->next++];

            if (search->visits[to].colour == GREY) {
                search->first = to;
                search->last = at;
                return true;
            }
            if (search->visits[to].colour == WHITE) {
                search->visits[to] = (struct visit){GREY, 0, at};
                at = to;
            }
        }
    }
}

/* A removed object has no references, so to start from one does no harm; it
   only must not be listed. */
static bool search_all(struct search *search)
{
    for (size_t id = 0; id < search->graph->count; id++)
        if (search->visits[id].colour == WHITE && search_from(search, id))
            return true;
    return false;
}

/* The parents lead from the last object back to the first, so the array is
   filled from its end. It is that of the order, which is not needed now and has
   room for all objects. Returns the length. */
static size_t write_cycle(const struct search *search, size_t *ids)
{
    size_t length = 1, n, at;

    for (at = search->last; at != search->first; at = search->visits[at].parent)
        length++;
    for (n = length, at = search->last; n-- > 0; at = search->visits[at].parent)
        ids[n] = at;
    return length;
}

int graph_sort(const struct graph *graph, size_t **ids, size_t *length)
{
    struct search *search;
    bool cyclic;

    *ids = NULL;
    *length = 0;
    if (graph->alive == 0)
        return 0;
    search = calloc(1, sizeof *search + graph->count * sizeof *search->visits);
    *ids = malloc(graph->alive * sizeof **ids);
    if (!search || !*ids) {
        free(search);
        free(*ids);
        *ids = NULL;
        return GRAPH_ENOMEM;
    }
    search->graph = graph;
    search->order = *ids;
    cyclic = search_all(search);
    *length = cyclic ? write_cycle(search, *ids) : search->ordered;
    free(search);
    return cyclic;
}
