#!/usr/bin/env python3
"""Grades hostile submissions and holds each against the verdict it must get.

    run.py [--jobs N] [--self-test] [CLASS[/NAME]]...

Each CLASS/NAME/ has a case.json and an attack.c. The submission is made of
attack.c and a base, the kata's reference or its stub, whose lru_cache_new is
wrapped so that attack() runs first ("hook": false leaves it as it is; base
"none" is attack.c alone).

case.json: why (a line), base, hook, verdict, category (those that will do), and
control: what the attack does where nothing holds it, so that a case that
attacks nothing is found out. The submission is linked with a driver that makes
a few calls and returns 7, and run as it is, bounded in time, memory and
processes:

    {"exit": N}      ends with that status instead of 7
    {"prints": RE}   standard output or error matches
    {"file": NAME}   makes that file in the current folder
    {"hangs": true}  is still there after the time
    {"dies": true}   is ended by a signal
    {"builds": RE}   the compiler's output matches (or it was ended)
    {"criterion": 0} the kata's tests under stock Criterion end with that status
    {"none": WHY}    honest code: there is nothing to hold

After each grade no process, file or shared memory may be left. Prints a table,
a line a class, and "N passed, N failed".
"""

import argparse
import concurrent.futures
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
KATAS = os.path.join(ROOT, "katas", "containers", "lru-cache")
SOLUTION = os.path.join(ROOT, "solutions", "containers", "lru-cache")
NOBODY = 64999  # owns nothing and runs nothing else
GRACE = 1.0  # seconds over a stage's limit

DRIVER = """
#include "lru_cache.h"
int main(void)
{
    struct lru_cache *cache = lru_cache_new(2);
    lru_cache_put(cache, 1, 1);
    lru_cache_free(cache);
    return 7;
}
"""

WRAPPER = """
#undef lru_cache_new
struct lru_cache *lru_cache_new(size_t capacity);
struct lru_cache *lru_cache_new(size_t capacity)
{
    attack();
    return real_lru_cache_new(capacity);
}
"""


def read(path):
    with open(path, "rb") as file:
        return file.read()


class Case:
    def __init__(self, folder):
        self.folder = folder
        self.name = os.path.relpath(folder, HERE)
        self.group = os.path.dirname(self.name)
        with open(os.path.join(folder, "case.json")) as file:
            spec = json.load(file)
        self.why = spec["why"]
        self.base = spec.get("base", "reference")
        self.hook = spec.get("hook", True)
        self.verdict = spec.get("verdict", "fail")
        self.categories = spec.get("category", [])
        self.control = spec["control"]
        self.seconds = spec.get("seconds", 45)

    def submission(self):
        attack = read(os.path.join(self.folder, "attack.c"))
        if self.base == "none":
            return attack
        where = SOLUTION if self.base == "reference" else KATAS
        base = read(os.path.join(where, "lru_cache.c"))
        if not self.hook:
            return attack + b"\n" + base
        return (b"#define lru_cache_new real_lru_cache_new\n" + attack +
                b"\n" + base + WRAPPER.encode())


def limit():
    """What even an attack that nothing holds may use here."""
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
    resource.setrlimit(resource.RLIMIT_FSIZE, (8 << 20, 8 << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (3, 3))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def bounded(argv, folder, seconds):
    """Runs argv in a pid namespace of its own, so that nothing outlives it,
    with the whole file system as it is. Returns (status, output); status None
    where it had to be ended."""
    # A /tmp of its own: Criterion names its socket there by its process id.
    jail = ["bwrap", "--dev-bind", "/", "/", "--tmpfs", "/tmp", "--bind",
            folder, folder, "--chmod", "1777", "/tmp", "--unshare-pid",
            "--proc", "/proc", "--die-with-parent", "--new-session"]
    if os.getuid() == 0:
        # Root is bound by no limit on processes, and a fork bomb of root's
        # takes the whole machine.
        os.chown(folder, NOBODY, NOBODY)
        jail += ["setpriv", "--reuid=%d" % NOBODY, "--regid=%d" % NOBODY,
                 "--clear-groups", "--no-new-privs"]
    jail += ["prlimit", "--nproc=100"]
    try:
        done = subprocess.run(jail + argv, cwd=folder, timeout=seconds,
                              stdin=subprocess.DEVNULL, preexec_fn=limit,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except subprocess.TimeoutExpired as expired:
        return None, expired.output or b""
    return done.returncode, done.stdout


def build(folder, with_criterion):
    with open(os.path.join(folder, "driver.c"), "w") as file:
        file.write(DRIVER)
    for name in ("lru_cache.h", "test_lru_cache.c"):
        shutil.copy(os.path.join(KATAS, name), folder)
    main = "test_lru_cache.c" if with_criterion else "driver.c"
    argv = ["gcc", "-std=c17", "-D_GNU_SOURCE", "-w", "-O1", "-o", "program",
            "lru_cache.c", main, "-pthread", "-lm"]
    if with_criterion:
        argv.append("-lcriterion")
    return bounded(argv, folder, 20)


def control_works(case, folder):
    """Does the attack do, unprotected, what it wants? None where it does, else
    what it did instead."""
    control = case.control
    if "none" in control:
        return None
    status, output = build(folder, "criterion" in control)
    if "builds" in control:
        if status is None or re.search(control["builds"].encode(), output):
            return None
        return "the compiler said %r" % output[-200:]
    if status != 0:
        return "does not build: %r" % output[-300:]
    status, output = bounded(["./program"], folder, 8)
    if "exit" in control and status == control["exit"]:
        return None
    if "criterion" in control and status == control["criterion"]:
        return None
    if "hangs" in control and status is None:
        return None
    if "dies" in control and status is not None and status > 128:
        return None
    if "prints" in control and re.search(control["prints"].encode(), output):
        return None
    if "file" in control and \
            os.path.lexists(os.path.join(folder, control["file"])):
        return None
    return "status %s, printed %r" % (status, output[-200:])


def processes():
    """Processes whose program or folder is the jail's."""
    found = set()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            program = os.readlink("/proc/%s/exe" % pid)
        except OSError:
            continue
        if program.startswith("/box/") or "kata-" in program:
            found.add(pid)
    return found


WATCHED = ["/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue",
           os.path.expanduser("~"), ROOT]


def files():
    """What lies in the folders that an attack would write to."""
    found = set()
    for folder in WATCHED:
        if os.path.isdir(folder):
            found.update(os.path.join(folder, name)
                         for name in os.listdir(folder))
    return found


def segments():
    """System V shared memory, semaphores and queues."""
    found = set()
    for kind in ("shm", "sem", "msg"):
        with open("/proc/sysvipc/" + kind) as file:
            found.update((kind, line.split()[1])
                         for line in file.readlines()[1:])
    return found


IGNORED = re.compile(r"^/tmp/(attacks-|cc\w{6}|vgdb-|bash_|bats-|cli-|kata-)|pymp-")


def left_over(before):
    """What is there that was not; waits a moment for what is on its way."""
    for _ in range(20):
        left = [sorted(now() - then) for now, then in before]
        left[0] = [f for f in left[0] if not IGNORED.search(f)]
        if not any(left):
            return None
        time.sleep(0.05)
    return str([item for group in left for item in group])


def snapshot():
    return [(files, files()), (segments, segments())]


def grade(folder):
    kata = os.path.join(ROOT, "kata")
    environment = dict(os.environ, KATA_HOME=os.path.join(folder, "work"),
                       TMPDIR=os.path.join(folder, "tmp"))
    os.makedirs(environment["TMPDIR"], exist_ok=True)
    result = os.path.join(folder, "result.json")
    start = time.monotonic()
    try:
        done = subprocess.run([kata, "grade", "lru-cache", "lru_cache.c",
                               "--seed", "1", "--format", "json", "-o", result],
                              cwd=folder, env=environment, timeout=240,
                              stdin=subprocess.DEVNULL, capture_output=True)
    except subprocess.TimeoutExpired:
        return None, 240, "the checker did not end"
    seconds = time.monotonic() - start
    if not os.path.exists(result):
        return None, seconds, "no result: %r" % done.stderr[-300:]
    with open(result) as file:
        return json.load(file), seconds, None


def judge(case, result, seconds):
    """What is wrong with the verdict, or None."""
    if result["verdict"] != case.verdict:
        return "verdict %s, not %s (%s)" % (
            result["verdict"], case.verdict, result.get("category"))
    category = result.get("category")
    if case.verdict == "fail" and category not in case.categories:
        return "category %s, not one of %s" % (category, case.categories)
    return None


class Outcome:
    def __init__(self, case):
        self.case = case
        self.problems = []
        self.over = 0.0
        self.left = None


def run_case(case):
    outcome = Outcome(case)
    folder = tempfile.mkdtemp(prefix="attacks-", dir="/tmp")
    os.chmod(folder, 0o755)
    try:
        with open(os.path.join(folder, "lru_cache.c"), "wb") as file:
            file.write(case.submission())
        control = tempfile.mkdtemp(prefix="control-", dir=folder)
        shutil.copy(os.path.join(folder, "lru_cache.c"), control)
        problem = control_works(case, control)
        if problem:
            outcome.problems.append("control: " + problem)
        before = snapshot()
        result, seconds, problem = grade(folder)
        outcome.left = left_over(before)
        temporary = os.listdir(os.path.join(folder, "tmp"))
        if temporary:
            outcome.left = (outcome.left or "") + str(temporary)
        problem = problem or judge(case, result, seconds)
        if problem:
            outcome.problems.append(problem)
        outcome.over = max(0.0, seconds - case.seconds - GRACE)
        if outcome.over:
            outcome.problems.append("took %.1f s" % seconds)
        if outcome.left:
            outcome.problems.append("left: " + outcome.left)
    finally:
        subprocess.run(["rm", "-rf", folder], check=False)
    return outcome


def find_cases(wanted):
    found = []
    for folder, _, names in sorted(os.walk(HERE)):
        name = os.path.relpath(folder, HERE)
        if "case.json" in names and (
                not wanted or name in wanted or
                os.path.dirname(name) in wanted):
            found.append(Case(folder))
    return found


def table(outcomes):
    print("%-28s %6s %8s %10s %10s" % ("class", "tried", "as due", "over time",
                                       "left-overs"))
    for group in sorted({o.case.group for o in outcomes}):
        mine = [o for o in outcomes if o.case.group == group]
        print("%-28s %6d %8d %10d %10d" % (
            group, len(mine), sum(not o.problems for o in mine),
            sum(o.over > 0 for o in mine), sum(bool(o.left) for o in mine)))


def self_test():
    """The harness has to notice: a wrong verdict, a left-over of each kind, a
    control that does nothing."""
    case = find_cases(["honest accidents/prints"])[0]
    right = {"verdict": "pass"}
    assert judge(case, right, 1) is None
    assert judge(case, {"verdict": "fail", "category": "crash"}, 1)
    before = snapshot()
    assert left_over(before) is None
    planted = "/var/tmp/planted-by-attacks"
    open(planted, "w").close()
    assert planted in left_over(before)
    os.remove(planted)
    made = subprocess.run(["ipcmk", "-M", "64"], capture_output=True,
                          check=True, text=True).stdout.split()[-1]
    assert "shm" in left_over(before)
    subprocess.run(["ipcrm", "-m", made], check=True)
    with tempfile.TemporaryDirectory(prefix="attacks-") as folder:
        with open(os.path.join(folder, "lru_cache.c"), "wb") as file:
            file.write(case.submission())
        case.control = {"exit": 0}
        assert "status 7" in control_works(case, folder)
    print("the harness notices what is planted")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="*")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--self-test", action="store_true")
    arguments = parser.parse_args()
    if arguments.self_test:
        self_test()
    cases = find_cases(arguments.cases)
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        outcomes = list(pool.map(run_case, cases))
    for outcome in outcomes:
        for problem in outcome.problems:
            print("%s: %s\n    %s" % (outcome.case.name, problem,
                                      outcome.case.why))
    table(outcomes)
    failed = sum(bool(o.problems) for o in outcomes)
    print("%d passed, %d failed" % (len(outcomes) - failed, failed))
    return 1 if failed or not outcomes else 0


if __name__ == "__main__":
    sys.exit(main())
