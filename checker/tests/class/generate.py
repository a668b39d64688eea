"""Makes a class: submissions as students hand them in, each with the verdict
that it must get.

generate(folder, count, seed) fills a folder for each way to hand in (by hand,
and as four platforms export) and returns them as parts. The same seed makes the
same class. What only differs in how it is packed often holds the same source,
which is then graded once.
"""

import bz2
import importlib.util
import io
import os
import pathlib
import random
import subprocess
import sys
import tarfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(HERE.parent / "properties"))
sys.path.append(str(HERE.parent / "attacks"))

import pack  # noqa: E402
import run as properties  # noqa: E402
from rewrite import rewrite  # noqa: E402


def attacks_module():
    """checker/tests/attacks/run.py, whose name is taken."""
    spec = importlib.util.spec_from_file_location(
        "attacks", HERE.parent / "attacks" / "run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Declared:
    """One submission: who, what it is, its verdict, and what an `error` has to
    say (a pattern)."""

    def __init__(self, student, kind, verdict, says=""):
        self.student, self.kind = student, kind
        self.verdict, self.says = verdict, says


class Part:
    """Submissions of one kata, handed in one way."""

    def __init__(self, path, slug):
        self.path, self.slug = path, slug
        self.declared = {}


# Attacks that use up what they are allowed: not in a small class.
DEAR = {"eats-the-machine", "outlives-the-run"}


# What is handed in: each returns (bytes of the .c, what it is, verdict, says).


def rewritten(kata, rng):
    with open(kata.reference) as file:
        text, ways = rewrite(file.read(), kata.header, rng.randrange(10 ** 9))
    return text.encode(), f"reference, other {', '.join(ways)}", "pass", ""


def mutant(kata, rng, scratch):
    path = os.path.join(scratch, kata.snake + ".c")
    (name,) = properties.make_wrong(kata, path, rng, 1)
    data = pathlib.Path(path).read_bytes()
    os.remove(path)
    return data, f"mutant {name}", "fail", ""


def stub(kata):
    home = pathlib.Path(kata.solution).relative_to(ROOT / "solutions")
    return ((ROOT / "katas" / home / (kata.snake + ".c")).read_bytes(), "stub",
            "fail", "")


def attack(case):
    return case.text(), f"attack {case.name}", case.verdict, ""


def garbage(rng):
    return rng.randbytes(rng.randrange(1, 4000)), "garbage", "fail", ""


def large(rng):
    # Not of zeros: in an archive of all it would be taken for a bomb.
    return (b"/* " + rng.randbytes(5_000_000).hex().encode() + b" */\n",
            "10 MB", "error", "bytes, and at most")


# How it is packed: each writes an archive with the data as a file `name`.


def pack_zip(path, name, data):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr(zipfile.ZipInfo(name), data)


def tar_bytes(mode, members):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as out:
        for name, data, kind in members:
            info = tarfile.TarInfo(name)
            info.type = kind
            if kind == tarfile.REGTYPE:
                info.size = len(data)
                out.addfile(info, io.BytesIO(data))
            else:
                info.linkname = data
                out.addfile(info)
    return buffer.getvalue()


def pack_tar(mode):
    def pack(path, name, data):
        path.write_bytes(tar_bytes(mode, [(name, data, tarfile.REGTYPE)]))
    return pack


def pack_zst(path, name, data):
    plain = tar_bytes("w", [(name, data, tarfile.REGTYPE)])
    done = subprocess.run(["zstd", "-q", "-c"], input=plain, check=True,
                          stdout=subprocess.PIPE)
    path.write_bytes(done.stdout)


def pack_nested(path, name, data):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as out:
        out.writestr("work/" + name, data)
    path.write_bytes(tar_bytes("w:gz", [("hand-in.zip", inner.getvalue(),
                                         tarfile.REGTYPE)]))


PACKED = {
    ".zip": pack_zip, ".tar": pack_tar("w"), ".tar.gz": pack_tar("w:gz"),
    ".tgz": pack_tar("w:gz"), ".tar.bz2": pack_tar("w:bz2"),
    ".tar.xz": pack_tar("w:xz"), ".tar.zst": pack_zst,
    "-nested.tar.gz": pack_nested,
}


# Archives that are refused, though a right solution lies in them.


def with_member(name, data=b"x", kind=tarfile.REGTYPE):
    def pack(path, own, source):
        path.write_bytes(tar_bytes("w:gz", [(own, source, tarfile.REGTYPE),
                                            (name, data, kind)]))
    return pack


def truncated(path, own, source):
    whole = tar_bytes("w:gz", [(own, source, tarfile.REGTYPE)])
    path.write_bytes(whole[:len(whole) // 2])


def many_members(path, own, source):
    path.write_bytes(tar_bytes("w:gz", [(own, source, tarfile.REGTYPE)] + [
        (f"f{i}", b"", tarfile.REGTYPE) for i in range(6000)]))


def bzip2_bomb(path, own, source):
    path.write_bytes(bz2.compress(tar_bytes("w", [
        (own, source, tarfile.REGTYPE),
        ("zeros", bytes(30 << 20), tarfile.REGTYPE)])))


def encrypted(path, own, source):
    folder = path.parent / "plain"
    folder.mkdir()
    (folder / own).write_bytes(source)
    subprocess.run(["zip", "-q", "-j", "-X", "-P", "secret", path,
                    folder / own], check=True)
    (folder / own).unlink()
    folder.rmdir()


def encrypted_names(path, own, source):
    path.write_bytes(pack.flagged(pack.zip((own, source)), own.encode(),
                                  1 | 64 | 8192))


def sparse(path, own, source):
    path.write_bytes(pack.tar(pack.entry(own, source), pack.sparse(
        "zeros", 1 << 40, (1 << 40) - 7)))


def latin_link(path, own, source):
    path.write_bytes(pack.tar(
        pack.entry(own, source),
        pack.entry("\udcf6", kind=tarfile.SYMTYPE, link="/etc/passwd"),
        format=tarfile.USTAR_FORMAT))


def damaged(path, own, source):
    path.write_bytes(b"PK\x03\x04" + source[:200])


HOSTILE = {
    "absolute name": (".tgz", with_member("/tmp/class-escaped")),
    "..": (".tgz", with_member("a/../../../class-escaped")),
    "symbolic link": (".tgz", with_member("l", "/etc/passwd",
                                          tarfile.SYMTYPE)),
    "hard link": (".tgz", with_member("l", "/etc/passwd", tarfile.LNKTYPE)),
    "fifo": (".tgz", with_member("p", "", tarfile.FIFOTYPE)),
    "device": (".tgz", with_member("d", "", tarfile.CHRTYPE)),
    "terminal escape": (".tgz", with_member("a\x1b[2Jb")),
    "gzip bomb": (".tgz", with_member("zeros", bytes(20 << 20))),
    "bzip2 bomb": (".tar.bz2", bzip2_bomb),
    "deep": (".tgz", with_member("d/" * 40 + "x")),
    "6000 files": (".tgz", many_members),
    "truncated": (".tgz", truncated),
    "damaged": (".zip", damaged),
    "encrypted": (".zip", encrypted),
    "encrypted names": (".zip", encrypted_names),
    "a hole of a terabyte": (".tgz", sparse),
    "a link of no UTF-8": (".tgz", latin_link),
}


# How it is handed in: place(folder, number, file) is where a file of that name
# goes, and who the student is.


class Hand:
    name, archived, kata = "by-hand", None, "lru-cache"

    def place(self, folder, number, file):
        return folder / f"student-{number}" / file, f"student-{number}"

    def finish(self, folder, numbers):
        pass


class GitHub(Hand):
    name, kata = "week-3-submissions", "cycle-detection"

    def place(self, folder, number, file):
        return folder / f"week-3-octo-{number}" / file, f"octo-{number}"


class Gradescope(Hand):
    name, kata = "assignment_7_export", "lru-cache"

    def place(self, folder, number, file):
        return (folder / f"submission_{9000 + number}" / file,
                f"Grace Hopper_{9000 + number}")

    def finish(self, folder, numbers):
        (folder / "submission_metadata.yml").write_text("---\n" + "".join(
            f"submission_{9000 + number}:\n  :submitters:\n"
            f"  - :name: Grace Hopper\n    :sid: '{number}'\n"
            f"    :email: grace{number}@example.com\n" for number in numbers))


class Moodle(Hand):
    name, archived = "moodle", "zip"

    def place(self, folder, number, file):
        student = f"Ada Lovelace_{4700 + number}"
        return folder / f"{student}_assignsubmission_file_" / file, student


class Canvas(Hand):
    name, kata = "canvas", "decorator"

    def place(self, folder, number, file):
        late = "LATE_" if number % 3 == 0 else ""
        file = file.replace(".c", "-1.c") if file.endswith(".c") else file
        return (folder / f"lovelaceada_{late}{4700 + number}_815_{file}",
                f"lovelaceada_{4700 + number}")


WAYS = [Hand(), Moodle(), GitHub(), Gradescope(), Canvas()]


def kinds(count, rng):
    """What each submission is: of a hundred, so many of a kind."""
    shares = [("rewritten", 16), ("mutant", 18), ("stub", 5), ("attack", 10),
              ("garbage", 5), ("empty", 4), ("large", 2), ("missing", 5),
              ("packed", 19), ("hostile", 16)]
    chosen = [kind for kind, share in shares
              for _ in range(max(1, share * count // 100))]
    chosen += ["packed"] * (count - len(chosen))
    rng.shuffle(chosen)
    return chosen[:count]


class Maker:
    def __init__(self, folder, seed, dear):
        self.folder, self.rng = folder, random.Random(seed)
        self.katas = {kata.slug: kata
                      for kata in properties.katas({way.kata for way in WAYS})}
        module = attacks_module()
        self.attacks = [case for case in module.find_cases([])
                        if case.kata == "lru-cache" and not case.open and
                        case.verdict in ("pass", "fail") and
                        (case.verdict == "fail" or not case.stages) and
                        (dear or case.folder.parent.name not in DEAR)]
        self.turns = {}
        self.right = {slug: rewritten(kata, self.rng)[0]
                      for slug, kata in self.katas.items()}

    def turn(self, table, slug):
        """The next of a table, that each comes before one comes twice."""
        left = self.turns.setdefault((id(table), slug), [])
        if not left:
            left += self.rng.sample(list(table), len(table))
        return left.pop()

    def source(self, kind, kata):
        if kind == "rewritten":
            return rewritten(kata, self.rng)
        if kind == "mutant":
            return mutant(kata, self.rng, str(self.folder))
        if kind == "attack":
            return attack(self.turn(self.attacks, kata.slug))
        if kind == "stub":
            return stub(kata)
        if kind == "large":
            return large(self.rng)
        if kind == "empty":
            return b"", "empty", "fail", ""
        return garbage(self.rng)

    def archive(self, kind, kata, way, folder, number):
        """A right solution, packed."""
        if kind == "packed":
            suffix = self.turn(PACKED, "")
            pack, verdict, what = PACKED[suffix], "pass", f"packed {suffix}"
        else:
            name = self.turn(HOSTILE, "")
            suffix, pack = HOSTILE[name]
            verdict, what = "error", f"archive with {name}"
            if name in ("truncated", "damaged"):
                what = f"archive, {name}"
        path, student = way.place(folder, number, "hand-in" + suffix)
        path.parent.mkdir(parents=True, exist_ok=True)
        pack(path, kata.snake + ".c", self.right[kata.slug])
        return Declared(student, what, verdict,
                        "archive|unpack|refus" if verdict == "error" else "")

    def submit(self, kind, kata, way, folder, number):
        if kind in ("packed", "hostile"):
            return self.archive(kind, kata, way, folder, number)
        name = kata.snake + ".c"
        if kind == "missing":
            path, student = way.place(folder, number, "README.txt")
            made = b"I was ill.\n", "no file", "error", f"no {name}"
        else:
            path, student = way.place(folder, number, name)
            made = self.source(kind, kata)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(made[0])
        return Declared(student, *made[1:])


def archived(folder):
    """The folder as one archive, as Moodle gives it."""
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for each in sorted(folder.rglob("*")):
            if each.is_file():
                out.write(each, each.relative_to(folder))
    return path


def generate(folder, count, seed):
    """The parts of a class of so many submissions, made in the folder."""
    maker, parts = Maker(folder, seed, count >= 100), []
    chosen = kinds(count, maker.rng)
    # Most by hand and from Moodle, where the kata is the quickest.
    turns = [way for way in WAYS for _ in range(2 if way is WAYS[0] else 1)]
    for way in WAYS:
        part = Part(folder / way.name, way.kata)
        part.path.mkdir()
        numbers = []
        for number, kind in enumerate(chosen):
            owner = turns[number % len(turns)]
            if kind == "attack":
                owner = WAYS[number % 2]
            if owner is way:
                numbers.append(number)
                made = maker.submit(kind, maker.katas[way.kata], way,
                                    part.path, number)
                part.declared[made.student] = made
        way.finish(part.path, numbers)
        if way.archived:
            part.path = archived(part.path)
        if numbers:
            parts.append(part)
    return parts
