#!/usr/bin/env bats
# Mock interviews, played with a clock that the tests set.

bats_require_minimum_version 1.5.0
load helper
load screen

eval "end_of_$(declare -f teardown)"
teardown() {
    screen_end
    end_of_teardown
}

T=1800000000

# A root with two katas: the one to solve, with a changed requirement, and the
# one whose bug is hunted. Whatever else the catalogue has, plans are the same.
setup_file() {
    # shellcheck source=checker/tests/cli/helper.bash
    source "$BATS_TEST_DIRNAME/helper.bash"
    local copy=$BATS_FILE_TMPDIR/root slug
    mkdir -p "$copy/checker" "$copy/docs"
    for slug in containers/lru-cache memory/cycle-detection; do
        mkdir -p "$copy/katas/$slug" "$copy/solutions/$slug"
        cp -r "$ROOT/katas/$slug/." "$copy/katas/$slug"
        cp -r "$ROOT/solutions/$slug/." "$copy/solutions/$slug"
        rm -rf "$copy/katas/$slug/variants" "$copy/solutions/$slug/variants"
    done
    cp -r "$ROOT/checker/agent" "$ROOT/checker/replay" "$copy/checker/"
    cp -r "$ROOT/docs/questions" "$copy/docs/"
    cp "$ROOT/.clang-format" "$copy/"
    make_variant "$copy"
    export KATA_ROOT=$copy
}

# lru-cache+renamed: the same kata under another header.
make_variant() {
    local kata=$1/katas/containers/lru-cache
    local solution=$1/solutions/containers/lru-cache
    mkdir -p "$kata/variants/renamed" "$solution/variants/renamed"
    cp "$kata"/*.[ch] "$kata/kata.json" "$kata/variants/renamed/"
    cp -r "$solution/lru_cache.c" "$solution/mutants" "$solution/traces" \
        "$solution/variants/renamed/"
    echo "/* The requirement has changed. */" \
        >>"$kata/variants/renamed/lru_cache.h"
    printf '# Renamed\n\n## What changes\n\nAll of it.\n\n## The contract\n' \
        >"$kata/variants/renamed/README.md"
    sed -i 's/"title": "[^"]*"/"title": "LRU cache, renamed"/' \
        "$kata/variants/renamed/kata.json"
}

setup() {
    export KATA_HOME=$BATS_TEST_TMPDIR/work NO_COLOR=1 KATA_CLOCK=$T
    TMPDIR=$(mktemp -d /tmp/cli-XXXXXX)
    export TMPDIR
    chmod 755 "$TMPDIR"
    SOLUTION=$KATA_ROOT/solutions/containers/lru-cache
    FOLDER=$KATA_HOME/interview-1
}

interview() {
    "$KATA" interview "$@"
}

# at SECONDS: sets the clock.
at() {
    export KATA_CLOCK=$((T + $1))
}

start() {
    interview start --seed 1 --topic containers "$@"
}

no_spoilers() {
    /usr/bin/python3 "$BATS_TEST_DIRNAME/spoilers.py" "$FOLDER" "$KATA_ROOT" \
        "$@"
}

# mutant NAME: lru-cache with a known mistake.
mutant() {
    cp "$SOLUTION/lru_cache.c" "$FOLDER/2-code/lru_cache.c"
    patch -s "$FOLDER/2-code/lru_cache.c" "$SOLUTION/mutants/$1.patch"
}

report() {
    interview report 1 --format json >"$BATS_TEST_TMPDIR/report.json"
    interview report 1 --html "$BATS_TEST_TMPDIR/report.html"
    /usr/bin/python3 "$BATS_TEST_DIRNAME/interview_report.py" \
        "$BATS_TEST_TMPDIR/report.json" "$BATS_TEST_TMPDIR/report.html"
}

# value FILTER: of the report.
value() {
    json "$1" "$BATS_TEST_TMPDIR/report.json"
}

# look PAGE: opens it in a browser; nothing may be said on its console, nothing
# be fetched, and it fits a phone.
look() {
    local seen=$BATS_TEST_TMPDIR/seen.json
    timeout -k 1 600 /usr/bin/python3 "$BATS_TEST_DIRNAME/browser.py" "$1" \
        "$BATS_TEST_TMPDIR/page.pdf" "$BATS_TEST_TMPDIR/phone.png" 400 \
        "$BATS_TEST_TMPDIR/desk.png" 1200 >"$seen"
    [ "$(json '.console | length' "$seen")" -eq 0 ]
    [ "$(json .requests "$seen")" -eq 0 ]
    [ "$(json '.widths["1200"]' "$seen")" -eq 0 ]
    [ "$(json '.widths["400"]' "$seen")" -eq 0 ]
    pdftotext -layout "$BATS_TEST_TMPDIR/page.pdf" \
        "$BATS_TEST_TMPDIR/page.txt"
}

@test "45 minutes in a pair" {
    run start --candidate Ada
    [ "$status" -eq 0 ]
    [[ "$output" == *"1. concept    9 min"* ]]
    [[ "$output" == *"2. code      27 min  a kata in C, then the requirement changes"* ]]
    [[ "$output" == *"3. bughunt    9 min"* ]]
    [[ "$output" != *lru-cache* ]]
    cd "$FOLDER"
    no_spoilers
    run interview sheet
    [[ "$output" == *"Opening words"* && "$output" == *"costs 4 points"* ]]
    [[ "$output" == *"Strong: "* && "$output" == *"Nothing was run yet"* ]]
    [[ "$output" == *"LRU cache, renamed"* && "$output" == *"All of it."* ]]

    at 300
    interview note 1 'Talks <b>well</b>; "quotes" & all'
    interview rate 1 question-1 3 "both points"
    run interview submit
    [ "$status" -eq 2 ]
    at 400
    interview next
    [ -f 1-concept/question-2.md ]
    at 540
    run interview next
    [[ "$output" == *"36:00 left"* && "$output" == *"27:00 of its share"* ]]
    cmp 2-code/lru_cache.c "$KATA_ROOT/katas/containers/lru-cache/lru_cache.c"
    no_spoilers

    at 700
    run interview test
    [ "$status" -eq 1 ]
    at 720
    run interview hint
    [[ "$output" == *"1. "*"(hint 1, costs 4 points)"* ]]
    at 1000
    mutant evicts-newest
    run interview submit
    [ "$status" -eq 1 ]
    at 1020
    run interview sheet
    [[ "$output" == *"Run 2 at 16:40, submission of lru-cache: fail"* ]]
    at 1500
    cp "$SOLUTION/lru_cache.c" 2-code/
    run interview submit
    [ "$status" -eq 0 ]
    [[ "$output" == *"changes the requirement"* ]]

    at 1600
    interview next
    grep -q "The requirement has changed" 2-code/lru_cache.h
    cmp 2-code/before/lru_cache.h \
        "$KATA_ROOT/katas/containers/lru-cache/lru_cache.h"
    cmp 2-code/lru_cache.c "$SOLUTION/lru_cache.c"
    at 1800
    run interview submit
    [ "$status" -eq 0 ]
    rm 2-code/lru_cache.c
    at 2160
    run interview next
    [[ "$output" == *"bughunt, cycle-detection"* ]]
    hunt=$BATS_TEST_TMPDIR/cycle_detection.c
    cp 3-bughunt/cycle_detection.c "$hunt"
    no_spoilers "$hunt"
    run ! grep -q '/\*\|//' "$hunt"

    at 2400
    run interview submit
    [ "$status" -eq 1 ]
    at 2720
    echo "It is in the search." >>3-bughunt/explanation.md
    cp "$KATA_ROOT/solutions/memory/cycle-detection/cycle_detection.c" \
        3-bughunt/
    run interview submit
    [ "$status" -eq 0 ]
    [[ "$output" == *"late by 0:20; taken all the same"* ]]
    [[ "$output" != *planted* ]]
    run interview next
    [ "$status" -eq 2 ]
    run interview
    [[ "$output" == *"over the end"* ]]
    at 2760
    interview finish
    interview rate 1 problem 4
    interview rate 1 communication 2 "said little"

    report
    [ "$(value .mode)" = pair ]
    [ "$(value .late)" = true ]
    [ "$(value .used_seconds)" = 2760 ]
    [ "$(value '.rounds[0].score | floor')" -eq 66 ]
    [ "$(value '.rounds[1].passed')" = true ]
    [ "$(value '.rounds[1].variants_passed')" -eq 1 ]
    [ "$(value '.rounds[1].hint_cost')" -eq 4 ]
    [ "$(value '.rounds[1].score')" = 96 ]
    [ "$(value '.rounds[1].runs | length')" -eq 4 ]
    [ "$(value '.rounds[1].runs[1].counterexample.message | length')" -gt 10 ]
    [ "$(value '.rounds[1].runs[2].removed')" -ge 1 ]
    [ "$(value '.rounds[1].growth | length')" -ge 2 ]
    [ "$(value '.rounds[2].runs[1].late')" = true ]
    [[ "$(value '.rounds[2].explanation')" == *"in the search"* ]]
    [ "$(value '[.timeline[] | select(.kind == "edit")] | length')" -ge 2 ]
    [ "$(value '.rubric[] | select(.criterion == "communication").why')" = \
        "said little" ]
    [ "$(value '.practise[] | select(.why | contains("communication")) | .command | length')" -gt 5 ]
    [ "$(value .clock)" = KATA_CLOCK ]
    run interview report 1
    [[ "$output" == *"Ada, mid, finished, 46:00 of 45 minutes"* ]]

        look "$BATS_TEST_TMPDIR/report.html"
    grep -q 'Talks <b>well</b>; "quotes" & all' "$BATS_TEST_TMPDIR/page.txt"
    grep -q "Planted: " "$BATS_TEST_TMPDIR/page.txt"
    [ "$(json .plots "$BATS_TEST_TMPDIR/seen.json")" -ge 3 ]
    interview sheet 1 --html "$BATS_TEST_TMPDIR/sheet.html"
    look "$BATS_TEST_TMPDIR/sheet.html"
    grep -q "Opening words" "$BATS_TEST_TMPDIR/page.txt"
}

@test "45 minutes alone" {
    run start
    [ "$status" -eq 0 ]
    cd "$FOLDER"
    no_spoilers
    card=$(interview report --format json |
        jq -r '.rounds[0].questions[0].id')
    points=$("$KATA" ask "$card" --json | jq '.[0].points | length')
    [ "$points" -ge 2 ]

    # The answer is kept before the points are shown: an interruption there
    # loses nothing.
    at 120
    run interview submit <<<$'a few words\nof mine\n\ny'
    [ "$status" -eq 2 ]
    [[ "$output" == *"not all marked"* ]]
    at 200
    run interview submit <<<"$(printf 'y\n%.0s' $(seq 2 "$points"); echo n)"
    [ "$status" -eq 0 ]
    [[ "$output" == *"$((points - 1)) of $points points met"* ]]
    run interview submit
    [ "$status" -eq 2 ]
    [ "$("$KATA" review --json |
        jq -r '.[] | select(.kind == "question") | .item')" = "$card" ]
    no_spoilers

    at 540
    interview next
    interview next
    at 1700
    cp "$SOLUTION/lru_cache.c" 2-code/
    run interview submit
    [ "$status" -eq 0 ]
    [ "$("$KATA" list --json |
        jq -r '.[] | select(.slug == "lru-cache").state')" = passed ]
    at 2160
    interview next
    interview next
    run interview hint
    [[ "$output" == *"stage finds it"* ]]
    run interview hint
    [ "$status" -eq 2 ]
    at 2650
    cp "$KATA_ROOT/solutions/memory/cycle-detection/cycle_detection.c" \
        3-bughunt/
    run interview submit
    [ "$status" -eq 0 ]
    [[ "$output" == *"planted: "* ]]
    at 2690
    interview finish

    report
    [ "$(value .mode)" = alone ]
    [ "$(value .late)" = false ]
    [ "$(value '.rounds[0].questions[0].answer')" = $'a few words\nof mine' ]
    [ "$(value '[.rounds[0].questions[0].points[].met | select(.)] | length')" \
        -eq $((points - 1)) ]
    [[ "$(value '.practise[0].command')" == "kata ask "* ]]
    [ "$(value '.rounds[2].score')" = 96 ]
        look "$BATS_TEST_TMPDIR/report.html"
    grep -q "a few words" "$BATS_TEST_TMPDIR/page.txt"
}

@test "a spoiler in the folder would be found" {
    start
    no_spoilers
    sed -n '/^int lru_cache_put/,/^}/p' "$SOLUTION/lru_cache.c" |
        sed 's/^/    /' >"$FOLDER/stray.txt"
    run no_spoilers
    [ "$status" -eq 1 ]
    [[ "$output" == *stray.txt* ]]
    rm "$FOLDER/stray.txt"
    grep Mistake: "$SOLUTION"/mutants/evicts-newest.patch >"$FOLDER/x.md"
    run no_spoilers
    [ "$status" -eq 1 ]
}

@test "the same seed gives the same plan" {
    start --candidate Ada
    start --candidate Bob
    interview start --seed 2 --candidate Cid --minutes 90
    plan() {
        interview report "$1" --format json |
            jq -c '[.rounds[] | [.kind, .minutes, .kata, .variants,
                .mutant.name, (.questions // [] | map(.id))]]'
    }
    [ "$(plan 1)" = "$(plan 2)" ]
    [ "$(plan 1)" != "$(plan 3)" ]
}

@test "wrong wishes are refused, and make nothing" {
    for wrong in "--minutes 4" "--minutes 1e3" "--level expert" \
        "--rounds code,,code" "--rounds nothing" "--topic nowhere" \
        "--candidate $(printf 'a\tb')" "--minutes 20" "--seed -1" "extra" \
        "--rounds code,code,code,code --minutes 240"; do
        # shellcheck disable=SC2086 # words are wanted
        IFS=' ' run interview start $wrong
        [ "$status" -eq 2 ]
    done
    run interview start --candidate ""
    [ "$status" -eq 2 ]
    [ "$(interview list --json)" = "[]" ]
    [ -z "$(find "$KATA_HOME" -name 'interview-*')" ]
    KATA_CLOCK=noon run interview start
    [ "$status" -eq 2 ]
}

@test "without an interview, and with one that is not there" {
    run interview
    [ "$status" -eq 2 ]
    [[ "$output" == *"kata interview start"* ]]
    run interview 7
    [ "$status" -eq 2 ]
    [[ "$output" == *"there is no interview 7"* ]]
    for command in test submit next pause resume finish sheet report hint; do
        run interview "$command" 7
        [ "$status" -eq 2 ]
    done
    run interview stat
    [ "$status" -eq 2 ]
    [[ "$output" == *"did you mean 'sta"* ]]
}

@test "two are open at once, and a finished one stays finished" {
    start --candidate Ada
    start --candidate Bob
    run interview
    [ "$status" -eq 2 ]
    [[ "$output" == *"1 (Ada), 2 (Bob)"* ]]
    cd "$KATA_HOME/interview-2/1-concept"
    run interview
    [[ "$output" == *"interview 2: Bob"* ]]
    cd "$KATA_HOME"
    interview finish 1
    for command in finish submit test next pause resume hint; do
        run interview "$command" 1
        [ "$status" -eq 2 ]
        [[ "$output" == *"interview 1 is finished"* ]]
    done
    run interview
    [[ "$output" == *"interview 2: Bob"* ]]
    [ "$(interview list --json | jq -r '.[0].state')" = finished ]
    [ "$(interview list --json | jq -r '.[1].candidate')" = Bob ]
    interview note 1 "afterwards"
}

@test "marks and notes that make no sense are refused" {
    start --candidate Ada
    for wrong in "problem 0" "problem 5" "problem x" "problem" "c 3" \
        "beauty 3" "question-9 2"; do
        # shellcheck disable=SC2086 # words are wanted
        run interview rate 1 $wrong
        [ "$status" -eq 2 ]
    done
    run interview note 1
    [ "$status" -eq 2 ]
    run interview note 1 "  "
    [ "$status" -eq 2 ]
    [ "$(interview report 1 --format json | jq '.notes | length')" -eq 0 ]
    interview rate 1 C_and-MEMORY 1
    interview rate 1 c-and-memory 3 better
    [ "$(interview report 1 --format json | jq '.rubric[] |
        select(.criterion == "C and memory").mark')" -eq 3 ]
}

@test "a file that is gone, or a link, is not taken" {
    start --rounds code --minutes 60
    cd "$FOLDER"
    mv 1-code/lru_cache.c mine.c
    run interview submit
    [ "$status" -eq 2 ]
    [[ "$output" == *"is not there"*"resume"* ]]
    ln -s "$SOLUTION/lru_cache.c" 1-code/lru_cache.c
    run interview test
    [ "$status" -eq 2 ]
    [[ "$output" == *"symbolic link"* ]]
    rm 1-code/lru_cache.c
    mkfifo 1-code/lru_cache.c
    run timeout -k 1 60 "$KATA" interview test
    [ "$status" -eq 2 ]
    rm 1-code/lru_cache.c
    printf 'int x;\0' >1-code/lru_cache.c
    run interview test
    [ "$status" -eq 2 ]
    [ "$(interview report --format json | jq '.rounds[0].runs | length')" -eq 0 ]

    cp mine.c 1-code/lru_cache.c
    echo "/* mine */" >>1-code/lru_cache.c
    interview test || true
    rm 1-code/lru_cache.c
    run interview resume
    [ "$status" -eq 0 ]
    [[ "$output" == *"put back"*"last run"* ]]
    tail -1 1-code/lru_cache.c | grep -q mine
}

@test "a pause stops the clock, and being over the end does not stop work" {
    start --candidate Ada
    at 60
    interview pause
    at 4000
    run interview
    [[ "$output" == *"44:00 left, paused"* ]]
    for command in next submit test hint pause; do
        run interview "$command"
        [ "$status" -eq 2 ]
    done
    [[ "$(interview clock)" == "44:00 left, paused" ]]
    interview resume
    at 4030
    [[ "$(interview clock)" == "43:30 left" ]]
    at 9000
    [[ "$(interview clock)" == *"over the end"* ]]
    interview next
}

@test "a clock that is set back gives nothing away" {
    export KATA_CLOCK=$T:1000:first
    start --candidate Ada
    KATA_CLOCK=$((T - 3600)):1600:first run interview clock
    [ "$output" = "35:00 left" ]
    KATA_CLOCK=$((T - 3600)):1600:first interview note 1 "after setting back"
    # After a restart there is only the wall clock.
    KATA_CLOCK=$((T - 3300)):10:second run interview
    [[ "$output" == *"30:00 left"* ]]
    KATA_CLOCK=$((T - 5000)):10:third run interview
    [[ "$output" == *"30:00 left"* ]]
    interview() { KATA_CLOCK=$((T - 5000)):10:third "$KATA" interview "$@"; }
    [ "$(interview report 1 --format json | jq '[.timeline[] |
        select(.kind == "clock").changed_seconds]' | jq -c .)" = \
        "[-4200,-1700]" ]
}

@test "it survives being killed, and a folder that moves" {
    start --rounds code --minutes 60
    cd "$FOLDER"
    cp "$SOLUTION/lru_cache.c" 1-code/
    "$KATA" interview submit >"$BATS_TEST_TMPDIR/out" 3>&- &
    pid=$!
    while [ "$(interview report 1 --format json |
        jq '.rounds[0].runs | length')" -eq 0 ]; do sleep 0.05; done
    kill -9 "$pid"
    wait "$pid" || true
    rm -rf "$TMPDIR"/kata*
    [ "$(interview report 1 --format json |
        jq -r '.rounds[0].runs[0].verdict')" = interrupted ]
    run interview submit
    [ "$status" -eq 0 ]
    [ "$(interview report 1 --format json | jq '.rounds[0].runs | length')" \
        -eq 2 ]

    cd /
    mv "$FOLDER" "$KATA_HOME/elsewhere"
    run interview
    [[ "$output" == *"$KATA_HOME/elsewhere/1-code/lru_cache.c"* ]]
    mv "$KATA_HOME" "$BATS_TEST_TMPDIR/moved"
    cd "$BATS_TEST_TMPDIR/moved/elsewhere"
    run interview
    [[ "$output" == *"moved/elsewhere/1-code/lru_cache.c"* ]]
    interview note "still here"
    cd "$BATS_TEST_TMPDIR/moved"
    rm -rf elsewhere
    KATA_HOME=$PWD run interview
    [ "$status" -eq 3 ]
    [[ "$output" == *"kata interview resume 1"* ]]
    KATA_HOME=$PWD interview resume 1
    cmp interview-1/1-code/lru_cache.c "$SOLUTION/lru_cache.c"
}

@test "another machine goes on with what was exported" {
    start --rounds code --minutes 60
    echo "/* mine */" >>"$FOLDER/1-code/lru_cache.c"
    interview test || true
    at 60
    interview pause
    interview report 1 --format json >"$BATS_TEST_TMPDIR/here.json"
    "$KATA" progress --export "$BATS_TEST_TMPDIR/a.json"

    elsewhere() { KATA_HOME=$BATS_TEST_TMPDIR/second "$KATA" "$@"; }
    elsewhere progress --import "$BATS_TEST_TMPDIR/a.json"
    run elsewhere progress --import "$BATS_TEST_TMPDIR/a.json"
    [[ "$output" == *" 0 of them new" ]]
    elsewhere interview report 1 --format json |
        cmp - "$BATS_TEST_TMPDIR/here.json"
    at 4000
    run elsewhere interview
    [ "$status" -eq 3 ]
    [[ "$output" == *"resume 1"* ]]
    elsewhere interview resume 1
    tail -1 "$BATS_TEST_TMPDIR/second/interview-1/1-code/lru_cache.c" |
        grep -q mine
    [[ "$(elsewhere interview clock)" == "59:00 left" ]]
    elsewhere interview note "on another machine"
    elsewhere interview finish
    elsewhere progress --export "$BATS_TEST_TMPDIR/b.json"

    "$KATA" progress --import "$BATS_TEST_TMPDIR/b.json"
    run "$KATA" progress --import "$BATS_TEST_TMPDIR/a.json"
    [[ "$output" == *" 0 of them new" ]]
    [ "$(interview list --json | jq -r '.[].state')" = finished ]
}

@test "a folder of another database is told apart" {
    start
    mv "$KATA_HOME" "$BATS_TEST_TMPDIR/first"
    at 10
    start
    mkdir "$BATS_TEST_TMPDIR/apart"
    mv "$BATS_TEST_TMPDIR/first/interview-1" "$BATS_TEST_TMPDIR/apart/"
    cd "$BATS_TEST_TMPDIR/apart/interview-1"
    run interview
    [ "$status" -eq 3 ]
    [[ "$output" == *"another work folder"* ]]
}

@test "the clock ticks in a terminal" {
    start --candidate Ada
    unset KATA_CLOCK
    screen_start
    type_line "'$KATA' interview clock; echo en''ded"
    wait_for 'left|over the end'
    keys Enter
    wait_for '^ended'
}

@test "in a terminal, going on from what is not done is asked for" {
    start --rounds concept,code --minutes 60
    screen_start
    type_line "'$KATA' interview next"
    wait_for 'question 1 is not answered.*y/n'
    type_line n
    wait_for 'nothing has changed'
    run interview
    [[ "$output" == *"question 1 of"* ]]
    interview submit --answer "a few words" --met none
    run interview
    [[ "$output" == *"is answered"* ]]
    type_line "clear; '$KATA' interview next"
    wait_for 'question 2 of|round 2 of'
    type_line "clear; '$KATA' interview next"
    wait_for 'y/n|round 2 of'
    screen_end
    for _ in 1 2 3 4 5 6 7 8; do
        interview next || true
    done
    run interview
    [[ "$output" == *"round 2 of 2"*"read README.md"* ]]
}

@test "a change after another begins with the code of the kata" {
    local root=$BATS_TEST_TMPDIR/root lru=containers/lru-cache way
    cp -r "$KATA_ROOT" "$root"
    for way in katas solutions; do
        cp -r "$root/$way/$lru/variants/renamed" "$root/$way/$lru/variants/anew"
    done
    export KATA_ROOT=$root
    interview start --minutes 120 --rounds code --topic containers --seed 1
    cd "$FOLDER"
    cp "$SOLUTION/lru_cache.c" 1-code/
    echo "/* mine */" >>1-code/lru_cache.c
    interview submit
    interview next
    grep -q "mine" 1-code/lru_cache.c
    echo "/* of the first change */" >>1-code/lru_cache.c
    interview submit
    interview next
    cmp <(cat "$SOLUTION/lru_cache.c" && echo "/* mine */") 1-code/lru_cache.c
    grep -q "of the first change" 1-code/change-1/lru_cache.c
    grep -q "The requirement has changed" 1-code/change-1/lru_cache.h
    grep -q "# Renamed" 1-code/change-1/README.md
    cmp "$root/katas/$lru/lru_cache.h" 1-code/before/lru_cache.h

    rm 1-code/lru_cache.c
    run interview resume
    [[ "$output" == *"put back: "* ]]
    cmp <(cat "$SOLUTION/lru_cache.c" && echo "/* mine */") 1-code/lru_cache.c
    grep -q "of the first change" 1-code/change-1/lru_cache.c
}

@test "verify names a guide that an interviewer could not read, and a test that Valgrind stops" {
    root=$(copy_root)
    sed -i 's/^- \*\*Adequate:\*\*/- **Fair:**/' \
        "$root/solutions/containers/lru-cache/INTERVIEW.md"
    cat >>"$root/katas/containers/lru-cache/test_lru_cache.c" <<'C'
#include <valgrind/valgrind.h>
Test(lru, planted)
{
    cr_assert_eq(RUNNING_ON_VALGRIND, 0);
}
C
    # So that this ends soon.
    rm -r "$root"/{katas,solutions}/containers/lru-cache/variants
    rm "$root"/solutions/containers/lru-cache/mutants/*.patch
    KATA_ROOT=$root run timeout -k 1 60 "$KATA" verify lru-cache --traces 1
    [ "$status" -eq 1 ]
    [[ "$output" == *"INTERVIEW.md: line "*"expected - **Adequate:** "* ]]
    [[ "$output" == *"FAIL  test lru::planted: fails under Valgrind"* ]]
    [[ "$output" == *"ok    reference: pass"* ]]
}
