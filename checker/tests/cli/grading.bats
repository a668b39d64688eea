#!/usr/bin/env bats
# grading.json: points, weights, late rules and what students see, without
# grading again.

load helper

CHECK=(/usr/bin/python3 "$BATS_TEST_DIRNAME/../formats/check.py")
STUDENTS=(term gcc junit tap sarif github markdown html classroom check50)

# scheme [JQ]: grading.json of the documentation's first page, changed by jq.
scheme() {
    awk '/^```/ {if (inside) exit; inside = 1; next} inside' \
        "$ROOT/docs/grading.md" | jq "${1:-.}" > "$TMPDIR/grading.json"
}

# A submission whose oracle fails, and the batch of three that holds it.
class() {
    local reference=$ROOT/solutions/containers/lru-cache/lru_cache.c
    mkdir -p "$TMPDIR/in/ada" "$TMPDIR/in/bo" "$TMPDIR/in/eve"
    cp "$reference" "$TMPDIR/in/ada/"
    cp "$ROOT/katas/containers/lru-cache/lru_cache.c" "$TMPDIR/in/bo/"
    { cat "$reference"; echo "/* eve */"; } > "$TMPDIR/in/eve/lru_cache.c"
    printf '%s\n' student,time ada,2026-03-01T22:00:00Z \
        eve,2026-03-03T12:00:00+01:00 > "$TMPDIR/times.csv"
}

batch() {
    "$KATA" batch "$TMPDIR/in" --kata lru-cache -o "$TMPDIR/out" --seed 1 "$@"
}

# without TEXT FILE...: it is in none of them.
without() {
    run grep -rF "$@"
    [ "$status" -eq 1 ]
}

# awarded: "name points late" of each in the class report.
awarded() {
    jq -r '"\(.name) \(.awarded.points) \(.awarded.late.state)"' \
        "$TMPDIR/out/class.jsonl" | sort | tr '\n' ';'
}

# results: a digest of all that grading left.
results() {
    find "$TMPDIR/out/results" "$TMPDIR/out/.kata/graded" \
        "$TMPDIR/out/results.jsonl" -type f -exec sha256sum {} + | sort
}

@test "the example of the documentation holds, and says what it does" {
    scheme
    run "$KATA" verify --grading "$TMPDIR/grading.json"
    [ "$status" -eq 0 ]
    [[ $output == *"lru-cache: 30 points"* ]]
    [[ $output == *"deadline 2026-03-01T22:59:59Z, 15 min grace, 10 % each"* ]]
}

@test "what is wrong in the file is said before anything is graded" {
    scheme '.katas = {"lru-cash": {"points": 3}}'
    for command in "verify --grading" "batch $TMPDIR -o $TMPDIR/out --grading"
    do
        # shellcheck disable=SC2086 # several words
        run "$KATA" $command "$TMPDIR/grading.json"
        [ "$status" -eq 3 ]
        [[ $output == *"grading.json: katas.lru-cash: there is no kata"* ]]
        [[ $output == *"did you mean 'lru-cache'"* ]]
    done
    [ ! -e "$TMPDIR/out" ]
    scheme '.late.deadline = "2026-03-01T23:59:59"'
    run "$KATA" grade lru-cache --stub --grading "$TMPDIR/grading.json"
    [ "$status" -eq 3 ]
    [[ $output == *"late.deadline: expected a time with its offset"* ]]
    run "$KATA" grade lru-cache --stub --submitted "$TMPDIR/grading.json"
    [ "$status" -eq 3 ]
    [[ $output == *"--submitted is for --grading"* ]]
    run "$KATA" grade lru-cache --stub --stage tests \
        --grading "$TMPDIR/grading.json"
    [ "$status" -eq 2 ]
    scheme '.weights = {"threads": 1} | .katas = {"lru-cache": {}}'
    run "$KATA" verify --grading "$TMPDIR/grading.json"
    [ "$status" -eq 3 ]
    [[ $output == *"katas.lru-cache: weights: expected one above 0"* ]]
}

@test "a class gets points, and other points without being graded again" {
    class
    scheme '.katas["lru-cache"].weights = {tests: 40, oracle: 40, style: 20}
        | .visibility = {oracle: "after_due_date"}'
    formats=()
    for each in "${STUDENTS[@]}" gradescope; do
        formats+=(--format "$each")
    done
    run batch --grading "$TMPDIR/grading.json" --submitted "$TMPDIR/times.csv" \
        "${formats[@]}"
    echo "$output"
    [ "$status" -eq 0 ]
    [[ $output == *"late rules are not applied: bo"* ]]
    [ "$(awarded)" = "ada 30 in-time;bo 0 unknown;eve 24 late;" ]
    for pair in html:html csv:csv xml:junit; do
        "${CHECK[@]}" "${pair#*:}" "$TMPDIR/out/class.${pair%:*}"
    done
    # Nothing of it is in what was graded.
    without awarded "$TMPDIR/out/results" "$TMPDIR/out/.kata" \
        "$TMPDIR/out/results.jsonl"
    results > "$TMPDIR/before"

    scheme '.katas["lru-cache"] = {points: 50, late: {percent: 1,
        deadline: "2026-03-01T23:59:59+01:00", extensions: {
        eve: "2026-03-03T00:00:00Z", "nobody": "2026-03-03T00:00:00Z"}}}'
    run "$KATA" report "$TMPDIR/out" --grading "$TMPDIR/grading.json"
    [ "$status" -eq 0 ]
    [[ $output == *"extensions of nobody: no such student"* ]]
    [ "$(awarded)" = "ada 50 in-time;bo 0 unknown;eve 49.5 late;" ]
    head -1 "$TMPDIR/out/class.csv" |
        grep -q ',awarded,awarded_max,late,late_note.$'
    results | cmp - "$TMPDIR/before"

    # The oracle's findings reached no student, and all are in the results.
    for each in "${STUDENTS[@]}"; do
        without 'ENOMEM' "$TMPDIR/out/$each/bo.lru-cache"
        without 'new 0' "$TMPDIR/out/$each/bo.lru-cache"
        case $each in
        gcc | sarif | github) ;;
        *) grep -q 'hidden by the instructor' "$TMPDIR/out/$each/bo.lru-cache" ;;
        esac
        case $each in
        term | gcc | github) ;;
        *) "${CHECK[@]}" "$each" "$TMPDIR/out/$each/bo.lru-cache" ;;
        esac
    done
    "${CHECK[@]}" gradescope "$TMPDIR/out/gradescope/bo.lru-cache"
    [ "$(json '[.tests[] | select(.output | contains("ENOMEM")) | .visibility]
        | unique | @csv' "$TMPDIR/out/gradescope/bo.lru-cache")" = \
        '"after_due_date"' ]
    grep -q ENOMEM "$TMPDIR/out/results/bo.lru-cache.json"
    grep -q ENOMEM "$TMPDIR/out/class.jsonl"

    # The check can fail: without the file the same findings are there.
    "$KATA" report "$TMPDIR/out/results/bo.lru-cache.json" --format markdown |
        grep -q ENOMEM

    # `kata batch report` is the same, and Classroom's points add up.
    "$KATA" batch report "$TMPDIR/out" --grading "$TMPDIR/grading.json" \
        -o "$TMPDIR/in"
    cmp "$TMPDIR/in/class.csv" "$TMPDIR/out/class.csv"
    [ "$(json '[.tests[].score] | add' "$TMPDIR/out/classroom/eve.lru-cache")" \
        = 24 ]
}

@test "an export tells when its submissions were handed in" {
    mkdir -p "$TMPDIR/in/submission_1" "$TMPDIR/in/submission_2"
    cp "$ROOT/katas/containers/lru-cache/lru_cache.c" "$TMPDIR/in/submission_1/"
    echo "int x;" > "$TMPDIR/in/submission_2/lru_cache.c"
    cat > "$TMPDIR/in/submission_metadata.yml" << 'YAML'
---
submission_1:
  :submitters:
  - :name: Ada Lovelace
  :created_at: 2026-03-02 23:00:00.365935000 Z
submission_2:
  :submitters:
  - :name: Bo
  :created_at: 2026-03-04 10:00:00.365935000 Z
YAML
    scheme '.late.extensions = {"Bo": "2026-03-04T23:59:59+01:00"}'
    batch --jobs 2
    "$KATA" report "$TMPDIR/out" --grading "$TMPDIR/grading.json"
    [ "$(jq -r '"\(.name) \(.awarded.late.state) \(.awarded.late.started)"' \
        "$TMPDIR/out/class.jsonl" | sort | tr '\n' ';')" = \
        "Ada Lovelace_1 late 2;Bo_2 in-time null;" ]
    # What an instructor gives goes before it, and is kept.
    printf 'student,time\n%s\n' "Ada Lovelace,2026-03-01T12:00:00Z" \
        > "$TMPDIR/out/submitted.csv"
    run "$KATA" report "$TMPDIR/out" --grading "$TMPDIR/grading.json"
    [[ $output == *"not applied: Bo_2"* ]]
    # One submission's time is not a class'.
    echo '{"created_at": "2026-03-01T12:00:00Z"}' > "$TMPDIR/metadata.json"
    run "$KATA" report "$TMPDIR/out" --grading "$TMPDIR/grading.json" \
        --submitted "$TMPDIR/metadata.json"
    [ "$status" -eq 3 ]
    [[ $output == *"this is of one submission"* ]]
}

@test "one submission: whose it is and when it came decide" {
    scheme
    printf 'student,time\n%s\n' "ada,2026-03-04T10:00:00Z" > "$TMPDIR/times.csv"
    "$KATA" grade lru-cache --solution --grading "$TMPDIR/grading.json" \
        --submitted "$TMPDIR/times.csv" --student ada --format json \
        -o "$TMPDIR/result.json"
    [ "$(json '[.score, .awarded.points, .awarded.max_points] | @csv' \
        "$TMPDIR/result.json")" = 100,30,30 ]
    run "$KATA" report "$TMPDIR/result.json" --student bo \
        --grading "$TMPDIR/grading.json" --submitted "$TMPDIR/times.csv"
    [[ $output == *"not known when it was handed in"*"bo"* ]]
    [[ $output == *"30 of 30 points"* ]]
    scheme 'del(.late.extensions)'
    run "$KATA" report "$TMPDIR/result.json" --student ada \
        --grading "$TMPDIR/grading.json" --submitted "$TMPDIR/times.csv"
    [[ $output == *"21 of 30 points"*"3 days late: 30 % off 30 points"* ]]
    # Without the file it is the kata's own score.
    run "$KATA" report "$TMPDIR/result.json"
    [[ $output == *"100 of 100 points"* ]]
}
