#!/usr/bin/env bats
# Question cards: ask, and verify --questions.

load helper

# A root with the questions alone, for tests that break them.
questions_root() {
    local copy=$BATS_TEST_TMPDIR/root
    mkdir -p "$copy/docs"
    cp -r "$ROOT/katas" "$copy/"
    cp -r "$ROOT/docs/questions" "$copy/docs/"
    echo "$copy"
}

CARD=memory/reference-count-and-collector

@test "ask shows a whole card at once where nobody can press Enter" {
    run "$KATA" ask "$CARD"
    [ "$status" -eq 0 ]
    [[ "$output" == "$CARD  junior"* ]]
    [[ "$output" == *"what does it need a garbage collector for?"* ]]
    [[ "$output" == *$'Key points\n----------'* ]]
    [[ "$output" == *"Build it: kata start cycle-detection"* ]]
    [[ "$output" != *"press Enter"* ]]
    [[ "$output" != *$'\e['* ]]
}

# on_terminal INPUT COMMAND: its output, standard streams being a terminal's.
on_terminal() {
    printf '%b' "$1" | script -qec "$2" /dev/null
}

@test "ask waits on a terminal before it shows the key points" {
    command -v script || skip "script is not installed"
    run on_terminal '\n' "$KATA ask $CARD"
    [[ "$output" == *"press Enter"*"Key points"* ]]
    run on_terminal 'q\n' "$KATA ask $CARD"
    [[ "$output" == *"press Enter"* ]]
    [[ "$output" != *"Key points"* ]]
}

@test "ask draws from a topic and a level, the same card for the same seed" {
    "$KATA" ask memory --seed 7 > "$BATS_TEST_TMPDIR/a"
    "$KATA" ask memory --seed 7 > "$BATS_TEST_TMPDIR/b"
    cmp "$BATS_TEST_TMPDIR/a" "$BATS_TEST_TMPDIR/b"
    for seed in 1 2 3 4 5; do
        run "$KATA" ask memory --level junior --seed "$seed"
        [[ "$output" =~ ^memory/[a-z0-9-]+\ \ junior ]]
    done
}

@test "ask --list has a line for every card, --json the whole cards" {
    run "$KATA" ask --list
    [ "$status" -eq 0 ]
    files=$(find "$ROOT/docs/questions" -mindepth 2 -name '*.md' | wc -l)
    [ "$(grep -cE '^  [a-z0-9-]+ +(junior|mid|senior) ' <<<"$output")" \
        -eq "$files" ]
    "$KATA" ask --json > "$BATS_TEST_TMPDIR/all.json"
    [ "$(json length "$BATS_TEST_TMPDIR/all.json")" -eq "$files" ]
    [ "$(json 'map(select((.points | length) < 3 or (.wrong | length) < 1 or
        (.followups | length) < 1 or (.sources | length) < 1)) | length' \
        "$BATS_TEST_TMPDIR/all.json")" -eq 0 ]
    "$KATA" ask --json memory --level junior > "$BATS_TEST_TMPDIR/one.json"
    [ "$(json 'map(.topic + .level) | unique | .[]' \
        "$BATS_TEST_TMPDIR/one.json")" = memoryjunior ]
}

@test "ask refuses what it does not know, with a suggestion" {
    run "$KATA" ask memmory
    [ "$status" -eq 2 ]
    [[ "$output" == *"did you mean 'memory'"* ]]
    run "$KATA" ask --level expert
    [ "$status" -eq 2 ]
    [[ "$output" == *"expected junior, mid or senior"* ]]
    run "$KATA" ask memory objects
    [ "$status" -eq 2 ]
}

@test "ask goes on beside a broken card and says so" {
    KATA_ROOT=$(questions_root)
    export KATA_ROOT
    echo nothing > "$KATA_ROOT/docs/questions/memory/broken.md"
    run "$KATA" ask "$CARD"
    [ "$status" -eq 3 ]
    [[ "$output" == *"questions/memory/broken.md:1: expected the question"* ]]
    [[ "$output" == *"Key points"* ]]
    rm -r "$KATA_ROOT/docs"
    run "$KATA" ask
    [ "$status" -eq 3 ]
    [[ "$output" == *docs/questions* ]]
}

@test "verify --questions finds nothing wrong with the cards" {
    run "$KATA" verify --questions
    echo "$output"
    [ "$status" -eq 0 ]
    [[ "$output" == *" cards, 0 problems" ]]
    run "$KATA" verify --questions lru-cache
    [ "$status" -eq 2 ]
}

# broken NAME SED SAYS: the card with a fault must be told with its line.
broken() {
    local copy=$BATS_TEST_TMPDIR/root said code=0
    cp "$ROOT/docs/questions/$CARD.md" "$copy/docs/questions/$CARD.md"
    sed -i "$2" "$copy/docs/questions/$CARD.md"
    said=$(KATA_ROOT=$copy "$KATA" verify --questions) || code=$?
    if [ "$code" -ne 1 ] || [[ "$said" != *"$3"* ]]; then
        echo "$1: $said"
        return 1
    fi
}

@test "verify --questions fails on planted faults, naming file and line" {
    KATA_ROOT=$(questions_root)
    export KATA_ROOT
    local at=docs/questions/$CARD.md
    broken level 's/^- level: .*/- level: easy/' \
        "$at:3: level: expected junior, mid or senior, found 'easy'"
    broken kata 's/^- katas: .*/- katas: no-such-kata/' \
        "$at:3: katas: expected slugs that \`kata list\` shows, found 'no-such"
    broken section 's/^## Source/## Sources/' \
        "expected '## Source', found '## Sources'"
    broken version 's/^- CPython [^,]*,/- CPython,/' \
        "the source has no version: expected one like 'CPython 3.14'"
    broken empty '/^## Follow-ups/,/^## Source/{/^[-*] /d;/^  /d}' \
        "'## Follow-ups' must be followed by a list"
    broken long 's/^# .*/&&/' "$at:1: the question is longer than 100 characters"
    cp "$ROOT/docs/questions/$CARD.md" "$KATA_ROOT/docs/questions/$CARD.md"
    mkdir -p "$KATA_ROOT/docs/questions/objects"
    cp "$ROOT/docs/questions/$CARD.md" "$KATA_ROOT/docs/questions/objects/"
    run "$KATA" verify --questions
    [ "$status" -eq 1 ]
    [[ "$output" == *"objects/${CARD#*/}.md:1: the file's name is taken by the \
card $CARD"* ]]
}
