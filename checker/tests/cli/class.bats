#!/usr/bin/env bats
# kata report DIR: the reports of a class.

load helper

CHECK=(/usr/bin/python3 "$BATS_TEST_DIRNAME/../formats/check.py")

# result FILE VERDICT SCORE [JQ]: a result, changed by a filter of jq.
result() {
    jq -n --arg verdict "$2" --argjson score "$3" '{
        schema: "kata-result/1", kata: "lru-cache", verdict: $verdict,
        score: $score, max_score: 100, seed: 1, seconds: 1.5,
        provenance: {submission: "sha256:\(input_filename // $score)",
            kata: "sha256:1", toolchain: "gcc", sandbox: "bwrap"},
        stages: [{name: "build", status: "pass", score: 0, max_score: 0,
            seconds: 0.1, findings: []},
            {name: "oracle", status: $verdict, score: $score, max_score: 100,
            seconds: 0.1, findings: []}]}' | jq "${4:-.}" > "$1"
}

WRONG='.category = "wrong-answer" | .stages[1].category = "wrong-answer" |
    .stages[1].findings = [{category: "wrong-answer", severity: "error",
    message: "get 1 answered 5", trace: ["new 1", "get 1"],
    want: ["=", "= -"], got: ["=", "= 5"]}]'

@test "a folder of results becomes a page, CSV, JUnit and JSON lines" {
    mkdir "$TMPDIR/out" "$TMPDIR/out/late"
    result "$TMPDIR/out/anna.json" pass 100
    result "$TMPDIR/out/bob.json" fail 40 "$WRONG"
    result "$TMPDIR/out/late/eve.json" fail 30 "$WRONG"
    result "$TMPDIR/out/x.json" fail 20 "$WRONG | .name = \"=cmd|</td><script>\""
    echo '{"points": 1}' > "$TMPDIR/out/grading.json"
    run "$KATA" report "$TMPDIR/out"
    [ "$status" -eq 0 ]
    [[ $output == "4 results: "* ]]
    for pair in html:html csv:csv xml:junit; do
        "${CHECK[@]}" "${pair#*:}" "$TMPDIR/out/class.${pair%:*}"
    done
    [ "$(jq -r .name "$TMPDIR/out/class.jsonl" | sort | tr '\n' ' ')" = \
        "=cmd|</td><script> anna bob late/eve " ]
    [ "$(wc -l < "$TMPDIR/out/class.csv")" -eq 5 ]
    grep -q '3 × lru-cache' "$TMPDIR/out/class.html"
    grep -q 'bob, late/eve' "$TMPDIR/out/class.html"
    grep -q 'No two submissions share' "$TMPDIR/out/class.html"
    # What it wrote is not read as a result the next time.
    run "$KATA" report "$TMPDIR/out"
    [[ $output == "4 results: "* ]]
}

@test "what is no result is told, and the others count" {
    mkdir "$TMPDIR/out"
    result "$TMPDIR/out/anna.json" pass 100
    echo '{"schema": "kata-result/1", "kata"' > "$TMPDIR/out/torn.json"
    result "$TMPDIR/out/odd.json" pass 100 '.verdict = "perfect"'
    run "$KATA" report "$TMPDIR/out"
    [ "$status" -eq 3 ]
    [[ $output == *"not read: 2 of the files"* ]]
    grep -q 'torn.json' "$TMPDIR/out/class.html"
    grep -q 'odd.json' "$TMPDIR/out/class.html"
    rm "$TMPDIR"/out/*.json "$TMPDIR"/out/class.*
    run "$KATA" report "$TMPDIR/out"
    [ "$status" -eq 3 ]
    [[ $output == *"no result"* ]]
    [ -z "$(ls "$TMPDIR/out")" ]
    run "$KATA" report "$TMPDIR/out" --format csv
    [ "$status" -eq 2 ]
}

@test "a copy under other names is shown beside what it is like" {
    mkdir "$TMPDIR/out"
    reference=$ROOT/solutions/containers/lru-cache/lru_cache.c
    for student in anna bob eve zoe; do
        result "$TMPDIR/out/$student.json" pass 100
    done
    cp "$reference" "$TMPDIR/out/anna.c"
    sed 's/entry/thing/g; s/bucket/box/g; s/    /\t/g' "$reference" \
        > "$TMPDIR/out/eve.c"
    cp "$BATS_TEST_DIRNAME/../unit/similar/other.txt" "$TMPDIR/out/bob.c"
    cp "$ROOT/katas/containers/lru-cache/lru_cache.c" "$TMPDIR/out/zoe.c"
    "$KATA" report "$TMPDIR/out"
    page=$TMPDIR/out/class.html
    "${CHECK[@]}" html "$page"
    [ "$(grep -o '<details>' "$page" | wc -l)" -eq 1 ]
    # As a batch leaves it: names in the results, sources by their hash.
    mkdir -p "$TMPDIR/batch/.kata/sources" "$TMPDIR/batch/results"
    for student in anna eve; do
        hash=$(sha256sum < "$TMPDIR/out/$student.c" | cut -d' ' -f1)
        cp "$TMPDIR/out/$student.c" "$TMPDIR/batch/.kata/sources/$hash.c"
        result "$TMPDIR/batch/results/$student.lru-cache.json" pass 100 \
            ".student = \"$student\" | .provenance.submission = \"sha256:$hash\""
    done
    "$KATA" report "$TMPDIR/batch"
    grep -q '100 %</b>  anna and eve' "$TMPDIR/batch/class.html"
    grep -q '100 %</b>  anna and eve' "$page"
    # It reports; it does not accuse.
    run grep -iE 'plagia|cheat|copied|suspect|guilty' "$page"
    [ "$status" -eq 1 ]
}

@test "the same file with two verdicts is told" {
    mkdir "$TMPDIR/out"
    result "$TMPDIR/out/a.json" pass 100 '.provenance.submission = "sha256:x"'
    result "$TMPDIR/out/b.json" fail 40 \
        "$WRONG | .provenance.submission = \"sha256:x\""
    "$KATA" report "$TMPDIR/out" -o "$TMPDIR"
    grep -q 'Verdicts that differ' "$TMPDIR/class.html"
    [ ! -e "$TMPDIR/out/class.html" ]
}

@test "a batch with an empty file has its class report and other formats" {
    mkdir "$TMPDIR/in"
    : > "$TMPDIR/in/anna.c"
    printf '#line 4294967290\nint x;;\n' > "$TMPDIR/in/bob.c"
    run "$KATA" batch "$TMPDIR/in" --kata lru-cache -o "$TMPDIR/out" --seed 1 \
        --format junit
    [ "$status" -eq 0 ]
    [[ $output == *"kata report $TMPDIR/out"* ]]
    [ -s "$TMPDIR/out/junit/all" ]
    run "$KATA" report "$TMPDIR/out"
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -eq 1 ]
    [[ $output == "2 results: "* ]]
}
