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
    run timeout -k 1 60 "$KATA" replay lru-cache --debug \
        < <(printf '%s\n' "set style enabled off" "$@" quit)
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

@test "without a trace it takes the last counterexample, where there is one" {
    "$KATA" start lru-cache >/dev/null
    run "$KATA" replay lru-cache
    [ "$status" -eq 2 ]
    [[ "$output" == *"which trace?"* ]]
    printf 'new 2\n' >"$KATA_HOME/lru-cache/failed.trace"
    run "$KATA" replay lru-cache --solution
    [ "$status" -eq 0 ]
    [[ "$output" == *"every answer is as expected"* ]]
}

@test "on a terminal gdb has it, and Ctrl-C is gdb's" {
    fails < <(reference |
        sed '/^static struct entry \*\*find/,/^}/s/^        link = .*/        ;/')
    run "$ROOT/checker/tests/cli/terminal.py" \
        "$KATA" replay lru-cache --debug <<'SCRIPT'
see (gdb)
type continue
see Continuing.
interrupt received signal SIGINT
see (gdb)
type quit
see Quit anyway
type y
SCRIPT
    [ "$status" -eq 1 ]
}
