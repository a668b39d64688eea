#!/usr/bin/env bats
# kata list: plain, as JSON, and on the full screen of a terminal.

load helper
load screen

eval "end_of_$(declare -f teardown)"
teardown() {
    screen_end
    end_of_teardown
}

start_list() {
    screen_start "${@:2}"
    type_line "stty -g > $BATS_TEST_TMPDIR/before; $KATA list $1; echo status \$?; stty -g > $BATS_TEST_TMPDIR/after"
    wait_for '^katas  [0-9]+ of'
}

given_back() {
    wait_for "^status $1"
    wait_until test -s "$BATS_TEST_TMPDIR/after"
    cmp "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
    [ "$(screen_tmux display-message -p '#{cursor_flag}#{wrap_flag}#{alternate_on}')" = 110 ]
}

@test "a pipe gets a line a kata, with its state" {
    "$KATA" start closure > /dev/null
    run "$KATA" list
    [ "$status" -eq 0 ]
    [[ $output == *"  closure "*" started "* ]]
    [[ $output == *"  lru-cache "*" new "* ]]
    [[ $output != *$'\e'* ]]
    "$KATA" list --json > "$BATS_TEST_TMPDIR/list"
    [ "$(json '.[] | select(.slug == "closure") | .state' \
        "$BATS_TEST_TMPDIR/list")" = started ]
}

@test "state, level and topic choose what is listed" {
    "$KATA" start closure > /dev/null
    run "$KATA" list --state started
    [[ $output == *closure* && $output != *lru-cache* ]]
    run "$KATA" list --state new containers
    [[ $output == *lru-cache* && $output != *closure* ]]
    run "$KATA" list --level mid --json
    [ "$(jq -r 'map(.level) | unique[]' <<< "$output")" = mid ]
    run "$KATA" list --state 'done'
    [ "$status" -eq 2 ]
    [[ $output == *"new, started or passed"* ]]
    run "$KATA" list --level boss
    [ "$status" -eq 2 ]
}

@test "--plain is plain on a terminal, too" {
    screen_start
    type_line "$KATA list --plain; echo status \$?"
    wait_for '^  lru-cache +mid'
    wait_for '^status 0'
    type_line "TERM=dumb $KATA list; echo again \$?"
    wait_for '^again 0'
}

@test "topics fold" {
    start_list
    wait_for '^\+ containers +[0-9]+ katas?, 0 passed'
    shows_not '^  \[.\] lru-cache'
    keys z
    wait_for '^- containers'
    wait_for '^  \[ \] lru-cache'
    keys z
    wait_for '^\+ containers'
    keys G Enter
    wait_for '^- '
    keys q
    given_back 0
}

@test "a search finds as it is typed, and goes away" {
    start_list
    keys / l r u
    wait_for '^/lru_'
    wait_for '^  \[ \] lru-cache'
    shows_not '^. memory'
    keys x x
    wait_for 'no kata is like that'
    keys BSpace BSpace
    wait_for '^  \[ \] lru-cache'
    keys Enter
    wait_for 'search: lru'
    keys Escape
    wait_for '^. memory'
    keys q
    given_back 0
}

@test "filters by state, level and topic" {
    "$KATA" start lru-cache > /dev/null
    start_list
    keys z
    keys s
    wait_for 'state: new'
    shows_not '\] lru-cache'
    keys s
    wait_for 'state: started'
    wait_for '^  \[~\] lru-cache'
    keys s
    wait_for 'no kata is like that'
    keys s v v
    wait_for 'state: all  level: mid'
    wait_for '\] lru-cache'
    keys v v
    wait_for 'level: all'
    keys t
    wait_for 'topic: memory'
    wait_for '\] cycle-detection'
    shows_not '\] lru-cache'
    keys q
    given_back 0
}

@test "the cursor starts at what was begun, and enter goes on with it" {
    "$KATA" start lru-cache > /dev/null
    start_list
    wait_for '^- containers'
    keys Enter
    wait_for '^lru-cache  LRU cache'
    wait_for 'build +pass'
    keys l
    wait_for '^katas  '
    keys q
    wait_for '^lru-cache  LRU cache'
    keys q
    given_back 0
}

@test "e makes an attempt and opens the editor" {
    export EDITOR="touch $BATS_TEST_TMPDIR/edited"
    unset VISUAL
    start_list containers
    keys / l r u - Enter e
    wait_until test -e "$BATS_TEST_TMPDIR/edited"
    wait_for '^  \[~\] lru-cache'
    [ -f "$KATA_HOME/lru-cache/lru_cache.c" ]
    keys q
    given_back 0
}

@test "it follows the size of the terminal" {
    start_list '' 100 40
    screen_tmux resize-window -x 60 -y 10
    wait_for '^s state .* q quit$'
    [ "$(screen | grep -c .)" -le 10 ]
    screen_tmux resize-window -x 100 -y 30
    wait_for 'z fold all   / search$'
    keys q
    given_back 0
}

@test "Ctrl-C, Ctrl-Z and SIGTERM give the terminal back" {
    start_list
    keys C-c
    given_back 130
    screen_end
    rm -f "$BATS_TEST_TMPDIR/after"
    start_list
    keys C-z
    wait_for 'Stopped'
    type_line "stty -g > $BATS_TEST_TMPDIR/stopped; echo here"
    wait_for '^here'
    cmp "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/stopped"
    type_line fg
    wait_for '^katas  '
    kill -TERM "$(pid_of_kata)"
    wait_for '^ready>$'
}
