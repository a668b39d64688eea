"""The same with CPython's own names and references.

What is current is an attribute, replacing it is rebinding, and a holder is a
reference: CPython itself destroys an instance when the last of them goes.
"""

from kata_trace import NONE, Command, Fail, Refuse, Word, make, serve

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


class Type:
    def __init__(self, failures, owned):
        self.failures, self.owned, self.asks = failures, owned, None

    def build(self):
        part = self.asks() if self.asks else None
        if self.failures > 0:
            self.failures -= 1
            raise BuildError(self.failures + 1)
        return Thing(part, self.owned)


class Cell:
    def __init__(self, type):
        self.type, self.current, self.building = type, None, False
        cells.append(self)

    def build(self, type):
        if self.building:
            raise Cycle
        self.building = True
        try:
            return type.build()
        finally:
            self.building = False

    def get(self):
        if self.current is None:
            self.current = self.build(self.type)
        return self.current

    def replace(self, type):
        self.current = self.build(type)

    def reload(self):
        self.replace(self.type)

    def restore(self, thing):
        if self.building:
            raise Cycle
        self.current = thing

    def empty(self):
        self.restore(None)


def report(call, *args):
    """An answer: none, or the error."""
    try:
        call(*args)
    except Cycle:
        raise Fail("ECYCLE") from None
    except BuildError as error:
        return [Word("error"), error.args[0]]


def say(thing):
    words = [thing.number]
    if thing.part:
        words += [Word("on"), thing.part.number]
    return words


def type_(failures, own):
    if failures < 0 or own not in ("owned", "plain"):
        make("type", None)
        raise Refuse("no such type")
    make("type", Type(failures, own == "owned"))


def asks(type, what, cell):
    cell, type = cell.object, type.object
    if what == "use" and not type.owned:
        raise Refuse("it is plain")
    if what not in ("use", "reload", "empty"):
        raise Refuse("it cannot ask that")
    type.asks = {"use": cell.get, "reload": cell.reload, "empty": cell.empty}[what]


def alone(type):
    type.object.asks = None


def break_(type, failures):
    if failures < 0:
        raise Refuse("less than none")
    type.object.failures = failures


def acquire(cell):
    made = False
    try:
        answer = report(cell.object.get)
        made = answer is None
    finally:
        make("hold", cell.object.current if made else None)
    return say(cell.object.current) if made else answer


def keep(cell, type):
    old, made = cell.object.current, False
    try:
        answer = report(cell.object.replace, type.object)
        made = answer is None
    finally:
        make("hold", old if made else None)
    return (say(old) if old else NONE) if made else answer


def say_gone():
    numbers = gone[:]
    gone.clear()
    return numbers


def open_():
    """Holds of the trace before were dropped after its close()."""
    global built
    gone.clear()
    built = 0


def close():
    for each in cells:
        each.current = None
    cells.clear()


serve(
    [
        Command("type", "int str", type_),
        Command("cell", "@type", lambda type: make("cell", Cell(type.object))),
        Command("asks", "@type str @cell", asks),
        Command("alone", "@type", alone),
        Command("break", "@type int", break_),
        Command("acquire", "@cell", acquire),
        Command("release", "@hold", lambda hold: hold.drop()),
        Command("instance", "@hold", lambda hold: say(hold.object)),
        Command(
            "replace",
            "@cell @type",
            lambda cell, type: report(cell.object.replace, type.object),
        ),
        Command("keep", "@cell @type", keep),
        Command("reload", "@cell", lambda cell: report(cell.object.reload)),
        Command(
            "restore",
            "@cell @hold",
            lambda cell, hold: report(cell.object.restore, hold.object),
        ),
        Command("empty", "@cell", lambda cell: report(cell.object.empty)),
        Command("nothing", "", lambda: None),
        Command("gone", "", say_gone),
        Command("lock", "", lambda: True),
    ],
    open=open_,
    close=close,
)
