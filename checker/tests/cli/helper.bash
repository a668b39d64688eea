# Sourced by the bats files: paths, and a work folder of their own.

ROOT=$(cd "$BATS_TEST_DIRNAME/../../.." && pwd)
# shellcheck disable=SC2034 # for those who load this
KATA=$ROOT/kata
# Python's modules are Debian's, and so is the Python that knows them.
PATH=/usr/bin:/bin:$PATH

setup() {
    [ "${BATS_TEST_TRY_NUMBER-1}" -le 1 ] ||
        echo "# retried: $BATS_TEST_DESCRIPTION" >&3
    export KATA_HOME=$BATS_TEST_TMPDIR/work
    export NO_COLOR=1
    # Not below bats' own folder: that is private, and kata run as root then
    # takes /tmp, where what it left could not be told from others' files.
    TMPDIR=$(mktemp -d /tmp/cli-XXXXXX)
    export TMPDIR
    chmod 755 "$TMPDIR"
    mkdir -p "$KATA_HOME"
}

# No temporary folder may be left by any command.
teardown() {
    local left
    left=$(find "$TMPDIR" -mindepth 1 -maxdepth 1 -name 'kata*')
    rm -rf "$TMPDIR"
    if [ -n "$left" ]; then
        echo "left behind: $left" >&2
        return 1
    fi
}

# eventually SECONDS COMMAND...: waits for it to succeed. The time is for a
# machine with a lot to do, and costs nothing where it is not needed.
eventually() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.1
    done
}

# json FILTER FILE: a value of a JSON file, read by a parser that is not ours.
json() {
    jq -r "$1" "$2"
}

# A folder with copies of the katas and solutions, for tests that break them.
copy_root() {
    local copy=$BATS_TEST_TMPDIR/root
    mkdir -p "$copy"
    cp -r "$ROOT/katas" "$ROOT/solutions" "$copy/"
    mkdir -p "$copy/checker"
    cp -r "$ROOT/checker/agent" "$ROOT/checker/replay" \
        "$ROOT/checker/cpython" "$copy/checker/"
    cp "$ROOT/.clang-format" "$copy/"
    echo "$copy"
}
