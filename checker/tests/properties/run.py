#!/usr/bin/env python3
"""Holds the judge to two properties, on random submissions.

  wrong   a kata's reference with two or three of its mutants applied together
          never passes;
  right   a reference written in another way (rewrite.py) always passes.

Prints a line for each that breaks its property, with the file kept, and at the
end "N passed, N failed". --self-test turns both around, on what is known: a
reference as it is has to be found by `wrong`, and one mutant by `right`.
"""

import argparse
import concurrent.futures
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

from rewrite import rewrite

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "../../.."))
KATA = os.path.join(ROOT, "kata")


class Kata:
    def __init__(self, topic, slug):
        self.slug = slug
        self.snake = slug.replace("-", "_")
        self.solution = os.path.join(ROOT, "solutions", topic, slug)
        self.reference = os.path.join(self.solution, self.snake + ".c")
        with open(os.path.join(ROOT, "katas", topic, slug,
                               self.snake + ".h")) as file:
            self.header = file.read()
        folder = os.path.join(self.solution, "mutants")
        self.mutants = sorted(os.path.join(folder, name)
                              for name in os.listdir(folder)
                              if name.endswith(".patch"))


def katas(slugs):
    found = [Kata(topic, slug)
             for topic in sorted(os.listdir(os.path.join(ROOT, "katas")))
             for slug in sorted(os.listdir(os.path.join(ROOT, "katas", topic)))]
    unknown = set(slugs) - {kata.slug for kata in found}
    if unknown:
        sys.exit(f"there is no kata {', '.join(sorted(unknown))}")
    return [kata for kata in found if not slugs or kata.slug in slugs]


def patched(path, patch):
    """Applies a mutant; False, with the file as it was, where it does not."""
    shutil.copy(path, path + ".before")
    done = subprocess.run(["patch", "-s", "-p1", "-f", "-r", "-", path, patch],
                          cwd=os.path.dirname(path), capture_output=True)
    if done.returncode != 0:
        shutil.copy(path + ".before", path)
    os.remove(path + ".before")
    if os.path.exists(path + ".orig"):
        os.remove(path + ".orig")
    return done.returncode == 0


def make_wrong(kata, path, rng, count=None):
    """The reference with mutants; their names."""
    shutil.copy(kata.reference, path)
    count = rng.choice([2, 3]) if count is None else count
    applied = []
    for patch in rng.sample(kata.mutants, len(kata.mutants)):
        if len(applied) < count and patched(path, patch):
            applied.append(os.path.basename(patch)[:-len(".patch")])
    return applied


def make_right(kata, path, seed):
    """The reference in other words; which ways were gone."""
    with open(kata.reference) as file:
        text, ways = rewrite(file.read(), kata.header, seed)
    with open(path, "w") as file:
        file.write(text)
    return ways


def verdict(kata, path, seed, home):
    """(verdict, category), graded as somebody else's file."""
    result = path + ".json"
    subprocess.run([KATA, "grade", kata.slug, path, "--foreign", "--seed",
                    str(seed), "--jobs", "1", "--format", "json", "-o", result],
                   capture_output=True, stdin=subprocess.DEVNULL,
                   env={**os.environ, "KATA_HOME": home})
    try:
        with open(result) as file:
            read = json.load(file)
    except (OSError, ValueError):
        return "none", "no result"
    return read["verdict"], next(
        (stage["category"] for stage in read["stages"]
         if stage["status"] in ("fail", "error") and stage["name"] != "style"),
        "")


def try_one(job):
    """None where the property holds, else what broke it."""
    kata, prop, seed, folder, turned = job
    path = os.path.join(folder, f"{kata.slug}-{prop}-{seed}", kata.snake + ".c")
    os.makedirs(os.path.dirname(path))
    rng = random.Random(seed)
    if prop == "wrong":
        made = make_wrong(kata, path, rng, 0 if turned else None)
    elif turned:
        made = make_wrong(kata, path, rng, 1)
    else:
        made = make_right(kata, path, seed)
    got, category = verdict(kata, path, seed, folder)
    if got == ("fail" if prop == "wrong" else "pass"):
        return None
    return (f"FAIL  {kata.slug}: {prop}, seed {seed}: "
            f"{', '.join(made) or 'reference'}: {got} {category}\n      {path}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("slugs", nargs="*", metavar="SLUG")
    parser.add_argument("--count", type=int, default=2,
                        help="submissions a kata and property (2)")
    parser.add_argument("--seed", type=int, help="of the first (random)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--self-test", action="store_true")
    options = parser.parse_args()
    first = (random.randrange(10 ** 9) if options.seed is None
             else options.seed)
    folder = tempfile.mkdtemp(prefix="properties-")
    os.chmod(folder, 0o755)
    jobs = [(kata, prop, first + i, folder, options.self_test)
            for kata in katas(options.slugs) for prop in ("wrong", "right")
            for i in range(options.count)]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        broken = [found for found in pool.map(try_one, jobs) if found]
    print("\n".join(broken) if not options.self_test else "")
    print(f"seed {first}")
    if not broken or options.self_test:
        shutil.rmtree(folder)
    failed = len(broken)
    if options.self_test:
        failed = len(jobs) - failed
    print(f"{len(jobs) - failed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
