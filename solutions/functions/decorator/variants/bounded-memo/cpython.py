"""The same decorators as Python writes them, replayed on CPython's objects.

Names, docs, __wrapped__ and unwrapping are functools.wraps and inspect.unwrap,
remembering is functools.lru_cache, a stack is a stack of closures. Only the
log's buffer, which has no counterpart, is modelled: a whole text that is cut
when it is read.
"""

import functools
import inspect

from kata_trace import NONE, Command, Fail, Refuse, Word, make, serve

NEGATIVE, TOO_BIG, FLAKY = 1, 2, 3
INT_MAX = 2**31 - 1


class CallError(Exception):
    pass


class Binding:
    """A variable that decorating rebinds."""

    def __init__(self, function, owned):
        self.function, self.owned = function, owned


class Nameless:
    """An object that can be called."""

    def __call__(self, x):
        return in_range(-x)


written, size, releases = "", 0, 0


def in_range(value):
    if value > INT_MAX:
        raise CallError(TOO_BIG)
    return value


def make_base(word, failures):
    calls = 0

    def square(x):
        """Multiply a number by itself."""
        return in_range(x * x)

    def negate(x):
        return in_range(-x)

    def positive(x):
        """Refuse what is below zero."""
        if x < 0:
            raise CallError(NEGATIVE)
        return x

    def counter(x):
        """Count the calls."""
        nonlocal calls
        calls += 1
        return calls

    def flaky(x):
        """Fail some times, then succeed."""
        nonlocal calls
        calls += 1
        if calls % (failures + 1):
            raise CallError(FLAKY)
        return calls

    functions = [square, negate, positive, counter, flaky]
    named = {function.__name__: function for function in functions}
    return {**named, "nameless": Nameless()}[word]


# The decorators. Each takes what functools.wraps(function) or the identity
# gives: `rename`. What a layer knows is its attribute `layer`, set after
# update_wrapper has copied the __dict__ of the function beneath.


def logged(function, rename):
    name = getattr(function, "__name__", "?")

    @rename
    def wrapper(x):
        write("> %s %d\n" % (name, x))
        try:
            value = function(x)
        except CallError as error:
            write("! %s %d\n" % (name, error.args[0]))
            raise
        write("< %s %d\n" % (name, value))
        return value

    wrapper.layer = None
    return wrapper


def counted(function, rename):
    class Calls:
        count = 0

    @rename
    def wrapper(x):
        Calls.count += 1
        return function(x)

    wrapper.layer = Calls
    return wrapper


def memoised(maxsize):
    def decorator(function, rename):
        cached = functools.lru_cache(maxsize=maxsize)(function)

        @rename
        def wrapper(x):
            return cached(x)

        wrapper.layer = cached
        return wrapper

    return decorator


def retried(attempts):
    if attempts < 1:
        raise ValueError("fewer than one attempt")

    def decorator(function, rename):
        @rename
        def wrapper(x):
            for last in range(attempts):
                try:
                    return function(x)
                except CallError:
                    if last == attempts - 1:
                        raise

        wrapper.layer = None
        return wrapper

    return decorator


def write(text):
    global written
    written += text


def decorate(fn, decorator, wraps):
    if wraps not in ("wraps", "plain"):
        raise Refuse("neither wraps nor plain")
    function = fn.object.function
    rename = functools.wraps(function) if wraps == "wraps" else lambda f: f
    fn.object.function = decorator(function, rename)


def answer(function, x):
    try:
        return function(x)
    except CallError as error:
        return [Word("error"), error.args[0]]


def layer_at(fn, depth):
    function = fn.object.function
    while function is not None and depth > 0:
        function = getattr(function, "__wrapped__", None)
        depth -= 1
    return function


def new(word, failures, own):
    words = "square negate positive counter flaky nameless".split()
    if (
        word not in words
        or not 0 <= failures <= 99
        or own not in ("owned", "borrowed")
    ):
        make("fn", None)
        raise Refuse("no such base")
    make("fn", Binding(make_base(word, failures), own == "owned"))


def retry(fn, attempts, wraps):
    if wraps not in ("wraps", "plain"):
        raise Refuse("neither wraps nor plain")
    try:
        decorator = retried(attempts)
    except ValueError:
        raise Fail("EINVAL")
    decorate(fn, decorator, wraps)


def bypass(fn, depth, x):
    function = layer_at(fn, depth)
    return NONE if function is None else answer(function, x)


def fill(fn, n, step):
    if step < 1 or n > INT_MAX // step:
        raise Refuse("too far")
    for i in range(n):
        try:
            fn.object.function(i * step)
        except CallError:
            return i
    return n


def describe(fn, depth):
    function = layer_at(fn, depth)
    if function is None:
        return [NONE, NONE]
    name, doc = getattr(function, "__name__", None), function.__doc__
    return [NONE if name is None else name, NONE if doc is None else doc]


def calls(fn, depth):
    layer = getattr(layer_at(fn, depth), "layer", None)
    if not hasattr(layer, "count"):
        raise Fail("EINVAL")
    return layer.count


def cache(fn, depth):
    layer = getattr(layer_at(fn, depth), "layer", None)
    if not hasattr(layer, "cache_info"):
        raise Fail("EINVAL")
    info = layer.cache_info()
    return [info.hits, info.misses, info.maxsize, info.currsize]


def unwrap(fn):
    function = fn.object.function
    innermost, depth = inspect.unwrap(function), 0
    while function is not innermost:
        function, depth = function.__wrapped__, depth + 1
    name = getattr(innermost, "__name__", None)
    return [depth, NONE if name is None else name]


def free(fn):
    global releases
    releases += fn.object.owned
    fn.drop()


def text():
    whole = NONE if size == 0 else written[: size - 1]
    return [whole, len(written)]


def reset(new_size):
    global written, size
    if new_size > 20000:
        raise Refuse("too large")
    written, size = "", new_size


def start():
    global releases
    releases = 0
    reset(400)


# NULL and the other arguments that C has to refuse have no counterpart; the
# contract's answers are written out.


def nulls():
    invalid = -2
    return (
        [True] + [invalid] * 9 + [NONE, NONE, True, True] + [invalid] * 2
    )


def refused(fn):
    return [-2, -2, -2, -2, True]


serve(
    [
        Command("new", "str int str", new),
        Command("log", "@fn str", lambda fn, w: decorate(fn, logged, w)),
        Command("count", "@fn str", lambda fn, w: decorate(fn, counted, w)),
        Command(
            "memo", "@fn size str", lambda fn, n, w: decorate(fn, memoised(n), w)
        ),
        Command("retry", "@fn int str", retry),
        Command("call", "@fn int", lambda fn, x: answer(fn.object.function, x)),
        Command("bypass", "@fn size int", bypass),
        Command("fill", "@fn size int", fill),
        Command("describe", "@fn size", describe),
        Command("calls", "@fn size", calls),
        Command("cache", "@fn size", cache),
        Command("unwrap", "@fn", unwrap),
        Command("free", "@fn", free),
        Command("released", "", lambda: releases),
        Command("text", "", text),
        Command("reset", "size", reset),
        Command("nulls", "", nulls),
        Command("refused", "@fn", refused),
    ],
    open=start,
)
