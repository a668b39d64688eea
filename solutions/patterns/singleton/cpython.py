"""The same singletons as Python has them, replayed on CPython's objects.

The registry is a metaclass whose __call__ keeps one instance a class under a
recursive lock; types are classes made by calling that metaclass, so two with
the same name are two. Their instances are counted where CPython makes them, in
__new__. The settings are a module in sys.modules, which is what Python has in
the place of eager static data; a cell, which has no counterpart, is modelled as
double-checked locking is written in Python. A destructor is a list's entry.
"""

import sys
import threading
import types

from kata_trace import Command, Fail, Refuse, Word, make, serve

lock = threading.RLock()
built, cells, gone = 0, [], []


class BuildError(Exception):
    pass


class Cycle(Exception):
    pass


class Singleton(type):
    _instances, _building = {}, set()

    def __call__(cls):
        with lock:
            if cls in cls._building:
                raise Cycle
            if cls not in cls._instances:
                cls._building.add(cls)
                try:
                    # Assigned when it is complete, after what it needs.
                    instance = super().__call__()
                finally:
                    cls._building.discard(cls)
                cls._instances[cls] = instance
            return cls._instances[cls]

    def anew(cls):
        """An instance that the registry knows nothing of: type.__call__."""
        return super().__call__()

    @classmethod
    def clear(meta):
        with lock:
            while meta._instances:
                destroy(meta._instances.popitem()[1])


class Thing:
    def __new__(cls):
        global built
        part = None
        if cls.needs:
            part = cls.needs()
        if cls.asks:
            part = cls.asks.get()
        if cls.failures > 0:
            cls.failures -= 1
            raise BuildError(cls.failures + 1)
        self = super().__new__(cls)
        self.part, self.number = part, built
        built += 1
        return self


class Cell:
    def __init__(self, cls):
        self.cls, self.instance, self.building = cls, None, False

    def get(self):
        if self.instance is None:
            with lock:
                if self.building:
                    raise Cycle
                if self.instance is None:
                    self.building = True
                    try:
                        self.instance = self.cls.anew()
                    finally:
                        self.building = False
        return self.instance

    def destroy(self):
        instance, self.instance = self.instance, None
        if instance is not None:
            destroy(instance)


def destroy(instance):
    if type(instance).owned:
        gone.append(instance.number)


def answer(get):
    try:
        instance = get()
    except Cycle:
        raise Fail("ECYCLE")
    except BuildError as error:
        return [Word("error"), error.args[0]]
    words = [instance.number, Word("of"), type(instance).handle]
    if instance.part is not None:
        words += [Word("on"), instance.part.number]
    return words


type_count = 0


def new_class(failures, owned, handle):
    namespace = {
        "failures": failures,
        "owned": owned,
        "handle": handle,
        "needs": None,
        "asks": None,
    }
    return Singleton("Thing", (Thing,), namespace)


def new_type(failures, own):
    global type_count
    handle = type_count
    type_count += 1
    if failures < 0 or own not in ("owned", "plain"):
        make("type", None)
        raise Refuse("no such type")
    make("type", new_class(failures, own == "owned", handle))


def needs(cls, other):
    cls.object.needs, cls.object.asks = other.object, None


def asks(cls, cell):
    cls.object.needs, cls.object.asks = None, cell.object


def alone(cls):
    cls.object.needs = cls.object.asks = None


def break_(cls, failures):
    if failures < 0:
        raise Refuse("less than none")
    cls.object.failures = failures


def fill(n):
    if n > 100000:
        raise Refuse("too many")
    classes = [new_class(0, True, None) for i in range(n)]
    return sum(cls() is cls() for cls in classes)


def new_cell(cls):
    cells.append(Cell(cls.object))
    make("cell", cells[-1])


def say_gone():
    numbers = gone[:]
    gone.clear()
    return numbers


def settings():
    module = sys.modules["settings"]
    return [module.name, module.retries, module.timeout_ms]


def set_(retries, timeout_ms):
    import settings as module

    module.name = "changed"
    module.retries, module.timeout_ms = retries, timeout_ms


def reset():
    module = sys.modules.setdefault("settings", types.ModuleType("settings"))
    module.name, module.retries, module.timeout_ms = "default", 3, 250


def lock_again(again):
    if not 0 <= again <= 100:
        raise Refuse("too often")
    lock.acquire()
    done = sum(lock.acquire(blocking=False) for i in range(again))
    for i in range(done + 1):
        lock.release()
    return [done, True]


def close():
    global built, type_count
    Singleton.clear()
    for cell in cells:
        cell.destroy()
    cells.clear()
    gone.clear()
    built = type_count = 0
    reset()


reset()
serve(
    [
        Command("type", "int str", new_type),
        Command("needs", "@type @type", needs),
        Command("asks", "@type @cell", asks),
        Command("alone", "@type", alone),
        Command("break", "@type int", break_),
        Command("of", "@type", lambda cls: answer(cls.object)),
        Command("fill", "size", fill),
        Command("clear", "", Singleton.clear),
        Command("cell", "@type", new_cell),
        Command("get", "@cell", lambda cell: answer(cell.object.get)),
        Command("destroy", "@cell", lambda cell: cell.object.destroy()),
        Command("gone", "", say_gone),
        Command("settings", "", settings),
        Command("set", "int int", set_),
        Command("reset", "", reset),
        Command("lock", "int", lock_again),
    ],
    close=close,
)
