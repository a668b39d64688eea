#!/usr/bin/env bats
# kata batch --engine slurm, on a real Slurm of two nodes (cluster.bash).

load helper
load cluster

setup_file() {
    SLURM_DIR=$(mktemp -d /tmp/slurm-XXXXXX)
    export SLURM_DIR
    chmod 755 "$SLURM_DIR"
    cluster_start "$SLURM_DIR" || true
}

teardown_file() {
    cluster_stop "$SLURM_DIR"
    rm -rf "$SLURM_DIR"
}

# To be called first by each test.
need_slurm() {
    [ ! -e "$SLURM_DIR/why" ] || skip "$(cat "$SLURM_DIR/why")"
    eventually 120 cluster_is_idle
}

# Twenty of all kinds, none the same.
twenty() {
    local kata=containers/lru-cache/lru_cache.c i
    mkdir -p "$TMPDIR/in"
    for ((i = 0; i < 16; i++)); do
        echo "int x$i" > "$TMPDIR/in/bad$i.c"
    done
    cp "$ROOT/solutions/$kata" "$TMPDIR/in/reference.c"
    cp "$ROOT/katas/$kata" "$TMPDIR/in/stub.c"
    echo "int main(void) { return 0; }" > "$TMPDIR/in/forbidden.c"
    : > "$TMPDIR/in/empty.c"
}

# A worker that grades in $1 seconds after the file `go` is there, and passes
# all.
stand_in() {
    cat > "$TMPDIR/worker" << SH
#!/bin/sh
for each; do
    case \$each in
    --output=*) out=\${each#--output=} ;;
    --solution) file=reference ;;
    *.c) file=\$each ;;
    esac
done
if [ "\$file" != reference ]; then
    while [ ! -e "$TMPDIR/go" ]; do sleep 0.05; done
fi
basename "\$file" >> "$TMPDIR/log"
printf '{"schema":"kata-result/1","kata":"lru-cache","verdict":"pass",
"score":100,"max_score":100,"seed":1,"seconds":0,"stages":[],
"provenance":{"submission":"","kata":"","checker":"","toolchain":"","sandbox":""}}' > "\$out.new"
mv "\$out.new" "\$out"
SH
    chmod 755 "$TMPDIR/worker"
}

many() {
    mkdir -p "$TMPDIR/in"
    for ((i = 0; i < $1; i++)); do
        echo "int x$i;" > "$TMPDIR/in/s$i.c"
    done
}

on_slurm() {
    "$KATA" batch "$TMPDIR/in" --kata lru-cache -o "$TMPDIR/out" --seed 1 \
        --engine slurm --jobs 2 --lease 3 "$@"
}

alone() {
    exec "$KATA" batch "$TMPDIR/in" --kata lru-cache -o "$TMPDIR/out" --seed 1 \
        --engine slurm --jobs 2 --worker "$TMPDIR/worker" "$@"
}

# A result without what differs from one grading to the next.
same_results() {
    local each
    mkdir -p "$1.bare"
    for each in "$1"/results/*; do
        jq -S 'del(.. | .seconds?)' "$each" > "$1.bare/${each##*/}"
    done
}

queue_is_empty() {
    [ -z "$(squeue -h)" ]
}

running() {
    squeue -h -t RUNNING | wc -l
}

two_run() {
    [ "$(running)" -eq 2 ]
}

@test "without a controller nothing is lost and the reason is said" {
    need_slurm
    stand_in
    touch "$TMPDIR/go"
    many 3
    sed 's/^SlurmctldPort=.*/SlurmctldPort=1/; s/^MessageT.*/MessageTimeout=2/' \
        "$SLURM_CONF" > "$TMPDIR/none.conf"
    SLURM_CONF=$TMPDIR/none.conf run on_slurm --worker "$TMPDIR/worker"
    [ "$status" -eq 3 ]
    [[ "$output" == *"sbatch: exit status 1"*[Cc]"ontact"* ]]
    [ -z "$(ls "$TMPDIR/out/.kata/jobs")" ]
    run on_slurm --resume --worker "$TMPDIR/worker" -- nothing
    [ "$status" -eq 3 ]
    [[ "$output" == *"'nothing' is no option of sbatch"* ]]
    run on_slurm --resume --worker "$TMPDIR/worker" -- --partition=none
    [ "$status" -eq 3 ]
    [[ "$output" == *"nvalid partition"* ]]
    on_slurm --resume --worker "$TMPDIR/worker" -- --partition=all
    [ "$(jq -s length "$TMPDIR/out/results.jsonl")" -eq 3 ]
}

# SIGTERM, for a shell without jobs has its children ignore SIGINT.
@test "an interrupt cancels the tasks and can be resumed" {
    need_slurm
    stand_in
    many 20
    alone 3>&- &
    pid=$!
    eventually 120 two_run
    run "$KATA" batch status "$TMPDIR/out"
    [[ "$output" == *"0 of 20 graded; of its tasks 2 run and 1 wait"* ]]
    [[ "$output" == *"a batch is at work there"* ]]
    kill -TERM "$pid"
    status=0
    wait "$pid" || status=$?
    [ "$status" -eq 130 ]
    eventually 120 queue_is_empty
    touch "$TMPDIR/go"
    on_slurm --resume --worker "$TMPDIR/worker"
    [ "$(jq -s length "$TMPDIR/out/results.jsonl")" -eq 20 ]
    [ "$(grep -vc reference "$TMPDIR/log")" -eq 20 ]
}

# kill_batch PID: what it leaves behind, its tasks apart, is removed.
kill_batch() {
    kill -9 "$1"
    wait "$1" || true
    rm -rf "$TMPDIR"/kata-batch*
}

# A resumed one takes the tasks of `many 20` over, and nothing is done twice.
goes_on() {
    local resumed
    alone --resume 2> "$TMPDIR/said" 3>&- &
    resumed=$!
    eventually 120 grep -q "goes on" "$TMPDIR/said"
    touch "$TMPDIR/go"
    wait "$resumed"
    [ "$(jq -s length "$TMPDIR/out/results.jsonl")" -eq 20 ]
    [ "$(grep -vc reference "$TMPDIR/log")" -eq 20 ]
}

@test "tasks go on without the batch, and a resumed one takes their results" {
    need_slurm
    stand_in
    many 20
    alone 3>&- &
    pid=$!
    eventually 120 two_run
    kill_batch "$pid"
    run "$KATA" batch status "$TMPDIR/out"
    [[ "$output" == *"--resume takes their results"* ]]
    goes_on
}

# The number is lost both times: as sbatch tells it, and as it is noted.
@test "a job is found by its script and gone on with" {
    need_slurm
    stand_in
    many 20
    mkdir "$TMPDIR/bin"
    printf '#!/bin/sh\n"%s" "$@" > /dev/null\necho hm\n' \
        "$(command -v sbatch)" > "$TMPDIR/bin/sbatch"
    chmod 755 "$TMPDIR/bin/sbatch"
    PATH=$TMPDIR/bin:$PATH alone 2> "$TMPDIR/said" 3>&- &
    pid=$!
    eventually 30 two_run
    eventually 20 grep -q "Slurm job [0-9]*: 20 submissions" "$TMPDIR/said"
    kill_batch "$pid"
    rm "$TMPDIR"/out/.kata/jobs/*/id
    goes_on
}

@test "a node that cannot have the jail grades nothing" {
    need_slurm
    stand_in
    touch "$TMPDIR/go"
    many 3
    run on_slurm --worker "$TMPDIR/worker" -- "--export=PATH=/nowhere"
    [ "$status" -eq 3 ]
    [[ "$output" == *"not graded: s0 lru-cache: on n"[12]": no sandbox"* ]]
    [ "$(jq -r .verdict "$TMPDIR/out/results.jsonl" | sort -u)" = error ]
    [ "$(cat "$TMPDIR/log")" = reference ]
}

# The last: a node is lost.
@test "a node dies, and the results are those of this machine" {
    need_slurm
    twenty
    # n1 is in the middle of its first one when it dies.
    real_worker "$TMPDIR/worker" "[ \"\${SLURMD_NODENAME-}\" != n1 ] ||
    { touch '$TMPDIR/n1'; exec sleep 1200; }"
    on_slurm --worker "$TMPDIR/worker" 2> "$TMPDIR/said" 3>&- &
    pid=$!
    eventually 120 test -e "$TMPDIR/n1"
    eventually 120 grep -q '^\[2/' "$TMPDIR/said"
    kill -9 "$(cat "$SLURM_DIR/n1.pid")"
    for each in $(cluster_tasks "$SLURM_DIR" n1); do
        kill -9 "$each" 2> /dev/null || true
    done
    wait "$pid"
    # The dead left its folder.
    rm -rf "$TMPDIR"/kata-batch*
    [ "$(jq -s length "$TMPDIR/out/results.jsonl")" -eq 20 ]
    "$KATA" batch "$TMPDIR/in" --kata lru-cache -o "$TMPDIR/local" --seed 1 \
        --jobs 2 --worker "$TMPDIR/worker"
    "$KATA" batch diff "$TMPDIR/local" "$TMPDIR/out"
    same_results "$TMPDIR/local"
    same_results "$TMPDIR/out"
    diff -r "$TMPDIR/local.bare" "$TMPDIR/out.bare"
}
