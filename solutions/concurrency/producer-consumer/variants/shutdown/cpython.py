"""CPython's own queue.Queue and threads answer.

Python 3.13 has Queue.shutdown, 3.11 has not, so it is modelled here after what
3.13 does, in a way that leaves the loops of Queue.put and Queue.get as they
are: a queue that is shut down tells them a size at which neither has to wait,
and the steps that add or take an item then say that it is closed. That somebody
is told of what was thrown away is the contract's alone.

What may wait for ever is done in a thread. As in the agent, whether it must
have ended follows from the answers so far; that it waits is seen in the list
of waiters that every threading.Condition keeps.
"""

import queue
import threading
import time

from kata_trace import Command, Fail, Refuse, Word, make, serve

LONGEST_WAIT_MS = 50


class Closed(Exception):
    pass


class ClosableQueue(queue.Queue):
    closed = False

    def shutdown(self, immediate):
        """Returns the items that 3.13 forgets."""
        dropped = []
        with self.mutex:
            self.closed = True
            while immediate and self.queue:
                dropped.append(self.queue.popleft())
                # Fewer where task_done was called too early.
                if self.unfinished_tasks:
                    self.unfinished_tasks -= 1
            for condition in (self.all_tasks_done, self.not_empty, self.not_full):
                condition.notify_all()
        return dropped

    def _qsize(self):
        # Neither empty nor, as 1 is the least maxsize that counts, full.
        return 0.5 if self.closed else super()._qsize()

    def _put(self, item):
        if self.closed:
            raise Closed
        super()._put(item)

    def _get(self):
        if not self.queue:
            raise Closed
        return super()._get()


STATUS = {
    Closed: "CLOSED",
    queue.Full: "FULL",
    queue.Empty: "EMPTY",
    ValueError: "INVALID",
}


def outcome(function, *args):
    """What it returned and no error, or None and the error's name."""
    try:
        return function(*args), None
    except tuple(STATUS) as error:
        return None, STATUS[type(error)]


class Bench:
    def __init__(self, maxsize):
        self.queue = ClosableQueue(maxsize)
        self.threads = {}
        self.calls = {
            "putter": (self.queue.put, self.queue.not_full),
            "getter": (self.queue.get, self.queue.not_empty),
            "joiner": (self.queue.join, self.queue.all_tasks_done),
        }

    def must_wait(self, role):
        q = self.queue
        if role == "joiner":
            return q.unfinished_tasks > 0
        if q.closed:
            return False
        length = len(q.queue)
        return not length if role == "getter" else 0 < q.maxsize <= length

    def has_ended(self, role):
        waits = self.must_wait(role)
        thread = self.threads[role]
        waiters = self.calls[role][1]._waiters
        if waits:
            while thread.is_alive() and not waiters:
                time.sleep(0.00002)
            return not thread.is_alive()
        thread.join()
        return True

    def settle(self):
        """The words that say which threads have ended."""
        words, again = [], True
        while again:
            again = False
            for role in self.calls:
                if role not in self.threads or not self.has_ended(role):
                    continue
                value, error = self.threads.pop(role).outcome
                words.append(Word(role))
                if error:
                    words.append(Word(error))
                elif value is not None:
                    words.append(value)
                again = True
        return words

    def start(self, role, *args):
        if role in self.threads:
            raise Refuse("a %s waits already" % role)

        def run():
            thread.outcome = outcome(self.calls[role][0], *args)

        # The queue is looked at before the thread changes it.
        waits = self.must_wait(role)
        thread = threading.Thread(target=run, daemon=True)
        self.threads[role] = thread
        thread.start()
        if waits and not self.has_ended(role):
            return Word("waits")
        thread.join()
        return self.answer(*self.threads.pop(role).outcome)

    def answer(self, value, error):
        words = self.settle()
        if error:
            raise Fail(error)
        return words if value is None else [value] + words

    def close(self):
        self.queue.shutdown(False)
        for role in list(self.threads):
            while role == "joiner" and self.queue.unfinished_tasks:
                self.queue.task_done()
            self.threads.pop(role).join()


benches = []


def new(maxsize):
    bench = Bench(maxsize)
    benches.append(bench)
    make("queue", bench)


def free(handle):
    for role in handle.object.calls:
        if role in handle.object.threads:
            raise Refuse("a %s waits" % role)
    handle.drop()


def refuse_long_wait(bench, role, ms):
    if (ms == -1 or ms > LONGEST_WAIT_MS) and bench.must_wait(role):
        raise Refuse("would wait too long")


def arguments(ms):
    """`block` and `timeout` as Queue.put and Queue.get take them."""
    return (True, None) if ms == -1 else (True, ms / 1000)


def put_for(handle, value, ms):
    bench = handle.object
    refuse_long_wait(bench, "putter", ms)
    # Queue.put looks at the timeout only where there is a bound.
    if ms < -1:
        raise Fail("INVALID")
    return bench.answer(*outcome(bench.queue.put, value, *arguments(ms)))


def get_for(handle, ms):
    bench = handle.object
    refuse_long_wait(bench, "getter", ms)
    return bench.answer(*outcome(bench.queue.get, *arguments(ms)))


def task_done(handle):
    return handle.object.answer(*outcome(handle.object.queue.task_done))


def shutdown(handle, immediate, told):
    dropped = handle.object.queue.shutdown(immediate)
    return (dropped if told else []) + handle.object.settle()


def full(handle):
    q = handle.object.queue
    return 0 < q.maxsize <= len(q.queue) if q.closed else q.full()


def waiting(handle):
    words = []
    for role, (_, condition) in handle.object.calls.items():
        words += [Word(role + "s"), len(condition._waiters)]
    return words


def close_all():
    while benches:
        benches.pop(0).close()


serve(
    [
        Command("new", "size", new),
        Command("free", "@queue", free),
        Command("free-null", "", lambda: None),
        Command("put", "@queue int", lambda q, v: q.object.start("putter", v)),
        Command("get", "@queue", lambda q: q.object.start("getter")),
        Command("join", "@queue", lambda q: q.object.start("joiner")),
        Command("put-for", "@queue int long", put_for),
        Command("get-for", "@queue long", get_for),
        Command("shutdown", "@queue", lambda q: shutdown(q, False, True)),
        Command("shutdown-now", "@queue", lambda q: shutdown(q, True, True)),
        Command("shutdown-silently", "@queue", lambda q: shutdown(q, True, False)),
        Command("task-done", "@queue", task_done),
        Command("length", "@queue", lambda q: len(q.object.queue.queue)),
        Command("empty", "@queue", lambda q: not q.object.queue.queue),
        Command("full", "@queue", full),
        Command("waiting", "@queue", waiting),
    ],
    close=close_all,
)
