#!/usr/bin/python3
"""Runs a program on a terminal of its own and talks to it.

    terminal.py COMMAND... <<'SCRIPT'
    see TEXT           wait until it has printed that, since the last `see`
    type TEXT          type it, and Enter
    interrupt TEXT     press Ctrl-C, again each second, until it prints that
    SCRIPT

Prints what the program printed. The exit status is the program's, 124 where
something was waited for for a minute, 128 and the signal where one ended it.
"""

import os
import pty
import select
import signal
import sys
import time

PATIENCE = 60


class Terminal:
    def __init__(self, argv):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            # Shells have what they start in the background ignore it.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.execvp(argv[0], argv)
        self.printed, self.seen = b"", 0

    def read(self, seconds):
        """False at the end of what the program prints."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return True
        try:
            got = os.read(self.fd, 65536)
        except OSError:  # the other end is closed
            got = b""
        self.printed += got
        return got != b""

    def find(self, text):
        at = self.printed.find(text, self.seen)
        if at >= 0:
            self.seen = at + len(text)
        return at >= 0

    def see(self, text, press=None):
        deadline, again = time.monotonic() + PATIENCE, 0
        while not self.find(text):
            now = time.monotonic()
            if now > deadline:
                raise TimeoutError
            if press and now >= again:
                os.write(self.fd, press)
                again = now + 1
            if not self.read(0.1):
                raise EOFError

    def end(self):
        deadline = time.monotonic() + PATIENCE
        while self.read(0.1):
            if time.monotonic() > deadline:
                raise TimeoutError
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def follow(terminal, script):
    for line in script:
        verb, _, text = line.rstrip("\n").partition(" ")
        if verb == "type":
            os.write(terminal.fd, text.encode() + b"\n")
        elif verb == "interrupt":
            terminal.see(text.encode(), b"\3")
        else:
            terminal.see(text.encode())
    status = terminal.end()
    return status if status >= 0 else 128 - status


def main():
    terminal = Terminal(sys.argv[1:])
    try:
        status = follow(terminal, sys.stdin.readlines())
    except (TimeoutError, EOFError):
        os.kill(terminal.pid, signal.SIGKILL)
        status = 124
    sys.stdout.write(terminal.printed.decode(errors="replace"))
    sys.exit(status)


main()
