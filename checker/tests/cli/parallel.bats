#!/usr/bin/env bats
# kata batch --engine parallel: GNU parallel, here and over ssh to an sshd of
# our own.

load helper
load cluster

many() {
    mkdir -p "$TMPDIR/in"
    for ((i = 0; i < $1; i++)); do
        echo "int x$i" > "$TMPDIR/in/s$i.c"
    done
}

on_parallel() {
    "$KATA" batch "$TMPDIR/in" --kata lru-cache -o "$TMPDIR/out" --seed 1 \
        --engine parallel --jobs 2 "$@"
}

# sshd_start: as ourselves, for ourselves; $TMPDIR/ssh.conf names it `node`.
# Somebody else may take the port before it does: then another.
sshd_start() {
    local _
    SSHD=$(PATH=$PATH:/usr/sbin command -v sshd) || return 1
    for _ in 1 2 3; do
        sshd_try && return
        grep -q "Address already in use" "$TMPDIR/sshd.log" || return
        wait "$SSHD_PID" || true
    done
    return 1
}

sshd_answers() {
    # One that has ended will not.
    ! kill -0 "$SSHD_PID" 2> /dev/null ||
        ssh -F "$TMPDIR/ssh.conf" -o ConnectTimeout=5 node true
}

sshd_try() {
    local port
    port=$(free_ports 1)
    rm -f "$TMPDIR"/key* "$TMPDIR"/host*
    ssh-keygen -q -t ed25519 -N "" -f "$TMPDIR/key"
    ssh-keygen -q -t ed25519 -N "" -f "$TMPDIR/host"
    cat > "$TMPDIR/sshd.conf" << CONF
Port $port
ListenAddress 127.0.0.1
HostKey $TMPDIR/host
AuthorizedKeysFile $TMPDIR/key.pub
PidFile none
StrictModes no
PermitRootLogin yes
UsePAM no
PasswordAuthentication no
CONF
    cat > "$TMPDIR/ssh.conf" << CONF
Host node
    HostName 127.0.0.1
    Port $port
    User $(id -un)
    IdentityFile $TMPDIR/key
    IdentitiesOnly yes
    StrictHostKeyChecking no
    UserKnownHostsFile /dev/null
    LogLevel ERROR
Host gone
    HostName 127.0.0.1
    Port 1
CONF
    # Root's wants this folder, which the service makes when it starts.
    if [ "$(id -u)" -eq 0 ] && mkdir /run/sshd 2> /dev/null; then
        MADE=/run/sshd
    fi
    setpriv --pdeathsig KILL "$SSHD" -D -e -f "$TMPDIR/sshd.conf" \
        > "$TMPDIR/sshd.log" 2>&1 3>&- &
    SSHD_PID=$!
    eventually 60 sshd_answers && kill -0 "$SSHD_PID" 2> /dev/null
}

sshd_stop() {
    kill "$SSHD_PID" 2> /dev/null || true
    wait "$SSHD_PID" || true
    [ -z "${MADE-}" ] || rmdir "$MADE"
}

@test "over ssh the results are those of this machine" {
    many 10
    echo "int main(void) { return 0; }" > "$TMPDIR/in/forbidden.c"
    real_worker "$TMPDIR/worker"
    if ! sshd_start; then
        sshd_stop
        skip "no sshd: $(tail -n 2 "$TMPDIR/sshd.log")"
    fi
    # A machine that cannot be reached: its tasks go to the other.
    run on_parallel --worker "$TMPDIR/worker" -- "--ssh=ssh -F $TMPDIR/ssh.conf" \
        --sshlogin=1/node,1/gone
    # And without the engine, as the page has it.
    mkdir "$TMPDIR/alone"
    cp "$TMPDIR/in/forbidden.c" "$TMPDIR/alone/lru_cache.c"
    parallel --will-cite "--ssh=ssh -F $TMPDIR/ssh.conf" --sshlogin 1/node \
        "$KATA" grade lru-cache {} --foreign --seed 1 --format json \
        -o {}.json ::: "$TMPDIR/alone/lru_cache.c" || true
    sshd_stop
    echo "$output"
    [ "$status" -eq 0 ]
    [ "$(json .category "$TMPDIR/alone/lru_cache.c.json")" = forbidden ]
    [ "$(jq -s length "$TMPDIR/out/results.jsonl")" -eq 11 ]
    "$KATA" batch "$TMPDIR/in" --kata lru-cache -o "$TMPDIR/local" --seed 1 \
        --worker "$TMPDIR/worker"
    "$KATA" batch diff "$TMPDIR/local" "$TMPDIR/out"
    [ "$(jq -r .verdict "$TMPDIR/out/results.jsonl" | sort | uniq -c | tr -d ' ')" = 11fail ]
}

# The worker takes its task down, as the kernel does for want of memory.
@test "a submission that kills its task gets an error and the others go on" {
    many 6
    cat > "$TMPDIR/worker" << SH
#!/bin/sh
for each; do
    case \$each in
    --output=*) out=\${each#--output=} ;;
    *.c) file=\$each ;;
    esac
done
if [ -n "\${file-}" ] && grep -q "int x3" "\$file"; then
    kill -9 "\$PPID"
    sleep 60
fi
printf '{"schema":"kata-result/1","kata":"lru-cache","verdict":"pass",
"score":100,"max_score":100,"seed":1,"seconds":0,"stages":[],
"provenance":{"submission":"","kata":"","checker":"","toolchain":"","sandbox":""}}' > "\$out.new"
mv "\$out.new" "\$out"
SH
    chmod 755 "$TMPDIR/worker"
    run on_parallel --lease 5 --worker "$TMPDIR/worker"
    rm -rf "$TMPDIR"/kata-batch*
    [ "$status" -eq 3 ]
    [[ "$output" == *"not graded: s3 lru-cache: 3 tasks that graded it died"* ]]
    [ "$(jq -r .verdict "$TMPDIR/out/results.jsonl" | grep -c pass)" -eq 5 ]
}

nobody_grades() {
    [ -z "$(ls "$TMPDIR/out/.kata/leases")" ]
}

@test "an interrupt ends all tasks, and another engine goes on" {
    many 8
    real_worker "$TMPDIR/real"
    cat > "$TMPDIR/worker" << SH
#!/bin/sh
case " \$* " in *" --solution "*) exec "$TMPDIR/real" "\$@" ;; esac
touch "$TMPDIR/begun"
sleep 60
SH
    chmod 755 "$TMPDIR/worker"
    "$KATA" batch "$TMPDIR/in" --kata lru-cache -o "$TMPDIR/out" --seed 1 \
        --engine parallel --worker "$TMPDIR/worker" 3>&- &
    pid=$!
    eventually 60 test -e "$TMPDIR/begun"
    kill -TERM "$pid"
    status=0
    wait "$pid" || status=$?
    [ "$status" -eq 130 ]
    [ -z "$(ls "$TMPDIR/out/.kata/jobs")" ]
    eventually 60 nobody_grades
    "$KATA" batch "$TMPDIR/in" --kata lru-cache -o "$TMPDIR/out" --resume \
        --worker "$TMPDIR/real"
    [ "$(jq -s length "$TMPDIR/out/results.jsonl")" -eq 8 ]
}

# In a mount namespace of its own. The third one's result fills the disk.
on_small_disk() {
    local quoted
    printf -v quoted '%q ' "$KATA" batch "$TMPDIR/in" --kata lru-cache \
        -o "$TMPDIR/out" --seed 1 --engine parallel --jobs 1 \
        --worker "$TMPDIR/worker"
    unshare -m sh -c "mount -t tmpfs -o size=1m none '$TMPDIR/out'
$quoted
echo \"status \$?\"
[ -z \"\$(ls '$TMPDIR/out/.kata/jobs')\" ] || echo 'a job is left'
rm '$TMPDIR/out/fill'
rm '$TMPDIR/worker' && cp '$TMPDIR/passes' '$TMPDIR/worker'
$quoted --resume
echo \"status \$?\"
jq -r .verdict '$TMPDIR/out/results.jsonl' | sort | uniq -c"
}

@test "a full disk ends the batch, loses nothing and can be resumed" {
    mkdir "$TMPDIR/out"
    unshare -m mount -t tmpfs none "$TMPDIR/out" || skip "no right to mount"
    many 40
    cat > "$TMPDIR/passes" << SH
#!/bin/sh
for each; do
    case \$each in
    --output=*) out=\${each#--output=} ;;
    *.c) echo x >> "$TMPDIR/log" ;;
    esac
done
printf '{"schema":"kata-result/1","kata":"lru-cache","verdict":"pass",
"score":100,"max_score":100,"seed":1,"seconds":0,"stages":[],
"provenance":{"submission":"","kata":"","checker":"","toolchain":"","sandbox":""}}' > "\$out.new"
mv "\$out.new" "\$out"
SH
    chmod 755 "$TMPDIR/passes"
    cp "$TMPDIR/passes" "$TMPDIR/worker"
    # Once: a task may go on for a second after its batch has ended.
    cat >> "$TMPDIR/worker" << SH
if [ "\$(cat "$TMPDIR/log" 2> /dev/null | wc -l)" -ge 3 ] &&
    mkdir "$TMPDIR/filled" 2> /dev/null; then
    cat /dev/zero > "$TMPDIR/out/fill" 2> /dev/null
    sleep 1
fi
SH
    run on_small_disk
    echo "$output"
    [[ "$output" == *"results cannot be written (what was graded is kept, and --resume goes on when there is room): "*"No space left on device"*"status 3"*"3 of 40 are done"*"status 0"*" 40 pass" ]]
    [[ "$output" != *"a job is left"* ]]
    # It did not wait for what the tasks would have graded.
    [ "$(wc -l < "$TMPDIR/log")" -le 50 ]
}

job_is_there() {
    JOB=$(dirname "$(echo "$TMPDIR"/out/.kata/jobs/*/job.json)")
    [ -e "$JOB/job.json" ]
}

@test "a machine on which results would be others grades nothing" {
    many 2
    real_worker "$TMPDIR/worker"
    mkdir "$TMPDIR/bin"
    printf '#!/bin/sh\nexec sleep 60\n' > "$TMPDIR/bin/parallel"
    chmod 755 "$TMPDIR/bin/parallel"
    PATH=$TMPDIR/bin:$PATH "$KATA" batch "$TMPDIR/in" --kata lru-cache \
        -o "$TMPDIR/out" --seed 1 --engine parallel --jobs 1 \
        --worker "$TMPDIR/worker" 2> "$TMPDIR/said" 3>&- &
    pid=$!
    eventually 60 job_is_there
    cp -r "$JOB" "$TMPDIR/other"
    sed -i 's/"seed":1,/"seed":2,/' "$TMPDIR/other/job.json"
    run "$KATA" task "$TMPDIR/other" 0
    [ "$status" -eq 3 ]
    [[ "$output" == *"are others here"* ]]
    eventually 60 grep -q "a node grades nothing: on .* are others here" \
        "$TMPDIR/said"
    [ -z "$(ls "$TMPDIR/out/.kata/graded")" ]
    # As it was made it is graded, twice at once too.
    "$KATA" task "$JOB" 0 &
    twin=$!
    "$KATA" task "$JOB" 0
    wait "$pid" "$twin"
    [ "$(jq -r .verdict "$TMPDIR/out/results.jsonl" | grep -c fail)" -eq 2 ]
}

@test "options that the engine does not take are refused" {
    many 1
    [ "$("$KATA" complete -- batch in --engine s)" = slurm ]
    run "$KATA" batch "$TMPDIR/in" -o "$TMPDIR/out" -- --foo
    [ "$status" -eq 2 ]
    [[ "$output" == *"local takes nothing"* ]]
    run on_parallel -- --no-such-option
    [ "$status" -eq 3 ]
    [[ "$output" == *"no-such-option"* ]]
}
