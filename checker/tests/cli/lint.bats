#!/usr/bin/env bats
# Each check of `make lint` passes a small clean tree, and finds what is
# planted there.

ROOT=$(cd "$BATS_TEST_DIRNAME/../../.." && pwd)

setup() {
    unset MAKEFLAGS MFLAGS MAKELEVEL
    # With other flags the tree under test would be built anew.
    FLAGGED=${CI-}
    unset CI
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

# looks_again GOAL...: who would look at clock.[ch], one a line.
looks_again() {
    make -n "$@" 2>/dev/null | tr -d '\\\n' | grep -oE '(gcc|clang-tidy|clang-format) ' |
        sort -u
}

@test "what was looked at is not looked at again, what changed is" {
    for CI in '' true; do
        export CI
        make lint-gcc lint-clang lint-tidy lint-format
        run looks_again lint-gcc lint-clang lint-tidy lint-format
        [ -z "$output" ]
        touch checker/base/clock.h
        run looks_again lint-gcc lint-clang lint-tidy lint-format
        [ "$output" = $'clang-format \nclang-tidy \ngcc ' ]
    done
}

@test "each compiler looks at a file once, in CI gcc for the build" {
    make lint-gcc lint-clang lint-tidy
    [ -f build/lint/gcc/checker/base/clock.o ]
    [ ! -e build/debug/base/clock.o ]
    rm -r build
    CI=true make lint-gcc lint-clang lint-tidy
    [ ! -e build/lint/gcc/checker/base/clock.o ]
    [ -f build/debug/base/clock.o ]
    [ ! -e build/lint/clang ]
}

@test "gcc: a warning is an error, found by the optimiser too" {
    plant checker/base/bad.c <<<'int f(int n); int f(int n) { int x; if (n > 3) x = n; return x; }'
    finds gcc uninitialized
    CI=true finds gcc uninitialized
}

@test "gcc: what only the second level of optimising finds" {
    plant checker/base/bad.c <<'END'
int a[8];
int f(int i);

int f(int i)
{
    return i < 8 ? 0 : a[i];
}
END
    finds gcc array-bounds
    CI=true finds gcc array-bounds
}

@test "gcc: a warning of which an object was made before is an error in CI" {
    plant checker/base/bad.c <<<'int f(int n); int f(int n) { int x; if (n > 3) x = n; return x; }'
    make build/debug/base/bad.o
    CI=true finds gcc uninitialized
    CI=true finds gcc uninitialized
}

@test "clang: a warning is an error, one that gcc does not have" {
    plant checker/base/bad.c <<<'const char *f(int n); const char *f(int n) { return "text" + n; }'
    make lint-gcc
    finds clang string-plus-int
    finds tidy string-plus-int
    CI=true finds clang string-plus-int
}

@test "clang: a warning in a header" {
    plant checker/base/bad.h <<<'static inline const char *f(int n) { return "text" + n; }'
    plant checker/base/bad.c <<<$'#include "base/bad.h"\nconst char *g(void);\nconst char *g(void)\n{\n    return f(1);\n}'
    finds clang string-plus-int
}

@test "clang: without clang-tidy 14 its warnings come from itself" {
    mkdir bin
    plant bin/clang-tidy <<<$'#!/bin/sh\necho version 15.0.0'
    chmod +x bin/clang-tidy
    PATH=$PWD/bin:$PATH
    make lint-clang lint-tidy
    plant checker/base/bad.c <<<'const char *f(int n); const char *f(int n) { return "text" + n; }'
    finds clang -Wstring-plus-int
    plant checker/base/bad.c <<<''
    run make lint-clang
    [[ "$output" == *"lint does without it"* ]]
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

int f(void);

int f(void)
{
    char *text = malloc(10);

    return text ? text[0] = 1 : 0;
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
    CI=$FLAGGED make build/debug/gendoc
    build/debug/gendoc --check "$BATS_TEST_TMPDIR/page.md"
    sed -i '0,/^| ./s//&x/' "$BATS_TEST_TMPDIR/page.md"
    run build/debug/gendoc --check "$BATS_TEST_TMPDIR/page.md"
    [ "$status" -ne 0 ]
}
