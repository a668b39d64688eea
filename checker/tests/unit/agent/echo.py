"""echo.c with kata_trace.py."""

from kata_trace import NONE, Command, Fail, Refuse, Word, make, serve


def fail():
    make("node", None)
    raise Fail("ENOMEM")


def drop(node):
    node.drop()
    return node.number


def refuse(text):
    raise Refuse("because %s" % text)


def same(value):
    return value


serve(
    [
        Command("int", "int", same),
        Command("long", "long", same),
        Command("size", "size", same),
        Command("str", "str", same),
        Command("sum", "int...", lambda *numbers: sum(numbers)),
        Command("make", "", lambda: make("node", object())),
        Command("fail", "", fail),
        Command("drop", "@node", drop),
        Command(
            "join",
            "str @node...",
            lambda text, *nodes: [
                word for node in nodes for word in (text, node.number)
            ],
        ),
        Command("refuse", "str", refuse),
        Command("many", "int", lambda n: ["x y"] * min(n, 20000)),
        Command(
            "words", "", lambda: [True, False, NONE, "-", "", NONE, Word("hit")]
        ),
    ]
)
