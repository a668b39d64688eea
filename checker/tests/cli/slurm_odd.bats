#!/usr/bin/env bats
# kata batch --engine slurm, where Slurm does what a healthy one of two nodes
# (slurm.bats) does not: stand-ins of its programs.

load helper
load batch

# fake NAME: a program of Slurm from standard input.
fake() {
    mkdir -p "$TMPDIR/bin"
    { printf '#!/bin/sh\ncd "%s"\n' "$TMPDIR" && cat; } > "$TMPDIR/bin/$1"
    chmod 755 "$TMPDIR/bin/$1"
}

# accepts SECONDS ANSWER: an sbatch whose tasks start after so long, one after
# another. `jobs` has the script of each job. It ends when what starts them has
# left its process group, which ends with it.
accepts() {
    fake sbatch << SH
for each; do
    case \$each in --array=0-*) last=\${each#--array=0-} ;; esac
    script=\$each
done
echo "\$script" >> jobs
setsid sh -c 'touch "detached-\$\$"
for i in \$(seq ${1}0); do [ -e "\$1" ] && sleep 0.1 || exit; done
touch started
for i in \$(seq 0 \$2); do SLURM_ARRAY_TASK_ID=\$i "\$1"; done
touch ended' - "\$script" "\${last%\%*}" > tasks.log 2>&1 < /dev/null &
until [ -e "detached-\$!" ]; do sleep 0.02; done
echo "$2"
SH
    fake scancel < /dev/null
}

# queue WAITING...: a squeue that knows the job by its script, and says that of
# its tasks until they start.
queue() {
    fake squeue << SH
case "\$*" in *%o*)
    awk '{ print NR " " \$0 }' jobs
    exit
    ;;
esac
[ ! -e ended ] || { echo "COMPLETED None" && exit; }
[ ! -e started ] || { echo "RUNNING None" && exit; }
$1
SH
}

on_slurm() {
    PATH=$TMPDIR/bin:$PATH batch --engine slurm "$@"
}

all_in_one_job() {
    [ "$(wc -l < "$TMPDIR/jobs")" -eq 1 ]
    [ "$(jq -r .verdict "$TMPDIR/out/results.jsonl" | grep -c pass)" -eq 4 ]
    [ "$(grep -vc reference "$TMPDIR/log")" -eq 4 ]
}

@test "a job whose number sbatch does not tell is found, and not made again" {
    stand_in
    many 4
    accepts 0 "sbatch: accepted, I think"
    queue "echo RUNNING None"
    on_slurm
    all_in_one_job
}

@test "a job that is nowhere to be found ends the batch, and --resume goes on" {
    stand_in
    many 4
    accepts 3 "sbatch: accepted, I think"
    fake squeue < /dev/null
    run on_slurm
    [ "$status" -eq 3 ]
    [[ "$output" == *"did not tell its number: 'sbatch: accepted, I think'; --resume goes on"* ]]
    [ "$(wc -l < "$TMPDIR/jobs")" -eq 1 ]
    accepts 0 7
    queue "echo RUNNING None"
    on_slurm --resume
    [ "$(grep -vc reference "$TMPDIR/log")" -eq 4 ]
}

@test "a job that sbatch accepted before it failed is gone on with" {
    stand_in
    many 4
    accepts 1 "Submitted"
    echo "exit 1" >> "$TMPDIR/bin/sbatch"
    queue "echo PENDING None"
    on_slurm
    all_in_one_job
}

@test "a job that squeue does not know yet is not made again" {
    stand_in
    many 4
    accepts 4 7
    queue 'echo "slurm_load_jobs error: Invalid job id specified" >&2
exit 1'
    on_slurm --lease 20
    all_in_one_job
}

@test "a node that is powered up is waited for" {
    stand_in
    many 4
    accepts 5 7
    queue 'echo CONFIGURING None'
    run on_slurm --lease 1
    echo "$output"
    [ "$status" -eq 0 ]
    [[ "$output" == *"0 running, 1 waiting (its node starts)"* ]]
    all_in_one_job
}

@test "a job of which nothing comes is given up in the end" {
    stand_in
    many 4
    accepts 600 7
    queue 'echo RUNNING None'
    run on_slurm --lease 1
    [ "$status" -eq 3 ]
    [[ "$output" == *"3 jobs graded nothing"* ]]
    [ "$(wc -l < "$TMPDIR/jobs")" -eq 3 ]
}
