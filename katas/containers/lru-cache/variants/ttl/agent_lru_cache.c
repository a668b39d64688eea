#include "agent.h"
#include "lru_cache.h"

#include <limits.h>
#include <stdlib.h>

/* A key and a value that the grammar never uses, so that a slot which was
   written to, or was not, can be told. */
enum { UNTOUCHED = -1515870811, ROOM_MAX = 65536 };

static void cmd_new(struct agent_call *call)
{
    size_t ttl = agent_size(call, 1);
    struct lru_cache *cache;

    if (ttl > UINT_MAX) {
        agent_make(call, "cache", NULL);
        agent_refuse(call, "too many ticks");
        return;
    }
    cache = lru_cache_new(agent_size(call, 0), (unsigned)ttl);
    agent_make(call, "cache", cache);
    if (!cache)
        agent_fail(call, "ENOMEM");
}

static void cmd_tick(struct agent_call *call)
{
    size_t elapsed = agent_size(call, 1);

    if (elapsed > UINT_MAX)
        agent_refuse(call, "too many ticks");
    else
        lru_cache_tick(agent_object(call, 0), (unsigned)elapsed);
}

static void cmd_free(struct agent_call *call)
{
    lru_cache_free(agent_object(call, 0));
    agent_drop(call, 0);
}

static void cmd_free_null(struct agent_call *call)
{
    (void)call;
    lru_cache_free(NULL);
}

static void cmd_get(struct agent_call *call)
{
    int value = UNTOUCHED;

    if (lru_cache_get(agent_object(call, 0), agent_int(call, 1), &value)) {
        agent_say_int(call, value);
        return;
    }
    agent_say_none(call);
    if (value != UNTOUCHED)
        agent_say_word(call, "value-was-written");
}

static void cmd_has(struct agent_call *call)
{
    agent_say_bool(
        call, lru_cache_get(agent_object(call, 0), agent_int(call, 1), NULL));
}

static void cmd_put(struct agent_call *call)
{
    int status = lru_cache_put(agent_object(call, 0), agent_int(call, 1),
                               agent_int(call, 2));

    if (status == -1)
        agent_fail(call, "ENOMEM");
    else if (status != 0)
        agent_say_int(call, status);
}

static void cmd_delete(struct agent_call *call)
{
    agent_say_bool(call,
                   lru_cache_delete(agent_object(call, 0), agent_int(call, 1)));
}

static void cmd_length(struct agent_call *call)
{
    agent_say_size(call, lru_cache_length(agent_object(call, 0)));
}

static void cmd_clear(struct agent_call *call)
{
    lru_cache_clear(agent_object(call, 0));
}

static void cmd_stats(struct agent_call *call)
{
    struct lru_cache_stats stats = lru_cache_stats(agent_object(call, 0));

    agent_say_word(call, "hits");
    agent_say_size(call, stats.hits);
    agent_say_word(call, "misses");
    agent_say_size(call, stats.misses);
    agent_say_word(call, "evictions");
    agent_say_size(call, stats.evictions);
    agent_say_word(call, "expired");
    agent_say_size(call, stats.expired);
    agent_say_word(call, "maxsize");
    agent_say_size(call, stats.maxsize);
    agent_say_word(call, "currsize");
    agent_say_size(call, stats.currsize);
}

/* Says the count, the keys, and whether more was written than the count says.
   One slot more than `room` is there to see a write past the end. */
static void say_keys(struct agent_call *call, int *keys, size_t room)
{
    size_t count;

    for (size_t i = 0; i <= room; i++)
        keys[i] = UNTOUCHED;
    count = lru_cache_keys(agent_object(call, 0), room > 0 ? keys : NULL, room);
    agent_say_size(call, count);
    for (size_t i = 0; i < count && i < room; i++)
        agent_say_int(call, keys[i]);
    for (size_t i = count; i <= room; i++)
        if (keys[i] != UNTOUCHED) {
            agent_say_word(call, "more-was-written");
            return;
        }
}

static void cmd_keys(struct agent_call *call)
{
    size_t room = agent_size(call, 1);
    int *keys;

    if (room > ROOM_MAX) {
        agent_refuse(call, "room: at most %d", ROOM_MAX);
        return;
    }
    keys = malloc((room + 1) * sizeof(*keys));
    if (!keys) {
        agent_refuse(call, "no room for the keys");
        return;
    }
    say_keys(call, keys, room);
    free(keys);
}

static void close_all(void)
{
    struct lru_cache *cache;

    while ((cache = agent_take("cache")))
        lru_cache_free(cache);
}

static const struct agent_command commands[] = {
    {"new", "size size", cmd_new,
     "new CAPACITY TTL: make a cache; caches are numbered from 0"},
    {"tick", "@cache size", cmd_tick, "let so many ticks pass"},
    {"free", "@cache", cmd_free, "release a cache"},
    {"free-null", "", cmd_free_null, "lru_cache_free(NULL)"},
    {"get", "@cache int", cmd_get, "look up a key: its value, or -"},
    {"has", "@cache int", cmd_has, "look up a key with a NULL value"},
    {"put", "@cache int int", cmd_put, "store a value under a key"},
    {"delete", "@cache int", cmd_delete, "remove a key: was it there?"},
    {"length", "@cache", cmd_length, "the number of entries"},
    {"clear", "@cache", cmd_clear, "remove all entries, reset the counters"},
    {"stats", "@cache", cmd_stats, "hits, misses, evictions and sizes"},
    {"keys", "@cache size", cmd_keys,
     "how many keys fit in an array of this size, and which: latest use first"},
    {NULL, NULL, NULL, NULL},
};

const struct agent_program agent_program = {.commands = commands,
                                            .close = close_all};
