/*
 * Theory of operation.
 *
 * Bubblewrap makes the namespaces and mounts; what it does not do is done
 * here. It is told to stop before it sets anything up (--block-fd) and to say
 * which process it made (--json-status-fd). That process will be number 1 in
 * the jail, and while it waits, the limit on the number of processes is set on
 * it with prlimit(2). Set any earlier it would count, for an ordinary user,
 * the processes of the whole login; in the new user namespace it counts the
 * jail's alone (Linux 5.14). The other limits are set before bwrap starts and
 * inherited. Doing it from here needs no helper program in the jail, and a
 * filter in which exec is the program's own.
 *
 *     kata ── bwrap ── process 1 (bwrap) ── the program ...
 *
 * When the program ends, process 1 tells bwrap, bwrap exits, and the kernel
 * kills process 1 and with it all the rest, whatever session or group they
 * have gone to. But bwrap does not wait for that, so we do: the checker is a
 * "child subreaper", inherits process 1 and reaps it. That also gives the
 * processor time of all that ran, which bwrap's own would not have, and leaves
 * no zombie in a container without an init.
 *
 * bwrap reports an exit code on the status pipe only where the program was
 * started, which tells a jail that could not be had from a program that failed.
 *
 * Root is exempt from the limit on processes and owns everything, so as root
 * the jail is run as a user that nobody is. User numbers from 0x70000000 up
 * are given to nobody by Debian's policy or systemd's; adding our process
 * number keeps two runs of kata apart.
 *
 * A jail costs about 5 ms over the same program unjailed, of which the network
 * namespace is 2.
 *
 * Memory. Each process is bound by its address space. Of the sum we take a
 * sample every 50 ms and end the run where it is too much, for a control group
 * can rarely be had. For that no memory may hide from /proc: the filter refuses
 * what is shared and belongs to no file, and the tmpfs have sizes. Where there
 * is a control group process 1 is moved to it while it waits. Its limit is
 * higher, for it counts more (files, the kernel's own), and the verdict shall
 * be the same with and without: it is for what happens between two looks.
 */
#include "exec/sandbox.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "exec/advice.h"
#include "exec/bwrap.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    MIB = 1 << 20,
    STACK_MB = 8,
    DESCRIPTORS = 256,
    GROUP_MORE_MB = 64,
    START_MS = 10000, /* for bwrap to announce process 1 */
    TEARDOWN_MS = 5000
};

/* Between two looks at the jail's threads. */
#define SAMPLE_SECONDS 0.05

static const uid_t first_free = 0x70000000, nobody = 65534;

/* Limits */

static void add_limit(struct jail *jail, int resource, rlim_t soft, rlim_t hard)
{
    assert(jail->spec.limit_count < sizeof jail->limits / sizeof *jail->limits);
    jail->limits[jail->spec.limit_count++] =
        (struct proc_limit){resource, soft, hard};
}

static rlim_t megabytes(int mb)
{
    return (rlim_t)mb * MIB;
}

/* Time is up with a signal that says so; one who catches it is killed a second
   later. */
static void set_limits(const struct jail_spec *spec, struct jail *jail)
{
    const struct jail_limits *limits = &spec->limits;
    rlim_t seconds = (rlim_t)limits->cpu_seconds;
    rlim_t memory = megabytes(limits->memory_mb);

    if (spec->profile == JAIL_VALGRIND)
        memory *= 4;
    if (limits->cpu_seconds > 0)
        add_limit(jail, RLIMIT_CPU, seconds, seconds + 1);
    if (memory > 0 && spec->profile != JAIL_THREADS)
        add_limit(jail, RLIMIT_AS, memory, memory);
    memory = megabytes(limits->file_mb);
    add_limit(jail, RLIMIT_FSIZE, memory, memory);
    add_limit(jail, RLIMIT_NOFILE, DESCRIPTORS, DESCRIPTORS);
    add_limit(jail, RLIMIT_CORE, 0, 0);
    add_limit(jail, RLIMIT_STACK, megabytes(STACK_MB), megabytes(STACK_MB));
    jail->spec.limits = jail->limits;
}

/* The real user and group of this thread alone: the C library's functions
   would change all threads. */
static int set_real_user(uid_t uid)
{
    return syscall(SYS_setresgid, uid, -1, -1) < 0 ||
                   syscall(SYS_setresuid, uid, -1, -1) < 0
               ? -1
               : 0;
}

/*
 * The kernel lets a process limit another one that has its real user, or any
 * with CAP_SYS_RESOURCE, which root has not in many a container. So as root
 * this thread takes the jail's real user for a moment; its effective user, and
 * so what it may do, stays the same.
 */
static int limit_processes(const struct sandbox *sandbox, pid_t init,
                           int processes, struct err *err)
{
    rlim_t most = (rlim_t)processes;
    struct rlimit limit = {most, most};
    int status = -1, error = 0;

    if (sandbox->uid == 0 || set_real_user(sandbox->uid) == 0)
        status = prlimit(init, RLIMIT_NPROC, &limit, NULL);
    error = errno;
    if (sandbox->uid != 0 && set_real_user(0) < 0)
        status = -1;
    errno = error;
    if (status < 0)
        err_errno(err, "cannot limit the jail's processes");
    return status;
}

/* Starting */

/* Of the jail: the program's, and process 1. */
static int processes_of(const struct jail_limits *limits)
{
    return (limits->processes > 0 ? limits->processes : 1) + 1;
}

static int join_group(const struct sandbox *sandbox,
                      const struct jail_limits *limits, struct jail *jail,
                      struct err *err)
{
    int memory = limits->total_mb;

    if (!sandbox->groups.dir)
        return 0;
    if (memory > 0)
        memory += memory / 4 + GROUP_MORE_MB;
    jail->group = cgroup_make(&sandbox->groups, jail->init, memory,
                              processes_of(limits), err);
    return jail->group ? 0 : -1;
}

static pid_t root_of(const struct jail *jail)
{
    return jail->init ? jail->init : jail->proc.pid;
}

void sandbox_look(struct jail *jail)
{
    double now = clock_now(), passed = now - jail->sampled;
    struct watch_sample sample;

    if (passed < SAMPLE_SECONDS)
        return;
    sample = watch_take(root_of(jail));
    /* Where we ourselves were kept from looking, little is known. */
    if (passed > 4 * SAMPLE_SECONDS)
        passed = 4 * SAMPLE_SECONDS;
    if (sample.known && sample.asleep)
        jail->idle += passed;
    if (sample.known && sample.asleep && jail->last.known &&
        jail->last.asleep && sample.cpu == jail->last.cpu)
        jail->slept += passed;
    else
        jail->slept = 0;
    jail->last = sample;
    jail->sampled = now;
}

static bool is_over(double seconds, double limit)
{
    return limit > 0 && seconds >= limit;
}

static bool gives_up(void *context, enum proc_end *end)
{
    struct jail *jail = context;
    const struct jail_limits *limits = &jail->watched;

    sandbox_look(jail);
    *end = PROC_MEMORY;
    if (limits->total_mb > 0 && jail->last.memory_kb / 1024 >= limits->total_mb)
        return true;
    *end = PROC_TIMEOUT;
    if (!is_over(jail->slept, limits->sleep_seconds) &&
        !is_over(jail->idle, limits->idle_seconds))
        return false;
    jail->slept = jail->idle = 0;
    return !limits->keep_program ||
           watch_kill_below(root_of(jail), jail->init ? 1 : 0) == 0;
}

static void prepare(const struct sandbox *sandbox, const struct jail_spec *spec,
                    struct jail *jail)
{
    *jail = (struct jail){.argv = STRV_INIT,
                          .env = STRV_INIT,
                          .init_pidfd = -1,
                          .status = -1,
                          .report = STR_INIT};
    for (size_t i = 0; i < spec->fd_count; i++) {
        jail->fds = grow(jail->fds, &jail->fd_capacity, jail->fd_count,
                         sizeof *jail->fds);
        jail->fds[jail->fd_count++] = spec->fds[i];
    }
    jail->spec =
        (struct proc_spec){.input = spec->input,
                           .input_length = spec->input_length,
                           .seconds = spec->limits.wall_seconds,
                           .output_max = spec->limits.output_max,
                           .uid = sandbox->uid,
                           .fixed_addresses = spec->profile != JAIL_COMPILE,
                           .give_up = gives_up,
                           .context = jail,
                           .expendable = true};
    jail->watched = spec->limits;
    jail->sampled = clock_now();
    set_limits(spec, jail);
}

static void release(struct jail *jail)
{
    if (jail->status >= 0)
        close(jail->status);
    if (jail->init_pidfd >= 0)
        close(jail->init_pidfd);
    strv_release(&jail->argv);
    strv_release(&jail->env);
    str_release(&jail->report);
    free(jail->fds);
    free(jail->cwd);
    jail->fds = NULL;
    jail->cwd = NULL;
    jail->status = jail->init_pidfd = -1;
}

static const struct str *filter_of(const struct sandbox *sandbox,
                                   enum jail_profile profile)
{
    return &sandbox
                ->filters[profile == JAIL_AGENT ? FILTER_AGENT : FILTER_TOOLS];
}

/* A pipe with the filter in it, whole: it is far smaller than a pipe. Returns
   the end to read from. */
static int pour(const struct str *filter, struct err *err)
{
    int ends[2];
    ssize_t n;

    if (pipe2(ends, O_CLOEXEC) < 0)
        return err_errno(err, "pipe");
    n = write(ends[1], filter->text, filter->length);
    close(ends[1]);
    if (n == (ssize_t)filter->length)
        return ends[0];
    close(ends[0]);
    return err_set(err, "cannot hand the filter to the jail");
}

/* Gives `fd` to the jail and returns its number there. It is closed here once
   the jail has been started, or failed to. */
static int hand_over(struct jail *jail, int fd)
{
    int number = 10;

    for (size_t i = 0; i < jail->fd_count; i++)
        if (jail->fds[i].child >= number)
            number = jail->fds[i].child + 1;
    jail->fds =
        grow(jail->fds, &jail->fd_capacity, jail->fd_count, sizeof *jail->fds);
    jail->fds[jail->fd_count++] = (struct proc_fd){fd, number};
    return number;
}

/* Makes the pipes to bwrap: it gets one end, jail->status and *block are
   ours. */
static int connect_bwrap(const struct sandbox *sandbox,
                         const struct jail_spec *spec, struct jail *jail,
                         int *block, struct err *err)
{
    int status[2], blocks[2], filter;
    struct bwrap_fds fds;

    if (pipe2(status, O_CLOEXEC | O_NONBLOCK) < 0)
        return err_errno(err, "pipe");
    jail->status = status[0];
    fds.status = hand_over(jail, status[1]);
    if (pipe2(blocks, O_CLOEXEC) < 0)
        return err_errno(err, "pipe");
    *block = blocks[1];
    fds.block = hand_over(jail, blocks[0]);
    filter = pour(filter_of(sandbox, spec->profile), err);
    if (filter < 0)
        return -1;
    fds.filter = hand_over(jail, filter);
    return bwrap_argv(spec, &fds, &jail->argv, err);
}

/* bwrap's first complaint, as the error. */
static int complain(const char *text, struct err *err)
{
    if (str_starts(text, "bwrap: "))
        text += strlen("bwrap: ");
    return err_set(err, "cannot set up the jail: %.*s",
                   (int)strcspn(text, "\n"), *text ? text : "bwrap failed");
}

/* Adds what bwrap has reported; false at its end. */
static bool read_report(struct jail *jail)
{
    char buffer[1024];
    ssize_t n = read(jail->status, buffer, sizeof buffer);

    if (n > 0)
        str_addn(&jail->report, buffer, (size_t)n);
    return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

/* The number after "key": in the report, once it is there whole; else -1. */
static long reported(const struct jail *jail, const char *key)
{
    const char *at = strstr(jail->report.text, key);
    char *end;
    long number;

    if (!at)
        return -1;
    number = strtol(at + strlen(key), &end, 10);
    return *end ? number : -1;
}

/*
 * Waits for bwrap to name process 1, cancelled or not: until then it could not
 * be killed, and without its parent it would wait for ever.
 */
static int await_init(struct jail *jail)
{
    double deadline = clock_now() + START_MS / 1e3;
    long pid;

    while ((pid = reported(jail, "\"child-pid\": ")) < 0) {
        struct pollfd status = {.fd = jail->status, .events = POLLIN};

        if (clock_now() > deadline)
            return -1;
        if (poll(&status, 1, 50) > 0 && !read_report(jail))
            return -1;
    }
    jail->init = (pid_t)pid;
    jail->init_pidfd = (int)syscall(SYS_pidfd_open, jail->init, 0);
    return jail->init_pidfd < 0 ? -1 : 0;
}

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

/* Kills process 1, and thereby everything in the jail, and waits until it is
   gone. What they used is added to *result. */
static void end_init(struct jail *jail, struct proc_result *result)
{
    struct pollfd ended = {.fd = jail->init_pidfd, .events = POLLIN};
    struct rusage usage;
    int n;

    if (jail->init_pidfd < 0)
        return;
    syscall(SYS_pidfd_send_signal, jail->init_pidfd, SIGKILL, NULL, 0);
    do
        n = poll(&ended, 1, TEARDOWN_MS);
    while (n < 0 && errno == EINTR);
    if (wait4(jail->init, NULL, WNOHANG, &usage) != jail->init)
        return;
    result->cpu_seconds +=
        seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
    if (usage.ru_maxrss > result->max_rss_kb)
        result->max_rss_kb = usage.ru_maxrss;
}

/* Once the jail has ended: whether the kernel ended it for want of memory. */
static bool leave_group(struct jail *jail)
{
    bool exhausted = jail->group && cgroup_end(jail->group);

    jail->group = NULL;
    return exhausted;
}

static int release_init(const struct sandbox *sandbox,
                        const struct jail_spec *spec, struct jail *jail,
                        int block, struct err *err)
{
    struct proc_result result;

    if (await_init(jail) == 0 &&
        limit_processes(sandbox, jail->init, processes_of(&spec->limits),
                        err) == 0 &&
        join_group(sandbox, &spec->limits, jail, err) == 0 &&
        proc_write(block, "x", 1) == 1)
        return 0;
    proc_kill(&jail->proc);
    proc_finish(&jail->proc, &result, NULL);
    end_init(jail, &result);
    leave_group(jail);
    complain(result.err.text, err);
    proc_result_release(&result);
    return -1;
}

static int start_jailed(const struct sandbox *sandbox,
                        const struct jail_spec *spec, struct jail *jail,
                        struct err *err)
{
    int block = -1, status = -1;

    if (connect_bwrap(sandbox, spec, jail, &block, err) == 0) {
        /* What the program gets is set by options; bwrap needs nothing, and
           process 1 shall not know our environment. */
        strv_add(&jail->env, "PATH=/usr/bin:/bin");
        jail->spec.argv = jail->argv.items;
        jail->spec.envp = jail->env.items;
        jail->spec.fds = jail->fds;
        jail->spec.fd_count = jail->fd_count;
        status = proc_start(&jail->spec, &jail->proc, err);
    }
    for (size_t i = spec->fd_count; i < jail->fd_count; i++)
        close(jail->fds[i].parent);
    if (status == 0)
        status = release_init(sandbox, spec, jail, block, err);
    if (block >= 0)
        close(block);
    return status;
}

static const struct jail_mount *mount_at(const struct jail_spec *spec,
                                         const char *path)
{
    for (size_t i = 0; i < spec->mount_count; i++) {
        const char *to = spec->mounts[i].to;

        if (str_starts(path, to) && strchr("/:,", path[strlen(to)]))
            return &spec->mounts[i];
    }
    return NULL;
}

/*
 * Without a jail what is inside is outside: a path below a mount becomes the
 * path it was mounted from, also within a word ("-I/box/src"). Only where a
 * path begins, at the first slash of a word or after '=', ':' or ','.
 */
static char *outside(const struct jail_spec *spec, const char *word)
{
    struct str text = STR_INIT;
    bool begins = true;

    while (*word) {
        const struct jail_mount *mount =
            begins && *word == '/' ? mount_at(spec, word) : NULL;

        if (mount) {
            str_add(&text, mount->from);
            word += strlen(mount->to);
            begins = false;
            continue;
        }
        if (*word == '/')
            begins = false;
        else if (strchr("=:,", *word))
            begins = true;
        str_addc(&text, *word++);
    }
    return str_detach(&text);
}

static int start_unjailed(const struct jail_spec *spec, struct jail *jail,
                          struct err *err)
{
    struct strv env = STRV_INIT;

    for (size_t i = 0; spec->argv[i]; i++)
        strv_take(&jail->argv, outside(spec, spec->argv[i]));
    bwrap_env(spec, &env);
    for (size_t i = 0; i < env.count; i++)
        strv_take(&jail->env, outside(spec, env.items[i]));
    strv_release(&env);
    jail->cwd = outside(spec, spec->cwd ? spec->cwd : "/tmp");
    jail->spec.argv = jail->argv.items;
    jail->spec.envp = jail->env.items;
    jail->spec.cwd = jail->cwd;
    jail->spec.fds = jail->fds;
    jail->spec.fd_count = jail->fd_count;
    return proc_start(&jail->spec, &jail->proc, err);
}

int sandbox_start(const struct sandbox *sandbox, const struct jail_spec *spec,
                  struct jail *jail, struct err *err)
{
    int status;

    prepare(sandbox, spec, jail);
    if (sandbox->kind == SANDBOX_BWRAP)
        status = start_jailed(sandbox, spec, jail, err);
    else
        status = start_unjailed(spec, jail, err);
    if (status < 0)
        release(jail);
    return status;
}

/* Ending */

static int conclude(const struct jail *jail, struct proc_result *result,
                    struct err *err)
{
    if (result->end != PROC_EXITED)
        return 0;
    if (reported(jail, "\"exit-code\": ") < 0)
        return complain(result->err.text, err);
    if (result->code > 128 && result->code < 128 + NSIG) {
        result->end = PROC_SIGNALED;
        result->code -= 128;
    }
    return 0;
}

int sandbox_finish(struct jail *jail, struct proc_result *result,
                   struct err *err)
{
    int status = proc_finish(&jail->proc, result, err);

    if (jail->status >= 0) {
        size_t before;

        end_init(jail, result);
        do
            before = jail->report.length;
        while (read_report(jail) && jail->report.length > before);
        if (leave_group(jail))
            result->end = PROC_MEMORY;
        status = conclude(jail, result, err);
    }
    release(jail);
    return status;
}

int sandbox_run(const struct sandbox *sandbox, const struct jail_spec *spec,
                struct proc_result *result, struct err *err)
{
    struct jail jail;

    *result = (struct proc_result){.out = STR_INIT, .err = STR_INIT};
    if (sandbox_start(sandbox, spec, &jail, err) < 0)
        return -1;
    return sandbox_finish(&jail, result, err);
}

/* Opening */

static int probe(const struct sandbox *sandbox, struct err *err)
{
    char program[] = "true", *argv[] = {program, NULL};
    /* The one that has most of what a machine may refuse: /proc, devices. */
    struct jail_spec spec = {.profile = JAIL_VALGRIND,
                             .argv = argv,
                             .limits = {.wall_seconds = 20, .file_mb = 1}};
    struct proc_result result;
    int status = sandbox_run(sandbox, &spec, &result, err);

    if (status == 0 && (result.end != PROC_EXITED || result.code != 0)) {
        char *text = proc_describe(&result);

        status = err_set(err, "a jailed `true` failed: %s", text);
        free(text);
    }
    proc_result_release(&result);
    return status;
}

static bool have_bwrap(void)
{
    char program[] = "bwrap", option[] = "--version";
    char *argv[] = {program, option, NULL};
    struct proc_spec spec = {.argv = argv, .seconds = 20};
    struct proc_result result;
    int status = proc_run(&spec, &result, NULL);

    proc_result_release(&result);
    return status == 0;
}

static int try_users(struct sandbox *sandbox, struct err *err)
{
    const uid_t users[] = {first_free + (uid_t)getpid(), nobody};

    if (geteuid() != 0)
        return probe(sandbox, err);
    for (size_t i = 0; i < sizeof users / sizeof *users; i++) {
        err_clear(err);
        sandbox->uid = users[i];
        if (probe(sandbox, err) == 0)
            return 0;
    }
    return -1;
}

int sandbox_open(struct sandbox *sandbox, struct err *err)
{
    struct err reason = ERR_INIT;

    *sandbox = (struct sandbox){.kind = SANDBOX_BWRAP};
    for (int i = 0; i < FILTER_COUNT; i++)
        str_init(&sandbox->filters[i]);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    cgroups_open(&sandbox->groups, "", NULL);
    if (!have_bwrap()) {
        err_set(err, "no sandbox: bwrap is not installed (package bubblewrap)");
    } else if (filter_build(FILTER_TOOLS, &sandbox->filters[FILTER_TOOLS],
                            &reason) < 0 ||
               filter_build(FILTER_AGENT, &sandbox->filters[FILTER_AGENT],
                            &reason) < 0) {
        err_set(err, "no sandbox: %s", reason.text);
    } else if (try_users(sandbox, &reason) < 0) {
        err_set(err, "no sandbox: %s; %s", reason.text,
                advice("", reason.text));
    } else {
        return 0;
    }
    sandbox_close(sandbox);
    return -1;
}

void sandbox_close(struct sandbox *sandbox)
{
    for (int i = 0; i < FILTER_COUNT; i++)
        str_release(&sandbox->filters[i]);
    cgroups_release(&sandbox->groups);
    sandbox->kind = SANDBOX_NONE;
    sandbox->uid = 0;
}

const char *sandbox_name(const struct sandbox *sandbox)
{
    return sandbox->kind == SANDBOX_BWRAP ? "bwrap" : "none";
}
