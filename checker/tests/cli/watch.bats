#!/usr/bin/env bats
# kata watch, in a terminal.

load helper
load screen

setup_file() {
    # What draws on a terminal is seen a few times a second only: a test that
    # missed it is tried once more, and the output says so.
    # shellcheck disable=SC2034 # bats reads it
    BATS_TEST_RETRIES=1
    # What is kept of the reference is made once, before anybody waits.
    "$(cd "$BATS_TEST_DIRNAME/../../.." && pwd)/kata" test lru-cache \
        --solution > /dev/null
}

eval "end_of_$(declare -f teardown)"
teardown() {
    screen_end
    wait_until no_processes
    end_of_teardown
}

attempt() {
    echo "$KATA_HOME/lru-cache/lru_cache.c"
}

SOLUTION=$ROOT/solutions/containers/lru-cache/lru_cache.c

# A wrong variant of the reference: get of what is not there says it is.
wrong() {
    sed 's/return false/return true/' "$SOLUTION"
}

start_watch() {
    screen_start "${@:2}"
    type_line "stty -g > $BATS_TEST_TMPDIR/before; $KATA watch $1; echo status \$?; stty -g > $BATS_TEST_TMPDIR/after"
}

# After the end: the terminal is as it was, nothing runs, nothing is left.
given_back() {
    wait_for "^status $1"
    wait_until test -s "$BATS_TEST_TMPDIR/after"
    cmp "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
    wait_until no_processes
    [ -z "$(find "$TMPDIR" -mindepth 1 -name 'kata*')" ]
    # The cursor is seen again, and lines wrap.
    [ "$(screen_tmux display-message -p '#{cursor_flag}#{wrap_flag}#{alternate_on}')" = 110 ]
}

@test "a session: start, a failing save, a hint, a pass" {
    start_watch lru-cache
    wait_for 'a new attempt'
    wait_for 'waiting for you to save'
    wait_for 'fail .* 0 of 100 points'
    wrong > "$(attempt)"
    wait_for 'tests +fail'
    wait_for '^oracle'
    wait_for 'call +expected +got'
    wait_for '^    > get'
    wait_for 'waiting for you to save'
    keys h
    wait_for '^## 1\.'
    wait_for 'hint 1 of'
    keys Escape
    wait_for 'tests +fail'
    cp "$SOLUTION" "$(attempt)"
    wait_for '^PASSED +100 of 100'
    wait_for 'achieved +2 grades, 1 hint'
    wait_for "cost +1.00 times the reference's instructions"
    wait_for 'next +n: '
    wait_for '\] 1 of [0-9]+ passed'
    wait_for 'lru-cache/lru_cache.c$'
    keys d
    wait_for 'no difference'
    keys q
    wait_for '^PASSED'
    keys q
    given_back 0
    shows '^lru-cache: pass, 100 of 100 points'
    run "$KATA" list --state passed
    [[ $output == *lru-cache* ]]
}

@test "a save by renaming, as vim does it, is seen" {
    start_watch lru-cache
    wait_for 'tests +fail'
    cp "$(attempt)" "$(attempt)~"
    wrong > "$BATS_TEST_TMPDIR/new"
    mv "$(attempt)" "$KATA_HOME/lru-cache/4913"
    mv "$BATS_TEST_TMPDIR/new" "$(attempt)"
    wait_for '^    > get'
    keys q
    given_back 0
}

@test "vim's own save is seen" {
    start_watch lru-cache
    wait_for 'tests +fail'
    vim -u NONE -n -es -c 'set backup writebackup backupcopy=no' \
        -c 'silent %d _' -c "0r $SOLUTION" -c wq "$(attempt)" < /dev/null
    wait_for 'tests +pass'
    keys q
    given_back 0
}

@test "a new save cancels the run under way" {
    start_watch lru-cache
    wait_for 'growth +running'
    wrong > "$(attempt)"
    wait_for '^    > get'
    wait_for 'growth +running'
    cp "$SOLUTION" "$(attempt)"
    # Only what ran to its end is recorded, and the stub is no try.
    wait_for 'achieved +1 grade, 0 hints'
    keys q
    given_back 0
}

@test "of a burst of saves only the last is graded" {
    # Longer than a busy machine takes between two saves.
    start_watch 'lru-cache --quiet 5000'
    wait_for 'waiting for you to save'
    for _ in 1 2 3 4; do
        wrong > "$(attempt)"
        sleep 0.1
    done
    cp "$SOLUTION" "$(attempt)"
    wait_for 'achieved +1 grade, 0 hints'
    keys q
    given_back 0
}

@test "what does not compile is shown with its line" {
    start_watch lru-cache
    wait_for 'build +pass'
    echo 'int broken = ;' > "$(attempt)"
    wait_for 'build +fail'
    wait_for 'lru_cache.c:1:14: expected expression'
    keys q
    given_back 0
}

@test "it goes on with the attempt last worked on" {
    "$KATA" start closure
    "$KATA" start lru-cache
    start_watch ''
    wait_for '^lru-cache  LRU cache'
    keys q
    given_back 0
}

@test "brief, and a solution only when asked twice" {
    start_watch lru-cache
    wait_for 'tests +fail'
    keys b
    wait_for 'the brief'
    wait_for 'THE QUESTION|The question'
    keys q
    wait_for_no 'the brief'
    keys d
    wait_for 'for after a pass'
    keys s
    wait_for 'See the solution\? y/n'
    keys n
    wait_for_no 'y/n'
    keys s
    wait_for 'y/n'
    keys y
    wait_for 'the reference'
    keys q q
    given_back 0
}

@test "reset asks, and keeps what was there" {
    start_watch lru-cache
    wait_for 'tests +fail'
    wrong > "$(attempt)"
    wait_for '^    > get'
    keys x
    wait_for 'y/n'
    keys x
    wait_for_no 'y/n'
    cmp "$(attempt)" <(wrong)
    keys x
    wait_for 'y/n'
    keys y
    wait_for 'kept as .*old/1'
    cmp "$(attempt)" "$ROOT/katas/containers/lru-cache/lru_cache.c"
    cmp "$KATA_HOME/lru-cache/old/1/lru_cache.c" <(wrong)
    keys q
    given_back 0
}

@test "the editor gets the terminal and gives it back" {
    cat > "$BATS_TEST_TMPDIR/editor" << 'END'
#!/bin/sh
stty -g > "$1.stty"
echo "editing $2"
read -r line
echo "int broken = ;" > "$2"
END
    chmod +x "$BATS_TEST_TMPDIR/editor"
    export EDITOR="$BATS_TEST_TMPDIR/editor $BATS_TEST_TMPDIR/seen"
    unset VISUAL
    start_watch lru-cache
    wait_for 'tests +fail'
    keys e
    wait_for '^editing .*lru_cache.c'
    cmp "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/seen.stty"
    keys Enter
    wait_for 'build +fail'
    keys q
    given_back 0
}

@test "n goes to the next kata" {
    start_watch lru-cache
    wait_for 'tests +fail'
    keys n
    wait_for 'a new attempt'
    wait_for_no '^lru-cache  LRU cache'
    wait_for 'build +pass'
    keys q
    given_back 0
}

@test "it draws itself to the size of the terminal" {
    start_watch lru-cache 100 40
    wait_for 'tests +fail'
    screen_tmux resize-window -x 40 -y 12
    wait_for 'more lines'
    wait_for 'quit$'
    [ "$(screen | wc -l)" -le 12 ]
    screen_tmux resize-window -x 120 -y 50
    wait_for 'n next .* q quit$'
    wait_for '^lru-cache  LRU cache'
    keys q
    given_back 0
}

@test "a terminal of three lines is enough not to fall over" {
    start_watch lru-cache 20 3
    wait_for 'quit|more'
    screen_tmux resize-window -x 1 -y 1
    screen_tmux resize-window -x 90 -y 30
    wait_for 'n next .* q quit$'
    keys q
    given_back 0
}

@test "Ctrl-C gives the terminal back in the middle of a run" {
    start_watch lru-cache
    wait_for 'running'
    keys C-c
    given_back 130
}

@test "SIGTERM and SIGHUP end it like Ctrl-C" {
    for signal in TERM HUP; do
        rm -f "$BATS_TEST_TMPDIR/after"
        screen_end
        start_watch lru-cache
        wait_for 'running'
        kill -"$signal" "$(pid_of_kata)"
        given_back 130
    done
}

@test "a crash gives the terminal back" {
    start_watch lru-cache
    wait_for 'waiting for you to save'
    kill -SEGV "$(pid_of_kata)"
    wait_for '^status 139'
    wait_until test -s "$BATS_TEST_TMPDIR/after"
    cmp "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
    rm -rf "$TMPDIR"/kata*
}

@test "Ctrl-Z stops it, fg goes on" {
    start_watch lru-cache
    wait_for 'running'
    keys C-z
    wait_for 'Stopped'
    type_line "stty -g > $BATS_TEST_TMPDIR/stopped; echo here"
    wait_for '^here'
    cmp "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/stopped"
    wrong > "$(attempt)"
    type_line fg
    wait_for '^    > get'
    keys h
    wait_for '^## 1\.'
    keys q q
    wait_for 'ready>'
    type_line "stty -g > $BATS_TEST_TMPDIR/after; echo status 0"
    given_back 0
}

@test "it looks at the file where inotify would be silent" {
    start_watch 'lru-cache --poll'
    wait_for 'tests +fail'
    wrong > "$(attempt)"
    wait_for '^    > get'
    cp "$SOLUTION" "$BATS_TEST_TMPDIR/new"
    mv "$BATS_TEST_TMPDIR/new" "$(attempt)"
    wait_for 'tests +pass'
    keys q
    given_back 0
}

@test "a folder that goes away and comes back is watched again" {
    start_watch lru-cache
    wait_for 'waiting for you to save'
    mv "$KATA_HOME/lru-cache" "$KATA_HOME/elsewhere"
    mkdir "$KATA_HOME/lru-cache"
    wrong > "$(attempt)"
    wait_for '^    > get'
    cp "$SOLUTION" "$(attempt)"
    wait_for 'tests +pass'
    keys q
    given_back 0
}

# How often each thread was given a processor, and the time they used.
activity() {
    local pid
    pid=$(pid_of_kata)
    cat /proc/"$pid"/task/*/status | grep ctxt_switches
    cut -d ' ' -f 14,15 "/proc/$pid/stat"
}

# has_settled: for waiting until a run that has just ended is also cleared away.
has_settled() {
    activity > "$BATS_TEST_TMPDIR/one"
    sleep 1
    activity > "$BATS_TEST_TMPDIR/two"
    cmp -s "$BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/two"
}

# Not woken once, and so no processor time; --poll, which is woken, shows that
# this can be told.
@test "idle it does nothing at all" {
    start_watch lru-cache
    wait_for 'waiting for you to save'
    wait_until has_settled
    activity > "$BATS_TEST_TMPDIR/first"
    sleep 2
    activity > "$BATS_TEST_TMPDIR/second"
    cat "$BATS_TEST_TMPDIR/first" "$BATS_TEST_TMPDIR/second"
    cmp "$BATS_TEST_TMPDIR/first" "$BATS_TEST_TMPDIR/second"
    keys q
    given_back 0
    rm "$BATS_TEST_TMPDIR/after"
    screen_end
    start_watch 'lru-cache --poll'
    wait_for 'waiting for you to save'
    activity > "$BATS_TEST_TMPDIR/first"
    sleep 1
    activity > "$BATS_TEST_TMPDIR/second"
    if cmp -s "$BATS_TEST_TMPDIR/first" "$BATS_TEST_TMPDIR/second"; then
        return 1
    fi
    keys q
    given_back 0
}

@test "without a terminal it says what to do" {
    run "$KATA" watch lru-cache < /dev/null
    [ "$status" -eq 3 ]
    [[ $output == *"terminal"* ]]
    run "$KATA" watch no-such-kata
    [ "$status" -eq 2 ]
}
