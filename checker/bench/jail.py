#!/usr/bin/env python3
"""What the jail costs.

Prints, for each profile, how much longer `true` takes in an empty jail than
without one, and for a full grade (default lru-cache) how many jails it starts,
and what they cost as a part of all the time that its stages take. Counted with
a bwrap of our own in front of the real one; timed without it. Times are the
shortest of several, which a busy machine disturbs least. Exit status 1 where a
limit is missed.
"""

import argparse
import collections
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading

ROOT = os.path.dirname(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
)
KATA = os.path.join(ROOT, "kata")
EACH_MS, SHARE = 15, 10  # what it may cost: a process, per cent of a grade

COUNTER = """#!/bin/sh
echo "$*" >>'%s'
exec '%s' "$@"
"""


def run(argv, **options):
    done = subprocess.run(argv, capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit("%s: %s" % (argv, done.stderr or done.stdout))
    return done.stdout


def ahead():
    """Where it is allowed, ahead of all else that the machine does."""
    command = ["chrt", "--fifo", "1"]
    refused = subprocess.run(command + ["true"], stderr=subprocess.DEVNULL)
    return [] if refused.returncode else command


def empty_jails(times):
    run(["make", "-C", ROOT, "--no-print-directory", "build/debug/empty_jail"])
    program = os.path.join(ROOT, "build", "debug", "empty_jail")
    return json.loads(run(ahead() + [program, str(times)]))


def profile_of(arguments):
    """By what only that profile mounts."""
    if "/usr/include" in arguments:
        return "compile"
    if "/usr/libexec" in arguments or "valgrind" in arguments:
        return "valgrind"
    if "/dev/shm" in arguments:
        return "tests"
    return "threads" if "--proc" in arguments else "agent"


def count_jails(slug, grade):
    """How many of each profile a grade starts. They say so through a pipe, for
    an agent's jail can write no file."""
    with tempfile.TemporaryDirectory() as folder:
        pipe, bwrap = os.path.join(folder, "pipe"), os.path.join(folder, "bwrap")
        os.mkfifo(pipe)
        with open(bwrap, "w") as file:
            file.write(COUNTER % (pipe, shutil.which("bwrap")))
        for path, mode in (folder, 0o755), (bwrap, 0o755), (pipe, 0o666):
            os.chmod(path, mode)
        lines = []
        with open(os.open(pipe, os.O_RDWR)) as reader:
            thread = threading.Thread(
                target=lambda: lines.extend(iter(reader.readline, "end\n")))
            thread.start()
            grade(slug, dict(os.environ,
                             PATH=folder + ":" + os.environ["PATH"]))
            with open(pipe, "w") as writer:
                writer.write("end\n")
            thread.join()
    return collections.Counter(profile_of(line) for line in lines
                               if "--version" not in line)


def grade(slug, environment=None):
    """One stage after the other, so that their times can be added."""
    result = json.loads(run(
        ahead() + [KATA, "grade", slug, "--solution", "--seed", "1",
                   "--first-failure", "--format", "json"], env=environment))
    if result["verdict"] != "pass":
        sys.exit("the reference of %s does not pass" % slug)
    return result["seconds"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("slug", nargs="?", default="lru-cache")
    parser.add_argument("--repeat", type=int, default=5)
    arguments = parser.parse_args()
    grade(arguments.slug)  # fills the cache
    count = count_jails(arguments.slug, grade)
    seconds = min(grade(arguments.slug) for _ in range(arguments.repeat))
    jails = empty_jails(10 * arguments.repeat)
    failed, total = False, 0
    for name, times in jails.items():
        cost = times["jailed"] - times["bare"]
        total += cost * count[name]
        failed |= cost > EACH_MS
        print("%-10s %6.1f ms a process (at most %d)  %.1f ms / %.1f ms, "
              "%d in a grade%s"
              % (name, cost, EACH_MS, times["jailed"], times["bare"],
                 count[name], "  MISSED" if cost > EACH_MS else ""))
    share = 100 * total / (seconds * 1e3)
    failed |= share > SHARE
    print("%-10s %6.1f %% of a grade (at most %d)  %.0f ms in %d jails / "
          "%.0f ms%s" % (arguments.slug, share, SHARE, total,
                         sum(count.values()), seconds * 1e3,
                         "  MISSED" if share > SHARE else ""))
    return failed


if __name__ == "__main__":
    sys.exit(main())
