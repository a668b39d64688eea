#!/usr/bin/env bats
# kata batch --format: every format of every submission, read back by parsers
# that are not ours (../formats/check.py).

load helper
load cluster

CHECK=(/usr/bin/python3 "$BATS_TEST_DIRNAME/../formats/check.py")
FORMATS="term json gcc jsonl junit tap sarif github markdown html classroom
gradescope check50 csv"

# A pass, two fails and an error, once for the file; one has a name that is a
# formula, and markup.
setup_file() {
    local format asked=() kata=containers/lru-cache/lru_cache.c
    export CLASS=$BATS_FILE_TMPDIR
    unset GITHUB_STEP_SUMMARY
    setup
    mkdir -p "$CLASS/in/=1+1 <b>&"
    cp "$ROOT/solutions/$kata" "$CLASS/in/ada.c"
    echo 'int x' > "$CLASS/in/=1+1 <b>&/lru_cache.c"
    cp "$ROOT/katas/$kata" "$CLASS/in/stub.c"
    head -c 1100000 /dev/zero > "$CLASS/in/big.c"
    for format in $FORMATS; do
        asked+=(--format "$format")
    done
    real_worker "$CLASS/worker"
    status=0
    "$KATA" batch "$CLASS/in" --kata lru-cache -o "$CLASS/out" --seed 1 \
        --worker "$CLASS/worker" "${asked[@]}" > "$CLASS/said" 2>&1 || status=$?
    teardown
    [ "$status" -eq 3 ]
}

@test "every format of every submission says what its result says" {
    count=0
    for result in "$CLASS"/out/results/*.json; do
        name=$(basename "$result" .json)
        for format in $FORMATS; do
            "${CHECK[@]}" "$format" "$CLASS/out/$format/$name" "$result"
            count=$((count + 1))
        done
    done
    [ "$count" -eq $((4 * 14)) ]
    [ "$(jq -r .verdict "$CLASS/out/results.jsonl" | sort | tr '\n' ' ')" = \
        "error fail fail pass " ]
}

@test "reports of all submissions say what the results say" {
    for format in csv junit jsonl; do
        "${CHECK[@]}" class "$format" "$CLASS/out/$format/all" \
            "$CLASS/out/results.jsonl"
    done
    # Each check can fail: of a class less one.
    head -n 3 "$CLASS/out/results.jsonl" > "$TMPDIR/less"
    sed 's/"verdict":"fail"/"verdict":"pass"/
s/"status":"fail"/"status":"error"/' "$CLASS/out/results.jsonl" > "$TMPDIR/other"
    for format in csv junit jsonl; do
        for given in less other; do
            run "${CHECK[@]}" class "$format" "$CLASS/out/$format/all" \
                "$TMPDIR/$given"
            [ "$status" -eq 1 ]
        done
    done
}

@test "results name the submission as it was handed in, and no other place" {
    [ "$(jq -r .path "$CLASS/out/results/ada.lru-cache.json")" = ada.c ]
    grep -q '"uri": "stub.c"' "$CLASS/out/sarif/stub.lru-cache"
    grep -q 'file=stub.c' "$CLASS/out/github/stub.lru-cache"
    run grep -rlF "$CLASS" "$CLASS/out/results" "$CLASS/out/results.jsonl" \
        "$CLASS/out/sarif" "$CLASS/out/github"
    [ "$output" = "" ]
}
