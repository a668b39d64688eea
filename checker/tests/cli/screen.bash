# A terminal to drive, for tests of what draws on one: tmux with a server of its
# own. Loaded after helper; teardown is replaced by one that ends the server.

screen_tmux() {
    tmux -f /dev/null -S "$BATS_TEST_TMPDIR/tmux" "$@"
}

# screen_start [COLUMNS ROWS]: a shell in a terminal of that size.
screen_start() {
    screen_tmux new-session -d -x "${1:-100}" -y "${2:-40}" -c "$ROOT" \
        env PS1='ready> ' ENV= TERM=screen-256color bash --norc --noprofile 3>&-
    wait_for 'ready>'
}

# A server that is still ending would take a new terminal with it.
screen_end() {
    local pid
    [ -S "$BATS_TEST_TMPDIR/tmux" ] || return 0
    pid=$(screen_tmux display-message -p '#{pid}' 2> /dev/null) || pid=
    screen_tmux kill-server 2> /dev/null || true
    while [ -n "$pid" ] && kill -0 "$pid" 2> /dev/null; do
        sleep 0.05
    done
    rm -f "$BATS_TEST_TMPDIR/tmux"
}

# keys KEY...: as tmux names them.
keys() {
    screen_tmux send-keys "$@"
}

# type_line TEXT: literally, then enter.
type_line() {
    screen_tmux send-keys -l "$1"
    screen_tmux send-keys Enter
}

screen() {
    screen_tmux capture-pane -p
}

# wait_until COMMAND...: a minute at most, for machines with a lot to do.
wait_until() {
    local _
    for _ in $(seq 600); do
        if "$@"; then
            return 0
        fi
        sleep 0.1
    done
    echo "not so after a minute: $*" >&2
    screen >&2
    return 1
}

shows() {
    screen | grep -qE -- "$1"
}

shows_not() {
    ! shows "$1"
}

# wait_for REGEX: until the screen has a line like that.
wait_for() {
    wait_until shows "$1"
}

wait_for_no() {
    wait_until shows_not "$1"
}

# The processes that were started with this test's folder for temporary files,
# jails among them, in which nothing else tells.
processes() {
    grep -lsaF "$TMPDIR" /proc/[0-9]*/cmdline 2> /dev/null || true
}

no_processes() {
    [ -z "$(processes)" ]
}

# pid_of_kata: of the one that runs in the terminal.
pid_of_kata() {
    local shell
    shell=$(screen_tmux display-message -p '#{pane_pid}')
    ps -o pid= --ppid "$shell" | head -n 1 | tr -d ' '
}
