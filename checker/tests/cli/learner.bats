#!/usr/bin/env bats
# The learner's way: start, hint, grade, solution, diff, reset.

load helper

@test "start makes an attempt from the stub" {
    run "$KATA" start lru-cache
    [ "$status" -eq 0 ]
    cmp "$KATA_HOME/lru-cache/lru_cache.c" \
        "$ROOT/katas/containers/lru-cache/lru_cache.c"
    [ -f "$KATA_HOME/lru-cache/lru_cache.h" ]
}

@test "start does not touch an attempt that is there" {
    "$KATA" start lru-cache
    echo "/* mine */" > "$KATA_HOME/lru-cache/lru_cache.c"
    run "$KATA" start lru-cache
    [ "$status" -eq 0 ]
    [[ "$output" == *"--again"* ]]
    [ "$(cat "$KATA_HOME/lru-cache/lru_cache.c")" = "/* mine */" ]
}

@test "start --again and reset keep what was written" {
    "$KATA" start lru-cache
    echo "/* first */" > "$KATA_HOME/lru-cache/lru_cache.c"
    "$KATA" start lru-cache --again
    echo "/* second */" > "$KATA_HOME/lru-cache/lru_cache.c"
    "$KATA" reset lru-cache
    cmp "$KATA_HOME/lru-cache/lru_cache.c" \
        "$ROOT/katas/containers/lru-cache/lru_cache.c"
    [ "$(cat "$KATA_HOME/lru-cache/old/1/lru_cache.c")" = "/* first */" ]
    [ "$(cat "$KATA_HOME/lru-cache/old/2/lru_cache.c")" = "/* second */" ]
}

@test "reset without an attempt is wrong usage" {
    run "$KATA" reset lru-cache
    [ "$status" -eq 2 ]
}

@test "hints open one at a time" {
    run "$KATA" hint lru-cache
    [ "$status" -eq 0 ]
    [[ "$output" == "## 1."* ]]
    run "$KATA" hint lru-cache
    [[ "$output" == "## 2."* ]]
    run "$KATA" hint lru-cache 1
    [[ "$output" == "## 1."* ]]
    run "$KATA" hint lru-cache 4
    [ "$status" -eq 2 ]
}

@test "the solution is shown after a pass, or with --force" {
    "$KATA" start lru-cache
    run "$KATA" solution lru-cache
    [ "$status" -eq 1 ]
    run "$KATA" solution lru-cache --force
    [ "$status" -eq 0 ]
    [[ "$output" == *"lru_cache_get"* ]]
    cp "$ROOT/solutions/containers/lru-cache/lru_cache.c" \
        "$KATA_HOME/lru-cache/lru_cache.c"
    run "$KATA" grade lru-cache
    [ "$status" -eq 0 ]
    run "$KATA" solution lru-cache
    [ "$status" -eq 0 ]
    run "$KATA" diff lru-cache
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

@test "grade without an attempt says how to make one" {
    run "$KATA" grade lru-cache
    [ "$status" -eq 2 ]
    [[ "$output" == *"kata start lru-cache"* ]]
}

@test "brief shows the question without a terminal's colours" {
    run "$KATA" brief lru-cache
    [ "$status" -eq 0 ]
    [[ "$output" == *"The question"* || "$output" == *"THE QUESTION"* ]]
    [[ "$output" != *$'\e['* ]]
}

@test "output that does not arrive is an error" {
    run bash -c "'$KATA' list > /dev/full"
    [ "$status" -eq 3 ]
}
