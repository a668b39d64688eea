"""Replays a trace in plain Python and asks graphlib whether there is a cycle.

The C looks for a way from the target of a new reference to its source. Here the
reference is added, graphlib.TopologicalSorter.prepare says whether there is a
cycle now, and if so it is taken away again.
"""

import graphlib
from kata_trace import Command, Fail, Refuse, make, serve

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
    if has_cycle():
        source.references.pop()
        raise Fail("ECYCLE")


def unrefer(source, target):
    source, target = living(source), living(target)
    if target not in source.references:
        raise Fail("ENOREFERENCE")
    source.references.remove(target)


def size():
    check_open()
    return len(objects), sum(len(obj.references) for obj in objects)


def has_cycle():
    sorter = graphlib.TopologicalSorter()
    for obj in objects:
        sorter.add(obj, *obj.references)
    try:
        sorter.prepare()
    except graphlib.CycleError:
        return True
    return False


def reaches(source, target):
    source, target = living(source), living(target)
    found, before = {source}, None
    while found != before:
        before = set(found)
        for obj in before:
            found.update(obj.references)
    return target in found


serve(
    [
        Command("new", "", new),
        Command("add", "", add),
        Command("chain", "size size", chain),
        Command("remove", "@object", remove),
        Command("refer", "@object @object", refer),
        Command("unrefer", "@object @object", unrefer),
        Command("size", "", size),
        Command("reaches", "@object @object", reaches),
    ],
    close=close,
)
