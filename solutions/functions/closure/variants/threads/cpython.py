"""Real functions, their __closure__ and types.CellType answer.

Each function of the agent is compiled as a def inside a def, with as many free
variables as it is to have cells, declared nonlocal. Its code object is then
given the trace's own cells; types.FunctionType makes of both what the
interpreter makes with MAKE_FUNCTION. The loops are for loops with the def in
their body.

A handle is one Python reference, so that sys.getrefcount tells what the
contract calls references once those of this file are taken away. CPython has
no weak references to cells: a cell is gone when nobody but `entries` has it.
"""

import sys
import types

from kata_trace import NONE, Command, Fail, Refuse, Word, find, make, serve

COUNT_MAX = 65536
DEPTH_MAX = 12


class TooBig(Exception):
    pass


class Failed(Exception):
    pass


class OutOfRange(Exception):
    """CPython's ints have no end: that a sum does not fit is the contract's."""


def fit(value):
    if not -(2**31) <= value < 2**31:
        raise TooBig
    return value


def fit_sum(value):
    try:
        return fit(value)
    except TooBig:
        raise OutOfRange


# Name: the cells it needs, its parameters, and its body, in which a and b are
# the first two cells and `every` is the tuple of all.
FUNCTIONS = {
    "get": (1, "", "return a"),
    "set": (1, "x", "a = x; return x"),
    "add": (1, "x", "a = fit_sum(a + x); return a"),
    "count": (1, "*x", "a = fit_sum(a + 1); return a"),
    "recur": (1, "x", "return a if deep(x) <= 0 else fit(me[-1](x - 1) + 1)"),
    "delete": (1, "*x", "del a"),
    "swap": (2, "*x", "a, b = b, a"),
    "sum": (0, "*x", "return fit(sum(every) + sum(x))"),
    "pass": (0, "*x", "pass"),
    "fail": (0, "*x", "raise Failed"),
}


def deep(x):
    if x > DEPTH_MAX:
        raise TypeError
    return x


me = []  # the function that is being called
space = {"fit": fit, "fit_sum": fit_sum, "deep": deep, "me": me, "Failed": Failed}


def function_text(name, names, indent):
    """The def's lines, with these names for its free variables."""
    _, parameters, body = FUNCTIONS[name]
    a, b = (list(names) + ["", ""])[:2]
    every = "(%s)" % "".join("%s, " % n for n in names)
    tokens = {"a": a, "b": b, "every": every}
    out, word = "", ""
    for char in body + " ":
        if char.isalnum() or char == "_":
            word += char
            continue
        out += tokens.get(word, word) + char
        word = ""
    lines = ["def f(%s):" % parameters]
    if names:
        lines.append("    nonlocal " + ", ".join(names))
    lines.append("    " + out)
    return "".join(" " * indent + line + "\n" for line in lines)


codes = {}


def code_of(name, cell_count):
    if (name, cell_count) not in codes:
        names = ["v%05d" % i for i in range(cell_count)]
        text = "def outer():\n"
        if names:
            text += "    %s = None\n" % " = ".join(names)
        text += function_text(name, names, 4) + "    return f\n"
        scope = dict(space)
        exec(text, scope)
        code = scope["outer"]().__code__
        assert code.co_freevars == tuple(names)
        codes[name, cell_count] = code
    return codes[name, cell_count]


def check_function(name, cell_count):
    if name not in FUNCTIONS:
        raise Refuse("no function %.32s" % name)
    if cell_count < FUNCTIONS[name][0]:
        raise Refuse("%s: needs %d cells" % (name, FUNCTIONS[name][0]))


def closure_over(name, cells):
    code = code_of(name, len(cells))
    return types.FunctionType(code, space, name, None, tuple(cells) or None)


def delete_variable(cell):
    closure_over("delete", [cell])()


# Cells


class Entry:
    """A cell that was not gone when asked last. `number` is None where nobody
    wants to know."""

    def __init__(self, cell):
        self.cell = cell
        self.watch()

    def watch(self):
        global watch_count
        self.number = watch_count
        watch_count += 1

    def references(self):
        return sys.getrefcount(self.cell) - 2


entries = []
watch_count = 0


def forget_all():
    global watch_count
    entries.clear()
    watch_count = 0


def entry_of(handle):
    cell = handle.object
    return next(entry for entry in entries if entry.cell is cell)


def new_cell(*value):
    entries.append(Entry(types.CellType(*value)))
    make("cell", entries[-1].cell)


def get(cell):
    try:
        return cell.object.cell_contents
    except ValueError:
        raise Fail("EUNBOUND")


def bound(cell):
    try:
        cell.object.cell_contents
    except ValueError:
        return False
    return True


def set_value(cell, value):
    cell.object.cell_contents = value


def add(cell, term):
    result = invoke(closure_over("add", [cell.object]), [term])
    if isinstance(result, Word):
        raise Fail(result)
    return result


def delete(cell):
    try:
        delete_variable(cell.object)
    except NameError:
        raise Fail("EUNBOUND")


def unwatch(cell):
    entry_of(cell).number = None


def gone():
    dead = [entry for entry in entries if entry.references() == 0]
    entries[:] = [entry for entry in entries if entry not in dead]
    return sorted(e.number for e in dead if e.number is not None)


# Closures


def make_closure(name, cells):
    try:
        check_function(name, len(cells))
    except Refuse:
        make("closure", None)
        raise
    make("closure", closure_over(name, cells))


def nest(parent, name, *own):
    outer = parent.object.__closure__ or ()
    make_closure(name, list(outer) + [cell.object for cell in own])


def capture(name, cell, count):
    if name in FUNCTIONS and count > COUNT_MAX:
        make("closure", None)
        raise Refuse("too many")
    make_closure(name, [cell.object] * count)


def invoke(function, arguments):
    """The result, or the name of the error."""
    me.append(function)
    try:
        result = function(*arguments)
    except NameError:
        return Word("EUNBOUND")
    except TooBig:
        return Word("TOO_BIG")
    except OutOfRange:
        return Word("ERANGE")
    except Failed:
        return Word("FAILED")
    except TypeError:
        return Word("ARGUMENTS")
    finally:
        me.pop()
    return 0 if result is None else result


def call(closure, *arguments):
    result = invoke(closure.object, arguments)
    if isinstance(result, Word):
        raise Fail(result)
    return result


def run(closure, *arguments):
    call(closure, *arguments)


def last_call(closure, *arguments):
    function = closure.object
    closure.drop()
    result = invoke(function, arguments)
    if isinstance(result, Word):
        raise Fail(result)
    return result


def contents_of(cell):
    try:
        return cell.cell_contents
    except ValueError:
        return NONE


def cells(closure):
    held = closure.object.__closure__ or ()
    return [len(held)] + [contents_of(cell) for cell in held]


def contents(closure, index):
    try:
        cell = (closure.object.__closure__ or ())[index]
    except IndexError:
        return NONE
    if contents_of(cell) is NONE:
        raise Fail("EUNBOUND")
    return cell.cell_contents


def cell_of(closure, index):
    held = closure.object.__closure__
    if held is None:
        make("cell", None)
        return Word("none")
    cell = held[index % len(held)]
    number = find("cell", cell)
    make("cell", cell)
    return Word("unnamed") if number is None else number


# Loops


def loop_scope(name):
    """The makers of both kinds of loop, for closures of this function."""
    text = "def scope():\n    v = None\n"
    text += "    def shared(values, made):\n        nonlocal v\n"
    text += "        for v in values:\n" + function_text(name, ["v"], 12)
    text += "            made.append(f)\n    return shared\n"
    text += "def own(v):\n" + function_text(name, ["v"], 4) + "    return f\n"
    scope = dict(space)
    exec(text, scope)
    return scope


scopes = {}


def loop_made(name, variable, values):
    """The closures, over cells of their own where `variable` is None."""
    if name not in scopes:
        scopes[name] = loop_scope(name)
    made = []
    if variable is None:
        made = [scopes[name]["own"](value) for value in values]
        entries.extend(Entry(f.__closure__[0]) for f in made)
    else:
        code = scopes[name]["scope"]().__code__
        shared = types.FunctionType(code, space, "shared", None, (variable,))
        shared(values, made)
    return made


def make_loop(name, variable, values):
    try:
        check_function(name, 1)
    except Refuse:
        make("loop", None)
        raise
    make("loop", loop_made(name, variable, values))


def range_loop(name, variable, count):
    if count > COUNT_MAX:
        make("loop", None)
        raise Refuse("too many")
    make_loop(name, variable, range(count))


def loop_none(name, variable):
    check_function(name, 1)
    for cell in (variable.object, None):
        assert loop_made(name, cell, ()) == []
    return [0, 0]


def take(loop, index):
    if not loop.object:
        make("closure", None)
        raise Refuse("the loop made no closures")
    make("closure", loop.object[index % len(loop.object)])


serve(
    [
        Command("cell", "int", new_cell),
        Command("empty", "", new_cell),
        Command("same", "@cell", lambda cell: make("cell", cell.object)),
        Command("release", "@cell", lambda cell: cell.drop()),
        Command("get", "@cell", get),
        Command("bound", "@cell", bound),
        Command("set", "@cell int", set_value),
        Command("add", "@cell int", add),
        Command("delete", "@cell", delete),
        Command("references", "@cell", lambda cell: entry_of(cell).references()),
        Command("unwatch", "@cell", unwatch),
        Command("rewatch", "@cell", lambda cell: entry_of(cell).watch()),
        Command("gone", "", gone),
        Command(
            "make",
            "str @cell...",
            lambda name, *held: make_closure(name, [c.object for c in held]),
        ),
        Command("nest", "@closure str @cell...", nest),
        Command("capture", "str @cell size", capture),
        Command("again", "@closure", lambda f: make("closure", f.object)),
        Command("drop", "@closure", lambda f: f.drop()),
        Command("call", "@closure int...", call),
        Command("run", "@closure int...", run),
        Command("last-call", "@closure int...", last_call),
        Command("cells", "@closure", cells),
        Command("contents", "@closure size", contents),
        Command("cell-of", "@closure size", cell_of),
        Command("release-null", "", lambda: None),
        Command(
            "loop-shared",
            "str @cell int...",
            lambda name, v, *values: make_loop(name, v.object, values),
        ),
        Command(
            "loop-own",
            "str int...",
            lambda name, *values: make_loop(name, None, values),
        ),
        Command(
            "range-shared",
            "str @cell size",
            lambda name, v, count: range_loop(name, v.object, count),
        ),
        Command(
            "range-own",
            "str size",
            lambda name, count: range_loop(name, None, count),
        ),
        Command("loop-none", "str @cell", loop_none),
        Command("take", "@loop size", take),
        Command(
            "call-all",
            "@loop int...",
            lambda loop, *args: [invoke(f, args) for f in loop.object],
        ),
        Command("free-loop", "@loop", lambda loop: loop.drop()),
    ],
    close=forget_all,
)
