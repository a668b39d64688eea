#!/usr/bin/env python3
"""How fast grading is, as ratios between things run side by side.

Prints, for a kata (default lru-cache):
  - kata test, against compiling the submission, linking and running the
    Criterion program by hand (the tests' object is made beforehand);
  - kata grade, against the same Criterion program under Valgrind with its
    children traced, which is how one would look for leaks without kata;
  - kata grade, against its own longest stage;
  - kata list over a hundred katas, in milliseconds and against /bin/true.
Runs are interleaved, and medians compared. Exit status 1 where a ratio is
beyond its limit.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
)
KATA = os.path.join(ROOT, "kata")
FLAGS = ["-std=c17", "-D_GNU_SOURCE", "-O1", "-g", "-Wall", "-Wextra"]


def run(argv, **options):
    start = time.monotonic()
    result = subprocess.run(argv, capture_output=True, **options)
    return time.monotonic() - start, result


def must(argv, **options):
    seconds, result = run(argv, **options)
    if result.returncode != 0:
        sys.exit("%s: %s" % (argv, result.stderr.decode()))
    return seconds, result


def interleave(repeat, *functions):
    """The median seconds of each function, called in turns."""
    times = [[] for _ in functions]
    for _ in range(repeat):
        for i, function in enumerate(functions):
            times[i].append(function())
    return [statistics.median(t) for t in times]


class Hand:
    """What a person would type."""

    def __init__(self, folder, topic, slug):
        self.folder = folder
        self.snake = slug.replace("-", "_")
        katas = os.path.join(ROOT, "katas", topic, slug)
        self.include = ["-I" + katas]
        solutions = os.path.join(ROOT, "solutions", topic, slug)
        self.source = os.path.join(solutions, self.snake + ".c")
        tests = os.path.join(katas, "test_%s.c" % self.snake)
        must(["gcc", *FLAGS, *self.include, "-c", tests, "-o", "tests.o"],
             cwd=folder)

    def build_and_test(self):
        total = 0
        for argv in (
            ["gcc", *FLAGS, *self.include, "-c", self.source, "-o", "sub.o"],
            ["gcc", "sub.o", "tests.o", "-o", "tests", "-lcriterion", "-lm",
             "-pthread"],
            ["./tests"],
        ):
            total += must(argv, cwd=self.folder)[0]
        return total

    def valgrind(self):
        return run(["valgrind", "--trace-children=yes", "--leak-check=full",
                    "-q", "./tests"], cwd=self.folder)[0]


def topic_of(slug):
    for topic in os.listdir(os.path.join(ROOT, "katas")):
        if os.path.isdir(os.path.join(ROOT, "katas", topic, slug)):
            return topic
    sys.exit("no kata " + slug)


def kata_test(slug):
    return must([KATA, "test", slug, "--solution"])[0]


def kata_grade(slug):
    seconds, result = must([KATA, "grade", slug, "--solution", "--format",
                            "json"])
    stages = json.loads(result.stdout)["stages"]
    return seconds, max(stage["seconds"] for stage in stages)


def hundred_katas(folder, topic, slug):
    """A root with the kata copied a hundred times under other names."""
    root = os.path.join(folder, "hundred")
    for i in range(100):
        copy = os.path.join(root, "katas", topic, "%s-%d" % (slug, i))
        shutil.copytree(os.path.join(ROOT, "katas", topic, slug), copy)
    return root


class Report:
    def __init__(self):
        self.failed = False

    def line(self, what, ratio, limit, at_most, detail):
        ok = ratio <= limit if at_most else ratio >= limit
        self.failed |= not ok
        print("%-52s %6.2f  (%s %g)  %s%s"
              % (what, ratio, "at most" if at_most else "at least", limit,
                 detail, "" if ok else "  MISSED"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("slug", nargs="?", default="lru-cache")
    parser.add_argument("--repeat", type=int, default=9)
    arguments = parser.parse_args()
    slug, repeat = arguments.slug, arguments.repeat
    topic, report = topic_of(slug), Report()

    with tempfile.TemporaryDirectory() as folder:
        hand = Hand(folder, topic, slug)
        hand.build_and_test(), kata_grade(slug)
        mine, by_hand = interleave(repeat, lambda: kata_test(slug),
                                   hand.build_and_test)
        report.line("kata test / gcc -c, link, run by hand", mine / by_hand,
                    1.3, True, "%.0f ms / %.0f ms" % (mine * 1e3,
                                                      by_hand * 1e3))
        grades = [kata_grade(slug) for _ in range(repeat)]
        grade = statistics.median(g[0] for g in grades)
        traced = hand.valgrind()
        report.line("Criterion under Valgrind, children traced / kata grade",
                    traced / grade, 8, False,
                    "%.2f s / %.2f s" % (traced, grade))
        report.line("kata grade / its longest stage",
                    statistics.median(g[0] / g[1] for g in grades), 1.5, True,
                    "")
        environment = dict(os.environ,
                           KATA_ROOT=hundred_katas(folder, topic, slug))
        listing, true = interleave(
            3 * repeat,
            lambda: must([KATA, "list"], env=environment)[0],
            lambda: must(["true"])[0])
        report.line("kata list over 100 katas, ms (/bin/true %.1f ms)"
                    % (true * 1e3), listing * 1e3, 20, True, "")
    return report.failed


if __name__ == "__main__":
    sys.exit(main())
