"""Python's own integers, strings and lists, copied with the module copy; a memo
is the dict that copy.deepcopy takes and fills.

Three things need a word.

Identity. The contract makes a new value each time. CPython does not for -5 to
256, for "" and for strings of one character; traces that ask for identity keep
away from them, and int(str(n)) makes a new object for all other numbers.

Equality. Python's == has no answer for many cyclic lists. The answers come
from a model that has: all lists of one length are taken to be equal at first,
then those are told apart whose items are, until nothing changes. Where == has
an answer within reach, it must be the same.

repr is written here again with a limit, since Python's has none, and compared
with Python's where the text is complete.
"""

import copy
import sys

from kata_trace import NONE, Command, Fail, Refuse, Word, find, make, serve

REPR_SIZE, SHAPE_SIZE, BUILD_MAX = 400, 2000, 100000

owned = None


def own(value):
    owned[id(value)] = value
    return value


def reachable(value):
    """All distinct objects, the value first; level by level."""
    found, work = {id(value): value}, [value]
    for current in work:
        if isinstance(current, list):
            for item in current:
                if id(item) not in found:
                    found[id(item)] = item
                    work.append(item)
    return work


def new():
    global owned
    if owned is not None:
        raise Refuse("there is an arena")
    owned = {}


def forget():
    global owned
    owned = None


def made(function):
    """A command that makes a value, and says the first handle of it."""

    def run(*arguments):
        value = None
        try:
            if owned is None:
                raise Refuse("no arena")
            value = function(*arguments)
        finally:
            make("value", value)
        return find("value", value)

    return run


def as_list(handle):
    if not isinstance(handle.object, list):
        raise Fail("ETYPE")
    return handle.object


def append(to, item):
    as_list(to).append(item.object)


def set_item(to, index, item):
    target = as_list(to)
    try:
        target[index] = item.object
    except IndexError:
        raise Fail("EINDEX") from None


def item(of, index):
    try:
        number = find("value", as_list(of)[index])
    except IndexError:
        raise Fail("EINDEX") from None
    return NONE if number is None else number


def pick(of, number):
    value = of.object
    if isinstance(value, list) and value:
        value = value[number % len(value)]
    return value


def look(handle):
    value = handle.object
    kind = type(value).__name__
    return [
        Word(kind),
        value if kind == "int" else 0,
        value if kind == "str" else NONE,
        len(value) if kind == "list" else 0,
    ]


def shallow(handle):
    return own(copy.copy(handle.object))


def deep(handle):
    result = copy.deepcopy(handle.object)
    for value in reachable(result):
        own(value)
    return result


def deep_with(memo, handle):
    result = copy.deepcopy(handle.object, memo.object.table)
    for value in reachable(result):
        own(value)
    return result


class Memo:
    """What copy.deepcopy takes as its second argument."""

    def __init__(self):
        self.table = {}

    def count(self):
        # Under its own id the table keeps the originals alive.
        return len(self.table) - (id(self.table) in self.table)


def put(memo, target, value):
    memo.object.table[id(as_list(target))] = value.object


def known(memo, handle):
    if id(handle.object) not in memo.object.table:
        return Word("unknown")
    number = find("value", memo.object.table[id(handle.object)])
    return NONE if number is None else number


def classes(values):
    """A number for each object, by identity; equal ones have the same."""
    names = {}
    number = {
        id(v): names.setdefault(
            ("list", len(v)) if isinstance(v, list) else (type(v), v),
            len(names),
        )
        for v in values
    }
    while True:
        finer = {}
        refined = {
            id(v): finer.setdefault(
                (
                    number[id(v)],
                    *[number[id(i)] for i in (v if isinstance(v, list) else [])],
                ),
                len(finer),
            )
            for v in values
        }
        if len(finer) == len(set(number.values())):
            return number
        number = refined


def steps(value, depth, limit):
    """How many objects are passed on all paths up to a depth, or the limit."""
    count, level = 0, [value]
    for _ in range(depth):
        count += len(level)
        level = [i for v in level if isinstance(v, list) for i in v]
        if not level or count + len(level) > limit:
            break
    return min(count + len(level), limit)


DEPTH, LIMIT = 60, 5000


def python_equal(left, right):
    """What == says, or None where it says nothing."""
    if steps(left, DEPTH, LIMIT) == LIMIT:
        return None
    frame, depth = sys._getframe(), 0
    while frame:
        frame, depth = frame.f_back, depth + 1
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(depth + DEPTH - 10)
    try:
        return left == right
    except RecursionError:
        return None
    finally:
        sys.setrecursionlimit(before)


def equal(left, right):
    left, right = left.object, right.object
    number = classes(reachable([left, right]))
    answer = number[id(left)] == number[id(right)]
    assert python_equal(left, right) in (None, answer), (left, right)
    return answer


def size():
    if owned is None:
        raise Refuse("no arena")
    return len(owned)


def pieces(value):
    """The parts of Python's repr, one after the other."""
    if not isinstance(value, list):
        yield repr(value)
        return
    yield "["
    path = [(value, iter(value))]
    first = True
    while path:
        for child in path[-1][1]:
            yield "" if first else ", "
            first = False
            if not isinstance(child, list):
                yield repr(child)
            elif any(child is outer for outer, _ in path):
                yield "[...]"
            else:
                yield "["
                path.append((child, iter(child)))
                first = True
                break
        else:
            yield "]"
            path.pop()
            first = False


def limited_repr(handle):
    text = ""
    for piece in pieces(handle.object):
        text += piece
        if len(text) >= REPR_SIZE:
            return text[:REPR_SIZE]
    assert text == repr(handle.object)
    return text


def shape(handle):
    value = handle.object
    lists = [v for v in reachable(value) if isinstance(v, list)]
    place = {id(v): i for i, v in enumerate(lists)}

    def name(v):
        return "#%d" % place[id(v)] if isinstance(v, list) else repr(v)

    text = name(value)
    for v in lists:
        text += " %s=[%s]" % (name(v), " ".join(name(i) for i in v))
    return text[:SHAPE_SIZE]


def build_levels(n, references):
    value = own([])
    for _ in range(1, n):
        value = own([value] * references)
    return value


def build_ring(n):
    first = last = own([])
    for _ in range(1, n):
        last = own([last])
    first.append(last)
    return first


def build(name, n):
    builders = {
        "chain": lambda: build_levels(n, 1),
        "ladder": lambda: build_levels(n, 2),
        "ring": lambda: build_ring(n),
        "share": lambda: own([own([])] * n),
        "wide": lambda: own([own([]) for _ in range(n)]),
    }
    return builders[name]()


def checked_build(name, n):
    if n > BUILD_MAX or name not in ("chain", "ladder", "ring", "share", "wide"):
        make("value", None)
        raise Refuse(
            "build chain, ladder, ring, share or wide, of at most 100000"
        )
    return made(build)(name, n)


# A deep copy takes two frames a level.
sys.setrecursionlimit(5000)

serve(
    [
        Command("new", "", new),
        Command("free-null", "", lambda: None),
        Command("int", "int", made(lambda n: own(int(str(n))))),
        Command("str", "str", made(lambda s: own("".join(list(s))))),
        Command("list", "", made(lambda: own([]))),
        Command("append", "@value @value", append),
        Command("set", "@value long @value", set_item),
        Command("item", "@value long", item),
        Command("pick", "@value size", made(pick)),
        Command("look", "@value", look),
        Command("copy", "@value", made(shallow)),
        Command("deepcopy", "@value", made(deep)),
        Command("memo", "", lambda: make("memo", Memo())),
        Command("forget", "@memo", lambda memo: memo.drop()),
        Command("put", "@memo @value @value", put),
        Command("known", "@memo @value", known),
        Command("count", "@memo", lambda memo: memo.object.count()),
        Command("deepcopy-with", "@memo @value", made(deep_with)),
        Command("equal", "@value @value", equal),
        Command("same", "@value @value", lambda a, b: a.object is b.object),
        Command("size", "", size),
        Command("repr", "@value", limited_repr),
        Command("shape", "@value", shape),
        Command("build", "str size", checked_build),
    ],
    close=forget,
)
