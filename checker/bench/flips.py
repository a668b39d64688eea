#!/usr/bin/env python3
"""Whether a verdict ever flips, on a machine that is busy with other things.

Grades each reference --grades times, each with a seed of its own, and each
mutant that is a data race or a deadlock in the threads stage as often by that
stage, while two busy loops a processor run beside. Prints, for each, how many times of how
many the verdict was the declared one; exit status 1 where one flipped. With
the default of 100 that takes the better part of an hour on two processors.
"""

import argparse
import concurrent.futures
import json
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
)
KATA = os.path.join(ROOT, "kata")


def folders(slugs):
    top = os.path.join(ROOT, "solutions")
    for topic in sorted(os.listdir(top)):
        for slug in sorted(os.listdir(os.path.join(top, topic))):
            if not slugs or slug in slugs:
                yield slug, os.path.join(top, topic, slug)


def header(patch, key):
    with open(patch) as file:
        for line in file:
            if line.startswith(key + ": "):
                return line[len(key) + 2:].strip()
    return ""


def subjects(slugs, work):
    """(name, slug, file, expected verdict)"""
    for slug, folder in folders(slugs):
        name = slug.replace("-", "_") + ".c"
        yield slug, slug, os.path.join(folder, name), "pass"
        mutants = os.path.join(folder, "mutants")
        for patch in sorted(os.listdir(mutants)):
            path = os.path.join(mutants, patch)
            if header(path, "Stage") != "threads":
                continue
            copy = os.path.join(work, slug + "-" + patch[:-len(".patch")])
            os.makedirs(copy)
            shutil.copy(os.path.join(folder, name), copy)
            subprocess.run(["patch", "-s", "-p1", "-i", path], cwd=copy,
                           check=True)
            yield (f"{slug}, {patch[:-len('.patch')]}", slug,
                   os.path.join(copy, name), header(path, "Verdict"))


def grade(slug, path, want, seed, work):
    """"pass", the category of what failed first, or why there is none."""
    out = os.path.join(work, f"{os.path.basename(path)}-{seed}.json")
    stages = [] if want == "pass" else ["--stage", "threads"]
    subprocess.run([KATA, "grade", slug, path, "--foreign", "--seed",
                    str(seed), "--format", "json", "-o", out] + stages,
                   env={**os.environ, "KATA_HOME": work},
                   stdin=subprocess.DEVNULL, capture_output=True)
    try:
        with open(out) as file:
            read = json.load(file)
    except (OSError, ValueError):
        return "no result"
    finally:
        if os.path.exists(out):
            os.remove(out)
    if read["verdict"] == "pass":
        return "pass"
    return next(stage["category"] for stage in read["stages"]
                if stage["status"] in ("fail", "error"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("slugs", nargs="*", metavar="SLUG")
    parser.add_argument("--grades", type=int, default=100)
    parser.add_argument("--loops", type=int, default=2 * os.cpu_count(),
                        help="busy loops beside (two a processor)")
    parser.add_argument("--jobs", type=int, default=2)
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--references", action="store_true", help="no mutants")
    kind.add_argument("--mutants", action="store_true", help="no references")
    options = parser.parse_args()
    work = tempfile.mkdtemp(prefix="flips-")
    os.chmod(work, 0o755)
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"])
             for _ in range(options.loops)]
    flipped = 0
    try:
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for name, slug, path, want in subjects(options.slugs, work):
                if options.mutants if want == "pass" else options.references:
                    continue
                got = list(pool.map(
                    lambda seed: grade(slug, path, want, seed, work),
                    range(1, options.grades + 1)))
                others = {v: got.count(v) for v in set(got) - {want}}
                flipped += bool(others)
                print(f"{name:44} {want} {got.count(want)} of {len(got)}"
                      + "".join(f", {v} {n}" for v, n in others.items()),
                      flush=True)
    finally:
        for loop in loops:
            loop.terminate()
            loop.wait()
        shutil.rmtree(work, ignore_errors=True)
    return flipped > 0


if __name__ == "__main__":
    sys.exit(main())
