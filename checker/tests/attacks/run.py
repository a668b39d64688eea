#!/usr/bin/env python3
"""Grades hostile submissions: each must get its verdict, in time, and leave
nothing behind. README.md says what a case is.

Everything is copied first, so that an ordinary user can be given it: started by
root, all is done twice, as root and as a user that nobody is, save what says
that once is enough and is not named. What a control shows is shown once, and
never by root: it runs as that user, in namespaces of its own, with limits on
processes, memory, files and time.

Stages are measured in wall time, so where the machine is busy their limits
stretch by its load, and by what a host takes from it.
"""

import argparse
import concurrent.futures
import csv
import ctypes
import hashlib
import io
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
MARK = "kata-attack"  # in the name of whatever an attack leaves
MARK_KEY = 0x6B617461  # of its shared memory
LISTENER = f"{MARK}-listener"  # an abstract socket of ours: a way out
FIRST_JAIL_UID = 0x70000000  # plus kata's process number (exec/sandbox.c)
# Not one that lies in somebody's home.
PYTHON = shutil.which("python3", path="/usr/bin:/bin") or sys.executable
NOBODY = 64999  # the ordinary user that root becomes: owns and runs nothing

# What the copied katas promise of one run, and so what the stages may take.
SECONDS = 1
MEMORY_MB = 150
TRACES = 24
GROWTH = {"claims": 1, "n": [64, 256, 1024]}

# Seconds of a stage, of a kata with 1 processor second: docs/security.md.
LIMITS = {"build": 10, "policy": 1, "tests": 15, "oracle": 12, "memory": 12,
          "faults": 12, "threads": 14, "growth": 14, "style": 10}
HARNESS_LIMIT = 240

# What the compiler, the policy, a stage or a report makes of a submission is the
# same whoever runs kata.
ONCE = {"breaks-the-compiler", "fools-a-stage", "honest-accidents",
        "speaks-for-the-judge", "starts-early", "talks-to-the-person"}

CONTROL_SECONDS = 20
CONTROL_LIMITS = ["--nproc=250", "--as=1500000000", "--cpu=10", "--core=0",
                  "--fsize=100000000", "--nofile=4096"]

PRELUDE = r"""
set -u
build() {
    out=$1
    shift
    gcc -w -std=c17 -D_GNU_SOURCE -g -I. -o "$out" "$SNAKE.c" "$@" -lm -pthread
}
criterion() {
    build tests "test_$SNAKE.c" -lcriterion && ./tests "$@"
}
plain() {
    build plain drive.c && ./plain
}
escapes() {
    plain
    [ $? -eq 132 ]
}
hangs() {
    build plain drive.c
    timeout -k 1 1 ./plain
    status=$?
    [ $status -eq 124 ] || [ $status -eq 137 ]
}
"""


def ticks():
    """Of all processors: how long they were busy, and how much of that was
    somebody else's, on the host of a virtual machine."""
    user, nice, system, _, _, irq, softirq, stolen = map(
        int, pathlib.Path("/proc/stat").read_text().split()[1:9])
    return user + nice + system + irq + softirq + stolen, stolen


STARTED = ticks()


def waiting():
    """Who wants a processor: of the last minute, or now, for a machine that has
    just become busy."""
    average, _, _, now, _ = pathlib.Path("/proc/loadavg").read_text().split()
    return max(float(average), int(now.split("/")[0]))


def slowness():
    busy, stolen = (now - then for now, then in zip(ticks(), STARTED))
    load = max(1.0, waiting() / (os.cpu_count() or 1))
    return min(8.0, load * max(1, busy) / max(1, busy - stolen))


class Case:
    def __init__(self, folder):
        self.folder = folder
        self.name = f"{folder.parent.name}/{folder.name}"
        spec = json.loads((folder / "case.json").read_text())
        self.why = spec.pop("why")
        self.kata = spec.pop("kata", "lru-cache")
        self.snake = self.kata.replace("-", "_")
        self.base = spec.pop("base", "reference")
        self.where = spec.pop("where", "call")
        self.rename = spec.pop("rename", "").split()
        self.verdict = spec.pop("verdict", "fail")
        self.category = spec.pop("category", None)
        self.says = spec.pop("says", None)
        self.stages = spec.pop("stages", [])
        self.whole = spec.pop("whole", False)
        self.once = spec.pop("once", folder.parent.name in ONCE)
        self.control = spec.pop("control", None)
        self.open = spec.pop("open", None)
        self.archive = spec.pop("archive", None)
        self.students = spec.pop("students", {})
        if spec:
            raise SystemExit(f"{self.name}: unknown keys {sorted(spec)}")
        (self.home,) = ROOT.glob(f"katas/*/{self.kata}")

    def base_text(self):
        if self.base == "none":
            return b""
        home = self.home if self.base == "stub" else \
            ROOT / "solutions" / self.home.relative_to(ROOT / "katas")
        return (home / f"{self.snake}.c").read_bytes()

    def attack(self):
        if (self.folder / "attack.py").exists():
            return subprocess.run(
                [PYTHON, "-B", self.folder / "attack.py", ROOT],
                env=dict(os.environ, PYTHONPATH=str(HERE)),
                stdout=subprocess.PIPE, check=True).stdout
        return (self.folder / "attack.c").read_bytes()

    def file(self):
        """What is handed in."""
        return f"class.{self.archive}" if self.archive else f"{self.snake}.c"

    def text(self):
        if self.archive:
            return self.attack()
        base, attack = self.base_text(), self.attack()
        if self.where == "before":
            text = attack + base
        elif self.where == "after":
            text = base + attack
            for name in self.rename:
                define = f"#define {name.replace('=', ' ')}\n"
                text = define.encode() + text
        else:
            text = (b"#define lru_cache_new honest_new\n" + base +
                    b"#undef lru_cache_new\n" + attack +
                    b"\nstruct lru_cache *lru_cache_new(size_t capacity)\n"
                    b"{\n    attack();\n    return honest_new(capacity);\n}\n")
        text = text.replace(b"@ROOT@", str(ROOT).encode())
        return text.replace(b"#include \"raw.h\"\n",
                            (HERE / "raw.h").read_bytes())


def read(path, default=""):
    try:
        return pathlib.Path(path).read_text(errors="replace")
    except OSError:
        return default


# What is left


def children_of(pid):
    found = []
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except (FileNotFoundError, ProcessLookupError):
        return found
    for thread in threads:
        children = read(f"/proc/{pid}/task/{thread}/children").split()
        for child in map(int, children):
            found += [child] + children_of(child)
    return found


def owned_by(uid):
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                if entry.stat().st_uid == uid:
                    yield int(entry.name)
            except OSError:
                pass


def describe(pid):
    return read(f"/proc/{pid}/cmdline").replace("\0", " ").strip() or \
        read(f"/proc/{pid}/comm").strip() or "gone"


class Watch:
    """What is there before a run, to tell what is left after it.

    The caller is a subreaper, so whatever of the run lives on becomes its
    descendant. Files are the run's by their place (its own folders), their
    owner (the jail's user) or their name (MARK). Descriptors are seen by a pipe
    of which the run gets the other end (`canary`): it has to be closed. What is
    found is removed."""

    def __init__(self, scratch):
        self.scratch = scratch
        self.children = set(children_of(os.getpid()))
        self.segments = set(segments())
        self.known = set(named())
        self.ours, self.canary = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)

    def descriptors(self):
        """Call it first: a process that is left holds descriptors, too."""
        os.close(self.canary)
        try:
            os.read(self.ours, 1)
        except BlockingIOError:
            yield "descriptor: somebody holds one that the run was given"
        os.close(self.ours)

    def processes(self, uid):
        left = set(children_of(os.getpid())) - self.children
        left |= set(owned_by(uid)) if uid else set()
        for pid in sorted(left):
            if not reaped(pid):
                yield f"process {pid}: {describe(pid)}"
                kill(pid)
                reaped(pid, wait=True)

    def files(self, uid):
        for name in ("tmp", "home", "cwd"):
            for path in sorted((self.scratch / name).iterdir()):
                yield f"file {path.relative_to(self.scratch)}"
                remove(path)
        for folder in ("/tmp", "/dev/shm", "/var/tmp", "/dev/mqueue",
                       os.path.expanduser("~"), ROOT, HERE):
            for path in pathlib.Path(folder).glob("*"):
                try:
                    owner = path.lstat().st_uid
                except OSError:
                    continue
                if MARK in path.name or (uid and owner == uid):
                    yield f"file {path}"
                    remove(path)

    def shared_memory(self, uid):
        remover = {"shm": "-m", "sem": "-s", "msg": "-q"}
        for kind, key, number, owners in set(segments()) - self.segments:
            if int(key) == MARK_KEY or (uid and str(uid) in owners):
                yield f"{kind} {number}"
                subprocess.run(["ipcrm", remover[kind], number], check=True)

    def names(self):
        """The control of a case beside this one has such names for a moment;
        what is left stays."""
        deadline = time.monotonic() + 5
        while (left := sorted(set(named()) - self.known)):
            if time.monotonic() > deadline:
                break
            time.sleep(0.1)
        return left

    def left(self, uid):
        return (list(self.descriptors()) + list(self.processes(uid)) +
                list(self.files(uid)) + list(self.shared_memory(uid)) +
                list(queues()) + self.names())


def queues():
    libc = ctypes.CDLL(None)
    queue = libc.mq_open(f"/{MARK}".encode(), os.O_RDONLY)
    if queue >= 0:
        os.close(queue)
        libc.mq_unlink(f"/{MARK}".encode())
        yield f"message queue /{MARK}"


def named():
    """What has a name in the kernel and no file."""
    for file in ("/proc/keys", "/proc/net/unix"):
        for line in read(file).splitlines():
            if MARK in line and LISTENER not in line:
                yield f"{file}: {line.split()[0]}"


def segments():
    """System V shared memory, semaphores and queues."""
    for kind in ("shm", "sem", "msg"):
        for line in read(f"/proc/sysvipc/{kind}").splitlines()[1:]:
            key, number, *rest = line.split()
            yield kind, key, number, frozenset(rest)


def reaped(pid, wait=False):
    """Is it gone? One that only has to be reaped is nobody's fault."""
    try:
        os.waitpid(pid, 0 if wait else os.WNOHANG)
    except ChildProcessError:
        pass
    return not os.path.exists(f"/proc/{pid}")


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def remove(path):
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def be_subreaper():
    PR_SET_CHILD_SUBREAPER = 36
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


# One case


class Outcome:
    def __init__(self):
        self.verdict = self.refused = False
        self.late = self.control = self.left = self.said = ""
        self.seconds = 0.0
        self.processor = 0.0  # seconds of its processes, the control's apart
        self.control_processor = 0.0
        self.complaints = []


CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def check_clean(name, data, outcome):
    """A report may hold nothing that a terminal obeys."""
    bad = CONTROL.search(data.decode("utf-8", "surrogateescape"))
    if bad:
        outcome.complaints.append(f"{name} holds {bad.group()!r}")


def messages(result):
    return [finding["message"] for stage in result.get("stages", [])
            for finding in stage.get("findings", [])
            if finding.get("severity") != "warning"]


def judge_result(case, result, outcome):
    got = (result.get("verdict"), result.get("category"))
    texts = messages(result)
    if got[0] != case.verdict or \
            (case.category and got[1] not in case.category):
        want = f"{case.verdict} {case.category or ''}"
        outcome.complaints.append(f"verdict {got}, wanted {want}: {texts[:2]}")
    if case.says and not any(re.search(case.says, text) for text in texts):
        outcome.complaints.append(f"no finding says /{case.says}/: {texts[:3]}")
    if any("llegal instruction" in text or "SIGILL" in text for text in texts):
        outcome.complaints.append("the attack worked: escaped() was called")


def judge_time(result, wall, outcome):
    slow = slowness()
    for stage in result.get("stages", []):
        limit = LIMITS[stage["name"]]
        if stage["seconds"] > (limit + 1) * slow:
            outcome.late = f"{stage['name']} took {stage['seconds']:.1f} s"
    if wall > (result.get("seconds", 0) + 1) * slow:
        outcome.late = outcome.late or \
            f"{wall:.1f} s, the stages {result.get('seconds', 0):.1f} s"


def environment(scratch):
    env = {key: value for key, value in os.environ.items()
           if not key.startswith("KATA")}
    env.update(HOME=str(scratch / "home"), TMPDIR=str(scratch / "tmp"),
               KATA_HOME=str(scratch / "work"), NO_COLOR="1")
    return env


def run_kata(case, scratch, format, outcome, watch):
    """Returns its report, and kata's process number."""
    submission = scratch / f"{case.snake}.c"
    argv = [ROOT / "kata", "grade", case.kata, submission, "--seed", "1",
            "--format", format]
    for stage in case.stages:
        argv += ["--stage", stage]
    if not case.stages and not case.whole:
        argv.append("--first-failure")
    process = subprocess.Popen(
        argv, cwd=scratch / "cwd", env=environment(scratch),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, pass_fds=[watch.canary])
    try:
        out, err = process.communicate(timeout=HARNESS_LIMIT)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        outcome.late = f"killed after {HARNESS_LIMIT} s"
    check_clean(f"the {format} report", out, outcome)
    check_clean("standard error", err, outcome)
    outcome.said = err.decode(errors="replace")
    return out, FIRST_JAIL_UID + process.pid if os.geteuid() == 0 else 0


def refusal(said):
    """For what is not graded at all, in the form of a report."""
    return {"verdict": "none", "stages": [{"name": "build", "seconds": 0,
                                           "findings": [{"message": said}]}]}


# Grades nothing: what comes out of an archive is the point, not its verdict.
WORKER = """#!/bin/sh
for each; do
    case $each in --output=*) out=${each#--output=} ;; esac
done
printf '{"schema": "kata-result/1", "kata": "lru-cache", "verdict": "pass",
    "score": 100, "max_score": 100, "seed": 1, "seconds": 0.1,
    "provenance": {"submission": "", "kata": "", "toolchain": "",
    "sandbox": "bwrap"}, "stages": []}' >"$out"
"""
FORMATS = ("term", "html", "csv", "junit", "github", "sarif", "markdown", "tap")


def run_batch(case, scratch, outcome, watch):
    """Returns the exit status, and the jail's user."""
    worker = scratch / "worker"
    worker.write_text(WORKER)
    worker.chmod(0o755)
    argv = [ROOT / "kata", "batch", scratch / case.file(), "--kata", case.kata,
            "-o", scratch / "out", "--seed", "1", "--worker", worker]
    for name in FORMATS:
        argv += ["--format", name]
    process = subprocess.Popen(
        argv, cwd=scratch / "cwd", env=environment(scratch),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, pass_fds=[watch.canary])
    out, err = process.communicate(timeout=HARNESS_LIMIT)
    check_clean("standard output", out, outcome)
    check_clean("standard error", err, outcome)
    outcome.said = err.decode(errors="replace")
    return process.returncode, \
        FIRST_JAIL_UID + process.pid if os.geteuid() == 0 else 0


def check_outputs(scratch, outcome):
    """What an instructor opens obeys no name that is in the archive."""
    folder = scratch / "out"
    for argv in (["batch", "status", folder], ["batch", "diff", folder, folder],
                 ["report", folder]):
        done = subprocess.run([ROOT / "kata", *argv], env=environment(scratch),
                              cwd=scratch / "cwd", stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            outcome.complaints.append(f"kata {argv[0]}: {done.stdout[-200:]!r}")
        check_clean(f"kata {argv[0]}", done.stdout, outcome)
    for path in sorted(folder.rglob("*")):
        check_clean("a file's name", os.fsencode(path.name), outcome)
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            outcome.complaints.append(f"{path.name} is neither file nor folder")
        elif path.is_file() and "sources" not in path.parts:
            check_output(path, path.read_bytes(), outcome)


def check_output(path, data, outcome):
    check_clean(path.name, data.replace(b"\r\n", b"\n"), outcome)
    text = data.decode(errors="replace")
    name = f"{path.parent.name}/{path.name}"
    if name.startswith("html/") or path.suffix == ".html":
        if re.search(r"<(img|script) ?[^>]*kata-attack", text):
            outcome.complaints.append(f"{name} has markup of a name")
    if name.startswith("csv/") or path.suffix == ".csv":
        for row in csv.reader(io.StringIO(text)):
            if any(cell.startswith(tuple("=@+|%")) for cell in row):
                outcome.complaints.append(f"{name} has a formula: {row[0]}")
    if name.startswith("github/") and \
            re.search(r"^::\w+ *::kata-attack", text, re.MULTILINE):
        outcome.complaints.append(f"{name} has a command of a name")


def reason(result):
    return [stage.get("reason", "") for stage in result.get("stages", [])]


def grade_archive(case, scratch, outcome):
    """`kata batch` on it: who gets which verdict, and why."""
    watch = Watch(scratch)
    started = time.monotonic()
    status, uid = run_batch(case, scratch, outcome, watch)
    outcome.seconds = time.monotonic() - started
    outcome.left = "; ".join(watch.left(uid)[:4])
    if outcome.seconds > 10 * slowness():
        outcome.late = f"{outcome.seconds:.1f} s"
    got, said = {}, [outcome.said]
    for path in sorted((scratch / "out" / "results").glob("*.json")):
        result = json.loads(path.read_text())
        got[result["student"]] = result["verdict"]
        said += reason(result)
    if got != case.students:
        outcome.complaints.append(f"students {got}, {outcome.said[-300:]!r}")
    if status != (0 if set(got.values()) == {"pass"} else 3):
        outcome.complaints.append(f"exit status {status}")
    if case.says and not any(re.search(case.says, text) for text in said):
        outcome.complaints.append(f"nothing says /{case.says}/: {said}")
    if got:
        check_outputs(scratch, outcome)


def grade(case, scratch, outcome):
    """Grades, judges, and looks for what is left."""
    for name in ("tmp", "home", "cwd"):
        (scratch / name).mkdir(mode=0o755)
    text = case.text()
    submission = scratch / case.file()
    submission.write_bytes(text)
    if case.archive:
        grade_archive(case, scratch, outcome)
        return
    watch = Watch(scratch)
    started = time.monotonic()
    out, uid = run_kata(case, scratch, "json", outcome, watch)
    outcome.seconds = time.monotonic() - started
    left = watch.left(uid)
    try:
        result = json.loads(out) if out or case.verdict != "none" else \
            refusal(outcome.said)
    except ValueError:
        outcome.complaints.append(f"no JSON report: {out[:200]!r}")
        result = {}
    judge_result(case, result, outcome)
    judge_time(result, outcome.seconds, outcome)
    if case.folder.parent.name == "talks-to-the-person":
        watch = Watch(scratch)
        out, uid = run_kata(case, scratch, "term", outcome, watch)
        left += watch.left(uid)
    if hashlib.sha256(submission.read_bytes()).digest() != \
            hashlib.sha256(text).digest():
        left.append("the submission was changed")
    outcome.left = "; ".join(left[:4])


def as_nobody():
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}",
            "--clear-groups"] if os.geteuid() == 0 else []


def bounded(folder, script):
    """The command for a shell that sees everything and can do no harm: root of
    a user namespace whose user owns nothing, with a /tmp of its own."""
    return as_nobody() + [
        "bwrap", "--dev-bind", "/", "/", "--size", "60000000", "--tmpfs",
        "/tmp", "--tmpfs", "/var/tmp", "--ro-bind", str(ROOT), str(ROOT),
        "--bind", str(folder),
        str(folder), "--size", "60000000", "--tmpfs", "/dev/shm",
        "--unshare-user", "--uid", "0", "--gid", "0", "--cap-add", "ALL",
        "--unshare-pid", "--unshare-ipc", "--die-with-parent", "--new-session",
        "--proc", "/proc", "--chdir", str(folder), "prlimit",
        *CONTROL_LIMITS, "bash", "-c", script]


def run_control(case, scratch, outcome):
    folder = scratch / "control"
    folder.mkdir()
    (folder / case.file()).write_bytes(case.text())
    for file in (case.home / f"{case.snake}.h",
                 case.home / f"test_{case.snake}.c", HERE / "drive.c"):
        shutil.copy(file, folder)
    if os.geteuid() == 0:
        for path in [folder, *folder.iterdir()]:
            os.chown(path, NOBODY, NOBODY)
    env = dict(os.environ, SNAKE=case.snake, ARCHIVE=case.file(),
               ROOT=str(ROOT),
               HERE=str(case.folder))
    env.pop("TMPDIR", None)
    try:
        done = subprocess.run(bounded(folder, PRELUDE + case.control), env=env,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, cwd=folder,
                              timeout=CONTROL_SECONDS * slowness())
        status, said = done.returncode, done.stdout[-300:]
    except subprocess.TimeoutExpired:
        status, said = "none in time", b""
    if status == 77:
        outcome.control = "not shown here"
    elif status != 0:
        outcome.complaints.append(
            f"the control fails (status {status}): {said!r}")


def processor_seconds():
    """Of all processes that were waited for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def try_case(case, controls=True):
    be_subreaper()
    outcome = Outcome()
    started = processor_seconds()
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="attacks-", dir="/tmp"))
    scratch.chmod(0o755)
    try:
        grade(case, scratch, outcome)
        outcome.processor = processor_seconds() - started
        if case.control and controls:
            run_control(case, scratch, outcome)
    except Exception as error:  # a case must not end the others
        outcome.complaints.append(f"{type(error).__name__}: {error}")
    finally:
        for pid in children_of(os.getpid()):
            kill(pid)
        shutil.rmtree(scratch, ignore_errors=True)
    outcome.control_processor = \
        processor_seconds() - started - outcome.processor
    outcome.refused = not outcome.complaints
    return outcome


# All of them


def failed(outcome):
    return bool(outcome.complaints or outcome.late or outcome.left)


def show(case, outcome, verbose):
    state = "open" if case.open and failed(outcome) else \
        "FAIL" if failed(outcome) or case.open else "ok"
    if state == "ok" and not verbose:
        return
    print(f"{state:5} {case.name}  {outcome.seconds:.1f} s, "
          f"processor {outcome.processor:.2f} s"
          f" and {outcome.control_processor:.2f} s"
          f"{'  control ' + outcome.control if outcome.control else ''}")
    if case.open:
        print(f"      open: {case.open}")
        if not failed(outcome):
            print("      it is refused now: take `open` out of case.json")
    for complaint in outcome.complaints + \
            [text for text in (outcome.late, outcome.left) if text]:
        print(f"      {complaint}")
    sys.stdout.flush()


def table(results):
    """A line a class; returns how many passed, failed and are open."""
    classes = {}
    for case, outcome in results:
        row = classes.setdefault(case.folder.parent.name, [0] * 6)
        row[0] += 1
        row[1] += outcome.refused
        row[2] += bool(outcome.late)
        row[3] += bool(outcome.left)
        row[4] = max(row[4], outcome.seconds)
        row[5] += bool(case.open)
    print(f"\n{'class':24}{'tried':>7}{'as due':>8}{'late':>6}"
          f"{'left-overs':>12}{'longest':>9}{'open':>6}")
    for name, row in sorted(classes.items()):
        print(f"{name:24}{row[0]:7}{row[1]:8}{row[2]:6}{row[3]:12}"
              f"{row[4]:7.1f} s{row[5]:6}")
    still_open = [c for c, o in results if c.open and failed(o)]
    bad = [c for c, o in results if bool(c.open) != failed(o)]
    return len(results) - len(bad) - len(still_open), len(bad), still_open


def run_cases(cases, jobs, controls, verbose):
    results = []
    with concurrent.futures.ProcessPoolExecutor(jobs) as pool:
        futures = {pool.submit(try_case, case, controls): case
                   for case in cases}
        for future in concurrent.futures.as_completed(futures):
            results.append((futures[future], future.result()))
            show(*results[-1], verbose)
    return results


def find_cases(wanted):
    folders = [path.parent for path in sorted(HERE.glob("*/*/case.json"))]
    if not wanted:
        return [Case(folder) for folder in folders]
    chosen = [folder for folder in folders if folder.parent.name in wanted or
              f"{folder.parent.name}/{folder.name}" in wanted]
    if not chosen:
        raise SystemExit(f"no case is named {' or '.join(wanted)}")
    return [Case(folder) for folder in chosen]


# Does the harness notice what it is there for?


def daemon():
    """A process that nobody waits for, in a session of its own."""
    child = os.fork()
    if child == 0:
        os.setsid()
        if os.fork() == 0:
            signal.pause()
        os._exit(0)
    os.waitpid(child, 0)


PLANTED = [
    ("process", "process", daemon),
    ("file in the run's TMPDIR", "file tmp/",
     lambda scratch: (scratch / "tmp" / "kata-x").mkdir()),
    ("file in the person's folder", "file home/",
     lambda scratch: (scratch / "home" / "x").touch()),
    ("file where it was called", "file cwd/",
     lambda scratch: (scratch / "cwd" / "x").touch()),
    ("file in /tmp", "file /tmp", f"/tmp/{MARK}-x"),
    ("file in /var/tmp", "file /var/tmp", f"/var/tmp/{MARK}-x"),
    ("POSIX shared memory", "file /dev/shm", f"/dev/shm/{MARK}-x"),
    ("link in /tmp", "file /tmp",
     lambda scratch: os.symlink("/nowhere", f"/tmp/{MARK}-x")),
    ("System V shared memory", "shm",
     lambda: ctypes.CDLL(None).shmget(MARK_KEY, 4096, 0o1600)),
    ("message queue", "message queue",
     lambda: ctypes.CDLL(None).mq_open(
         f"/{MARK}".encode(), os.O_CREAT | os.O_RDONLY, 0o600, None)),
]


def plant(what, scratch):
    if isinstance(what, str):
        pathlib.Path(what).touch()
    elif what.__code__.co_argcount:
        what(scratch)
    else:
        what()


def check_left_overs(scratch):
    """Each planted left-over must be found, and none where there is none."""
    be_subreaper()
    for title, pattern, what in PLANTED:
        if Watch(scratch).left(0):
            return f"finds a left-over where there is none, before {title}"
        watch = Watch(scratch)
        plant(what, scratch)
        found = [text for text in watch.left(0)
                 if what is not daemon or not text.startswith("descriptor")]
        if len(found) != 1 or not found[0].startswith(pattern):
            return f"{title}: found {found}"
    watch = Watch(scratch)
    held = os.dup(watch.canary)
    found = watch.left(0)
    os.close(held)
    if len(found) != 1 or not found[0].startswith("descriptor"):
        return f"a descriptor: found {found}"
    if os.geteuid() == 0:
        watch = Watch(scratch)
        path = pathlib.Path("/tmp/whatever-its-name")
        path.touch()
        os.chown(path, FIRST_JAIL_UID + 1, FIRST_JAIL_UID + 1)
        if watch.left(FIRST_JAIL_UID + 1) != [f"file {path}"]:
            return "a file of the jail's user"
    return None


def check_verdicts(controls):
    """Wrong expectations of a real case must be noticed."""
    right = Case(HERE / "honest-accidents" / "prints")
    right.stages = ["tests"]
    if failed(try_case(right)):
        return "an honest submission fails"
    wrongs = [("verdict", "fail"), ("says", "no such thing"),
              ("category", ["crash"])]
    for key, value in wrongs + [("control", "false")] * controls:
        wrong = Case(right.folder)
        wrong.stages = ["tests"]
        setattr(wrong, key, value)
        if not failed(try_case(wrong)):
            return f"a wrong {key} passes"
    outcome = Outcome()
    judge_time({"seconds": 9.0, "stages": [{"name": "policy", "seconds": 60}]},
               9.0, outcome)
    if not outcome.late:
        return "a stage over its limit passes"
    outcome = Outcome()
    judge_time({"seconds": 1.0}, 60.0, outcome)
    if not outcome.late:
        return "a checker that does not end passes"
    outcome = Outcome()
    check_clean("a report", b"harmless \x1b]0;title\x07", outcome)
    if not outcome.complaints:
        return "a terminal escape passes"
    for path, text in (("csv/all", "=1+1 kata-attack,x"),
                       ("html/all", "<img src=x onerror=kata-attack>"),
                       ("github/all", "::error::kata-attack"),
                       ("out/x.json", "\x9b2J")):
        outcome = Outcome()
        check_output(pathlib.Path(path), text.encode(), outcome)
        if not outcome.complaints:
            return f"{path} may hold {text!r}"
    return None


def self_test(controls):
    """What is planted and not noticed, or None."""
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="attacks-", dir="/tmp"))
    for name in ("tmp", "home", "cwd"):
        (scratch / name).mkdir()
    problem = check_left_overs(scratch) or check_verdicts(controls)
    shutil.rmtree(scratch)
    return problem


def listen():
    """Somebody outside whom an attack could reach; another run's will do."""
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind(f"\0{LISTENER}")
        listener.listen(100)
    except OSError:
        pass
    return listener


# As whom


def run_here(arguments):
    """Everything as the user we are, in the copy we are in."""
    problem = self_test(not arguments.again)
    print(f"FAIL  self-test: {problem}" if problem else
          "self-test: all that is planted is found")
    listener = listen()
    cases, left_out = find_cases(arguments.case), 0
    if arguments.again and not arguments.case:
        left_out = sum(case.once for case in cases)
        cases = [case for case in cases if not case.once]
    results = run_cases(cases, arguments.jobs, not arguments.again,
                        arguments.verbose)
    passed, bad, still_open = table(results)
    if left_out:
        print(f"{left_out} were graded as root alone")
    if still_open:
        print(f"{len(still_open)} known holes: "
              f"{', '.join(case.name for case in still_open)}")
    listener.close()
    print(f"{passed + (not problem)} passed, {bad + bool(problem)} failed")
    return 1 if bad or problem else 0


def soften(kata):
    """Small limits, that what hangs is over soon; little to do for the rest."""
    path = kata / "kata.json"
    spec = json.loads(path.read_text())
    spec["limits"] = {"seconds": SECONDS, "memory_mb": MEMORY_MB}
    spec["oracle"]["traces"] = TRACES
    spec["growth"] = spec["growth"][:GROWTH["claims"]]
    for claim in spec["growth"]:
        claim["n"] = GROWTH["n"]
        claim["times"] = min(claim["times"], 200)
    path.write_text(json.dumps(spec, indent=2))


def graded_katas():
    return sorted({json.loads(read(path)).get("kata", "lru-cache")
                   for path in HERE.glob("*/*/case.json")})


def copy_all(root):
    """What the checker needs to run, and the cases, as anyone may read it."""
    for name in ("katas", "solutions", "checker/agent", "checker/replay",
                 "checker/cpython", "checker/kata/template",
                 "checker/tests/attacks"):
        shutil.copytree(ROOT / name, root / name)
    for name in ("kata", ".clang-format"):
        shutil.copy(ROOT / name, root / name)
    for name in graded_katas():
        (kata,) = root.glob(f"katas/*/{name}")
        soften(kata)
    subprocess.run(["chmod", "-R", "u=rwX,go=rX", root], check=True)


def fill_cache(root, home):
    """The first grade of a kata also builds its reference, in a time that says
    nothing of the submission. Its verdict does not count: with limits this small
    a reference may fail. Returns what went wrong, or ""."""
    for name in graded_katas():
        done = subprocess.run([root / "kata", "grade", name, "--solution"],
                              env=as_at_home(home), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode > 1:
            return f"{name}: {done.stdout.decode(errors='replace')}"
    return ""


def as_at_home(home):
    return dict(os.environ, HOME=str(home), XDG_CACHE_HOME=str(home / "cache"))


def run_as(title, prefix, root, home, arguments, more):
    """Runs the copy; returns how many passed and failed."""
    print(f"\n--- as {title}")
    sys.stdout.flush()
    argv = prefix + [PYTHON, "-B", root / "checker" / "tests" /
                     "attacks" / "run.py", "--here", "--jobs",
                     str(arguments.jobs), *arguments.case, *more]
    if arguments.verbose:
        argv.append("--verbose")
    process = subprocess.Popen(argv, env=as_at_home(home),
                               stdout=subprocess.PIPE, text=True)
    counts = None
    for line in process.stdout:
        print(line, end="")
        sys.stdout.flush()
        counts = re.fullmatch(r"(\d+) passed, (\d+) failed\n", line) or counts
    if process.wait() > 1 or not counts:
        return 0, 1
    return int(counts[1]), int(counts[2])


def run_all(arguments):
    top = pathlib.Path(tempfile.mkdtemp(prefix="attacks-", dir="/tmp"))
    top.chmod(0o755)
    try:
        root, home, other = top / "root", top / "home", top / "other"
        copy_all(root)
        home.mkdir()
        problem = fill_cache(root, home)
        if problem:
            print(f"FAIL  the reference: {problem}\n\n0 passed, 1 failed")
            return 1
        me = "root" if os.geteuid() == 0 else "an ordinary user"
        counts = [run_as(me, [], root, home, arguments, [])]
        if os.geteuid() == 0 and not arguments.once:
            # What was built of the references is the same.
            shutil.copytree(home, other)
            subprocess.run(["chown", "-R", str(NOBODY), other], check=True)
            counts.append(run_as("an ordinary user", as_nobody(), root, other,
                                 arguments, ["--again"]))
    finally:
        shutil.rmtree(top, ignore_errors=True)
    passed, bad = map(sum, zip(*counts))
    print(f"\n{passed} passed, {bad} failed")
    return 1 if bad else 0


def main():
    parser = argparse.ArgumentParser(
        description="Grades hostile submissions.")
    parser.add_argument("case", nargs="*", help="CLASS or CLASS/NAME")
    parser.add_argument("-j", "--jobs", type=int,
                        default=(os.cpu_count() or 1) + 1,
                        help="at the same time; many only sleep")
    parser.add_argument("-v", "--verbose", action="store_true")
    parser.add_argument("--once", action="store_true",
                        help="not also as an ordinary user")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--again", action="store_true",
                        help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    return run_here(arguments) if arguments.here else run_all(arguments)


if __name__ == "__main__":
    sys.exit(main())
