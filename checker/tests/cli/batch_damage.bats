#!/usr/bin/env bats
# Results and submissions of a batch that are damaged in its folder.

load helper
load batch

@test "a damaged result is made again, and only its student waits for it" {
    stand_in
    many 4
    batch
    damaged=$TMPDIR/damaged
    for kind in truncated text schema empty folder unreadable; do
        : > "$TMPDIR/log"
        file=$(grep -l '"pass"' "$TMPDIR"/out/.kata/graded/* | head -1)
        cp "$file" "$damaged"
        rm "$file"
        case $kind in
        truncated) head -c 40 "$damaged" > "$file" ;;
        text) echo "no JSON" > "$file" ;;
        schema) sed 's|kata-result/1|kata-result/9|' "$damaged" > "$file" ;;
        empty) : > "$file" ;;
        folder) mkdir "$file" && echo x > "$file/inside" ;;
        unreadable) cp "$damaged" "$file" && chmod 0 "$file" ;;
        esac
        run batch --resume
        [ "$status" -eq 0 ]
        # Root reads what nobody may.
        if [ "$kind" != unreadable ] || [ "$(id -u)" -ne 0 ]; then
            [[ "$output" == *"graded again: $file"* ]]
            [ "$(grep -vc reference "$TMPDIR/log")" -eq 1 ]
        fi
        cmp "$damaged" "$file"
        [ "$(jq -s length "$TMPDIR/out/results.jsonl")" -eq 4 ]
    done
}

# s2's grading damages what s0 and s1 have, and leaves no result itself.
@test "a result that cannot be read back is an error of its student alone" {
    # shellcheck disable=SC2016 # the worker expands
    stand_in 'results='"$TMPDIR/out/results"'
if grep -q "x2;" "$file" 2> /dev/null; then
    mkdir "$results/s3.lru-cache.json"
    echo "{}" > "$results/s0.lru-cache.json"
    rm "$results/s1.lru-cache.json" && mkdir "$results/s1.lru-cache.json"
    echo "{\"verdict\": \"pass\"}" > "$out"
    exit 0
fi'
    many 4
    run batch --jobs 1 --format csv --format jsonl
    [ "$status" -eq 3 ]
    for i in 0 1; do
        [[ "$output" == *"not graded: s$i lru-cache: $TMPDIR/out/results/s$i."* ]]
    done
    [[ "$output" == *"not graded: s2 lru-cache: the checker left no whole result: $TMPDIR/out/.kata/graded/"* ]]
    [ "$(verdict s3)" = pass ]
    [ "$(jq -r '"\(.student) \(.verdict)"' "$TMPDIR/out/results.jsonl" | sort |
        tr '\n' ' ')" = "s0 error s1 error s2 error s3 pass " ]
    [ "$(grep -c error "$TMPDIR/out/csv/all")" -eq 3 ]
    [ "$(jq -s length "$TMPDIR/out/jsonl/all")" -eq 4 ]
    stand_in
    run batch --retry
    [ "$status" -eq 0 ]
    [ "$(jq -r .verdict "$TMPDIR/out/results.jsonl" | sort -u)" = pass ]
}

@test "a damaged submission or list of the batch is not taken for right" {
    # shellcheck disable=SC2016 # the worker expands
    stand_in '[ "$file" = reference ] || cat "$file" >> '"$TMPDIR/seen"
    many 2
    batch
    for each in "$TMPDIR"/out/.kata/sources/*; do echo other > "$each"; done
    rm "$TMPDIR"/out/.kata/graded/* "$TMPDIR/seen"
    batch --resume
    [ "$(sort "$TMPDIR/seen")" = $'int x0;\nint x1;' ]
    echo '{' > "$TMPDIR/out/.kata/roster.json"
    run "$KATA" batch "$TMPDIR/in" --kata lru-cache -o "$TMPDIR/out" \
        --worker "$TMPDIR/worker" --resume
    [ "$status" -eq 3 ]
    [[ "$output" == *"roster.json is damaged; --seed N"* ]]
    batch --resume
}
