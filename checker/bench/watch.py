#!/usr/bin/env python3
"""How fast kata watch is: from a save to the line of the tests.

Against a hand-run gcc -c, link and Criterion program (the tests' object is made
beforehand), in turns, for a right and a wrong submission; medians are compared.
kata watch runs in a terminal of its own (a pty), idle before each save, and the
clock stops when the line arrives there.

The 200 ms of quiet after a save are counted in the first figure: that is what a
person waits. They are part of the contract, but not waited for in vain, as the
run begins with the save; so the second figure, with --quiet 0, is what the work
alone takes. The third is of a save while a grading is under way, which has to
be cancelled first. Exit status 1 where one of the first two is beyond 1.3.
"""

import argparse
import fcntl
import os
import pty
import re
import select
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time

from grade import KATA, ROOT, Hand, Report, topic_of

LIMIT = 1.3
# A change that fails tests and compiles; of the kata's reference.
WRONG = {"lru-cache": ("return false", "return true")}


class Watch:
    """kata watch in a terminal."""

    def __init__(self, slug, home, *options):
        self.output = b""
        self.child, self.fd = pty.fork()
        if self.child == 0:
            os.environ.update(KATA_HOME=home, NO_COLOR="1", TERM="xterm")
            os.execv(KATA, [KATA, "watch", slug, *options])
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ,
                    struct.pack("HHHH", 60, 120, 0, 0))

    def wait_for(self, pattern, seconds=120):
        """Reads until the pattern arrives; the moment when it did."""
        deadline = time.monotonic() + seconds
        while not re.search(pattern, self.output):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.fd], [], [], left)[0]:
                sys.exit("no %r within %d s; last was %r"
                         % (pattern, seconds, self.output[-2000:]))
            self.output += os.read(self.fd, 65536)
        return time.monotonic()

    def save(self, path, text, status):
        """Seconds from the save to the tests' new status."""
        self.output = b""
        start = time.monotonic()
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return self.wait_for(b"tests +" + status) - start

    def settle(self):
        self.wait_for(b"waiting for you to save")

    def end(self):
        os.write(self.fd, b"q")
        while True:
            try:
                if not os.read(self.fd, 65536):
                    break
            except OSError:
                break
        os.waitpid(self.child, 0)
        os.close(self.fd)


def by_hand(hand, source):
    """One build and run; a failing test is as good as a passing one."""
    hand.source = source
    start = time.monotonic()
    for argv in (
        ["gcc", "-std=c17", "-D_GNU_SOURCE", "-O1", "-g", "-Wall", "-Wextra",
         *hand.include, "-c", source, "-o", "sub.o"],
        ["gcc", "sub.o", "tests.o", "-o", "tests", "-lcriterion", "-lm",
         "-pthread"],
        ["./tests"],
    ):
        subprocess.run(argv, cwd=hand.folder, capture_output=True, check=False)
    return time.monotonic() - start


def variants(slug, hand):
    with open(hand.source, encoding="utf-8") as file:
        right = file.read()
    return [(b"pass", right), (b"fail", right.replace(*WRONG[slug]))]


def measure(slug, repeat, idle, *options):
    """Medians: of watch, and by hand beside it."""
    mine, hands = [], []
    with tempfile.TemporaryDirectory() as folder:
        hand = Hand(folder, topic_of(slug), slug)
        source = os.path.join(folder, hand.snake + ".c")
        attempt = os.path.join(folder, "work", slug, hand.snake + ".c")
        os.makedirs(os.path.dirname(attempt))
        both = variants(slug, hand)
        shutil.copy(hand.source, attempt)
        watch = Watch(slug, os.path.join(folder, "work"), *options)
        watch.settle()
        for i in range(2 * repeat):
            status, text = both[(i + 1) % 2]
            with open(source, "w", encoding="utf-8") as file:
                file.write(text)
            if idle:
                hands.append(by_hand(hand, source))
            mine.append(watch.save(attempt, text, status))
            if idle:
                watch.settle()
        watch.end()
    return statistics.median(mine), statistics.median(hands or [0])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("slug", nargs="?", default="lru-cache",
                        choices=sorted(WRONG))
    parser.add_argument("--repeat", type=int, default=5)
    arguments = parser.parse_args()
    slug, repeat = arguments.slug, arguments.repeat
    report = Report()

    mine, hand = measure(slug, repeat, True)
    report.line("save to the tests' line, quiet included / by hand",
                mine / hand, LIMIT, True,
                "%.0f ms / %.0f ms" % (mine * 1e3, hand * 1e3))
    mine, hand = measure(slug, repeat, True, "--quiet", "0")
    report.line("save to the tests' line, --quiet 0 / by hand", mine / hand,
                LIMIT, True, "%.0f ms / %.0f ms" % (mine * 1e3, hand * 1e3))
    mine, _ = measure(slug, repeat, False)
    print("a save while a grading is under way: %.0f ms" % (mine * 1e3))
    return report.failed


if __name__ == "__main__":
    sys.exit(main())
