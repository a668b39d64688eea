"""TODO: what of CPython answers here; delete this file where nothing does."""

from kata_trace import Command, Refuse, serve

values = None


def forget():
    global values
    values = None


def new():
    global values
    values = []


def add(value):
    if values is None:
        raise Refuse("nothing was made")
    values.append(value)
    return sum(values)


def total():
    if values is None:
        raise Refuse("nothing was made")
    return sum(values)


serve(
    [
        Command("new", "", new),
        Command("add", "int", add),
        Command("total", "", total),
    ],
    close=forget,
)
