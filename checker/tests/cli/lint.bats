#!/usr/bin/env bats
# Each check of `make lint` passes a small clean tree, and finds what is
# planted there.

ROOT=$(cd "$BATS_TEST_DIRNAME/../../.." && pwd)

setup() {
    unset MAKEFLAGS MFLAGS MAKELEVEL
    cd "$BATS_TEST_TMPDIR" || return
    cp -r "$ROOT/Makefile" "$ROOT/.ci" "$ROOT"/.clang-* "$ROOT/.shellcheckrc" .
    mkdir -p checker/base checker/agent checker/cmd checker/exec katas solutions
    cp "$ROOT"/checker/base/clock.[ch] checker/base/
    cp "$ROOT/checker/cmd/doctor.c" checker/cmd/doctor.txt
}

# finds CHECK TEXT: the check fails and says TEXT.
finds() {
    run make "lint-$1"
    echo "$output"
    [ "$status" -ne 0 ]
    [[ "$output" == *"$2"* ]]
}

# plant FILE: standard input becomes FILE.
plant() {
    mkdir -p "$(dirname "$1")"
    cat >"$1"
}

@test "a clean tree passes" {
    run make lint-gcc lint-clang lint-tidy lint-format lint-rooms \
        lint-banned lint-shell
    echo "$output"
    [ "$status" -eq 0 ]
}

@test "what was looked at is not looked at again, what changed is" {
    make lint-gcc lint-clang lint-tidy lint-format
    run make -n lint-gcc lint-clang lint-tidy lint-format
    [[ "$output" != *clock.c* ]]
    touch checker/base/clock.h
    run make -n lint-gcc lint-clang lint-tidy lint-format
    [ "$(grep -c 'clock\.[ch]' <<<"$output")" -ge 4 ]
}

@test "gcc: a warning is an error, found by the optimiser too" {
    plant checker/base/bad.c <<<'int f(int n); int f(int n) { int x; if (n > 3) x = n; return x; }'
    finds gcc uninitialized
}

@test "clang: a warning is an error" {
    plant checker/base/bad.c <<<'int f(unsigned n); int f(unsigned n) { return n == n; }'
    finds clang tautological
}

@test "a kata's files are compiled, with the contract beside the stub" {
    plant katas/errors/x/x.h <<<'int x(void);'
    plant solutions/errors/x/x.c <<<$'#include "x.h"\n\nint x(void)\n{\n    return 0;\n}'
    run make lint-gcc lint-clang lint-tidy
    [ "$status" -eq 0 ]
    plant solutions/errors/x/x.c <<<$'#include "x.h"\n\nint y(void)\n{\n    return 0;\n}'
    finds gcc y
}

@test "clang-tidy: a bug" {
    plant checker/base/bad.c <<'END'
#include <stdlib.h>

char *twice(void);

char *twice(void)
{
    char *text = malloc(10);

    free(text);
    return text;
}
END
    finds tidy clang-analyzer
}

@test "clang-tidy: a function that is too long" {
    {
        printf 'int *f(int *a);\n\nint *f(int *a)\n{\n'
        for n in {1..71}; do printf '    a[%d] = 1;\n' "$n"; done
        printf '    return a;\n}\n'
    } | plant checker/base/bad.c
    finds tidy function-size
}

@test "clang-tidy: a function that is too complex" {
    {
        printf 'int f(int a);\n\nint f(int a)\n{\n'
        for n in {1..26}; do printf '    if (a == %d)\n        a++;\n' "$n"; done
        printf '    return a;\n}\n'
    } | plant checker/base/bad.c
    finds tidy cognitive-complexity
}

@test "clang-format: a file that is not formatted, found again and again" {
    plant checker/base/bad.c <<<'int x = 1 ;'
    finds format bad.c:1
    finds format bad.c:1
    plant checker/base/bad.c <<<'int x = 1;'
    make lint-format
}

@test "rooms: a later room" {
    plant checker/base/bad.c <<<'#include "judge/grade.h"'
    finds rooms "base may not include judge/grade.h"
}

@test "rooms: what is linked with submissions stands apart" {
    plant checker/agent/bad.c <<<'#include "base/clock.h"'
    plant checker/exec/bad.c <<<'#include "agent/agent.h"'
    finds rooms "agent may not include base/clock.h"
    finds rooms "exec may not include agent/agent.h"
}

@test "rooms: a way around by .. and a folder that is no room" {
    plant checker/base/bad.c <<<'#include "../judge/grade.h"'
    plant checker/extra/bad.h <<<''
    finds rooms "not \"../judge/grade.h\""
    finds rooms "checker/extra is no room"
}

@test "rooms: earlier rooms and itself are fine" {
    plant checker/exec/good.c <<<$'#include "base/clock.h"\n#include "exec/proc.h"'
    plant checker/main.c <<<'#include "cmd/cmd.h"'
    make lint-rooms
}

@test "banned: each function, in code only" {
    for name in system popen sprintf vsprintf strcpy strcat strtok atoi atol \
        gets; do
        plant checker/base/bad.c <<<"    $name(a, b);"
        finds banned "bad.c:1: banned: "
    done
    plant checker/base/bad.c <<'END'
/* system(x) and
   popen(y) */
// strcpy(a)
const char *text = "atoi(\"3\") /*", c = '"'; /* gets(x) */ int snprintf(int);
my_system(x); systems(x); system;
END
    make lint-banned
}

@test "banned: after a comment or a string ends, code goes on" {
    plant checker/base/bad.c <<<'/* x */ a("\""); system(x);'
    finds banned "banned:  system()"
}

@test "banned: processes are made in exec/proc.c alone" {
    for name in fork vfork execv execvp execlp execve posix_spawn; do
        plant checker/base/bad.c <<<"    $name(a);"
        finds banned "only exec/proc.c"
    done
    mv checker/base/bad.c checker/exec/proc.c
    make lint-banned
}

@test "banned: paths of one machine, in any file" {
    for path in wor.k/main roo.t tmp/w.t; do
        plant docs/page.md <<<"see /${path/./}/file"
        finds banned docs/page.md:1
    done
    plant docs/page.md <<<"ROOT/work/lru-cache, \$HOME/work/x and /work/"
    make lint-banned
}

@test "doctor: a package that make deps does not install" {
    cp checker/cmd/doctor.txt checker/cmd/doctor.c
    make lint-doctor
    sed -i 's/"gdb", "gdb"/"gdb", "gdb-multiarch"/' checker/cmd/doctor.c
    finds doctor gdb-multiarch
}

@test "doctor: a table that cannot be found" {
    plant checker/cmd/doctor.c <<<'int x;'
    finds doctor "no table"
}

@test "shellcheck: scripts, tests and what they load" {
    plant .ci/bad <<<$'#!/bin/sh\necho $1'
    finds shell SC2086
    rm .ci/bad
    plant checker/tests/cli/bad.bats <<<$'#!/usr/bin/env bats\n@test "x" {\n    echo $1\n}'
    finds shell SC2086
}

@test "docs: a generated page that differs from the tables" {
    cp "$ROOT/docs/kata-format.md" page.md
    cd "$ROOT"
    make build/debug/gendoc
    build/debug/gendoc --check "$BATS_TEST_TMPDIR/page.md"
    sed -i '0,/^| ./s//&x/' "$BATS_TEST_TMPDIR/page.md"
    run build/debug/gendoc --check "$BATS_TEST_TMPDIR/page.md"
    [ "$status" -ne 0 ]
}
