#include "cycle_detection.h"

#include <stdbool.h>
#include <stdlib.h>

struct object {
    size_t *references; /* ids */
    size_t count, capacity;
    bool alive;
};

/* A removed object keeps its place in the table, so an id is an index. */
struct graph {
    struct object *objects;
    size_t count, capacity;
    size_t alive, reference_total;
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

/* What a search has seen, and what of that it has still to look at. No order
   is asked for, so there is no need for colours or for the way back. */
struct search {
    size_t *todo; /* has room for each object once */
    size_t todo_count;
    bool *seen;
};

static void see(struct search *search, size_t id)
{
    if (search->seen[id])
        return;
    search->seen[id] = true;
    search->todo[search->todo_count++] = id;
}

int graph_reaches(const struct graph *graph, size_t from, size_t to)
{
    struct search search = {.todo_count = 0};
    bool reached;

    if (!find_object(graph, from) || !find_object(graph, to))
        return GRAPH_ENOOBJECT;
    search.todo = malloc(graph->count * sizeof *search.todo);
    search.seen = calloc(graph->count, sizeof *search.seen);
    if (!search.todo || !search.seen) {
        free(search.todo);
        free(search.seen);
        return GRAPH_ENOMEM;
    }
    see(&search, from);
    while (search.todo_count > 0 && !search.seen[to]) {
        size_t at = search.todo[--search.todo_count];
        const struct object *object = &graph->objects[at];

        for (size_t i = 0; i < object->count; i++)
            see(&search, object->references[i]);
    }
    reached = search.seen[to];
    free(search.todo);
    free(search.seen);
    return reached;
}

/* A new reference closes a cycle exactly where its target reaches its source:
   the graph had none before. */
int graph_refer(struct graph *graph, size_t from, size_t to)
{
    int closes = graph_reaches(graph, to, from);
    struct object *object;
    size_t *references;

    if (closes != 0)
        return closes < 0 ? closes : GRAPH_ECYCLE;
    object = &graph->objects[from];
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
    object->references[i] = object->references[--object->count];
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
