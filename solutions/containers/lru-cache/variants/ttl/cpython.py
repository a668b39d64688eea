"""collections.OrderedDict answers for the order of use, as in the kata.

CPython has no cache whose entries expire. When each entry expires is kept in a
dict beside it, and a tick looks at all of them, so that nothing depends on the
order in which they were put.
"""

import collections

from kata_trace import NONE, Command, Refuse, Word, make, serve

ROOM_MAX = 65536
TICKS_MAX = 2**32 - 1


class Cache:
    def __init__(self, capacity, ttl):
        self.capacity, self.ttl, self.now = capacity, ttl, 0
        self.clear()

    def clear(self):
        self.entries, self.ends = collections.OrderedDict(), {}
        self.hits = self.misses = self.evictions = self.expired = 0

    def get(self, key):
        if key not in self.entries:
            self.misses += 1
            return NONE
        self.hits += 1
        self.entries.move_to_end(key)
        return self.entries[key]

    def put(self, key, value):
        if self.capacity == 0:
            return
        if key not in self.entries and len(self.entries) == self.capacity:
            gone, _ = self.entries.popitem(last=False)
            del self.ends[gone]
            self.evictions += 1
        self.entries[key] = value
        self.entries.move_to_end(key)
        self.ends[key] = self.now + (self.ttl or float("inf"))

    def delete(self, key):
        self.ends.pop(key, None)
        return self.entries.pop(key, None) is not None

    def tick(self, elapsed):
        self.now += elapsed
        for key in [k for k, end in self.ends.items() if end <= self.now]:
            self.delete(key)
            self.expired += 1

    def stats(self):
        return (
            self.hits,
            self.misses,
            self.evictions,
            self.expired,
            self.capacity,
            len(self.entries),
        )


def new(capacity, ttl):
    if ttl > TICKS_MAX:
        make("cache", None)
        raise Refuse("too many ticks")
    make("cache", Cache(capacity, ttl))


def tick(cache, elapsed):
    if elapsed > TICKS_MAX:
        raise Refuse("too many ticks")
    cache.object.tick(elapsed)


def free(cache):
    cache.drop()


def stats(cache):
    names = ("hits", "misses", "evictions", "expired", "maxsize", "currsize")
    answer = []
    for name, number in zip(names, cache.object.stats()):
        answer += [Word(name), number]
    return answer


def keys(cache, room):
    if room > ROOM_MAX:
        raise Refuse("room: at most %d" % ROOM_MAX)
    found = list(reversed(cache.object.entries))[:room]
    return [len(found)] + found


serve(
    [
        Command("new", "size size", new),
        Command("tick", "@cache size", tick),
        Command("free", "@cache", free),
        Command("free-null", "", lambda: None),
        Command("get", "@cache int", lambda c, key: c.object.get(key)),
        Command("has", "@cache int", lambda c, key: c.object.get(key) is not NONE),
        Command("put", "@cache int int", lambda c, k, v: c.object.put(k, v)),
        Command("delete", "@cache int", lambda c, key: c.object.delete(key)),
        Command("length", "@cache", lambda c: len(c.object.entries)),
        Command("clear", "@cache", lambda c: c.object.clear()),
        Command("stats", "@cache", stats),
        Command("keys", "@cache size", keys),
    ]
)
