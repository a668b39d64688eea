#!/usr/bin/env bats
# kata explain, and that its pages are whole and their examples C.

load helper

# A root without katas, whose pages may be broken.
pages_root() {
    mkdir -p "$BATS_TEST_TMPDIR/root/katas"
    cp -r "$ROOT/docs" "$BATS_TEST_TMPDIR/root/"
    export KATA_ROOT=$BATS_TEST_TMPDIR/root
    pages=$KATA_ROOT/docs/explain
}

@test "without a category all are listed, each with what it is" {
    run "$KATA" explain
    [ "$status" -eq 0 ]
    [ "$(grep -c '^  [a-z-]*  *[a-z]' <<<"$output")" -eq 17 ]
    [[ "$output" == *"leak "*"memory that nobody gives back"* ]]
}

@test "a page is rendered as a brief is" {
    run "$KATA" explain leak
    [ "$status" -eq 0 ]
    [[ "$output" == *"How people fix it"* ]]
    [[ "$output" != *'```'* && "$output" != *$'\e['* ]]
}

# attempt MUTANT: an attempt at lru-cache with that mistake.
attempt() {
    "$KATA" start lru-cache
    patch -s "$ROOT/solutions/containers/lru-cache/lru_cache.c" \
        "$ROOT/solutions/containers/lru-cache/mutants/$1.patch" \
        -o "$KATA_HOME/lru-cache/lru_cache.c"
}

@test "the last finding of one's own is shown with its category" {
    attempt delete-leaks
    run "$KATA" grade lru-cache --stage memory
    [ "$status" -eq 1 ]
    run "$KATA" explain leak
    [ "$status" -eq 0 ]
    [[ "$output" == *"The last of yours, in lru-cache:"*"lru_cache.c:"*"never freed"* ]]
    run "$KATA" explain crash
    [[ "$output" != *"of yours"* ]]
}

@test "the hint that answers the last failure comes first" {
    attempt delete-leaks
    run "$KATA" grade lru-cache --stage memory
    run "$KATA" hint lru-cache
    [ "$status" -eq 0 ]
    [[ "$output" == "Your last failure was leak in lru_cache::delete"* ]]
    [[ "$output" == *"## 6. "*"(hint 6 of 6)"* ]]
    run "$KATA" hint lru-cache
    [[ "$output" == "## 1. "* ]]
    run "$KATA" hint lru-cache 6
    [[ "$output" == "## 6. "* ]]
    run "$KATA" hint lru-cache 5
    [ "$status" -eq 2 ]
}

@test "a test that fails opens the hint that answers it, until that is open" {
    attempt update-is-no-use
    run "$KATA" test lru-cache
    run "$KATA" hint lru-cache
    [[ "$output" == "Your last failure was wrong-answer in lru_cache::putting"* ]]
    [[ "$output" == *"## 4. "* ]]
    # Its tests have passed since, but not all of a grade.
    cp "$ROOT/solutions/containers/lru-cache/lru_cache.c" "$KATA_HOME/lru-cache"
    run "$KATA" test lru-cache
    [ "$status" -eq 0 ]
    for number in 1 2 3 5; do
        run "$KATA" hint lru-cache
        [[ "$output" == "## $number. "* ]]
    done
}

@test "where everything fails, hints come in their order" {
    "$KATA" start lru-cache
    run "$KATA" test lru-cache
    [ "$status" -eq 1 ]
    run "$KATA" hint lru-cache
    [[ "$output" == "## 1. "* ]]
}

@test "an unknown category gets a suggestion" {
    run "$KATA" explain leek
    [ "$status" -eq 2 ]
    [[ "$output" == *"did you mean 'leak'?"* ]]
    run "$KATA" explain leak crash
    [ "$status" -eq 2 ]
}

@test "verify finds a page that is not there, or lacks something" {
    pages_root
    run "$KATA" verify
    [ "$status" -eq 0 ]
    rm "$pages/leak.md"
    sed -i 's/^## An example/## Example/' "$pages/crash.md"
    sed -i '1s/.*/# A timeout/' "$pages/timeout.md"
    sed -i '/^## What it is/,/^## How it looks/{/^##/!d}' "$pages/style.md"
    sed -i 's/(timeout.md)/(timeuot.md)/' "$pages/output-limit.md"
    run "$KATA" verify
    [ "$status" -eq 1 ]
    [[ "$output" == *"leak.md: "* ]]
    [[ "$output" == *"crash.md: has no section '## An example'"* ]]
    [[ "$output" == *"timeout.md: does not begin with '# timeout: '"* ]]
    [[ "$output" == *"style.md: the section '## What it is' is not filled"* ]]
    [[ "$output" == *"output-limit.md: the link to timeuot.md leads nowhere"* ]]
}

# blocks FILE: the page's C examples, each in a file of its own.
blocks() {
    awk -v out="$BATS_TEST_TMPDIR/block" '
        /^```c$/ {n++; inside = 1; next}
        /^```/ {inside = 0}
        inside {print > (out n ".c")}' "$1"
}

@test "the examples compile, save the one that must not" {
    for page in "$ROOT"/docs/explain/*.md; do
        rm -f "$BATS_TEST_TMPDIR"/block*.c
        blocks "$page"
        for block in "$BATS_TEST_TMPDIR"/block*.c; do
            [ -e "$block" ] || continue
            run gcc -std=c17 -fsyntax-only -include stdbool.h \
                -include stdio.h -include stdlib.h -include pthread.h "$block"
            want=0
            [[ "$page $block" != *compile-error.md*block1.c ]] || want=1
            echo "$page $block $output"
            [ "$status" -eq "$want" ]
        done
    done
}

@test "a failing grade names the page once, a passing one does not" {
    run "$KATA" grade lru-cache --stub --stage tests
    [ "$status" -eq 1 ]
    [ "$(grep -c 'kata explain' <<<"$output")" -eq 1 ]
    [[ "$output" == *"kata explain wrong-answer"* ]]
    run "$KATA" grade lru-cache --solution --stage tests
    [[ "$output" != *"kata explain"* ]]
}
