#!/usr/bin/env bats
# kata replay --debug: gdb where a counterexample goes wrong.

load helper

reference() {
    cat "$ROOT/solutions/containers/lru-cache/lru_cache.c"
}

# fails: the attempt is standard input; its counterexample is failed.trace.
fails() {
    "$KATA" start lru-cache >/dev/null
    cat >"$KATA_HOME/lru-cache/lru_cache.c"
    run "$KATA" grade lru-cache --stage oracle --seed 42
    [ "$status" -eq 1 ]
    [ -f "$KATA_HOME/lru-cache/failed.trace" ]
}

# gdb COMMAND...: what replay --debug prints when it is given these.
gdb() {
    run timeout -k 1 60 "$KATA" replay lru-cache "$KATA_HOME/lru-cache/failed.trace" --debug \
        < <(printf '%s\n' "set style enabled off" "$@" quit)
    echo "$output"
}

@test "it stops in the function that answers wrongly" {
    mkdir "$TMPDIR/with space"
    export TMPDIR="$TMPDIR/with space"
    reference >"$TMPDIR/mutant.c"
    patch -s "$TMPDIR/mutant.c" \
        "$ROOT/solutions/containers/lru-cache/mutants/update-is-no-use.patch"
    fails <"$TMPDIR/mutant.c"
    gdb "backtrace 1" "list" "finish"
    export TMPDIR="${TMPDIR%/*}"
    [[ "$output" == *"> keys 0 1 "* ]]
    [[ "$output" == *"Breakpoint "*", lru_cache_keys ("* ]]
    [[ "$output" == *"#0  lru_cache_keys ("*"at lru_cache.c:"* ]]
    # The learner's own source is shown.
    [[ "$output" == *"size_t lru_cache_keys(const struct lru_cache *cache"* ]]
    [ "$status" -eq 1 ]
}

@test "it stops in the call that crashes, and goes on to the crash" {
    fails < <(reference |
        sed '/^bool lru_cache_delete/,/^}/{/if (!\*link)/d;/return false/d}')
    gdb "print key" "info breakpoints" "continue" "up" "info locals"
    [[ "$output" == *"> delete "* ]]
    [[ "$output" == *", lru_cache_delete ("* ]]
    [[ "$output" == *"\$1 = "* ]]
    [[ "$output" == *"No breakpoints or watchpoints."* ]]
    [[ "$output" == *"Program received signal SIGSEGV"* ]]
    [[ "$output" == *"link = "* ]]
}

@test "where the end goes wrong it stops where everything is freed" {
    fails < <(reference |
        sed 's/^    lru_cache_clear(cache);$/    *(volatile int *)0 = 0;/')
    gdb "continue"
    [[ "$output" == *"the end of the trace calls"* ]]
    [[ "$output" == *", lru_cache_free ("*"received signal SIGSEGV"* ]]
}

@test "where a trace is answered rightly it says so and stops at the end" {
    "$KATA" start lru-cache >/dev/null
    reference >"$KATA_HOME/lru-cache/lru_cache.c"
    printf 'new 2\nput 0 1 1\nget 0 1\n' >"$KATA_HOME/lru-cache/failed.trace"
    gdb "continue"
    [ "$status" -eq 0 ]
    [[ "$output" == *"every answer is as expected"*", lru_cache_free ("* ]]
    [[ "$output" == *"exited normally"* ]]
}

@test "on a terminal gdb has it, and Ctrl-C is gdb's" {
    fails < <(reference |
        sed '/^static struct entry \*\*find/,/^}/s/^        link = .*/        ;/')
    socket=$BATS_TEST_TMPDIR/tmux
    screen() { tmux -S "$socket" capture-pane -p -S -200; }
    shows() {
        for _ in {1..400}; do
            [[ "$(screen)" != *$1 ]] || return 0
            sleep 0.05
        done
        screen >&2
        return 1
    }
    tmux -S "$socket" -f /dev/null new-session -d -x 100 -y 50 \
        "$KATA" replay lru-cache "$KATA_HOME/lru-cache/failed.trace" --debug \; \
        set-option remain-on-exit on
    shows "(gdb)*"
    tmux -S "$socket" send-keys continue Enter
    shows "Continuing.*"
    # Once is enough where the program runs already.
    for _ in {1..400}; do
        [[ "$(screen)" != *"received signal SIGINT"* ]] || break
        tmux -S "$socket" send-keys C-c
        sleep 0.05
    done
    shows "received signal SIGINT*(gdb)*"
    tmux -S "$socket" send-keys quit Enter
    shows "Quit anyway*"
    tmux -S "$socket" send-keys y Enter
    shows "Pane is dead (status 1*"
    tmux -S "$socket" kill-server
}
