#!/usr/bin/env python3
"""Grades a generated class with `kata batch` and holds each verdict to the one
that was declared (generate.py).

Each engine of --engines grades the class into a folder of its own, and their
results have to be equal but for times. --kills N grades it once more with that
many kill -9 at random moments and --resume after each: nothing that was graded
may be graded again, and the results have to be the same. A class in --keep is
gone on with.

Prints what is not as it should be, a table, and "N passed, N failed", which
counts submissions and comparisons. Before, wrong declarations are planted for
the harness to find (self-test).
"""

import argparse
import collections
import copy
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile

from generate import ROOT, generate

KATA = ROOT / "kata"
TIMES = {"seconds"}


def command(part, out, options, engine):
    argv = [KATA, "batch", part.path, "--kata", part.slug, "-o", out,
            "--seed", str(options.seed), "--engine", engine, "--resume"]
    return argv + (["--jobs", str(options.jobs)] if options.jobs else [])


def results(out):
    """{student: result} of a batch."""
    found = {}
    try:
        with open(out / "results.jsonl") as file:
            for line in file:
                result = json.loads(line)
                found[result["student"]] = result
    except OSError:
        pass
    return found


def said(result):
    return " ".join([stage.get("reason") or "" for stage in result["stages"]] +
                    [finding.get("message", "") for stage in result["stages"]
                     for finding in stage.get("findings", [])])


def compare(declared, graded):
    """What is not as declared, a line each."""
    wrong = [f"{student}: graded, and nobody handed in"
             for student in sorted(set(graded) - set(declared))]
    for student, due in sorted(declared.items()):
        result = graded.get(student)
        if not result:
            wrong.append(f"{student}: {due.kind}: no result")
        elif result["verdict"] != due.verdict:
            wrong.append(f"{student}: {due.kind}: {result['verdict']}, not "
                         f"{due.verdict}: {said(result)[:160]}")
        elif due.says and not re.search(due.says, said(result)):
            wrong.append(f"{student}: {due.kind}: does not say "
                         f"/{due.says}/: {said(result)[:160]}")
        elif "llegal instruction" in said(result):
            wrong.append(f"{student}: {due.kind}: the attack worked")
    return wrong


def timeless(value):
    """A result without its times."""
    if isinstance(value, dict):
        return {key: timeless(each) for key, each in value.items()
                if key not in TIMES}
    if isinstance(value, list):
        return [timeless(each) for each in value]
    return value


def differing(one, other):
    """The students whose results differ in more than times."""
    return sorted(student for student in set(one) | set(other)
                  if timeless(one.get(student)) !=
                  timeless(other.get(student)))


def grade(part, out, options, engine):
    done = subprocess.run(command(part, out, options, engine),
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    due = 3 if any(each.verdict == "error"
                   for each in part.declared.values()) else 0
    if done.returncode != due:
        return [f"{part.slug}: kata batch ended with {done.returncode}, not "
                f"{due}: {done.stdout[-500:]}"]
    return []


# Killed in the middle


def graded_once(out):
    """What was graded: the result files, by name, with inode and time."""
    found = {}
    for path in (out / ".kata" / "graded").glob("*"):
        about = path.stat()
        found[path.name] = (about.st_ino, about.st_mtime_ns)
    return found


def kill_once(part, out, options, delay):
    """Starts or goes on, and kills; whether there was something to kill."""
    batch = subprocess.Popen(command(part, out, options, options.engines[0]),
                             stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
    try:
        batch.wait(timeout=delay)
        return False
    except subprocess.TimeoutExpired:
        batch.send_signal(signal.SIGKILL)
        batch.wait()
        return True


def grade_killed(part, out, options, rng, seconds):
    """Grades with kills; (how many there were, what went wrong)."""
    wrong, kills, before = [], 0, {}
    for _ in range(options.kills):
        kills += kill_once(part, out, options,
                           rng.uniform(0.05, 2 * seconds / options.kills))
        after = graded_once(out)
        again = [name for name in before if before[name] != after.get(name)]
        wrong += [f"{part.slug}: lost or graded again after a kill: {name}"
                  for name in again]
        before = after
    wrong += grade(part, out, options, options.engines[0])
    after = graded_once(out)
    wrong += [f"{part.slug}: lost or graded again at the end: {name}"
              for name in before if before[name] != after.get(name)]
    return kills, wrong


def try_kills(parts, folder, options):
    """One part is killed in the middle: that with most submissions."""
    part = max(parts, key=lambda part: len(part.declared))
    rng, out = random.Random(options.seed), folder / "killed"
    shutil.rmtree(out, ignore_errors=True)
    whole = results(folder / options.engines[0] / part.path.name)
    alone = sum(result["seconds"] for result in whole.values())
    kills, wrong = grade_killed(part, out, options, rng,
                                alone / (options.jobs or os.cpu_count() or 1))
    wrong += [f"{student}: killed and resumed, the result differs"
              for student in differing(whole, results(out))]
    if sorted(os.listdir(out / "results")) != sorted(os.listdir(
            folder / options.engines[0] / part.path.name / "results")):
        wrong.append(f"{part.slug}: not the same files after kills")
    print(f"{kills} of {options.kills} kills while {part.slug} was graded")
    if kills == 0:
        wrong.append("no kill came in time")
    return wrong


# Does it notice?


def planted(declared, graded):
    """Wrong declarations and results that `compare` has to report: what it
    does not find. All else is as declared."""
    missed = []
    for verdict in ("pass", "fail", "error"):
        student = next((student for student, due in sorted(declared.items())
                        if due.verdict == verdict and
                        graded.get(student, {}).get("verdict") == verdict), "")
        if not student:
            continue
        for key, value in (("verdict", "fail" if verdict == "pass" else "pass"),
                           ("says", "no such thing")):
            wrong = dict(declared)
            wrong[student] = copy.copy(declared[student])
            setattr(wrong[student], key, value)
            if len(compare(wrong, graded)) <= len(compare(declared, graded)):
                missed.append(f"a wrong {key} for {verdict} is not found")
        less = {name: result for name, result in graded.items()
                if name != student}
        if not any("no result" in line for line in compare(declared, less)):
            missed.append("a result that is missing is not found")
        changed = copy.deepcopy(graded)
        changed[student]["score"] = -1
        if differing(graded, changed) != [student]:
            missed.append("another score is not found")
    if not any("nobody" in line for line in compare({}, graded)):
        missed.append("a student too many is not found")
    return missed


# All of it


def table(parts, engine_out):
    rows = collections.OrderedDict()
    for part in parts:
        graded = results(engine_out / part.path.name)
        for student, due in part.declared.items():
            kind = due.kind.split()[0].rstrip(",")
            row = rows.setdefault(kind, collections.Counter())
            row["all"] += 1
            row[graded.get(student, {}).get("verdict", "none")] += 1
    print(f"\n{'submission':12}{'all':>6}{'pass':>6}{'fail':>6}{'error':>7}"
          f"{'none':>6}")
    for kind, row in sorted(rows.items()):
        print(f"{kind:12}{row['all']:6}{row['pass']:6}{row['fail']:6}"
              f"{row['error']:7}{row['none']:6}")


def run_engine(parts, folder, options, engine):
    """Grades all with an engine; what is wrong, a line each."""
    wrong = []
    for part in parts:
        out = folder / engine / part.path.name
        out.parent.mkdir(exist_ok=True)
        wrong += grade(part, out, options, engine)
        wrong += [f"{part.path.name}/{line}"
                  for line in compare(part.declared, results(out))]
    return wrong


def run_all(folder, options):
    submissions = folder / "class"
    shutil.rmtree(submissions, ignore_errors=True)
    submissions.mkdir(parents=True)
    parts = generate(submissions, options.count, options.seed)
    wrong, first, checks = [], options.engines[0], 0
    for engine in options.engines:
        wrong += run_engine(parts, folder, options, engine)
        checks += sum(len(part.declared) for part in parts)
    for engine in options.engines[1:]:
        for part in parts:
            checks += 1
            wrong += [f"{student}: {engine} and {first} differ"
                      for student in differing(
                          results(folder / first / part.path.name),
                          results(folder / engine / part.path.name))]
    if options.kills:
        checks += 1
        wrong += try_kills(parts, folder, options)
    missed = [line for part in parts for line in planted(
        part.declared, results(folder / first / part.path.name))]
    if not missed:
        print("self-test: all that is planted is found")
    for line in wrong + [f"self-test: {line}" for line in missed]:
        print(f"FAIL  {line}")
    table(parts, folder / first)
    return checks + 1, wrong + missed


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--count", type=int, default=40,
                        help="submissions (40)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, help="at the same time")
    parser.add_argument("--engines", type=str.split, default=["local"],
                        help="of kata batch, separated by spaces (local)")
    parser.add_argument("--kills", type=int, default=0,
                        help="kill -9 so often and resume (0)")
    parser.add_argument("--keep", type=pathlib.Path, metavar="DIR",
                        help="work here and leave it; go on with what is there")
    options = parser.parse_args()
    folder = options.keep or pathlib.Path(tempfile.mkdtemp(prefix="class-"))
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    checks, wrong = run_all(folder.resolve(), options)
    if wrong:
        print(f"\nkept: {folder}")
    elif not options.keep:
        shutil.rmtree(folder)
    failed = min(len(wrong), checks)
    print(f"\nseed {options.seed}\n{checks - failed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
