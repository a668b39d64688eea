#!/usr/bin/env bats
# What `make install` leaves, used by an ordinary user who cannot see the
# repository.

ROOT=$(cd "$BATS_TEST_DIRNAME/../../.." && pwd)

# Owns nothing and runs nothing else.
USER_ID=64998

setup_file() {
    unset MAKEFLAGS MFLAGS MAKELEVEL KATA_HOME KATA_ROOT
    # Not below bats' own folder, which is private.
    BASE=$(mktemp -d /tmp/install-XXXXXX)
    export BASE PREFIX="$BASE/a prefix"
    chmod 755 "$BASE"
    mkdir "$BASE/home"
    [ "$(id -u)" -ne 0 ] || chown "$USER_ID" "$BASE/home"
    make -s -C "$ROOT" install PREFIX="$PREFIX"
}

teardown_file() {
    rm -rf "$BASE"
}

# as_user COMMAND...: in the user's home, with nothing where the repository is.
as_user() {
    local flags=--mount drop=(env)
    if [ "$(id -u)" -eq 0 ]; then
        drop=(setpriv "--reuid=$USER_ID" "--regid=$USER_ID" --clear-groups)
    else
        flags=--mount\ --map-root-user
    fi
    # shellcheck disable=SC2016,SC2086 # the inner shell expands; flags are two
    unshare $flags sh -c 'mount -t tmpfs none "$1" && cd "$2" && shift 2 &&
        exec "$@"' sh "$ROOT" "$BASE/home" "${drop[@]}" \
        env -u KATA_HOME -u KATA_ROOT -u TMPDIR -u XDG_CACHE_HOME \
        NO_COLOR=1 "HOME=$BASE/home" "PATH=$PREFIX/bin:/usr/bin:/bin" "$@"
}

@test "the repository is out of reach" {
    # Neither listed nor, below a private folder, even reached.
    # shellcheck disable=SC2016 # the inner shell expands
    run as_user sh -c 'ls -- "$1" 2>&-' sh "$ROOT"
    [ -z "$output" ]
    run as_user touch "$PREFIX/bin/x"
    [ "$(id -u)" -ne 0 ] || [ "$status" -ne 0 ]
}

@test "attempts are in work/ of the folder that one is in" {
    run as_user sh -c 'mkdir -p "my katas" && cd "my katas" &&
        kata start lru-cache && kata brief lru-cache && pwd'
    echo "$output"
    [ "$status" -eq 0 ]
    [[ "$output" == *"write in work/lru-cache/lru_cache.c"* ]]
    [ -f "$BASE/home/my katas/work/lru-cache/lru_cache.c" ]
    [ -f "$BASE/home/my katas/work/lru-cache/lru_cache.h" ]
    [ -f "$BASE/home/my katas/work/lru-cache/compile_flags.txt" ]
}

@test "start, test, grade, explain, hint, and a pass" {
    run as_user kata start lru-cache
    [ "$status" -eq 0 ]
    run as_user kata test lru-cache
    [ "$status" -eq 1 ]
    [[ "$output" == *wrong-answer*"kata explain"* ]]
    run as_user kata explain wrong-answer
    [ "$status" -eq 0 ]
    [[ "$output" == *"What it is"*"The last of yours, in lru-cache"* ]]
    run as_user kata hint lru-cache
    [[ "$output" == "## 1. "* ]]
    # shellcheck disable=SC2016 # the inner shell expands
    run as_user sh -c 'cp "$1/share/kata/solutions/containers/lru-cache/lru_cache.c" \
        work/lru-cache/' sh "$PREFIX"
    [ "$status" -eq 0 ]
    run as_user kata grade lru-cache --format json -o result.json
    echo "$output"
    [ "$status" -eq 0 ]
    [ "$(jq -r '.verdict + " " + .provenance.sandbox' "$BASE/home/result.json")" = \
        "pass bwrap" ]
    run as_user kata diff lru-cache
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

@test "KATA_HOME takes the place of work/" {
    run as_user env "KATA_HOME=$BASE/home/elsewhere" kata start closure
    [ "$status" -eq 0 ]
    [ -f "$BASE/home/elsewhere/closure/closure.c" ]
}

@test "all commands find what they read" {
    run as_user kata doctor
    [ "$status" -eq 0 ]
    [[ "$output" == *"$PREFIX/share/kata"* ]]
    run as_user kata explain
    [[ "$output" != *"there is no page"* ]]
    run as_user kata ask --list
    [ "$status" -eq 0 ]
    run as_user kata complete -- grade lru
    [ "$output" = $'lru-cache\tLRU cache' ]
}

@test "an installed program below a repository uses what it was installed with" {
    mkdir -p "$BASE/repository/katas"
    cp -R "$PREFIX" "$BASE/repository/prefix"
    run env -u KATA_ROOT "$BASE/repository/prefix/bin/kata" list
    [ "$status" -eq 0 ]
    [[ "$output" == *lru-cache* ]]
}

@test "DESTDIR stands before PREFIX and is not remembered" {
    unset MAKEFLAGS MFLAGS MAKELEVEL
    make -s -C "$ROOT" install DESTDIR="$BASE/dest dir" PREFIX="/opt/my kata"
    [ -x "$BASE/dest dir/opt/my kata/bin/kata" ]
    run grep -rlF "$BASE/dest dir" "$BASE/dest dir"
    [ "$status" -eq 1 ]
    make -s -C "$ROOT" uninstall DESTDIR="$BASE/dest dir" PREFIX="/opt/my kata"
    [ -z "$(find "$BASE/dest dir" ! -type d)" ]
}

@test "uninstall leaves what is not its own" {
    unset MAKEFLAGS MFLAGS MAKELEVEL
    touch "$PREFIX/bin/other" "$PREFIX/share/man/man1/other.1"
    make -s -C "$ROOT" uninstall PREFIX="$PREFIX"
    [ "$(find "$PREFIX" ! -type d | sort)" = \
        "$PREFIX/bin/other"$'\n'"$PREFIX/share/man/man1/other.1" ]
    [ -f "$BASE/home/work/lru-cache/lru_cache.c" ]
}
