#!/usr/bin/python3
"""Looks for spoilers in a candidate's folder: spoilers.py FOLDER ROOT [HUNT]

A spoiler is a line of ROOT/solutions that says something (ten letters and
digits or more, white space and comment signs aside) and is not in ROOT/katas
too. In a bug hunt the candidate is given HUNT, the code with its bug: lines of
that are no spoilers in a file of the same name, and nowhere else. Prints each
spoiler with its place; exit status 1 where there is one."""

import pathlib
import sys


def words(line):
    return " ".join(line.strip().lstrip("/*#-+").rstrip("*/").split())


def says_something(line):
    return sum(c.isalnum() for c in line) >= 10


def lines_below(folder):
    return {words(line) for path in sorted(pathlib.Path(folder).rglob("*"))
            if path.is_file()
            for line in path.read_text(errors="replace").splitlines()}


def main():
    folder, root, *hunt = map(pathlib.Path, sys.argv[1:])
    secret = {line for line in lines_below(root / "solutions")
              if says_something(line)} - lines_below(root / "katas")
    given = {words(line) for path in hunt
             for line in path.read_text().splitlines()}
    assert len(secret) > 100, "there is nothing to look for"
    found = 0
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        own = given if any(path.name == h.name for h in hunt) else set()
        for number, line in enumerate(
                path.read_text(errors="replace").splitlines(), 1):
            if words(line) in secret - own:
                print(f"{path}:{number}: {line.strip()}")
                found += 1
    sys.exit(found > 0)


main()
