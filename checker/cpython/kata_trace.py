"""Replays traces on real CPython objects.

A kata's cpython.py answers the same lines as its agent_SNAKE.c, with Python's
own objects behind them, so that `kata verify` can hold the reference's
answers against CPython's. Like an agent it is a table of commands:

    import collections
    from kata_trace import Command, NONE, serve

    cache = None

    def new(capacity):
        global cache
        cache = collections.OrderedDict()

    serve([Command("new", "size", new), ...], close=forget)

What a command returns is its answer: None says nothing ("="), an int, a str
or a bool one word, a list or tuple one word each, NONE the word "-". A Word
is written as it stands. Raise Fail("ENOMEM") for "! ENOMEM", Refuse("no
cache") for "? no cache". Handles ("@node") are passed as a Handle, whose
.object is what make() was given.
"""

import sys

NONE = object()


class Fail(Exception):
    """The contract reports the error of this name."""


class Refuse(Exception):
    """The line makes no sense here."""


class Word(str):
    """A word that is never quoted."""


class Handle:
    def __init__(self, kind, number):
        self.kind, self.number = kind, number

    @property
    def object(self):
        return _objects[self.kind][self.number]

    def drop(self):
        _objects[self.kind][self.number] = None


class Command:
    def __init__(self, name, args, run):
        self.name, self.args, self.run = name, args.split(), run


_objects = {}

_LIMITS = {
    "int": (-(2**31), 2**31 - 1),
    "long": (-(2**63), 2**63 - 1),
    "size": (0, 2**63 - 1),
}


def make(kind, obj):
    """Gives the next handle of this kind to obj; None where making failed."""
    _objects.setdefault(kind, []).append(obj)


def find(kind, obj):
    """The number of the handle that stands for obj, by identity, or None."""
    for number, other in enumerate(_objects.get(kind, [])):
        if other is obj and obj is not None:
            return number
    return None


_PLAIN = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.+-"
)


def quote(text):
    """The word for a string, quoted where it is not a plain word."""
    if text and text != "-" and all(c in _PLAIN for c in text):
        return text
    out = []
    for byte in text.encode("utf-8", "surrogateescape"):
        char = chr(byte)
        if char in '"\\':
            out.append("\\" + char)
        elif char == "\n":
            out.append("\\n")
        elif char == "\t":
            out.append("\\t")
        elif not 32 <= byte <= 126:
            out.append("\\x%02x" % byte)
        else:
            out.append(char)
    return '"' + "".join(out) + '"'


def split(line):
    """The words of a line; ValueError where it is malformed."""
    words, i = [], 0
    while i < len(line):
        if line[i] == " ":
            i += 1
        elif line[i] == '"':
            word, i = _quoted(line, i + 1)
            if i < len(line) and line[i] != " ":
                raise ValueError(line)
            words.append(word)
        else:
            end = line.find(" ", i)
            end = len(line) if end < 0 else end
            words.append(line[i:end])
            i = end
    return words


def _quoted(line, i):
    out = bytearray()
    escapes = {"n": b"\n", "t": b"\t", '"': b'"', "\\": b"\\"}
    while i < len(line) and line[i] != '"':
        if line[i] != "\\":
            out += line[i].encode("utf-8", "surrogateescape")
            i += 1
        elif line[i + 1 : i + 2] in escapes and i + 1 < len(line):
            out += escapes[line[i + 1]]
            i += 2
        elif line[i + 1 : i + 2] == "x":
            out.append(int(line[i + 2 : i + 4], 16))
            i += 4
        else:
            raise ValueError(line)
    if i == len(line):
        raise ValueError(line)
    return out.decode("utf-8", "surrogateescape"), i + 1


def _argument(word, kind):
    if kind == "str":
        return word
    if kind.startswith("@"):
        kind = kind[1:]
        if not word.isdigit():
            raise Refuse("%s: not a handle" % word)
        objects = _objects.get(kind, [])
        if int(word) >= len(objects) or objects[int(word)] is None:
            raise Refuse("no %s %d" % (kind, int(word)))
        return Handle(kind, int(word))
    low, high = _LIMITS[kind]
    try:
        number = int(word)
    except ValueError:
        number = low - 1
    if not low <= number <= high:
        raise Refuse("%s: not %s" % (word[:64], kind))
    return number


def _arguments(command, words):
    values, types = [], list(command.args)
    usage = Refuse("usage: %s" % " ".join([command.name] + command.args))
    for word in words:
        if not types:
            raise usage
        kind = types[0]
        if kind.endswith("..."):
            kind = kind[:-3]
        else:
            types.pop(0)
        values.append(_argument(word, kind))
    if types and not types[0].endswith("..."):
        raise usage
    return values


def _word(value):
    if value is NONE:
        return "-"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Word):
        return str(value)
    return quote(value) if isinstance(value, str) else "%d" % value


def _answer(commands, line):
    try:
        words = split(line)
    except ValueError:
        return "? malformed line"
    if not words:
        return "? malformed line"
    command = commands.get(words[0])
    try:
        if not command:
            raise Refuse("no command %s" % words[0][:64])
        result = command.run(*_arguments(command, words[1:]))
    except Refuse as refusal:
        return "? %s" % refusal
    except Fail as failure:
        return "! %s" % failure
    if result is None:
        return "="
    if not isinstance(result, (list, tuple)):
        result = [result]
    return " ".join(["="] + [_word(value) for value in result])


def serve(commands, open=None, close=None):
    """Answers the trace lines on stdin; "--" ends a trace and is answered
    "--"."""
    table = {command.name: command for command in commands}
    out = sys.stdout
    sys.stdout = sys.stderr
    fresh = True
    for line in sys.stdin:
        line = line.rstrip("\n")
        if line == "--":
            if close and not fresh:
                close()
            _objects.clear()
            fresh = True
            out.write("--\n")
        else:
            if open and fresh:
                open()
            fresh = False
            out.write(_answer(table, line) + "\n")
        out.flush()
