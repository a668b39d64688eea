# A real Slurm of two nodes, n1 and n2, on loopback: munged, slurmctld and two
# slurmd, as whoever runs the tests. Their folder, socket and ports are their
# own, so a Slurm that the machine has is neither used nor touched. Loaded after
# helper.
#
#     cluster_start "$dir" || skip "$(cat "$dir/why")"
#     sbatch ...                      # SLURM_CONF is set
#     kill -9 "$(cat "$dir/n1.pid")"
#     cluster_stop "$dir"

# free_ports N: as many, a line each.
free_ports() {
    /usr/bin/python3 - "$1" << 'PY'
import socket, sys
held = [socket.socket() for _ in range(int(sys.argv[1]))]
for each in held:
    each.bind(("127.0.0.1", 0))
    print(each.getsockname()[1])
PY
}

cluster_conf() {
    local dir=$1 user host ports
    user=$(id -un)
    host=$(uname -n)
    mapfile -t ports < <(free_ports 3)
    cat << CONF
ClusterName=kata
SlurmctldHost=${host%%.*}(127.0.0.1)
SlurmctldPort=${ports[0]}
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
AuthInfo=socket=$dir/munge.socket
CredType=cred/munge
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool-%n
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/%n.pid
SlurmctldLogFile=$dir/slurmctld.log
SlurmdLogFile=$dir/%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
SlurmdTimeout=300
KillWait=2
MessageTimeout=10
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0
NodeName=n1 NodeHostname=${host%%.*} NodeAddr=127.0.0.1 Port=${ports[1]} CPUs=1
NodeName=n2 NodeHostname=${host%%.*} NodeAddr=127.0.0.1 Port=${ports[2]} CPUs=1
PartitionName=all Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
CONF
}

cluster_is_idle() {
    [ "$(timeout -k 1 30 sinfo -h -N -o %t 2> /dev/null | grep -c idle)" -eq 2 ]
}

# daemon DIR NAME COMMAND...: in the background; dies with the shell that
# started it, whatever happens to that.
daemon() {
    local dir=$1 name=$2
    shift 2
    setpriv --pdeathsig KILL "$@" > "$dir/$name.out" 2>&1 < /dev/null 3>&- &
    echo $! >> "$dir/pids"
    disown
}

cluster_daemons() {
    local dir=$1
    daemon "$dir" munged munged --foreground --force \
        --socket="$dir/munge.socket" --key-file="$dir/munge.key" \
        --pid-file="$dir/munged.pid" --seed-file="$dir/munged.seed" \
        --log-file="$dir/munged.log"
    eventually 60 test -S "$dir/munge.socket" || return 1
    daemon "$dir" slurmctld slurmctld -D
    daemon "$dir" n1 slurmd -D -N n1
    daemon "$dir" n2 slurmd -D -N n2
    eventually 120 cluster_is_idle
}

# Starts all; fails with the reason in DIR/why where it cannot be.
cluster_start() {
    local dir=$1 each
    mkdir -p "$dir/state" "$dir/spool-n1" "$dir/spool-n2"
    : > "$dir/pids"
    PATH=$PATH:/usr/sbin
    for each in munged slurmctld slurmd sbatch squeue setpriv; do
        if ! command -v "$each" > /dev/null; then
            echo "$each is not installed (make test-deps)" > "$dir/why"
            return 1
        fi
    done
    export SLURM_CONF=$dir/slurm.conf
    cluster_conf "$dir" > "$SLURM_CONF"
    head -c 64 /dev/urandom > "$dir/munge.key"
    chmod 600 "$dir/munge.key"
    cluster_daemons "$dir" && return
    { echo "Slurm does not start:" && tail -n 3 "$dir"/*.out "$dir"/*.log; } \
        > "$dir/why"
    cluster_stop "$dir"
    return 1
}

# cluster_tasks DIR [NODE]: the processes of Slurm's tasks, with what watches
# over each.
cluster_tasks() {
    local each
    for each in /proc/[0-9]*; do
        if grep -qsz "^SLURM_CONF=$1/slurm.conf\$" "$each/environ" &&
            grep -qsz "^SLURMD_NODENAME=${2-}" "$each/environ"; then
            awk '/^PPid/ && $2 > 1 { print $2 }' "$each/status" 2> /dev/null
            basename "$each"
        fi
    done | sort -u
}

# Ends everything that cluster_start or Slurm has started.
cluster_stop() {
    local dir=$1 each daemons tasks
    mapfile -t tasks < <(cluster_tasks "$dir")
    mapfile -t daemons < "$dir/pids"
    for each in "${daemons[@]}" "${tasks[@]}"; do
        if grep -qsa -e slurm -e munge -e kata "/proc/$each/cmdline"; then
            kill -9 "$each" 2> /dev/null || true
        fi
    done
    for each in "${daemons[@]}"; do
        eventually 60 test ! -e "/proc/$each" || true
    done
}

# real_worker FILE [LINE]: a worker that grades, but takes the reference for
# right, and does LINE before each grading.
real_worker() {
    cat > "$1" << SH
#!/bin/sh
for each; do
    case \$each in --output=*) out=\${each#--output=} ;; esac
done
case " \$* " in
*" --solution "*)
    echo '{"schema":"kata-result/1","kata":"lru-cache","verdict":"pass",
"score":100,"max_score":100,"seed":1,"seconds":0,"stages":[],
"provenance":{"submission":"","kata":"","checker":"","toolchain":"","sandbox":""}}' > "\$out"
    exit
    ;;
esac
${2-}
exec "$KATA" "\$@"
SH
    chmod 755 "$1"
}
