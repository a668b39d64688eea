#!/usr/bin/env bats
# Completions, each in its own shell as `make install` puts them, and kata(1):
# whatever `kata -h` tells must be there.

load helper

setup_file() {
    unset MAKEFLAGS MFLAGS MAKELEVEL
    export PREFIX="$BATS_FILE_TMPDIR/my prefix"
    make -s -C "$BATS_TEST_DIRNAME/../../.." install PREFIX="$PREFIX"
    export PATH=$PREFIX/bin:$PATH
    export XDG_DATA_DIRS=$PREFIX/share:/usr/local/share:/usr/share
}

# offers WORDS... : the candidates for the last word.
offers() {
    "$KATA" complete -- "$@" | cut -f 1
}

# listed WORD...: the commands that the help of these words lists.
listed() {
    "$KATA" "$@" -h | sed -n 's/^  \([a-z]\+\)  .*/\1/p'
}

# commands: each command, and each of those that have some, a line each.
commands() {
    local command below
    for command in $(listed); do
        echo "$command"
        for below in $(listed "$command"); do
            echo "$command $below"
        done
    done
}

@test "every command and every option of the help is completed" {
    [ "$(offers "")" = "$(listed)" ]
    [ "$(offers interview "")" = "$(listed interview)" ]
    [ "$(commands | wc -l)" -ge 30 ]
    while read -ra words; do
        options=$("$KATA" "${words[@]}" -h |
            sed -n 's/^  \(-.,\|   \) \(--[a-z-]*\).*/\2/p')
        [ -n "$options" ]
        [ "$(offers "${words[@]}" -- | sort)" = "$(sort <<<"$options")" ]
    done < <(commands)
}

@test "words are completed by what stands in their place" {
    slugs=$("$KATA" list --json | jq -r '.[].slug')
    [ "$(offers grade "")" = "$slugs" ]
    [ "$(offers verify lru-cache "")" = "$slugs" ]
    [ "$(offers grade --seed 3 lru)" = lru-cache ]
    [ "$(offers grade --solution -- lru)" = lru-cache ]
    [ "$(offers grade lru-cache "")" = :file ]
    [ "$(offers grade -o "")" = :file ]
    [ "$(offers grade --stage th)" = threads ]
    [ "$(offers grade --stage=th)" = --stage=threads ]
    [ "$(offers grade --format ta)" = tap ]
    [ "$(offers explain me)" = $'memory-limit\nmemory-error' ]
    [ "$(offers list con)" = $'containers\nconcurrency' ]
    [ "$(offers new mem)" = memory/ ]
    [ -z "$(offers grade lru-cache a.c "")" ]
    [ -z "$(offers grade -- --st)" ]
    [ -z "$(offers no-such-command "")" ]
}

@test "a kata that is broken, or no kata at all, is no error" {
    root=$(copy_root)
    echo "{" >"$root/katas/containers/lru-cache/kata.json"
    KATA_ROOT=$root run "$KATA" complete -- grade l
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    KATA_ROOT=/nowhere run "$KATA" complete -- grade l
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

@test "what shells call is not listed" {
    run "$KATA" -h
    [[ "$output" != *complete* && "$output" != *manual* ]]
    run "$KATA" complete lru
    [ "$status" -eq 2 ]
}

@test "fish" {
    cd "$BATS_TEST_TMPDIR"
    touch "an attempt.c"
    export HOME=$BATS_TEST_TMPDIR
    given() { fish -c "complete -C '$1'" | cut -f 1; }
    [ "$(given "kata gra")" = grade ]
    [ "$(given "kata grade lru")" = lru-cache ]
    [ "$(given "kata grade --sta")" = --stage ]
    [ "$(given "kata grade --stage or")" = oracle ]
    [ "$(given "kata grade --stage=or")" = --stage=oracle ]
    [ "$(given "kata explain data")" = data-race ]
    [ "$(given "kata grade lru-cache an")" = "an attempt.c" ]
    [ "$(given "kata grade --output=an")" = "--output=an attempt.c" ]
    [ "$(given "kata new mem")" = memory/ ]
    fish -c "complete -C 'kata gra'" | grep -q "Grade an attempt"
}

# In a terminal of its own: types what is given, and waits for what must stand
# on the line then.
in_terminal() {
    local socket=$BATS_TEST_TMPDIR/tmux
    # The server must not keep what bats waits for.
    tmux -S "$socket" -f /dev/null new-session -d -x 200 -y 50 "$@" 3>&-
}

type_keys() {
    tmux -S "$BATS_TEST_TMPDIR/tmux" send-keys "$@"
}

# shows TEXT: waits until TEXT stands at the end of the last line in use.
shows() {
    local screen
    for _ in {1..1200}; do
        screen=$(tmux -S "$BATS_TEST_TMPDIR/tmux" capture-pane -p |
            sed '/^$/d' | tail -n 1)
        [[ "$screen" != *"$1" ]] || return 0
        sleep 0.05
    done
    tmux -S "$BATS_TEST_TMPDIR/tmux" capture-pane -p >&2
    return 1
}

# completes LINE WANT: LINE and a tab become WANT.
completes() {
    type_keys C-u
    type_keys -l "$1"
    type_keys Tab
    shows "> $2"
}

check_terminal() {
    shows ">" &&
        completes "kata gra" "kata grade" &&
        completes "kata grade lru" "kata grade lru-cache" &&
        completes "kata grade --stage or" "kata grade --stage oracle" &&
        completes "kata grade --stage=or" "kata grade --stage=oracle" &&
        completes "kata grade --sol" "kata grade --solution" &&
        completes "kata explain data" "kata explain data-race" &&
        completes "kata grade lru-cache an" 'kata grade lru-cache an\ attempt.c' &&
        completes "kata new memo" "kata new memory/"
}

@test "bash, loaded by bash-completion" {
    cd "$BATS_TEST_TMPDIR"
    touch "an attempt.c"
    echo '. /usr/share/bash-completion/bash_completion; PS1="> "' >rc
    in_terminal bash --rcfile rc -i
    run check_terminal
    tmux -S tmux kill-server
    echo "$output"
    [ "$status" -eq 0 ]
}

@test "zsh, loaded by compinit" {
    cd "$BATS_TEST_TMPDIR"
    touch "an attempt.c"
    # shellcheck disable=SC2016 # zsh expands
    echo 'fpath=($PREFIX/share/zsh/site-functions $fpath)
        autoload -U compinit; compinit -u -D; PROMPT="> "' >.zshrc
    export ZDOTDIR=$PWD
    in_terminal zsh -d -i
    run check_terminal
    tmux -S tmux kill-server
    echo "$output"
    [ "$status" -eq 0 ]
}

@test "the manual has every command, option, stage, format and category" {
    page=$PREFIX/share/man/man1/kata.1
    text=$(MANWIDTH=200 man -l "$page" | col -bx)
    while read -ra words; do
        grep -q "^   kata ${words[*]}\( \|$\)" <<<"$text"
        for option in $(offers "${words[@]}" --); do
            [ "$option" = --help ] || grep -q -- " $option\( \|$\)" <<<"$text"
        done
    done < <(commands)
    for word in $(offers grade --stage "") $(offers grade --format "") \
        $(offers explain ""); do
        grep -q "^ *$word\( \|$\)" <<<"$text"
    done
}

@test "the manual is in order" {
    run mandoc -Tlint "$PREFIX/share/man/man1/kata.1"
    # Which other manuals there are is for the machine to say.
    run grep -v 'referenced manual not found\|mandoc.db' <<<"$output"
    echo "$output"
    [ "$status" -eq 1 ]
    warnings=$(man --warnings -l "$PREFIX/share/man/man1/kata.1" 2>&1 >/dev/null)
    [ -z "$warnings" ]
}
