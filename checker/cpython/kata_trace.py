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

The answers are those of agent/agent.c byte for byte, also to lines that are
malformed or do not fit. Lines are bytes: a str argument is what they are as
UTF-8, bytes that are none as surrogates.
"""

import re
import sys

NONE = object()

_WORDS_MAX = 4096
_ANSWER_MAX = 65535
_REFUSAL_MAX = 511
_READY_MAX = 100000


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

    def must_be_there(self):
        objects = _objects.get(self.kind, ())
        if self.number >= len(objects) or objects[self.number] is None:
            raise Refuse("no %s %d" % (self.kind, self.number))

    def drop(self):
        _objects[self.kind][self.number] = None


class Command:
    def __init__(self, name, args, run):
        self.name, self.args, self.run = name, args.split(), run
        self.usage = "usage: %s%s%s" % (name, " " if args else "", args)


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


_PLAIN = re.compile("[a-zA-Z0-9_.+-]+").fullmatch


def _encode(text):
    return text.encode("utf-8", "surrogateescape")


def _decode(data):
    return data.decode("utf-8", "surrogateescape")


def _cut(text, size):
    return _decode(_encode(text)[:size])


def _escape(text, special):
    out = []
    for byte in _encode(text):
        char = chr(byte)
        if char in special:
            out.append("\\" + char)
        elif char == "\n":
            out.append("\\n")
        elif char == "\t":
            out.append("\\t")
        elif not 32 <= byte <= 126:
            out.append("\\x%02x" % byte)
        else:
            out.append(char)
    return "".join(out)


def quote(text):
    """The word for a string, quoted where it is not a plain word."""
    if text != "-" and _PLAIN(text):
        return text
    return '"' + _escape(text, '"\\') + '"'


_WORD = re.compile(rb' *(?:"((?:[^"\\]|\\.)*)"(?= |\Z)|([^" ][^ ]*))', re.S)
_ESCAPE = re.compile(rb"\\(x[0-9a-fA-F]{2}|.)", re.S)
_ESCAPES = {b"n": b"\n", b"t": b"\t", b'"': b'"', b"\\": b"\\"}


def _unescape(match):
    name = match[1]
    char = bytes([int(name[1:], 16)]) if len(name) > 1 else _ESCAPES.get(name)
    if not char or char == b"\0":
        raise ValueError(name)
    return char


def split(line):
    """The words of a line, bytes; ValueError where it is malformed."""
    words, i, line = [], 0, line.rstrip(b" ")
    if b"\0" in line:
        raise ValueError(line)
    if b'"' not in line:
        words = _decode(line).split(" ")
        words = [word for word in words if word]
        if len(words) > _WORDS_MAX + 1:
            raise ValueError(line)
        return words
    while i < len(line):
        match = _WORD.match(line, i)
        if not match or len(words) > _WORDS_MAX:
            raise ValueError(line)
        word = match[2]
        if word is None:
            word = _ESCAPE.sub(_unescape, match[1])
        words.append(_decode(word))
        i = match.end()
    return words


_NUMBER = re.compile("-?[0-9]+").fullmatch


def _number(word, low, high):
    """The number a word stands for, or None."""
    if not _NUMBER(word) or len(word) > 4000:
        return None
    number = int(word)
    return number if low <= number <= high else None


def _argument(word, kind):
    if kind == "str":
        return word
    if kind.startswith("@"):
        kind, number = kind[1:], _number(word, *_LIMITS["size"])
        if number is None or word[0] == "-":
            raise Refuse("%s: not a handle" % _cut(word, 64))
        handle = Handle(kind, number)
        handle.must_be_there()
        return handle
    number = _number(word, *_LIMITS[kind])
    if number is None:
        raise Refuse("%s: not %s" % (_cut(word, 64), kind))
    return number


def _arguments(command, words):
    values, types = [], list(command.args)
    for word in words:
        if not types:
            raise Refuse(command.usage)
        kind = types[0]
        if kind.endswith("..."):
            kind = kind[:-3]
        else:
            types.pop(0)
        values.append(_argument(word, kind))
    if types and not types[0].endswith("..."):
        raise Refuse(command.usage)
    return values


def _word(value):
    if value is NONE:
        return "-"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Word):
        return str(value)
    return quote(value) if isinstance(value, str) else "%d" % value


def _say(result):
    if type(result) is int:
        return "= %d" % result
    if result is None:
        return "="
    if not isinstance(result, (list, tuple)):
        result = [result]
    return " ".join(["="] + [_word(value) for value in result])


class _Server:
    def __init__(self, commands, open, close):
        self.table = {command.name: command for command in commands}
        self.open, self.close, self.dirty = open, close, False
        self.ready = {}

    def end(self):
        if self.close and self.dirty:
            self.close()
        self.dirty = False
        _objects.clear()
        return "--"

    def read(self, line, words):
        """What a line calls. Traces say the same lines again and again, so those
        that fit are read once."""
        command = self.table.get(words[0])
        if not command:
            raise Refuse("no command %s" % _cut(words[0], 64))
        values = _arguments(command, words[1:])
        if len(self.ready) < _READY_MAX:
            handles = [value for value in values if isinstance(value, Handle)]
            self.ready[line] = command.run, values, handles
        return command.run, values

    def run(self, line, words):
        if self.open and not self.dirty:
            self.open()
        self.dirty = True
        try:
            if words:
                run, values = self.read(line, words)
            else:
                run, values, handles = self.ready[line]
                for handle in handles:
                    handle.must_be_there()
            return _say(run(*values))
        except Refuse as refusal:
            return "? %s" % _escape(_cut(str(refusal), _REFUSAL_MAX), "")
        except Fail as failure:
            return "! %s" % failure

    def answer(self, line):
        if line == b"--":
            return self.end()
        if line in self.ready:
            return self.run(line, None)
        try:
            words = split(line)
        except ValueError:
            words = []
        if not words:
            return "? malformed line"
        if line.startswith(b"@"):
            known = ("@fail", "@cpu", "@quiet", "@measure")
            return None if words[0] in known else "? no such directive"
        return self.run(line, words)


def serve(commands, open=None, close=None):
    """Answers the trace lines on stdin; "--" ends a trace and is answered
    "--". Directives of the checker ("@cpu 100") are passed over."""
    server = _Server(commands, open, close)
    out = sys.stdout.buffer
    sys.stdout = sys.stderr
    for line in sys.stdin.buffer:
        if not line.endswith(b"\n"):
            break
        answer = server.answer(line[:-1])
        if answer is not None:
            out.write(_encode(answer)[:_ANSWER_MAX] + b"\n")
