#!/usr/bin/env bats
# What a user does to a batch: folders in the wrong place, odd names, other
# katas, submissions that go away, a full disk, signals.

load helper
load batch

@test "OUT in SUBMISSIONS is refused, and nothing is made there" {
    stand_in
    many 1
    ln -s in "$TMPDIR/link"
    for out in in in/out in/a/b link/out in/../in/x; do
        run batch -o "$TMPDIR/$out"
        [ "$status" -eq 3 ]
        [[ "$output" == *"lies in the submissions' folder"* ]]
    done
    [ "$(ls -A "$TMPDIR/in")" = s0.c ]
    # One that only begins alike is another.
    batch -o "$TMPDIR/inside"
}

@test "hints quote a folder whose name has spaces" {
    stand_in
    many 2
    run batch -o "$TMPDIR/my 'out'"
    [ "$status" -eq 0 ]
    [[ "$output" == *"\`kata report '$TMPDIR/my '\\''out'\\'''\`"* ]]
}

@test "another kata is refused, and what is there stays" {
    stand_in
    many 2
    batch
    cp -r "$TMPDIR/out/results" "$TMPDIR/before"
    run "$KATA" batch "$TMPDIR/in" --kata closure -o "$TMPDIR/out" \
        --worker "$TMPDIR/worker" --resume
    [ "$status" -eq 3 ]
    [[ "$output" == *"a batch that grades lru-cache, too"* ]]
    diff -r "$TMPDIR/before" "$TMPDIR/out/results"
}

@test "results of submissions that went away are told, and come back as they were" {
    stand_in
    many 3
    batch
    mkdir "$TMPDIR/aside"
    mv "$TMPDIR"/in/s[12].c "$TMPDIR/aside"
    run batch --resume
    [ "$status" -eq 0 ]
    [[ "$output" == *"2 results are taken out of "*"no longer there"* ]]
    [ "$(ls "$TMPDIR/out/results")" = s0.lru-cache.json ]
    mv "$TMPDIR"/aside/* "$TMPDIR/in"
    : > "$TMPDIR/log"
    run batch --resume
    [ "$status" -eq 0 ]
    [ ! -s "$TMPDIR/log" ]
    [ "$(jq -s length "$TMPDIR/out/results.jsonl")" -eq 3 ]
}

# A file takes a page at least.
@test "a full disk stops a batch, and it is resumed where there is room" {
    [ "$(id -u)" -eq 0 ] || skip "only root mounts"
    stand_in
    many 30
    mkdir "$TMPDIR/small"
    mount -t tmpfs -o size=200k none "$TMPDIR/small" || skip "no mount here"
    run batch -o "$TMPDIR/small/out"
    full=$status said=$output graded=$(wc -l < "$TMPDIR/log")
    mount -o remount,size=4m "$TMPDIR/small"
    run batch -o "$TMPDIR/small/out" --resume
    resumed=$status
    count=$(jq -s length "$TMPDIR/small/out/results.jsonl")
    mount -o remount,ro "$TMPDIR/small"
    run batch -o "$TMPDIR/small/other"
    readonly=$output
    umount "$TMPDIR/small"
    [ "$full" -eq 3 ]
    [[ "$said" == *"No space left on device"* ]]
    [ "$graded" -lt 30 ]
    [ "$resumed" -eq 0 ]
    [ "$count" -eq 30 ]
    [[ "$readonly" == *"Read-only file system"* ]]
}

@test "a hang-up ends a batch as an interrupt does" {
    stand_in "sleep 0.1"
    many 20
    batch_alone 2> "$TMPDIR/said" 3>&- &
    pid=$!
    eventually 60 test -s "$TMPDIR/log"
    kill -HUP "$pid"
    status=0
    wait "$pid" || status=$?
    [ "$status" -eq 130 ]
    grep -q 'interrupted; --resume goes on' "$TMPDIR/said"
    batch --resume
    [ "$(jq -s length "$TMPDIR/out/results.jsonl")" -eq 20 ]
}
