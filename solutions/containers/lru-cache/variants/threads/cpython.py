"""Two of CPython's own LRU caches answer, and have to agree.

collections.OrderedDict has all that the contract has, deletion and the order
included, save the counters. functools.lru_cache counts and evicts by itself,
in C, but can neither delete an entry nor change a value. So each cache is an
OrderedDict, and beside it, until something is deleted from it, an lru_cache
that is driven through the same uses. A lookup is a call whose function raises
when it is not to store anything: lru_cache counts that as a miss and stores
nothing. A changeable value is a one-element list.
"""

import collections
import functools

from kata_trace import NONE, Command, Refuse, Word, make, serve

ROOM_MAX = 65536


class Absent(Exception):
    pass


class Twin:
    """functools.lru_cache with get and put."""

    def __init__(self, capacity):
        self.box = None
        self.call = functools.lru_cache(maxsize=capacity)(self.compute)
        # Calls that put made, to be left out of the counts.
        self.put_hits = self.put_misses = 0
        self.evictions = 0

    def compute(self, key):
        if self.box is None:
            raise Absent
        return self.box

    def get(self, key):
        try:
            return self.call(key)[0]
        except Absent:
            return NONE

    def put(self, key, value):
        before = self.call.cache_info()
        self.box = [value]
        box = self.call(key)
        self.box = None
        box[0] = value
        after = self.call.cache_info()
        self.put_hits += after.hits - before.hits
        self.put_misses += after.misses - before.misses
        if after.misses > before.misses and after.maxsize > 0:
            self.evictions += before.currsize + 1 - after.currsize

    def stats(self):
        info = self.call.cache_info()
        return (
            info.hits - self.put_hits,
            info.misses - self.put_misses,
            self.evictions,
            info.maxsize,
            info.currsize,
        )


class Cache:
    def __init__(self, capacity):
        self.capacity = capacity
        self.clear()

    def clear(self):
        self.entries = collections.OrderedDict()
        self.hits = self.misses = self.evictions = 0
        self.twin = Twin(self.capacity)

    def get(self, key):
        if key in self.entries:
            self.hits += 1
            self.entries.move_to_end(key)
            value = self.entries[key]
        else:
            self.misses += 1
            value = NONE
        if self.twin:
            assert self.twin.get(key) == value, (key, value)
        return value

    def put(self, key, value):
        if self.twin:
            self.twin.put(key, value)
        if self.capacity == 0:
            return
        self.entries[key] = value
        self.entries.move_to_end(key)
        if len(self.entries) > self.capacity:
            self.entries.popitem(last=False)
            self.evictions += 1

    def setdefault(self, key, value):
        if key in self.entries:
            value = self.entries[key]
        self.put(key, value)
        return value

    def delete(self, key):
        if key not in self.entries:
            return False
        del self.entries[key]
        self.twin = None
        return True

    def stats(self):
        counted = (
            self.hits,
            self.misses,
            self.evictions,
            self.capacity,
            len(self.entries),
        )
        if self.twin:
            assert self.twin.stats() == counted, (self.twin.stats(), counted)
        return counted


def new(capacity):
    make("cache", Cache(capacity))


def free(cache):
    cache.drop()


def stats(cache):
    names = ("hits", "misses", "evictions", "maxsize", "currsize")
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
        Command("new", "size", new),
        Command("free", "@cache", free),
        Command("free-null", "", lambda: None),
        Command("get", "@cache int", lambda c, key: c.object.get(key)),
        Command("has", "@cache int", lambda c, key: c.object.get(key) is not NONE),
        Command("put", "@cache int int", lambda c, k, v: c.object.put(k, v)),
        Command(
            "default", "@cache int int", lambda c, k, v: c.object.setdefault(k, v)
        ),
        Command("delete", "@cache int", lambda c, key: c.object.delete(key)),
        Command("length", "@cache", lambda c: len(c.object.entries)),
        Command("clear", "@cache", lambda c: c.object.clear()),
        Command("stats", "@cache", stats),
        Command("keys", "@cache size", keys),
    ]
)
