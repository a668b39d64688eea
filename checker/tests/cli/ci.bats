#!/usr/bin/env bats
# What sums the runners up, and what installs their tools.

ROOT=$(cd "$BATS_TEST_DIRNAME/../../.." && pwd)

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    mkdir logs
}

# left NAME STATUS: a runner's log is standard input.
left() {
    cat >"logs/$1.log"
    echo "$2" >"logs/$1.status"
}

# sums STATUS LAST-LINE NAME=FORMAT...
sums() {
    local want=$1 line=$2
    shift 2
    run "$ROOT/.ci/summary" logs "$@"
    echo "$output"
    [ "$status" -eq "$want" ]
    [ "${lines[-1]}" = "$line" ]
}

# says TEXT NAME=FORMAT...: of what has failed.
says() {
    local text=$1
    shift
    run "$ROOT/.ci/failures" logs "$@"
    echo "$output"
    [[ "$output" == *"$text"* ]]
}

synthesis='[====] Synthesis: Tested: 12 | Passing: 12 | Failing: 0 | Crashing: 0 '

@test "all formats are added up" {
    left unit 0 <<<"$synthesis"
    left cli 0 <<<$'1..3\nok 1 a\nok 2 b # skip no tmux\nok 3 c'
    left verify 0 <<<$'lru-cache\n  ok  files\n25 passed, 0 failed'
    left lint 0 </dev/null
    sums 0 "40 passed, 0 failed" unit=criterion cli=tap verify=count \
        lint=status
    [[ "$output" == *"1 skipped"* ]]
}

@test "what was tried again is said" {
    left cli 0 <<<$'1..2\nok 1 a\n# retried: b\nok 2 b'
    sums 0 "2 passed, 0 failed" cli=tap
    [[ "$output" == *"1 retried"* ]]
}

@test "failures of each format fail" {
    left unit 1 <<<'[====] Synthesis: Tested: 12 | Passing: 10 | Failing: 2 | Crashing: 1 '
    sums 1 "10 passed, 2 failed" unit=criterion
    left cli 1 <<<$'1..2\nok 1 a\nnot ok 2 b'
    sums 1 "1 passed, 1 failed" cli=tap
    left verify 1 <<<'25 passed, 3 failed'
    sums 1 "25 passed, 3 failed" verify=count
    left lint 2 </dev/null
    sums 1 "0 passed, 1 failed" lint=status
}

@test "colour around Criterion's numbers does not hide them" {
    left unit 0 <<<$'[\e[0;34m====\e[0m] Synthesis: Tested: \e[0;34m12\e[0m | Passing: \e[0;32m12\e[0m | Failing: \e[0;31m0\e[0m | Crashing: \e[0;31m0\e[0m '
    sums 0 "12 passed, 0 failed" unit=criterion
}

@test "a runner that died without its closing line fails" {
    left unit 0 <<<'[RUN ] a::b'
    sums 1 "0 passed, 1 failed" unit=criterion
    left cli 0 <<<$'1..3\nok 1 a\nok 2 b'
    sums 1 "0 passed, 1 failed" cli=tap
    left cli 0 <<<$'ok 1 a\nok 2 b'
    sums 1 "0 passed, 1 failed" cli=tap
    left verify 0 <<<'lru-cache'
    sums 1 "0 passed, 1 failed" verify=count
}

@test "a runner that says all is well and exits with an error fails" {
    left unit 139 <<<"$synthesis"
    sums 1 "12 passed, 1 failed" unit=criterion
}

@test "a runner that ran nothing, or did not run, fails" {
    left unit 0 <<<'[====] Synthesis: Tested: 0 | Passing: 0 | Failing: 0 | Crashing: 0 '
    sums 1 "0 passed, 1 failed" unit=criterion
    left cli 0 <<<'1..0'
    sums 1 "0 passed, 1 failed" cli=tap
    sums 1 "0 passed, 1 failed" never=status
    sums 1 "0 passed, 0 failed"
}

@test "what failed is said at the end, with what it said, and no more" {
    left cli 1 <<<$'1..3\nok 1 a\n# of a\nnot ok 2 b\n# why\nok 3 c\n# of c'
    says $'== cli failed: exit status 1\nnot ok 2 b\n# why' cli=tap
    [[ "$output" != *"of a"* && "$output" != *"of c"* ]]
    left unit 1 <<<$'[----] test_x.c:3: Assertion failed: x\n[FAIL] x::y: (0.00s)\n[PASS] x::z'
    says $'test_x.c:3: Assertion failed: x\n[FAIL] x::y' unit=criterion
    [[ "$output" != *x::z* ]]
    left verify 1 <<<$'closure\n  ok    files\n  FAIL  stub: x\n        tests: y\n  ok    z\n1 passed, 1 failed'
    says $'  FAIL  stub: x\n        tests: y' verify=count
    [[ "$output" != *"  ok "* ]]
    left lint 2 <<<$'fine\nx.c:1:2: error: bad [-Werror]'
    says "x.c:1:2: error: bad" lint=status
    says "never failed: it did not run to its end" never=count
}

@test "of a runner that tells nothing by itself the last lines are shown" {
    left class 1 <<<$'ada: no result\n\nseed 1\n1 passed, 1 failed'
    says "ada: no result" class=count
    left cli 139 <<<$'1..2\nok 1 a\nSegmentation fault'
    says "Segmentation fault" cli=tap
}

@test "where all is well nothing is said of failures" {
    left cli 0 <<<$'1..1\nok 1 a'
    left lint 0 <<<'x.c:1:2: warning: none'
    run "$ROOT/.ci/failures" logs cli=tap lint=status
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

# A tree in which every runner says at once that all is well.
all_runners() {
    mkdir -p fake checker/tests/cli
    touch checker/tests/cli/new.bats checker/tests/cli/watch.bats
    cp -r "$ROOT/.ci" .
    printf '#!/bin/sh\necho verify >>ran\necho "5 passed, 0 failed"\n' >kata
    # shellcheck disable=SC2016 # the script expands
    printf '#!/bin/sh\necho cli >>ran\necho "$@" >files\necho 1..1\necho "${SAYS:-ok 1 a}"\n%s' \
        '[ -z "${SAYS-}" ]' >fake/bats
    chmod +x kata fake/bats
    cat >Makefile <<END
test-deps tests lint fuzz-corpus:
	@echo \$@ >>ran
unit:
	@echo \$@ >>ran; echo '$synthesis'
attacks properties class:
	@echo \$@ >>ran; echo "CI=\$(CI)"; echo "2 passed, 0 failed"
END
}

@test "make test runs every runner once, with warnings as errors" {
    all_runners
    unset CI
    PATH=$PWD/fake:$PATH run .ci/test
    echo "$output"
    [ "$status" -eq 0 ]
    [ "${lines[-1]}" = "28 passed, 0 failed" ]
    grep -q CI=true build/test/attacks.log
    [ "$(grep -o '[a-z]*\.bats' files | sort | uniq -c |
        grep -c '^ *1 \(new\|watch\)\.bats')" -eq 2 ]
    [ "$(head -n 2 ran)" = $'test-deps\ntests' ]
    [ "$(sort ran | tr '\n' ' ')" = "attacks class cli fuzz-corpus lint \
properties test-deps tests unit verify " ]
}

@test "make test says what failed last, and runs the others" {
    all_runners
    SAYS=$'not ok 1 a\n# because' PATH=$PWD/fake:$PATH run .ci/test
    echo "$output"
    [ "$status" -eq 1 ]
    [ "${lines[-1]}" = "27 passed, 1 failed" ]
    [[ "$output" == *$'== cli failed: exit status 1\nnot ok 1 a\n# because\n\ndeps '* ]]
    [ "$(wc -l <ran)" -eq 10 ]
}

@test "make test runs nothing where the build fails, and says why" {
    all_runners
    echo 'tests: broken' >>Makefile
    echo 'broken: ; @echo "x.c:1:2: error: y"; false' >>Makefile
    PATH=$PWD/fake:$PATH run .ci/test
    [ "$status" -eq 1 ]
    [[ "$output" == *"== build failed: exit status 2"*"x.c:1:2: error: y"* ]]
    [ "$(cat ran)" = test-deps ]
}

# A PATH with everything but what is named.
path_without() {
    mkdir -p bin
    find /usr/bin /bin /usr/sbin -maxdepth 1 ! -type d \
        -exec ln -sf -t bin {} + 2>/dev/null
    for name in "$@"; do rm -f "bin/$name"; done
    echo "$PWD/bin"
}

@test "deps asks for nothing where all is there" {
    PATH=$(path_without apt-get sudo) run "$ROOT/.ci/deps"
    [ "$status" -eq 0 ]
    printf '#!/bin/sh\necho called >&2\nexit 1\n' >apt-get
    chmod +x apt-get
    PATH=$PWD:$PATH run "$ROOT/.ci/deps"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

# A copy whose list has one more row, and an apt-get that only writes down.
deps_missing() {
    mkdir -p ci fake
    cp "$ROOT/.ci/deps" "$ROOT/.ci/packages" ci/
    echo "kata-no-such-package no-such-command a reason" >>ci/packages
    printf '#!/bin/sh\necho "$@" >>%s/calls\n' "$PWD" >fake/apt-get
    cp fake/apt-get fake/sudo
    chmod +x fake/*
}

@test "deps installs what is missing and that alone" {
    deps_missing
    [ "$(id -u)" -eq 0 ] || sed -i 's/^.*calls$/"$@"/' fake/sudo
    PATH=$PWD/fake:$PATH run ci/deps
    [ "$status" -eq 3 ]
    [[ "$output" == *"still missing: kata-no-such-package"* ]]
    [ "$(cat calls)" = "update -q
install -y -q --no-install-recommends kata-no-such-package" ]
}

@test "deps knows that one of several names is enough" {
    deps_missing
    sed -i '$d' ci/packages
    echo "kata-no-such-package|make - a reason" >>ci/packages
    PATH=$PWD/fake:$PATH run ci/deps
    [ "$status" -eq 0 ]
    [ ! -e calls ]
}

@test "deps says what to install where there is no apt" {
    deps_missing
    PATH=$(path_without apt-get dpkg-query) run ci/deps
    echo "$output"
    [ "$status" -eq 3 ]
    [[ "$output" == *"no-such-command"*"a reason"* ]]
    [ "${#lines[@]}" -eq 2 ]
    sed -i '$d' ci/packages
    PATH=$(path_without apt-get dpkg-query) run ci/deps
    [ "$status" -eq 0 ]
}

@test "install puts everything where the program finds it, uninstall removes it" {
    unset MAKEFLAGS MFLAGS MAKELEVEL
    make -s -C "$ROOT" install DESTDIR="$PWD/dest" PREFIX=/opt/kata
    run env -u KATA_ROOT dest/opt/kata/bin/kata list
    [ "$status" -eq 0 ]
    [[ "$output" == *lru-cache* ]]
    [ -z "$(find dest -name __pycache__)" ]
    [ -z "$(find dest ! -perm -o+r)" ]
    run env -u KATA_ROOT dest/opt/kata/bin/kata grade lru-cache --solution
    [ "$status" -eq 0 ]
    make -s -C "$ROOT" uninstall DESTDIR="$PWD/dest" PREFIX=/opt/kata
    [ -z "$(find dest -type f)" ]
}
