#!/usr/bin/env bats
# What docs/integrations/ tells to copy, run as the platforms run it, without
# the platforms.

load helper

DOCS=$ROOT/docs/integrations
CHECK=(/usr/bin/python3 "$BATS_TEST_DIRNAME/../formats/check.py")

# run_step PAGE JOB NAME: runs a step of the page's YAML, or a GitLab job's
# script, as a runner does it: bash, ending at the first failure.
run_step() {
    /usr/bin/python3 "$BATS_TEST_DIRNAME/workflow_step.py" "$DOCS/$1" "$2" \
        "${3:-}" > "$TMPDIR/step.sh"
    (cd "$TMPDIR/checkout" && bash -eo pipefail "$TMPDIR/step.sh")
}

# checkout FILE: a student's repository, with ours where the page has it.
checkout() {
    mkdir -p "$TMPDIR/checkout"
    cp "$1" "$TMPDIR/checkout/lru_cache.c"
    ln -s "$ROOT" "$TMPDIR/checkout/.kata"
}

right() { echo "$ROOT/solutions/containers/lru-cache/lru_cache.c"; }
stub() { echo "$ROOT/katas/containers/lru-cache/lru_cache.c"; }

# autograder: what Gradescope makes of the zip, before a submission comes.
autograder() {
    make -s -C "$ROOT" gradescope KATA=lru-cache SEED=7 OUT="$TMPDIR/zip" "$@"
    export AUTOGRADER=$TMPDIR/autograder
    mkdir -p "$AUTOGRADER/source" "$AUTOGRADER/submission" \
        "$AUTOGRADER/results" "$TMPDIR/bin"
    unzip -q "$TMPDIR/zip" -d "$AUTOGRADER/source"
    cp "$AUTOGRADER/source/run_autograder" "$AUTOGRADER/"
    ln -s "$KATA" "$TMPDIR/bin/kata"
    export KATA_ROOT=$AUTOGRADER/source PATH=$TMPDIR/bin:$PATH
    RESULTS=$AUTOGRADER/results/results.json
}

# no_jail: bubblewrap as it is in a container that may not make namespaces.
no_jail() {
    printf '#!/bin/sh\nexit 1\n' > "$TMPDIR/bin/bwrap"
    chmod +x "$TMPDIR/bin/bwrap"
}

@test "Gradescope: the zip has its two scripts at the top, and one kata" {
    autograder
    [ -x "$AUTOGRADER/source/run_autograder" ]
    [ -x "$AUTOGRADER/source/setup.sh" ]
    [ "$(kata list --json | jq -r '.[].slug' | cut -d+ -f1 | sort -u)" = \
        lru-cache ]
    [ ! -e "$AUTOGRADER/source/checker/tests" ]
    run grep -E '^(clang |bats|libclang)' "$AUTOGRADER/source/.ci/packages"
    [ "$status" -eq 1 ]
    # setup.sh makes these two, from what is in the zip alone.
    make -n -C "$AUTOGRADER/source" VARIANT=release deps install > "$TMPDIR/log"
    grep -q 'release/cmd/grade.o' "$TMPDIR/log"
}

@test "Gradescope: right, wrong, empty, missing and double submissions" {
    autograder
    cp "$(right)" "$AUTOGRADER/submission/"
    "$AUTOGRADER/run_autograder"
    "${CHECK[@]}" gradescope "$RESULTS"
    [ "$(json '[.score, .extra_data.verdict, .extra_data.seed] | @csv' \
        "$RESULTS")" = '100,"pass",7' ]
    [ "$(json '.leaderboard | length' "$RESULTS")" -eq 2 ]

    # In a folder, as from a repository.
    mkdir "$AUTOGRADER/submission/src"
    rm "$AUTOGRADER/submission/lru_cache.c"
    cp "$(stub)" "$AUTOGRADER/submission/src/"
    "$AUTOGRADER/run_autograder"
    "${CHECK[@]}" gradescope "$RESULTS"
    [ "$(json .extra_data.verdict "$RESULTS")" = fail ]
    [ "$(json '.score < 50' "$RESULTS")" = true ]

    : > "$AUTOGRADER/submission/src/lru_cache.c"
    "$AUTOGRADER/run_autograder"
    "${CHECK[@]}" gradescope "$RESULTS"
    [ "$(json '[.score, .extra_data.verdict] | @csv' "$RESULTS")" = '0,"fail"' ]

    mkdir "$AUTOGRADER/submission/again"
    cp "$(right)" "$AUTOGRADER/submission/again/"
    "$AUTOGRADER/run_autograder"
    "${CHECK[@]}" gradescope "$RESULTS"
    [ "$(json .score "$RESULTS")" -eq 0 ]
    [[ $(json .output "$RESULTS") == *"several files lru_cache.c"* ]]

    rm -r "$AUTOGRADER/submission"/*
    ln -s "$(right)" "$AUTOGRADER/submission/lru_cache.c"
    "$AUTOGRADER/run_autograder"
    "${CHECK[@]}" gradescope "$RESULTS"
    [ "$(json .score "$RESULTS")" -eq 0 ]
    [[ $(json .output "$RESULTS") == *"not in your submission"* ]]
}

@test "Gradescope: no jail, no points, unless the instructor said so" {
    autograder
    no_jail
    cp "$(right)" "$AUTOGRADER/submission/"
    "$AUTOGRADER/run_autograder"
    "${CHECK[@]}" gradescope "$RESULTS"
    [ "$(json 'has("score")' "$RESULTS")" = false ]
    [[ $(json .output "$RESULTS") == *"no zero"* ]]
    rm -r "${AUTOGRADER:?}/source" "${TMPDIR:?}/bin"
    autograder JAIL=no
    no_jail
    cp "$(stub)" "$AUTOGRADER/submission/"
    "$AUTOGRADER/run_autograder"
    "${CHECK[@]}" gradescope "$RESULTS"
    [ "$(json .extra_data.verdict "$RESULTS")" = fail ]
}

@test "Gradescope: points, the late rule and hidden stages of grading.json" {
    # One for a course: it names a kata that is not in the zip.
    cat > "$TMPDIR/grading.json" << 'JSON'
{"schema": "kata-grading/1", "points": 20,
 "late": {"deadline": "2026-03-01T23:59:59Z", "percent": 25,
   "extensions": {"ada@example.com": "2026-03-02T23:59:59Z"}},
 "visibility": {"oracle": "after_published"},
 "katas": {"closure": {"points": 3}}}
JSON
    autograder GRADING="$TMPDIR/grading.json"
    cp "$(right)" "$AUTOGRADER/submission/"
    for pair in Bo:10 Ada:15; do
        jq -n --arg name "${pair%:*}" '{
            created_at: "2026-03-03T10:00:00.365935+01:00",
            users: [{name: $name, id: 1,
                email: ($name | ascii_downcase + "@example.com")}]}' \
            > "$AUTOGRADER/submission_metadata.json"
        "$AUTOGRADER/run_autograder"
        "${CHECK[@]}" gradescope "$RESULTS"
        [ "$(json .score "$RESULTS")" = "${pair#*:}" ]
    done
    [ "$(json '[.tests[] | select(.visibility != "visible") | .visibility]
        | @csv' "$RESULTS")" = '"after_published"' ]
    [[ $(json .output "$RESULTS") == *"1 day late: 25 % off 20 points"* ]]
    # A file that is wrong is refused before anybody hands in.
    sed -i 's/"points": 20/"point": 20/' "$TMPDIR/grading.json"
    run make -s -C "$ROOT" gradescope KATA=lru-cache OUT="$TMPDIR/zip" \
        GRADING="$TMPDIR/grading.json"
    [ "$status" -ne 0 ]
    [[ $output == *'point: unknown key, did you mean "points"?'* ]]
}

@test "Gradescope: a zip is not made of what is wrong" {
    for wrong in KATA=lru-cach KATA=lru-cache+none KATA= \
        "KATA=lru-cache SEED=x" "KATA=lru-cache JAIL=perhaps" \
        "KATA=lru-cache TESTS=/nowhere"; do
        # shellcheck disable=SC2086 # two words
        run make -s -C "$ROOT" gradescope $wrong
        [ "$status" -eq 2 ]
        [[ $output == *"gradescope: "* ]]
    done
}

@test "GitHub Actions: the step annotates, sums up and fails" {
    checkout "$(right)"
    export GITHUB_STEP_SUMMARY=$TMPDIR/summary.md
    run_step github-actions.md kata Grade
    grep -q 'lru-cache' "$GITHUB_STEP_SUMMARY"
    cp "$(stub)" "$TMPDIR/checkout/lru_cache.c"
    run run_step github-actions.md kata Grade
    [ "$status" -eq 1 ]
    [[ $output == *"::error file=lru_cache.c"* ]]
}

@test "GitHub Classroom: the step hands its result to the reporter" {
    checkout "$(stub)"
    export GITHUB_OUTPUT=$TMPDIR/output
    run_step github-classroom.md autograding lru
    [ "$(wc -l < "$GITHUB_OUTPUT")" -eq 1 ]
    sed -n 's/^result=//p' "$GITHUB_OUTPUT" | base64 -d > "$TMPDIR/result"
    "${CHECK[@]}" classroom "$TMPDIR/result"
    [ "$(json .status "$TMPDIR/result")" = fail ]
    # Where nothing could be graded, nothing is handed on.
    rm "$TMPDIR/checkout/lru_cache.c" "$TMPDIR/checkout/result.json"
    run run_step github-classroom.md autograding lru
    [ "$status" -ne 0 ]
    [ "$(wc -l < "$GITHUB_OUTPUT")" -eq 1 ]
}

@test "GitLab CI: the job leaves a JUnit report and fails" {
    checkout "$(stub)"
    mkdir "$TMPDIR/bin"
    ln -s "$KATA" "$TMPDIR/bin/kata"
    PATH=$TMPDIR/bin:$PATH run run_step gitlab-ci.md lru-cache
    [ "$status" -eq 1 ]
    "${CHECK[@]}" junit "$TMPDIR/checkout/kata.xml"
}

@test "the container file names what is there" {
    /usr/bin/python3 "$BATS_TEST_DIRNAME/workflow_step.py" --copied \
        "$DOCS/Containerfile" > "$TMPDIR/copied"
    [ -s "$TMPDIR/copied" ]
    while read -r name; do
        [ -e "$ROOT/$name" ]
    done < "$TMPDIR/copied"
}
