#!/usr/bin/env bats
# The catalogue and its authors: list, brief, new.

load helper

# A root with the kata template and no kata.
empty_root() {
    local root=$BATS_TEST_TMPDIR/empty
    mkdir -p "$root/katas"
    ln -s "$ROOT/checker" "$root/checker"
    echo "$root"
}

@test "list groups katas by topic, a line each" {
    run "$KATA" list
    [ "$status" -eq 0 ]
    [[ "$output" == *$'containers\n'* ]]
    grep -qE '^  lru-cache +mid +[0-9]+ min  new      LRU cache$' <<<"$output"
    [[ "$output" != *$'\e['* ]]
}

@test "list finds the katas from any folder" {
    cd /
    unset KATA_ROOT
    run "$KATA" list
    [ "$status" -eq 0 ]
    [[ "$output" == *lru-cache* ]]
}

@test "list TOPIC shows that topic only" {
    run "$KATA" list memory
    [ "$status" -eq 0 ]
    [[ "$output" != *lru-cache* ]]
    run "$KATA" list contaniers
    [ "$status" -eq 2 ]
    [[ "$output" == *"did you mean 'containers'"* ]]
}

@test "list --json is read by a parser that is not ours" {
    "$KATA" list --json > "$BATS_TEST_TMPDIR/list.json"
    [ "$(json '.[] | select(.slug == "lru-cache") | .topic' \
        "$BATS_TEST_TMPDIR/list.json")" = containers ]
    [ "$(json 'map(.minutes | type) | unique | .[]' \
        "$BATS_TEST_TMPDIR/list.json")" = number ]
}

@test "list shows a broken kata with its error and exits with 3" {
    KATA_ROOT=$(copy_root)
    export KATA_ROOT
    echo '{"format": 1,' > "$KATA_ROOT/katas/containers/lru-cache/kata.json"
    run "$KATA" list
    [ "$status" -eq 3 ]
    grep -qE '^  lru-cache +broken: .*kata\.json: line 2' <<<"$output"
    "$KATA" list --json > "$BATS_TEST_TMPDIR/list.json" || [ "$?" -eq 3 ]
    [[ "$(json '.[] | select(.slug == "lru-cache") | .error' \
        "$BATS_TEST_TMPDIR/list.json")" == *"line 2"* ]]
}

@test "list lets no folder's name reach the terminal unescaped" {
    KATA_ROOT=$(empty_root)
    export KATA_ROOT
    mkdir -p "$KATA_ROOT/katas/memory/"$'a\e[2J' "$KATA_ROOT/katas/"$'\xff/b'
    run "$KATA" list
    [ "$status" -eq 3 ]
    [[ "$output" != *$'\e'* ]]
    "$KATA" list --json > "$BATS_TEST_TMPDIR/list.json" || [ "$?" -eq 3 ]
    [ "$(json length "$BATS_TEST_TMPDIR/list.json")" -eq 2 ]
}

@test "a root without katas is an error that says what to set" {
    KATA_ROOT=$BATS_TEST_TMPDIR run "$KATA" list
    [ "$status" -eq 3 ]
    [[ "$output" == *KATA_ROOT* ]]
}

@test "brief wraps at 80 columns, tables and code aside" {
    run "$KATA" brief lru-cache
    [ "$status" -eq 0 ]
    long=$(grep -vE '^(\||    |- +\|)' <<<"$output" | grep -E '^.{81}') || true
    [ -z "$long" ]
}

@test "brief of an unknown kata suggests one" {
    run "$KATA" brief lru-cahce
    [ "$status" -eq 2 ]
    [[ "$output" == *"did you mean 'lru-cache'"* ]]
}

@test "new makes a kata that list shows" {
    KATA_ROOT=$(empty_root)
    export KATA_ROOT
    run "$KATA" new patterns/toy-visitor
    [ "$status" -eq 0 ]
    [ -f "$KATA_ROOT/katas/patterns/toy-visitor/toy_visitor.h" ]
    [ -f "$KATA_ROOT/solutions/patterns/toy-visitor/toy_visitor.c" ]
    run "$KATA" list
    [ "$status" -eq 0 ]
    [[ "$output" == *"toy-visitor"* ]]
}

@test "new refuses what is taken or cannot be, and leaves nothing" {
    KATA_ROOT=$(empty_root)
    export KATA_ROOT
    for name in lru-cache patern/x patterns/ patterns/Upper patterns/../x \
        patterns/stdio; do
        run "$KATA" new "$name"
        [ "$status" -eq 2 ]
    done
    run "$KATA" new
    [ "$status" -eq 2 ]
    [ -z "$(ls "$KATA_ROOT/katas")" ]
    "$KATA" new patterns/x
    run "$KATA" new memory/x
    [ "$status" -eq 2 ]
    [[ "$output" == *"already, in patterns"* ]]
}
