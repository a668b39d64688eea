/*
 * Theory of operation.
 *
 * A child shares our memory until it has its program, as posix_spawn's does;
 * to copy the page tables only to drop them costs more than all else here. So
 * between vfork and exec it may call only what is safe in a signal handler, for
 * other threads go on; nothing of glibc's that acts on all threads of a
 * process, as setresuid does, which would be ours; and it writes only what is
 * its own. All that needs memory (the path of the program, the plan of
 * descriptors) is prepared before in a struct launch. Our own thread waits.
 *
 * All descriptors are born O_CLOEXEC, so a child of another thread that is
 * between its fork and its exec holds copies of our pipes only until then. The
 * child first copies each descriptor it is to have above the highest number it
 * is to have, then brings the copies down to their numbers: so no descriptor
 * overwrites another that is still needed, whatever the numbers are, and dup2
 * takes the close-on-exec flag off exactly those that are meant.
 *
 * One more pipe reports failure: it closes by exec, or carries the step that
 * failed and its errno. Reading it to the end is also what makes proc_start
 * return only when the new program runs, in a session of its own: no race with
 * a kill of the group.
 *
 * Waiting is one ppoll over the pipes and a pidfd, never longer than 50 ms, so
 * that an interrupt is noticed by the threads that did not get the signal. The
 * child is reaped last: while it is a zombie its number, which is the group's
 * too, cannot be given to anybody else, so killing the group is safe. When it
 * has ended, what holds the pipes open is some grandchild: it gets a short
 * grace for output under way and is then killed with the group. One that has
 * left the group (setsid) escapes; only the jail catches that.
 */
#include "exec/proc.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/path.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OUTPUT_DEFAULT = 1 << 20, TICK_MS = 50, GRACE_MS = 100 };

volatile sig_atomic_t proc_cancelled;

static void cancel(int signal)
{
    (void)signal;
    proc_cancelled = 1;
}

void proc_cancel(void)
{
    proc_cancelled = 1;
}

void proc_resume(void)
{
    proc_cancelled = 0;
}

/* No SA_RESTART: what waits shall wake up. */
static void handle(int signal, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler}, old;

    sigaction(signal, NULL, &old);
    if (old.sa_handler != SIG_IGN)
        sigaction(signal, &action, NULL);
}

void proc_handle_signals(void)
{
    struct sigaction standard = {.sa_handler = SIG_DFL};

    handle(SIGINT, cancel);
    handle(SIGTERM, cancel);
    handle(SIGHUP, cancel);
    handle(SIGPIPE, SIG_IGN);
    /* Ignored by whoever started us, children would vanish unwaited. */
    sigaction(SIGCHLD, &standard, NULL);
}

/* Starting */

enum step { STEP_FDS, STEP_CWD, STEP_LIMITS, STEP_USER, STEP_EXEC };

struct failure {
    enum step step;
    int error;
};

/* What the child needs, made before the fork. */
struct launch {
    const struct proc_spec *spec;
    char *program;
    char *const *envp;
    struct proc_fd *plan; /* pipes and spec->fds */
    int *copies;          /* room for the child, one a descriptor */
    size_t count;
    int above; /* the first number that is not in the plan */
    int status;
    pid_t parent;
};

extern char **environ;

static char *find_program(const char *name)
{
    const char *path = getenv("PATH");

    if (strchr(name, '/'))
        return xstrdup(name);
    for (path = path ? path : "/usr/bin:/bin"; *path;) {
        size_t n = strcspn(path, ":");
        char *candidate = xasprintf("%.*s/%s", (int)n, path, name);

        if (n && path_is_file(candidate) && access(candidate, X_OK) == 0)
            return candidate;
        free(candidate);
        path += n + (path[n] == ':');
    }
    return NULL;
}

bool proc_exists(const char *name)
{
    char *program = find_program(name);
    bool exists = program != NULL;

    free(program);
    return exists;
}

static int not_found(const char *name, struct err *err)
{
    return err_set(err,
                   "%s: not installed or not found; `kata doctor` says which "
                   "package has it",
                   name);
}

static int move_descriptors(const struct launch *launch)
{
    for (size_t i = 0; i < launch->count; i++) {
        launch->copies[i] =
            fcntl(launch->plan[i].parent, F_DUPFD_CLOEXEC, launch->above);
        if (launch->copies[i] < 0)
            return -1;
    }
    /* What whoever started us left open is nobody's business either. */
    if (syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC) < 0)
        return -1;
    for (size_t i = 0; i < launch->count; i++)
        if (dup2(launch->copies[i], launch->plan[i].child) < 0)
            return -1;
    return 0;
}

static int lower_limits(const struct proc_spec *spec)
{
    for (size_t i = 0; i < spec->limit_count; i++) {
        const struct proc_limit *wanted = &spec->limits[i];
        struct rlimit limit;

        if (getrlimit((__rlimit_resource_t)wanted->resource, &limit) < 0)
            return -1;
        if (wanted->hard < limit.rlim_max)
            limit.rlim_max = wanted->hard;
        limit.rlim_cur =
            wanted->soft < limit.rlim_max ? wanted->soft : limit.rlim_max;
        if (setrlimit((__rlimit_resource_t)wanted->resource, &limit) < 0)
            return -1;
    }
    return 0;
}

/* glibc's functions would have all threads do the same. */
static int become(uid_t uid)
{
    if (uid == 0)
        return 0;
    if (syscall(SYS_setgroups, 0, NULL) < 0 ||
        syscall(SYS_setresgid, uid, uid, uid) < 0 ||
        syscall(SYS_setresuid, uid, uid, uid) < 0)
        return -1;
    return 0;
}

/* Best effort: the score is a help and no limit. */
static void step_forward_for_the_oom_killer(void)
{
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

    if (fd < 0)
        return;
    if (write(fd, "1000", 4) < 0)
        errno = 0;
    close(fd);
}

/* Dispositions are inherited by exec where they ignore, so all are reset. */
static void reset_signals(void)
{
    struct sigaction standard = {.sa_handler = SIG_DFL};
    sigset_t none;

    for (int signal = 1; signal < NSIG; signal++)
        sigaction(signal, &standard, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void fail(int status, enum step step)
{
    struct failure failure = {step, errno};
    ssize_t written;

    do
        written = write(status, &failure, sizeof failure);
    while (written < 0 && errno == EINTR);
    _exit(127);
}

static _Noreturn void child(const struct launch *launch)
{
    const struct proc_spec *spec = launch->spec;
    int status = fcntl(launch->status, F_DUPFD_CLOEXEC, launch->above);

    if (status < 0 || move_descriptors(launch) < 0)
        fail(status < 0 ? launch->status : status, STEP_FDS);
    if (!spec->tty)
        setsid();
    if (spec->cwd && chdir(spec->cwd) < 0)
        fail(status, STEP_CWD);
    if (spec->fixed_addresses)
        personality(ADDR_NO_RANDOMIZE);
    /* Before the change of user: then the file is root's. */
    if (spec->expendable)
        step_forward_for_the_oom_killer();
    if (lower_limits(spec) < 0)
        fail(status, STEP_LIMITS);
    if (become(spec->uid) < 0)
        fail(status, STEP_USER);
    /* After the change of user, which clears it. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != launch->parent)
        _exit(127);
    reset_signals();
    execve(launch->program, spec->argv, launch->envp);
    fail(status, STEP_EXEC);
}

/* Which step a child failed at; false where it reached its program. */
static bool read_failure(int status, struct failure *failure)
{
    ssize_t n;

    do
        n = read(status, failure, sizeof *failure);
    while (n < 0 && errno == EINTR);
    return n == (ssize_t)sizeof *failure;
}

static int explain(const struct failure *failure, const struct proc_spec *spec,
                   struct err *err)
{
    errno = failure->error;
    switch (failure->step) {
    case STEP_FDS:
        return err_errno(err, "cannot hand descriptors to %s", spec->argv[0]);
    case STEP_CWD:
        return err_errno(err, "cannot enter %s", spec->cwd);
    case STEP_LIMITS:
        return err_errno(err, "cannot limit %s", spec->argv[0]);
    case STEP_USER:
        return err_errno(err, "cannot become user %lu",
                         (unsigned long)spec->uid);
    case STEP_EXEC:
        break;
    }
    if (failure->error == ENOENT)
        return not_found(spec->argv[0], err);
    return err_errno(err, "cannot run %s", spec->argv[0]);
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* Both ends of the pipes: [0] is read from, [1] is written to. */
struct pipes {
    int in[2], out[2], err[2], status[2];
};

static void close_pipes(struct pipes *pipes)
{
    int *ends[] = {pipes->in, pipes->out, pipes->err, pipes->status};

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        close_fd(&ends[i][0]);
        close_fd(&ends[i][1]);
    }
}

static int open_pipes(struct pipes *pipes, bool tty)
{
    *pipes = (struct pipes){{-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}};
    if (pipe2(pipes->status, O_CLOEXEC) < 0)
        return -1;
    if (tty)
        return 0;
    if (pipe2(pipes->in, O_CLOEXEC) < 0 || pipe2(pipes->out, O_CLOEXEC) < 0 ||
        pipe2(pipes->err, O_CLOEXEC) < 0)
        return -1;
    if (fcntl(pipes->in[1], F_SETFL, O_NONBLOCK) < 0 ||
        fcntl(pipes->out[0], F_SETFL, O_NONBLOCK) < 0 ||
        fcntl(pipes->err[0], F_SETFL, O_NONBLOCK) < 0)
        return -1;
    return 0;
}

static void plan_descriptors(struct launch *launch, const struct pipes *pipes)
{
    const struct proc_spec *spec = launch->spec;
    const struct proc_fd standard[] = {
        {pipes->in[0], 0}, {pipes->out[1], 1}, {pipes->err[1], 2}};
    size_t n = spec->tty ? 0 : 3;

    launch->count = n + spec->fd_count;
    launch->plan = xcalloc(launch->count, sizeof *launch->plan);
    launch->copies = xcalloc(launch->count, sizeof *launch->copies);
    if (n)
        memcpy(launch->plan, standard, sizeof standard);
    if (spec->fd_count)
        memcpy(launch->plan + n, spec->fds, spec->fd_count * sizeof *spec->fds);
    launch->above = 3;
    for (size_t i = 0; i < launch->count; i++)
        if (launch->plan[i].child >= launch->above)
            launch->above = launch->plan[i].child + 1;
}

/* Signals stay blocked in the child until it has put the handlers away. What
   the linter says against vfork is what the theory of operation answers. */
static pid_t fork_child(const struct launch *launch)
{
    sigset_t all, old;
    pid_t pid;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    pid = vfork(); /* NOLINT(clang-analyzer-security.insecureAPI.vfork) */
    if (pid == 0)
        child(launch); /* NOLINT(clang-analyzer-unix.Vfork) */
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return pid;
}

static pid_t wait_child(pid_t pid, int *status, struct rusage *usage)
{
    pid_t waited;

    do
        waited = wait4(pid, status, 0, usage);
    while (waited < 0 && errno == EINTR);
    return waited;
}

static int launch_child(const struct launch *launch, struct pipes *pipes,
                        struct proc *proc, struct err *err)
{
    struct failure failure;

    proc->started = clock_now();
    proc->pid = fork_child(launch);
    if (proc->pid < 0)
        return err_errno(err, "cannot fork for %s", launch->spec->argv[0]);
    close_fd(&pipes->status[1]);
    if (read_failure(pipes->status[0], &failure)) {
        wait_child(proc->pid, NULL, NULL);
        return explain(&failure, launch->spec, err);
    }
    proc->pidfd = (int)syscall(SYS_pidfd_open, proc->pid, 0);
    if (proc->pidfd < 0) {
        err_errno(err, "pidfd_open");
        kill(proc->pid, SIGKILL);
        wait_child(proc->pid, NULL, NULL);
        return -1;
    }
    return 0;
}

/* Our ends of the pipes go from `pipes` to `proc`. */
static void take_ends(struct proc *proc, struct pipes *pipes)
{
    proc->in = pipes->in[1];
    proc->out = pipes->out[0];
    proc->err = pipes->err[0];
    pipes->in[1] = pipes->out[0] = pipes->err[0] = -1;
}

int proc_start(const struct proc_spec *spec, struct proc *proc, struct err *err)
{
    struct launch launch = {.spec = spec,
                            .envp = spec->envp ? spec->envp : environ,
                            .parent = getpid()};
    struct pipes pipes;
    int status = -1;

    *proc = (struct proc){
        .pid = -1, .pidfd = -1, .in = -1, .out = -1, .err = -1, .spec = spec};
    launch.program = find_program(spec->argv[0]);
    if (!launch.program)
        return not_found(spec->argv[0], err);
    if (open_pipes(&pipes, spec->tty) < 0) {
        err_errno(err, "cannot make pipes for %s", spec->argv[0]);
    } else {
        plan_descriptors(&launch, &pipes);
        launch.status = pipes.status[1];
        status = launch_child(&launch, &pipes, proc, err);
        if (status == 0)
            take_ends(proc, &pipes);
    }
    close_pipes(&pipes);
    free(launch.program);
    free(launch.plan);
    free(launch.copies);
    return status;
}

/* Ending */

void proc_kill(struct proc *proc)
{
    if (proc->pid > 0)
        kill(proc->spec->tty ? proc->pid : -proc->pid, SIGKILL);
}

/* SIGPIPE is held back for this thread, and taken away where the write raised
   it and nobody had before. */
ssize_t proc_write(int fd, const void *bytes, size_t n)
{
    static const struct timespec at_once;
    sigset_t broken, old, pending;
    ssize_t written;
    int error;

    sigemptyset(&broken);
    sigaddset(&broken, SIGPIPE);
    sigpending(&pending);
    pthread_sigmask(SIG_BLOCK, &broken, &old);
    do
        written = write(fd, bytes, n);
    while (written < 0 && errno == EINTR);
    error = errno;
    if (written < 0 && error == EPIPE && !sigismember(&pending, SIGPIPE))
        while (sigtimedwait(&broken, NULL, &at_once) < 0 && errno == EINTR)
            ;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    errno = error;
    return written;
}

/* A child on its way out. */
struct wait {
    struct proc *proc;
    struct proc_result *result;
    size_t fed;
    size_t output_max;
    bool stopped;    /* result->end is settled and the group was killed */
    double ended;    /* when the leader ended, 0 while it runs */
    double deadline; /* 0: none */
};

static void stop(struct wait *wait, enum proc_end end)
{
    if (!wait->stopped)
        wait->result->end = end;
    wait->stopped = true;
    proc_kill(wait->proc);
}

static void feed(struct wait *wait)
{
    const struct proc_spec *spec = wait->proc->spec;
    const char *input = spec->input;
    ssize_t n = 0;

    if (wait->fed < spec->input_length)
        n = proc_write(wait->proc->in, input + wait->fed,
                       spec->input_length - wait->fed);
    if (n > 0)
        wait->fed += (size_t)n;
    if ((n < 0 && errno != EAGAIN) || wait->fed == spec->input_length)
        close_fd(&wait->proc->in);
}

/* Reads what is there, and closes the pipe at its end. What is over the limit
   is thrown away. */
static void drain(struct wait *wait, int *fd, struct str *text)
{
    char buffer[1 << 16];
    size_t room = wait->output_max - text->length;
    ssize_t n;

    if (*fd < 0)
        return;
    n = read(*fd, buffer, sizeof buffer);
    if (n > 0) {
        str_addn(text, buffer, (size_t)n < room ? (size_t)n : room);
        if ((size_t)n > room)
            stop(wait, PROC_OUTPUT);
    } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        close_fd(fd);
    }
}

/* Milliseconds until `moment`, at most a tick. */
static int until(double moment, double now)
{
    double ms = (moment - now) * 1000;

    if (moment == 0 || ms > TICK_MS)
        return TICK_MS;
    return ms > 0 ? (int)ms + 1 : 0;
}

/* One turn of waiting for something to happen. */
static void turn(struct wait *wait, double now)
{
    struct proc *proc = wait->proc;
    struct pollfd polls[] = {
        {.fd = proc->in, .events = POLLOUT},
        {.fd = proc->out, .events = POLLIN},
        {.fd = proc->err, .events = POLLIN},
        {.fd = wait->ended > 0 ? -1 : proc->pidfd, .events = POLLIN}};
    int ms = wait->ended > 0 ? until(wait->ended + GRACE_MS / 1e3, now)
                             : until(wait->deadline, now);

    if (poll(polls, 4, ms) <= 0)
        return;
    if (polls[0].revents)
        feed(wait);
    if (polls[1].revents)
        drain(wait, &proc->out, &wait->result->out);
    if (polls[2].revents)
        drain(wait, &proc->err, &wait->result->err);
    if (polls[3].revents)
        wait->ended = clock_now();
}

static bool still_going(const struct wait *wait, double now)
{
    if (wait->ended == 0)
        return true;
    return (wait->proc->out >= 0 || wait->proc->err >= 0) &&
           now < wait->ended + GRACE_MS / 1e3;
}

static bool gives_up(const struct wait *wait, enum proc_end *end)
{
    const struct proc_spec *spec = wait->proc->spec;

    return wait->ended == 0 && !wait->stopped && spec->give_up &&
           spec->give_up(spec->context, end);
}

static void wait_all(struct wait *wait)
{
    double now = clock_now();
    enum proc_end end;

    while (still_going(wait, now)) {
        if (proc_cancelled && !wait->proc->spec->tty)
            stop(wait, PROC_CANCELLED);
        else if (wait->ended == 0 && wait->deadline > 0 &&
                 now >= wait->deadline)
            stop(wait, PROC_TIMEOUT);
        else if (gives_up(wait, &end))
            stop(wait, end);
        turn(wait, now);
        now = clock_now();
    }
}

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static void reap(struct wait *wait)
{
    struct proc_result *result = wait->result;
    struct rusage usage = {.ru_maxrss = 0};
    int status = 0;

    if (!wait->proc->spec->tty)
        proc_kill(wait->proc);
    wait_child(wait->proc->pid, &status, &usage);
    result->seconds = wait->ended - wait->proc->started;
    result->cpu_seconds =
        seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
    result->max_rss_kb = usage.ru_maxrss;
    if (WIFSIGNALED(status)) {
        result->code = WTERMSIG(status);
        if (!wait->stopped)
            result->end = PROC_SIGNALED;
    } else {
        result->code = WEXITSTATUS(status);
        if (!wait->stopped)
            result->end = PROC_EXITED;
    }
}

/* While a program has the terminal, the keys that interrupt are for it; like
   system(3). */
static void ignore_keys(struct sigaction old[2])
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};

    sigaction(SIGINT, &ignore, &old[0]);
    sigaction(SIGQUIT, &ignore, &old[1]);
}

static void obey_keys(const struct sigaction old[2])
{
    sigaction(SIGINT, &old[0], NULL);
    sigaction(SIGQUIT, &old[1], NULL);
}

int proc_finish(struct proc *proc, struct proc_result *result, struct err *err)
{
    const struct proc_spec *spec = proc->spec;
    struct sigaction old[2];
    struct wait wait = {.proc = proc,
                        .result = result,
                        .output_max = spec->output_max ? spec->output_max
                                                       : OUTPUT_DEFAULT};

    (void)err;
    assert(proc->pid > 0);
    *result = (struct proc_result){.out = STR_INIT, .err = STR_INIT};
    if (spec->seconds > 0)
        wait.deadline = proc->started + spec->seconds;
    if (proc->in >= 0 && spec->input_length == 0)
        close_fd(&proc->in);
    if (spec->tty)
        ignore_keys(old);
    wait_all(&wait);
    reap(&wait);
    if (spec->tty)
        obey_keys(old);
    close_fd(&proc->in);
    close_fd(&proc->out);
    close_fd(&proc->err);
    close_fd(&proc->pidfd);
    proc->pid = -1;
    return 0;
}

int proc_run(const struct proc_spec *spec, struct proc_result *result,
             struct err *err)
{
    struct proc proc;

    *result = (struct proc_result){.out = STR_INIT, .err = STR_INIT};
    if (proc_start(spec, &proc, err) < 0)
        return -1;
    return proc_finish(&proc, result, err);
}

void proc_result_release(struct proc_result *result)
{
    str_release(&result->out);
    str_release(&result->err);
}

char *proc_describe(const struct proc_result *result)
{
    const char *text;

    switch (result->end) {
    case PROC_EXITED:
        return xasprintf("exit status %d", result->code);
    case PROC_SIGNALED:
        text = sigdescr_np(result->code);
        return xasprintf("signal %d (%s)", result->code,
                         text ? text : "unknown");
    case PROC_TIMEOUT:
        return xasprintf("killed after %.1f s", result->seconds);
    case PROC_OUTPUT:
        return xstrdup("killed: it wrote too much");
    case PROC_MEMORY:
        return xstrdup("killed: all its processes took too much memory");
    case PROC_CANCELLED:
        break;
    }
    return xstrdup("interrupted");
}
