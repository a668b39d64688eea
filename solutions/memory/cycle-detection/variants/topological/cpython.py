"""Replays a trace in plain Python and asks graphlib for a second opinion.

graphlib.TopologicalSorter sorts so too, or raises CycleError, but which order or
cycle it finds is undefined. So whether there is an order is held against
graphlib, and that it is one is checked; which one is worked out here: by
recursion, unlike the C, so that the two do not share a mistake.
"""

import graphlib
import sys

from kata_trace import Command, Fail, Refuse, Word, make, serve

sys.setrecursionlimit(100000)

objects = None  # the objects that are alive, oldest first
made = 0


class Object:
    def __init__(self, number):
        self.number = number
        self.references = []


def new():
    global objects, made
    objects, made = [], 0


def close():
    global objects
    objects = None


def check_open():
    if objects is None:
        raise Refuse("no graph")


def living(handle):
    check_open()
    if handle.object not in objects:
        raise Fail("ENOOBJECT")
    return handle.object


def add():
    global made
    if objects is None:
        make("object", None)
    check_open()
    objects.append(Object(made))
    make("object", objects[-1])
    made += 1
    return objects[-1].number


def chain(n, width):
    check_open()
    for i in range(n):
        add()
        if i:
            objects[-2].references += [objects[-1]] * width


def remove(handle):
    gone = living(handle)
    objects.remove(gone)
    for obj in objects:
        obj.references = [other for other in obj.references if other != gone]


def refer(source, target):
    source, target = living(source), living(target)
    source.references.append(target)


def link(source, target):
    if source.number == target.number:
        raise Refuse("the same object twice")
    refer(source, target)


def unrefer(source, target):
    source, target = living(source), living(target)
    if target not in source.references:
        raise Fail("ENOREFERENCE")
    source.references.remove(target)


def size():
    check_open()
    return len(objects), sum(len(obj.references) for obj in objects)


def visit(obj, path, finished):
    """The first cycle that a depth-first search from obj meets, or None. What
    is left behind is appended to `finished`."""
    if obj in path:
        return path[path.index(obj) :]
    if obj in finished:
        return None
    for other in obj.references:
        cycle = visit(other, path + [obj], finished)
        if cycle:
            return cycle
    finished.append(obj)
    return None


def graphlib_cycle():
    sorter = graphlib.TopologicalSorter()
    for obj in objects:
        sorter.add(obj)
        for other in obj.references:
            sorter.add(other, obj)
    try:
        sorter.prepare()
    except graphlib.CycleError as error:
        return error.args[1]
    return None


def check_is_cycle(closed):
    assert closed[0] is closed[-1]
    for obj, other in zip(closed, closed[1:]):
        assert other in obj.references


def check_is_order(order):
    assert set(order) == set(objects) and len(order) == len(objects)
    for i, obj in enumerate(order):
        assert all(other in order[:i] for other in obj.references)


def sort():
    check_open()
    cycle, order = None, []
    for obj in objects:
        cycle = cycle or visit(obj, [], order)
    second = graphlib_cycle()
    assert (cycle is None) == (second is None), "graphlib disagrees"
    if cycle is None:
        check_is_order(order)
        return [Word("order")] + [obj.number for obj in order]
    check_is_cycle(cycle + cycle[:1])
    check_is_cycle(second)
    return [Word("cycle")] + [obj.number for obj in cycle]


serve(
    [
        Command("new", "", new),
        Command("add", "", add),
        Command("chain", "size size", chain),
        Command("remove", "@object", remove),
        Command("refer", "@object @object", refer),
        Command("link", "@object @object", link),
        Command("unrefer", "@object @object", unrefer),
        Command("size", "", size),
        Command("sort", "", sort),
    ],
    close=close,
)
