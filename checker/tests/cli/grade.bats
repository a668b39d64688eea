#!/usr/bin/env bats
# Verdicts as people and programs get them.

load helper

# Of one kata: `kata verify` grades all references and stubs.
@test "a reference passes with all points" {
    run "$KATA" grade singleton --solution --format json -o "$TMPDIR/r.json"
    [ "$status" -eq 0 ]
    [ "$(json .verdict "$TMPDIR/r.json")" = pass ]
    [ "$(json .score "$TMPDIR/r.json")" = 100 ]
    [ "$(json .schema "$TMPDIR/r.json")" = kata-result/1 ]
    [ "$(json .provenance.sandbox "$TMPDIR/r.json")" = bwrap ]
}

@test "a stub fails by wrong answers" {
    run "$KATA" grade singleton --stub --format json -o "$TMPDIR/r.json"
    [ "$status" -eq 1 ]
    [ "$(json .verdict "$TMPDIR/r.json")" = fail ]
    [ "$(json .category "$TMPDIR/r.json")" = wrong-answer ]
}

# grade_text NAME: grades standard input as an lru-cache, result in r.json.
grade_text() {
    cat > "$TMPDIR/lru_cache.c"
    run "$KATA" grade lru-cache "$TMPDIR/lru_cache.c" --format json \
        -o "$TMPDIR/r.json"
}

reference() {
    cat "$ROOT/solutions/containers/lru-cache/lru_cache.c"
}

@test "a file that does not compile is a compile-error with its line" {
    { reference; echo "int broken("; } | { grade_text; [ "$status" -eq 1 ]
    [ "$(json .category "$TMPDIR/r.json")" = compile-error ]
    [ "$(json '.stages[0].findings[0].line > 0' "$TMPDIR/r.json")" = true ]; }
}

@test "more errors than anybody reads still come with their lines" {
    reference > "$TMPDIR/in.c"
    for i in {1..300}; do echo "int wrong_$i(void) { return no_$i; }"; done \
        >> "$TMPDIR/in.c"
    grade_text < "$TMPDIR/in.c"
    [ "$status" -eq 1 ]
    [ "$(json .category "$TMPDIR/r.json")" = compile-error ]
    [ "$(json '[.stages[0].findings[].line > 0] | all and length > 10' \
        "$TMPDIR/r.json")" = true ]
}

@test "an empty file is forbidden: the contract is not there" {
    grade_text < /dev/null
    [ "$status" -eq 1 ]
    [ "$(json .category "$TMPDIR/r.json")" = forbidden ]
}

@test "printing, asserting, Windows line ends and a byte-order mark are fine" {
    { printf '\xef\xbb\xbf#include <assert.h>\r\n#include <stdio.h>\r\n'
      reference | sed 's/$/\r/'
      printf 'void shout(void);\r\nvoid shout(void) {\r\n'
      printf 'assert(1 > 0); printf("debug\\n"); }\r\n'
    } > "$TMPDIR/in.c"
    grade_text < "$TMPDIR/in.c"
    [ "$status" -eq 0 ]
    [ "$(json .verdict "$TMPDIR/r.json")" = pass ]
}

@test "the same seed gives the same counterexample" {
    for i in 1 2; do
        run "$KATA" grade lru-cache --stub --seed 7 --stage oracle \
            --format json -o "$TMPDIR/$i.json"
        json '.stages[] | select(.name == "oracle") | .findings' \
            "$TMPDIR/$i.json" > "$TMPDIR/$i.txt"
    done
    cmp "$TMPDIR/1.txt" "$TMPDIR/2.txt"
    grep -q trace "$TMPDIR/1.txt"
}

@test "a counterexample is 1-minimal and replay reproduces it" {
    dir=$TMPDIR/m
    mkdir "$dir"
    cp "$ROOT/solutions/containers/lru-cache/lru_cache.c" "$dir/"
    for patch in "$ROOT"/solutions/containers/lru-cache/mutants/*.patch; do
        grep -q '^Stage: oracle' "$patch" || continue
        cp "$ROOT/solutions/containers/lru-cache/lru_cache.c" "$dir/"
        patch -s "$dir/lru_cache.c" "$patch"
        run "$KATA" grade lru-cache "$dir/lru_cache.c" --stage oracle \
            --format json -o "$TMPDIR/r.json"
        [ "$status" -eq 1 ]
        json '.stages[] | select(.name == "oracle") | .findings[0].trace[]' \
            "$TMPDIR/r.json" > "$dir/t.trace"
        run "$KATA" replay lru-cache "$dir/t.trace" "$dir/lru_cache.c"
        [ "$status" -eq 1 ]
        count=$(wc -l < "$dir/t.trace")
        for ((n = 1; n <= count; n++)); do
            sed "${n}d" "$dir/t.trace" > "$dir/less.trace"
            run "$KATA" replay lru-cache "$dir/less.trace" "$dir/lru_cache.c"
            [ "$status" -eq 0 ]
        done
    done
}

@test "--stage runs only that stage and what it needs" {
    run "$KATA" grade lru-cache --solution --stage style --format json
    [ "$status" -eq 0 ]
    [ "$(jq -r '[.stages[].name] | join(" ")' <<< "$output")" = "build style" ]
}

@test "an unknown stage, format, option, seed or command is wrong usage" {
    run "$KATA" grade lru-cache --solution --stage nonsense
    [ "$status" -eq 2 ]
    run "$KATA" grade lru-cache --solution --format nonsense
    [ "$status" -eq 2 ]
    run "$KATA" grade lru-cache --solution --sed 3
    [ "$status" -eq 2 ]
    [[ "$output" == *"--seed"* ]]
    run "$KATA" grade lru-cache --solution --seed 12x
    [ "$status" -eq 2 ]
    run "$KATA" gade
    [ "$status" -eq 2 ]
    [[ "$output" == *"grade"* ]]
}

@test "an unknown slug gets a suggestion" {
    run "$KATA" grade lru-cach --solution
    [ "$status" -eq 2 ]
    [[ "$output" == *"did you mean 'lru-cache'"* ]]
}

@test "a missing file, a folder and a device are told apart and graded not" {
    run "$KATA" grade lru-cache "$TMPDIR/none.c"
    [ "$status" -eq 3 ]
    [[ "$output" == *"No such file"* ]]
    run "$KATA" grade lru-cache "$TMPDIR"
    [ "$status" -eq 3 ]
    run timeout -k 1 60 "$KATA" grade lru-cache /dev/zero
    [ "$status" -eq 3 ]
}

@test "a broken kata.json is an error that names file and key" {
    copy=$(copy_root)
    sed -i 's/"minutes": [0-9]*/"minutes": "many"/' \
        "$copy/katas/containers/lru-cache/kata.json"
    KATA_ROOT=$copy run "$KATA" grade lru-cache --solution
    [ "$status" -eq 3 ]
    [[ "$output" == *"kata.json"*"minutes"* ]]
}

@test "a kata with a missing file is an error that names it" {
    copy=$(copy_root)
    rm "$copy/katas/containers/lru-cache/agent_lru_cache.c"
    KATA_ROOT=$copy run "$KATA" grade lru-cache --solution
    [ "$status" -eq 3 ]
    [[ "$output" == *"agent_lru_cache.c"* ]]
}

@test "a full disk is an error and an earlier report stays whole" {
    echo before > "$TMPDIR/r.json"
    run bash -c "ulimit -f 1; trap '' XFSZ; \
        '$KATA' grade lru-cache --solution --format json -o '$TMPDIR/r.json'"
    [ "$status" -eq 3 ]
    [ "$(cat "$TMPDIR/r.json")" = before ]
}

@test "a work folder that cannot be written is an error" {
    [ "$(id -u)" -ne 0 ] || skip "root writes everywhere"
    chmod 500 "$KATA_HOME"
    run "$KATA" start lru-cache
    chmod 700 "$KATA_HOME"
    [ "$status" -eq 3 ]
}

@test "a missing tool is an error that says what to install" {
    mkdir "$TMPDIR/bin"
    ln -s "$(command -v gcc)" "$TMPDIR/bin/"
    PATH=$TMPDIR/bin run "$KATA" doctor
    [ "$status" -eq 3 ]
    [[ "$output" == *"apt-get install"*"valgrind"* ]]
    # Not for everybody: what goes without them is said, and that is all.
    [[ "$output" == *"sbatch "*"no \`kata batch --engine slurm\`"* ]]
    [[ "$output" == *"parallel "*"no \`kata batch --engine parallel\`"* ]]
    [[ "${output##*apt-get install}" != *slurm* ]]
    run "$KATA" doctor
    [[ "$output" == *"parallel"* ]]
    ! command -v parallel || [[ "$output" != *"engine parallel"* ]]
}

# A bwrap that cannot do what it is asked for, in a PATH of its own.
broken_bwrap() {
    mkdir "$TMPDIR/bin"
    cat > "$TMPDIR/bin/bwrap" <<- END
	#!/bin/sh
	[ "\$1" = --version ] && exit
	echo "bwrap: $1" >&2
	exit 1
	END
    chmod 755 "$TMPDIR" "$TMPDIR/bin" "$TMPDIR/bin/bwrap"
    PATH=$TMPDIR/bin:$PATH
}

@test "doctor says why there is no jail, and how to get it" {
    broken_bwrap "Can't mount proc on /newroot/proc: Operation not permitted"
    run "$KATA" doctor
    [[ "$output" == *missing*sandbox*"only your own code"* ]]
    [[ "$output" == *"no sandbox: cannot set up the jail: Can't mount proc"* ]]
    [[ "$output" == *"start it with"* ]] || [[ "$output" == *sysctl* ]]
}

@test "without a jail one's own code is graded, and the result says so" {
    broken_bwrap "No permissions to create new namespace"
    run "$KATA" grade lru-cache --stub --stage tests -o "$TMPDIR/result" \
        --format json
    [ "$status" -eq 1 ]
    [[ "$output" == *"no sandbox"* ]]
    [ "$(jq -r .provenance.sandbox "$TMPDIR/result")" = none ]
}

@test "with --first-failure what comes after a failure is not run" {
    run "$KATA" grade lru-cache --stub --first-failure --format json
    [ "$status" -eq 1 ]
    [ "$(jq -r '[.stages[] | select(.status == "fail") | .name] | join(" ")' \
        <<< "$output")" = tests ]
    [ "$(jq -r '.stages[] | select(.name == "oracle") | .status' \
        <<< "$output")" = skip ]
}

@test "Ctrl-C at any moment ends with 130 and leaves nothing" {
    "$KATA" grade lru-cache --solution > /dev/null
    interrupted=0
    for after in 0.02 0.06 0.1 0.15 0.2 0.3 0.4 0.5 0.7; do
        # A shell's jobs in the background ignore SIGINT.
        env --default-signal=INT "$KATA" grade lru-cache --solution \
            > /dev/null &
        pid=$!
        sleep "$after"
        if kill -INT "$pid" 2> /dev/null; then
            status=0
            wait "$pid" || status=$?
            [ "$status" -eq 130 ] || [ "$status" -eq 0 ]
            ((interrupted += status == 130)) || true
        fi
        [ -z "$(find "$TMPDIR" -mindepth 1 -name 'kata*')" ]
        [ -z "$(pgrep -P "$pid" || true)" ]
    done
    [ "$interrupted" -ge 4 ]
}

@test "private tests and traces count, and are a part of the provenance" {
    reference=$ROOT/solutions/containers/lru-cache/lru_cache.c
    mkdir -p "$TMPDIR/private/lru-cache/traces"
    "$KATA" grade lru-cache "$reference" --seed 1 --stage oracle \
        --stage tests --format json -o "$TMPDIR/without.json"
    cat > "$TMPDIR/private/lru-cache/test_private.c" << 'C'
#include "lru_cache.h"
#include <criterion/criterion.h>
Test(private, forgets_99)
{
    int value;
    struct lru_cache *cache = lru_cache_new(4);

    cr_assert_eq(lru_cache_put(cache, 99, 1), 0, "put");
    cr_assert(lru_cache_get(cache, 99, &value), "get(99): not there");
    lru_cache_free(cache);
}
C
    printf 'new 2\nput 77 1\nget 77\n' \
        > "$TMPDIR/private/lru-cache/traces/edge.trace"
    awk '/^int lru_cache_put/ {put = 1} {print}
         put && /^{/ {print "    if (key == 99) return 0;"; put = 0}' \
        "$reference" > "$TMPDIR/lru_cache.c"
    run "$KATA" grade lru-cache "$TMPDIR/lru_cache.c" --seed 1 --foreign \
        --tests "$TMPDIR/private" --stage tests --stage oracle --jobs 1 \
        --format json -o "$TMPDIR/with.json"
    [ "$status" -eq 1 ]
    [ "$(json '.stages[2].findings[0].test' "$TMPDIR/with.json")" \
        = private::forgets_99 ]
    [ "$(json '.stages[2].findings[0].file' "$TMPDIR/with.json")" \
        = test_private.c ]
    [ "$(json .provenance.kata "$TMPDIR/with.json")" \
        != "$(json .provenance.kata "$TMPDIR/without.json")" ]
    [ "$(json '.stages[3].details.traces' "$TMPDIR/with.json")" -eq \
        $(($(json '.stages[3].details.traces' "$TMPDIR/without.json") + 1)) ]
    [ ! -e "$KATA_HOME/lru-cache" ]
}

@test "private tests that the reference fails are an error, not a verdict" {
    mkdir -p "$TMPDIR/private/lru-cache"
    printf '%s\n' '#include <criterion/criterion.h>' \
        'Test(private, wrong) { cr_assert(0, "never"); }' \
        > "$TMPDIR/private/lru-cache/test_private.c"
    run "$KATA" grade lru-cache --stub --tests "$TMPDIR/private" --stage tests
    [ "$status" -eq 3 ]
    [[ "$output" == *"fails its own test private::wrong"* ]]
}

# with_capacity LINE: the reference with LINE where a cache of a capacity that
# no random trace has is made.
with_capacity() {
    reference | awk -v line="$1" '{print} /^struct lru_cache \*lru_cache_new/ {
        getline; print; print "    if (capacity == (size_t)-1) {" line "}"}' \
        > "$TMPDIR/edited.c"
    grade_text < "$TMPDIR/edited.c"
}

@test "a crash of a test's workload when memory runs out is an alloc-failure" {
    with_capacity 'volatile char *note = malloc(8); note[0] = 1; free((void *)note);'
    [ "$status" -eq 1 ]
    [ "$(json .category "$TMPDIR/r.json")" = alloc-failure ]
    finding=$(json '.stages[] | select(.name == "faults") | .findings[0] |
        "\(.test): \(.line): \(.message)"' "$TMPDIR/r.json")
    [ "$finding" = "lru_cache::a_huge_capacity_costs_nothing_before_it_is_used:\
 117: when allocation 1 of the test fails, it crashes: Segmentation fault" ]
}

@test "a leak in a test's workload when memory runs out is an alloc-failure" {
    with_capacity 'void *a = malloc(8); void *b = malloc(8);
        if (a && b) { free(a); free(b); }'
    [ "$status" -eq 1 ]
    [ "$(json .category "$TMPDIR/r.json")" = alloc-failure ]
    json '.stages[] | select(.name == "faults") | .findings[0].message' \
        "$TMPDIR/r.json" | grep "1 block is never freed"
}

@test "a hundred thousand levels are copied, compared and freed" {
    printf 'new\nbuild chain 100000\ndeepcopy 0\nequal 0 1\n' \
        > "$TMPDIR/deep.trace"
    run "$KATA" replay deep-copy --solution "$TMPDIR/deep.trace"
    [ "$status" -eq 0 ]
    [[ "$output" == *"every answer is as expected"* ]]
    echo "$output" | grep -Eq '^ *equal 0 1 +(= )?true'
}

@test "grading another file leaves the attempt's counterexample alone" {
    "$KATA" start lru-cache
    echo "# mine" > "$KATA_HOME/lru-cache/failed.trace"
    cp "$ROOT/katas/containers/lru-cache/lru_cache.c" "$TMPDIR/other.c"
    run "$KATA" grade lru-cache "$TMPDIR/other.c" --stage oracle
    [ "$status" -eq 1 ]
    [ "$(cat "$KATA_HOME/lru-cache/failed.trace")" = "# mine" ]
    run "$KATA" grade lru-cache --stage oracle
    grep -q '^new' "$KATA_HOME/lru-cache/failed.trace"
}

# Of 21 tests and of 17 some fail: shares that no hundredth is.
@test "points of stages add up to the score" {
    local each kata file
    for each in functions/closure/deletes-twice \
        memory/cycle-detection/cycle-backwards; do
        kata=${each%/*}
        file=${kata#*/}
        file=${file//-/_}.c
        cp "$ROOT/solutions/$kata/$file" "$TMPDIR/$file"
        patch -s "$TMPDIR/$file" "$ROOT/solutions/$kata/mutants/${each##*/}.patch"
        run "$KATA" grade "${kata#*/}" "$TMPDIR/$file" --seed 1 --format json \
            -o "$TMPDIR/result.json"
        [ "$status" -eq 1 ]
        json '"\(.score) \([.stages[].score] | add)"' "$TMPDIR/result.json"
        [ "$(json '.score - ([.stages[].score] | add) | fabs < 0.001' \
            "$TMPDIR/result.json")" = true ]
    done
}

has_begun() {
    [ -n "$(find "$TMPDIR" -path '*/kata-run-*/src/*.c')" ]
}

@test "what a killed grading left is removed by the next, and no other's" {
    local pid mine=$TMPDIR/kata-run-inuse1
    "$KATA" grade lru-cache --solution > /dev/null 3>&- &
    pid=$!
    for ((i = 0; i < 200; i++)); do
        ! has_begun || break
        sleep 0.02
    done
    kill -9 "$pid"
    wait "$pid" || true
    has_begun
    mkdir "$mine"
    exec 8< "$mine"
    flock 8
    "$KATA" grade lru-cache --stub --stage build 8>&-
    exec 8>&-
    [ "$(find "$TMPDIR" -mindepth 1 -maxdepth 1 -name 'kata*')" = "$mine" ]
    "$KATA" grade lru-cache --stub --stage build
    [ ! -e "$mine" ]
}

verifies_mutants() {
    [ -n "$(find "$TMPDIR" -path '*/kata-mutant-*/*.c')" ]
}

# all_gone PATHS: one a line.
all_gone() {
    local each
    for each in $1; do
        [ ! -e "$each" ] || return 1
    done
}

@test "what a killed verify left is removed by the next" {
    local left pid
    "$KATA" verify singleton > /dev/null 3>&- &
    pid=$!
    eventually 60 verifies_mutants
    kill -9 "$pid"
    wait "$pid" || true
    left=$(find "$TMPDIR" -name 'kata-mutant-*')
    [ -n "$left" ]
    env --default-signal=INT "$KATA" verify singleton > /dev/null 3>&- &
    pid=$!
    eventually 60 all_gone "$left"
    kill -INT "$pid"
    status=0
    wait "$pid" || status=$?
    [ "$status" -eq 130 ]
}
