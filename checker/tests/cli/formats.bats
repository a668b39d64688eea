#!/usr/bin/env bats
# Reports in every format, read back by parsers that are not ours
# (../formats/check.py).

load helper

CHECK=(/usr/bin/python3 "$BATS_TEST_DIRNAME/../formats/check.py")
FORMATS="term json gcc jsonl junit tap sarif github markdown html classroom
gradescope check50 csv"

# The grades of a reference and a stub, once for the file.
setup_file() {
    export GRADES=$BATS_FILE_TMPDIR
    "$BATS_TEST_DIRNAME/../../../kata" grade lru-cache --solution --seed 1 \
        --format json -o "$GRADES/pass.json"
    "$BATS_TEST_DIRNAME/../../../kata" grade lru-cache --stub --seed 1 \
        --format json -o "$GRADES/fail.json" || [ $? -eq 1 ]
}

@test "every format says what the result says" {
    for result in pass fail; do
        for format in $FORMATS; do
            "$KATA" report "$GRADES/$result.json" --format "$format" \
                -o "$TMPDIR/report"
            "${CHECK[@]}" "$format" "$TMPDIR/report" "$GRADES/$result.json"
        done
    done
}

@test "hostile texts in a result go through every format" {
    "${CHECK[@]}" hostile "$KATA" "$TMPDIR"
}

@test "the checks of formats notice planted faults" {
    "${CHECK[@]}" self-test "$KATA" "$GRADES/fail.json"
}

@test "a submission's own hostile texts go through every format" {
    {
        printf '#line 1 "\033[2J::error file=x::\\042\xe2\x80\xae.c"\n'
        printf '#warning ]]></failure> =cmd|calc \x9b31m \xff ```\n'
        printf '#error ::stop-commands::x </script> %%0A\n'
    } > "$TMPDIR/lru_cache.c"
    for format in $FORMATS; do
        "$KATA" grade lru-cache "$TMPDIR/lru_cache.c" --stage build \
            --format "$format" > "$TMPDIR/report" || [ $? -eq 1 ]
        "${CHECK[@]}" "$format" "$TMPDIR/report"
    done
}

@test "grade writes a format itself, and names those there are" {
    run "$KATA" grade lru-cache --stub --stage build --format pdf
    [ "$status" -eq 2 ]
    [[ $output == *"there is no format 'pdf' (term, json, gcc, jsonl, junit, tap,"* ]]
    "$KATA" grade lru-cache --stub --stage build --format tap > "$TMPDIR/report"
    "${CHECK[@]}" tap "$TMPDIR/report"
}

@test "github adds to the step summary" {
    echo before > "$TMPDIR/summary"
    GITHUB_STEP_SUMMARY=$TMPDIR/summary "$KATA" report "$GRADES/fail.json" \
        --format github > "$TMPDIR/report"
    "${CHECK[@]}" github "$TMPDIR/report" "$GRADES/fail.json"
    [ "$(head -1 "$TMPDIR/summary")" = before ]
    tail -n +2 "$TMPDIR/summary" > "$TMPDIR/markdown"
    "${CHECK[@]}" markdown "$TMPDIR/markdown" "$GRADES/fail.json"
}

@test "a file that is no result is refused, and what was there stays" {
    echo keep > "$TMPDIR/out"
    for text in '' '{}' '[1]' '{"schema": "kata-result/1"}' \
        '{"schema": "kata-result/1", "kata": "../x"}'; do
        echo "$text" > "$TMPDIR/result.json"
        run "$KATA" report "$TMPDIR/result.json" --format html -o "$TMPDIR/out"
        [ "$status" -eq 3 ]
        [[ $output == *result.json* ]]
        [ "$(cat "$TMPDIR/out")" = keep ]
    done
    run "$KATA" report
    [ "$status" -eq 2 ]
}

@test "the page of a grade shows without gnuplot, and says what is missing" {
    mkdir "$TMPDIR/bin"
    PATH=$TMPDIR/bin "$KATA" report "$GRADES/pass.json" --format html \
        > "$TMPDIR/page.html"
    "${CHECK[@]}" html "$TMPDIR/page.html" "$GRADES/pass.json"
    grep -q 'no plot: .*gnuplot' "$TMPDIR/page.html"
}
