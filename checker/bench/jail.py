#!/usr/bin/env python3
"""What the jail costs.

Prints, for each profile, how much longer `true` takes in an empty jail than
without one, and for a full grade (default lru-cache) how many jails it starts,
and what they cost as a part of all the time that its stages take. Counted with
a bwrap of our own in front of the real one; timed without it. Exit status 1
where a limit is missed.
"""

import argparse
import collections
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

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
        sys.exit("%s: %s" % (argv, done.stderr))
    return done.stdout


def empty_jails(times):
    run(["make", "-C", ROOT, "--no-print-directory", "build/debug/empty_jail"])
    program = os.path.join(ROOT, "build", "debug", "empty_jail")
    return json.loads(run([program, str(times)]))


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
    """How many of each profile a grade starts."""
    with tempfile.TemporaryDirectory() as folder:
        log, bwrap = os.path.join(folder, "log"), os.path.join(folder, "bwrap")
        with open(bwrap, "w") as file:
            file.write(COUNTER % (log, shutil.which("bwrap")))
        os.chmod(bwrap, 0o755)
        os.chmod(folder, 0o777)
        open(log, "w").close()
        os.chmod(log, 0o666)
        grade(slug, dict(os.environ, PATH=folder + ":" + os.environ["PATH"]))
        with open(log) as file:
            lines = [line for line in file if "--version" not in line]
    return collections.Counter(map(profile_of, lines))


def grade(slug, environment=None):
    """One stage after the other, so that their times can be added."""
    result = json.loads(run([KATA, "grade", slug, "--solution", "--seed", "1",
                             "--first-failure", "--format", "json"],
                            env=environment))
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
    seconds = statistics.median(grade(arguments.slug)
                                for _ in range(arguments.repeat))
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
