"""The same with CPython's own reference counts.

A cell is a weak reference. A user is a strong one, and so is the attribute of
an instance that depends on another: the first user finds the weak reference
dead and builds, and when the last strong one goes the object is destroyed by
CPython itself. The number of users is what sys.getrefcount says.
"""

import sys
import weakref

from kata_trace import Command, Fail, Refuse, Word, make, serve

built, gone, cells = 0, [], []


class BuildError(Exception):
    pass


class Cycle(Exception):
    pass


class Thing:
    def __init__(self, part, owned):
        global built
        self.part, self.owned, self.number = part, owned, built
        built += 1

    def __del__(self):
        if self.owned:
            gone.append(self.number)


class Cell:
    def __init__(self, failures, owned):
        self.failures, self.owned, self.needs = failures, owned, None
        self.reference, self.building, self.users = lambda: None, False, []

    def get(self):
        instance = self.reference()
        if instance is None:
            instance = self.build()
            self.reference = weakref.ref(instance)
        return instance

    def build(self):
        if self.building:
            raise Cycle
        self.building = True
        try:
            part = self.needs.get() if self.needs else None
            if self.failures > 0:
                self.failures -= 1
                raise BuildError(self.failures + 1)
            return Thing(part, self.owned)
        finally:
            self.building = False

    def count(self):
        # One reference is getrefcount's argument.
        return sys.getrefcount(self.reference()) - 1 if self.reference() else 0


def cell(failures, own):
    if failures < 0 or own not in ("owned", "plain"):
        make("cell", None)
        raise Refuse("no such cell")
    cells.append(Cell(failures, own == "owned"))
    make("cell", cells[-1])


def needs(handle, other):
    if not handle.object.owned:
        raise Refuse("it is plain")
    handle.object.needs = other.object


def alone(handle):
    handle.object.needs = None


def break_(handle, failures):
    if failures < 0:
        raise Refuse("less than none")
    handle.object.failures = failures


def acquire(handle):
    try:
        handle.object.users.append(handle.object.get())
    except Cycle:
        raise Fail("ECYCLE") from None
    except BuildError as error:
        return [Word("error"), error.args[0]]
    instance = handle.object.users[-1]
    words = [instance.number]
    if instance.part:
        words += [Word("on"), instance.part.number]
    return words


def release(handle):
    if handle.object.users:
        handle.object.users.pop()
    elif handle.object.count() > 0:
        raise Refuse("only others use it")
    else:
        raise Fail("EUNUSED")


def say_gone():
    numbers = gone[:]
    gone.clear()
    return numbers


def close():
    global built
    for each in cells:
        each.users.clear()
    cells.clear()
    gone.clear()
    built = 0


serve(
    [
        Command("cell", "int str", cell),
        Command("needs", "@cell @cell", needs),
        Command("alone", "@cell", alone),
        Command("break", "@cell int", break_),
        Command("acquire", "@cell", acquire),
        Command("release", "@cell", release),
        Command("users", "@cell", lambda handle: handle.object.count()),
        Command("gone", "", say_gone),
        Command("lock", "", lambda: True),
    ],
    close=close,
)
