#!/usr/bin/env bats
# What is recorded of attempts, and what is made of it.

load helper
bats_require_minimum_version 1.5.0

# A record of much work, imported.
import_record() {
    python3 "$BATS_TEST_DIRNAME/progress_record.py" "$@" \
        > "$BATS_TEST_TMPDIR/record.json"
    "$KATA" progress --import "$BATS_TEST_TMPDIR/record.json"
}

# A value of `kata progress --json`.
progress() {
    "$KATA" progress --json | jq -r "$1"
}

@test "progress of someone who did nothing makes no file" {
    run "$KATA" progress
    [ "$status" -eq 0 ]
    [[ "$output" == *"0 of "*" katas passed"* ]]
    [[ "$output" == *"kata next"* ]]
    [ -z "$(ls -A "$KATA_HOME")" ]
}

@test "a test of the attempt is recorded, one of anything else is not" {
    "$KATA" start lru-cache
    "$KATA" test lru-cache --solution
    "$KATA" test lru-cache --stub || true
    cp "$KATA_HOME/lru-cache/lru_cache.c" "$BATS_TEST_TMPDIR/other.c"
    "$KATA" test lru-cache "$BATS_TEST_TMPDIR/other.c" || true
    [ "$(progress .tests)" -eq 0 ]
    "$KATA" test lru-cache || true
    [ "$(progress .tests)" -eq 1 ]
    ln -s "$KATA_HOME/lru-cache/lru_cache.c" "$BATS_TEST_TMPDIR/same.c"
    "$KATA" test lru-cache "$BATS_TEST_TMPDIR/same.c" || true
    [ "$(progress .tests)" -eq 2 ]
    [ "$(progress '.katas[] | select(.slug == "lru-cache").saved')" -eq 0 ]
}

@test "a pass of the tests alone is no pass of the kata" {
    "$KATA" start lru-cache
    cp "$ROOT/solutions/containers/lru-cache/lru_cache.c" \
        "$KATA_HOME/lru-cache/"
    "$KATA" test lru-cache
    [ "$(progress .passed)" -eq 0 ]
    [ "$(progress '.katas[] | select(.slug == "lru-cache").state')" = started ]
    [ "$(progress '.katas[] | select(.slug == "lru-cache").saved')" -gt 0 ]
    run "$KATA" solution lru-cache
    [ "$status" -eq 1 ]
}

@test "a grade that passes is rated, and comes back for review" {
    "$KATA" start singleton
    "$KATA" hint singleton
    cp "$ROOT/solutions/patterns/singleton/singleton.c" "$KATA_HOME/singleton/"
    run "$KATA" review
    [[ "$output" == *"nothing to review yet"* ]]
    "$KATA" grade singleton
    [ "$(progress .passed)" -eq 1 ]
    run "$KATA" review
    [ "$status" -eq 0 ]
    [[ "$output" == *"in 2 days"*"kata start singleton --again"*good* ]]
    [ "$("$KATA" review --json | jq -r '.[0].stability')" = 2.3065 ] ||
        [[ "$("$KATA" review --json | jq -r '.[0].stability')" == 2.306* ]]
    "$KATA" start singleton --again
    [ "$(progress '.katas[] | select(.slug == "singleton").attempts')" -eq 2 ]
    [ "$(progress '.katas[] | select(.slug == "singleton").hints')" -eq 0 ]
    [ -f "$KATA_HOME/singleton/old/1/singleton.c" ]
    run "$KATA" review
    [[ "$output" == *"kata watch singleton"* ]]
    run "$KATA" hint singleton
    [[ "$output" == "## 1."* ]]
}

@test "reset is no new attempt, and closes no hint" {
    "$KATA" start lru-cache
    "$KATA" hint lru-cache
    "$KATA" reset lru-cache
    [ "$(progress '.katas[] | select(.slug == "lru-cache").attempts')" -eq 1 ]
    [ "$(progress '.katas[] | select(.slug == "lru-cache").hints')" -eq 1 ]
}

@test "a database that cannot be had costs a warning, not the verdict" {
    "$KATA" start lru-cache
    rm "$KATA_HOME"/progress.db*
    mkdir "$KATA_HOME/progress.db"
    cp "$ROOT/solutions/containers/lru-cache/lru_cache.c" \
        "$KATA_HOME/lru-cache/"
    run --separate-stderr "$KATA" test lru-cache --format json
    [ "$status" -eq 0 ]
    [ "$(jq -r .verdict <<<"$output")" = pass ]
    # shellcheck disable=SC2154 # run sets it
    [[ "$stderr" == *"a folder where the database should be"* ]]
    [[ "$stderr" == *"this is not recorded"* ]]
    run "$KATA" progress
    [ "$status" -eq 0 ]
    run "$KATA" progress --export "$BATS_TEST_TMPDIR/out.json"
    [ "$status" -eq 3 ]
    [ ! -e "$BATS_TEST_TMPDIR/out.json" ]
    run "$KATA" hint lru-cache
    [ "$status" -eq 3 ]
    [ -d "$KATA_HOME/progress.db" ]
}

@test "a damaged database is set aside with a message, and kept" {
    "$KATA" start lru-cache
    rm -f "$KATA_HOME"/progress.db-*
    head -c 5000 /dev/urandom > "$KATA_HOME/progress.db"
    cp "$KATA_HOME/progress.db" "$BATS_TEST_TMPDIR/copy"
    run --separate-stderr "$KATA" test lru-cache
    [ "$status" -eq 1 ]
    [[ "$stderr" == *"damaged"*"it is kept as"*"progress.db.damaged-20"* ]]
    cmp "$KATA_HOME"/progress.db.damaged-* "$BATS_TEST_TMPDIR/copy"
    [ "$(progress .tests)" -eq 1 ]
}

@test "next says what and why, and what was begun comes first" {
    run "$KATA" next
    [ "$status" -eq 0 ]
    [[ "$output" == *"kata start "* ]]
    [[ "$("$KATA" next --json | jq -r '.[0].why')" == *"nothing of "* ]]
    "$KATA" start decorator
    run "$KATA" next
    [[ "$output" == "decorator "*"you have begun it"*"kata watch decorator"* ]]
    [ "$("$KATA" next --json | jq -r '.[0].slug')" = decorator ]
    [ "$("$KATA" next --json | jq -r '.[1].begun')" = false ]
}

@test "next follows what a kata needs" {
    export KATA_ROOT
    KATA_ROOT=$(copy_root)
    local file=$KATA_ROOT/katas/containers/lru-cache/kata.json
    sed -i 's/"needs": \[\]/"needs": ["closure"]/; s/"mid"/"junior"/' "$file"
    [ "$("$KATA" next --json | jq -r '.[0].slug')" != lru-cache ]
    import_record singleton
    "$KATA" progress --export "$BATS_TEST_TMPDIR/all.json"
    sed 's/"singleton"/"closure"/' "$BATS_TEST_TMPDIR/all.json" \
        > "$BATS_TEST_TMPDIR/closure.json"
    rm "$KATA_HOME"/progress.db*
    "$KATA" progress --import "$BATS_TEST_TMPDIR/closure.json"
    run "$KATA" next
    [[ "$output" == "lru-cache "*"what it needs has passed (closure)"* ]]
}

@test "export and import merge, and twice changes nothing" {
    run import_record lru-cache closure singleton
    [ "$status" -eq 0 ]
    "$KATA" progress --export "$BATS_TEST_TMPDIR/a.json"
    [ "$(json .schema "$BATS_TEST_TMPDIR/a.json")" = kata-progress/1 ]
    run "$KATA" progress --import "$BATS_TEST_TMPDIR/a.json"
    [[ "$output" == *" 0 of them new" ]]
    KATA_HOME=$BATS_TEST_TMPDIR/second
    "$KATA" start decorator
    "$KATA" progress --import "$BATS_TEST_TMPDIR/a.json"
    [ "$(progress '[.katas[] | select(.state != "new")] | length')" -eq 4 ]
    "$KATA" progress --export "$BATS_TEST_TMPDIR/b.json"
    [ "$(json '.tables.grades | length' "$BATS_TEST_TMPDIR/a.json")" -eq \
        "$(json '.tables.grades | length' "$BATS_TEST_TMPDIR/b.json")" ]
}

@test "an import that cannot be read changes nothing and says where" {
    import_record lru-cache
    "$KATA" progress --export "$BATS_TEST_TMPDIR/before.json"
    echo '{"schema": "kata-progress/1",' > "$BATS_TEST_TMPDIR/half.json"
    run "$KATA" progress --import "$BATS_TEST_TMPDIR/half.json"
    [ "$status" -eq 3 ]
    [[ "$output" == *"half.json:2: "* ]]
    jq '.tables.grades[-1].verdict = "splendid"' \
        "$BATS_TEST_TMPDIR/before.json" > "$BATS_TEST_TMPDIR/bad.json"
    sed -i 's/"id": "\(.\{8\}\)/"id": "0\1/; s/"attempt": "/"attempt": "0/' \
        "$BATS_TEST_TMPDIR/bad.json"
    run "$KATA" progress --import "$BATS_TEST_TMPDIR/bad.json"
    [ "$status" -eq 3 ]
    [[ "$output" == *"nothing was imported: "* ]]
    run "$KATA" progress --import "$BATS_TEST_TMPDIR"
    [ "$status" -eq 3 ]
    run "$KATA" progress --import "$BATS_TEST_TMPDIR/none.json"
    [ "$status" -eq 3 ]
    "$KATA" progress --export "$BATS_TEST_TMPDIR/after.json"
    cmp "$BATS_TEST_TMPDIR/before.json" "$BATS_TEST_TMPDIR/after.json"
}

@test "progress takes one way of showing" {
    run "$KATA" progress --json --html "$BATS_TEST_TMPDIR/x.html"
    [ "$status" -eq 2 ]
    run "$KATA" progress --html "$BATS_TEST_TMPDIR/none/x.html"
    [ "$status" -eq 3 ]
}

@test "the page opens in a browser without a word, on a phone too" {
    local page=$BATS_TEST_TMPDIR/progress.html
    import_record lru-cache cycle-detection decorator closure singleton
    run "$KATA" progress --html "$page"
    [ "$status" -eq 0 ]
    [ "$(grep -o '<svg' "$page" | wc -l)" -eq 3 ]
    if grep -qE '<script|src="http|url\(' "$page"; then return 1; fi
    HOME=$BATS_TEST_TMPDIR run timeout -k 1 600 /usr/bin/python3 \
        "$BATS_TEST_DIRNAME/open_page.py" "$page" "$BATS_TEST_TMPDIR"
    echo "$output"
    [ "$status" -eq 0 ]
    [ -s "$BATS_TEST_TMPDIR/phone.png" ]
}

@test "a page that complains is found out" {
    local page=$BATS_TEST_TMPDIR/bad.html
    echo '<!doctype html><meta charset=utf-8><p style="width: 900px">x</p>' \
        '<script>missing()</script>' > "$page"
    HOME=$BATS_TEST_TMPDIR run timeout -k 1 600 /usr/bin/python3 \
        "$BATS_TEST_DIRNAME/open_page.py" "$page"
    [ "$status" -eq 1 ]
    [[ "$output" == *"missing is not defined"* ]]
    [[ "$output" == *"pixels wide in 390"* ]]
}
