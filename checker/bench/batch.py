#!/usr/bin/env python3
"""What a batch costs beside the gradings themselves.

Prints, for a kata (default cycle-detection):
  - the throughput of `kata batch --jobs 2` over twice that of one job;
  - its time against GNU parallel that runs `kata grade` on the same files, and
    on the reference, which a batch grades first;
  - the peak memory of the batch process at 3,000 submissions over that at 30,
    with a stand-in for the gradings.
Runs are interleaved, and medians compared. Exit status 1 where a ratio is
beyond its limit. A ratio of throughputs says nothing on a busy machine.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from grade import KATA, ROOT, Report, interleave, must

sys.path.insert(0, os.path.join(ROOT, "checker", "tests", "properties"))

import run as properties  # noqa: E402
from rewrite import rewrite  # noqa: E402

STAND_IN = """#!/bin/sh
for each; do
    case $each in --output=*) out=${each#--output=} ;; esac
done
echo '{"schema":"kata-result/1","kata":"SLUG","verdict":"pass","score":100,
"max_score":100,"seed":1,"seconds":0,"stages":[],
"provenance":{"submission":"","kata":"","checker":"","toolchain":"","sandbox":""}}' >"$out.new"
mv "$out.new" "$out"
"""


def submissions(folder, kata, count):
    """A file a student, all right and all different, and the reference.

    None prints at every call: who reads that, and on which core, would be
    measured instead."""
    files = []
    with open(kata.reference) as file:
        reference = file.read()
    for i in range(count):
        path = os.path.join(folder, "in", "s%d" % i, kata.snake + ".c")
        os.makedirs(os.path.dirname(path))
        with open(path, "w") as file:
            file.write(rewrite(reference, kata.header, i,
                               ["order", "names", "memory"])[0])
        files.append(path)
    return [kata.reference] + files


class Batch:
    """A new OUT each time: nothing of a run before is taken."""

    def __init__(self, folder, slug):
        self.folder, self.slug, self.runs = folder, slug, 0

    def argv(self, source, jobs, *more):
        self.runs += 1
        return [KATA, "batch", source, "--kata", self.slug, "--seed", "1",
                "--jobs", str(jobs), "-o",
                os.path.join(self.folder, "out-%d" % self.runs), *more]

    def seconds(self, jobs):
        return must(self.argv(os.path.join(self.folder, "in"), jobs))[0]


def by_parallel(slug, files):
    with tempfile.TemporaryDirectory() as out:
        return must(["parallel", "--will-cite", "-j2", KATA, "grade", slug,
                     "{}", "--foreign", "--jobs", "1", "--seed", "1",
                     "--format", "json", "-o", out + "/{#}.json", ":::",
                     *files])[0]


def peak_kib(argv):
    """Of this process alone, as the kernel has noted it before its end."""
    peak = 0
    with open(os.devnull, "w") as null:
        process = subprocess.Popen(argv, stdin=null, stdout=null, stderr=null)
    status = pathlib.Path("/proc/%d/status" % process.pid)
    while process.poll() is None:
        try:
            for line in status.read_text().splitlines():
                if line.startswith("VmHWM:"):
                    peak = max(peak, int(line.split()[1]))
        except OSError:
            pass
        time.sleep(0.01)
    if process.returncode != 0:
        sys.exit("%s: status %d" % (argv, process.returncode))
    return peak


def memory(folder, batch, count):
    """Peak memory at so many submissions, that all differ."""
    source = os.path.join(folder, "many-%d" % count)
    os.mkdir(source)
    for i in range(count):
        with open(os.path.join(source, "s%d.c" % i), "w") as file:
            file.write("int x%d;\n" % i)
    worker = os.path.join(folder, "worker")
    with open(worker, "w") as file:
        file.write(STAND_IN.replace("SLUG", batch.slug))
    os.chmod(worker, 0o755)
    return peak_kib(batch.argv(source, 2, "--worker", worker))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("slug", nargs="?", default="cycle-detection")
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--memory", action="store_true", help="that alone")
    arguments = parser.parse_args()
    (kata,) = properties.katas([arguments.slug])
    report = Report()
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        batch = Batch(folder, kata.slug)
        few, many = memory(folder, batch, 30), memory(folder, batch, 3000)
        report.line("memory at 3,000 submissions / at 30", many / few, 1.25,
                    True, "%d KiB / %d KiB" % (many, few))
        if arguments.memory:
            return report.failed
        files = submissions(folder, kata, arguments.count)
        must([KATA, "grade", kata.slug, "--solution"])  # its caches
        one, two, parallel = interleave(
            arguments.repeat, lambda: batch.seconds(1),
            lambda: batch.seconds(2), lambda: by_parallel(kata.slug, files))
        report.line("throughput of --jobs 2 / twice that of one job",
                    one / (2 * two), 0.85, False,
                    "%.1f s / 2 x %.1f s" % (one, two))
        report.line("kata batch --jobs 2 / GNU parallel -j2 kata grade",
                    two / parallel, 1.1, True,
                    "%.1f s / %.1f s" % (two, parallel))
    return report.failed


if __name__ == "__main__":
    sys.exit(main())
