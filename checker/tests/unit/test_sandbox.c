/*
 * The jail against programs that do not want to be in one. The hostile program
 * is this test program itself: started with ACT in its environment it performs
 * that act from a constructor, before Criterion, and exits.
 */
#include "exec/sandbox.h"

#include "base/alloc.h"
#include "base/path.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MIB = 1 << 20 };

/* Acts: what the hostile program does. Each prints what it achieved. */

static void act_fork_bomb(void)
{
    int made = 0;

    for (int i = 0; i < 1000; i++) {
        pid_t pid = fork();

        if (pid == 0)
            for (;;)
                pause();
        made += pid > 0;
    }
    printf("%d", made);
}

/* The daemon keeps all descriptors, and eats processor time. */
static void act_daemon(void)
{
    if (fork() != 0)
        return;
    setsid();
    if (fork() != 0)
        _exit(0);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    for (;;)
        ;
}

static void act_flood(void)
{
    static const char text[1 << 16];

    while (write(1, text, sizeof text) > 0 || errno == EAGAIN)
        ;
}

static void act_stop(void)
{
    raise(SIGSTOP);
}

static void act_hang(void)
{
    sigset_t all;

    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    for (;;)
        pause();
}

static void act_spin(void)
{
    for (;;)
        ;
}

static void act_crash(void)
{
    signal(SIGSEGV, SIG_DFL); /* a sanitizer has a handler */
    raise(SIGSEGV);
}

static void act_kill_everybody(void)
{
    kill(getppid(), SIGKILL);
    kill(-1, SIGKILL);
    printf("alive");
}

static void act_sockets(void)
{
    static const int families[] = {AF_INET,   AF_INET6, AF_NETLINK,
                                   AF_PACKET, AF_VSOCK, AF_ALG};
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(53)};

    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        int fd = socket(families[i], SOCK_STREAM, 0);

        if (fd >= 0)
            printf("family %d ", families[i]);
        if (fd >= 0 &&
            connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
            printf("connected ");
    }
    /* The upper half of an int argument is not looked at by the kernel. */
    if (syscall(SYS_socket, (1UL << 32) | AF_INET, SOCK_STREAM, 0) >= 0)
        printf("disguised");
}

static void act_local_socket(void)
{
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0)
        printf("pair");
}

/* SECRET is a path that exists outside. */
static void act_look(void)
{
    static const char *const paths[] = {
        "/home",        "/root",          "/etc/passwd",
        "/etc/shadow",  "/usr/share",     "/usr/local",
        "/var",         "/run",           "/sys",
        "/dev/tty",     "/dev/shm/../..", "/proc/1/mem",
        "/proc/1/root", "/proc/1/fd/0",   "/proc/1/maps",
        "/dev/ptmx",    "/proc/kcore",    "/proc/self/cwd/../../root"};

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (i != 10 && open(paths[i], O_RDONLY) >= 0)
            printf("%s ", paths[i]);
    if (open(getenv("SECRET"), O_RDONLY) >= 0)
        printf("secret");
}

static void act_write(void)
{
    static const char *const paths[] = {"/x",
                                        "/usr/x",
                                        "/usr/lib/x",
                                        "/etc/x",
                                        "/box/x",
                                        "/dev/x",
                                        "/proc/1/x",
                                        "/proc/self/oom_adj",
                                        "/box/sub/x",
                                        "/lib/x",
                                        "/usr/lib64/x",
                                        "/proc/sys/kernel/hostname",
                                        "/proc/sysrq-trigger"};

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (open(paths[i], O_WRONLY | O_CREAT, 0600) >= 0 && i != 7)
            printf("%s ", paths[i]);
    if (chmod("/proc/1", 0700) == 0)
        printf("chmod ");
    if (open("/tmp/x", O_WRONLY | O_CREAT, 0600) >= 0)
        printf("tmp");
}

static void act_fill(void)
{
    static const char block[MIB];
    size_t total = 0;

    signal(SIGXFSZ, SIG_IGN);
    for (int i = 0; i < 40; i++) {
        char path[32];
        int fd;

        snprintf(path, sizeof path, "/tmp/%d", i);
        fd = open(path, O_WRONLY | O_CREAT, 0600);
        for (ssize_t n = 1; n > 0;) {
            n = write(fd, block, sizeof block);
            total += n > 0 ? (size_t)n : 0;
        }
        close(fd);
    }
    printf("%zu", total / MIB);
}

static void act_memory(void)
{
    static void *blocks[4096];
    size_t total = 0;

    while (total < sizeof blocks / sizeof *blocks &&
           (blocks[total] = malloc(MIB)))
        total++;
    printf("%zu", total);
}

/* Each takes less than a process may, and starts the next. */
static void act_share_memory(void)
{
    for (int i = 0; i < 7; i++) {
        const size_t n = (size_t)40 * MIB;
        char *block = malloc(n);

        if (block)
            memset(block, i + 1, n);
        if (fork() == 0)
            continue;
        break;
    }
    for (;;)
        pause();
}

static void act_wait_for_sleeper(void)
{
    pid_t pid = fork();
    int status = 0;

    if (pid == 0)
        for (;;)
            pause();
    waitpid(pid, &status, 0);
    printf("%d", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
}

static void act_nap(void)
{
    for (;;)
        usleep(1000);
}

static void act_limits(void)
{
    struct rlimit cpu, core, files, stack;

    getrlimit(RLIMIT_CPU, &cpu);
    getrlimit(RLIMIT_CORE, &core);
    getrlimit(RLIMIT_NOFILE, &files);
    getrlimit(RLIMIT_STACK, &stack);
    printf("%lu %lu %lu %lu %lu", (unsigned long)cpu.rlim_cur,
           (unsigned long)cpu.rlim_max, (unsigned long)core.rlim_max,
           (unsigned long)files.rlim_max, (unsigned long)stack.rlim_max / MIB);
}

static void act_who(void)
{
    char host[64] = "", folder[64] = "";

    gethostname(host, sizeof host - 1);
    printf("%d %d %s %s", (int)getuid(), (int)getgid(), host,
           getcwd(folder, sizeof folder));
}

static void act_namespaces(void)
{
    static const char *const names[] = {"user", "pid", "mnt",   "ipc",
                                        "uts",  "net", "cgroup"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[32], link[64] = "";

        snprintf(path, sizeof path, "/proc/self/ns/%s", names[i]);
        if (readlink(path, link, sizeof link - 1) > 0)
            printf("%s\n", link);
    }
}

static void act_environment(void)
{
    extern char **environ;

    for (char **entry = environ; *entry; entry++)
        printf("%s\n", *entry);
}

static void act_descriptors(void)
{
    for (int fd = 0; fd < 1024; fd++)
        if (fcntl(fd, F_GETFD) >= 0)
            printf("%d ", fd);
}

/* Standard output is a pipe: a call that reaches the kernel is ENOTTY. */
static void act_type_on_terminal(void)
{
    static const unsigned long calls[] = {TIOCSTI, (1UL << 32) | TIOCSTI,
                                          0x541C};
    char c = 'x';

    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        errno = 0;
        syscall(SYS_ioctl, 1, calls[i], &c);
        printf("%s ", errno == EPERM ? "refused" : "reached");
    }
    if (isatty(1) || errno != ENOTTY)
        printf("too much refused");
}

/* Each in a child of its own, for it is to be killed. */
static void act_hostile_calls(void)
{
    static const struct {
        const char *name;
        long number, first;
    } calls[] = {{"ptrace", SYS_ptrace, 0},
                 {"process_vm_readv", SYS_process_vm_readv, 1},
                 {"process_vm_writev", SYS_process_vm_writev, 1},
                 {"pidfd_getfd", SYS_pidfd_getfd, 1},
                 {"mount", SYS_mount, 0},
                 {"umount2", SYS_umount2, 0},
                 {"pivot_root", SYS_pivot_root, 0},
                 {"unshare", SYS_unshare, CLONE_NEWUSER},
                 {"setns", SYS_setns, 0},
                 {"clone", SYS_clone, CLONE_NEWUSER | SIGCHLD},
                 {"clone", SYS_clone, CLONE_NEWPID | SIGCHLD},
                 {"keyctl", SYS_keyctl, 0},
                 {"add_key", SYS_add_key, 0},
                 {"request_key", SYS_request_key, 0},
                 {"bpf", SYS_bpf, 0},
                 {"userfaultfd", SYS_userfaultfd, 0},
                 {"io_uring_setup", SYS_io_uring_setup, 1},
                 {"perf_event_open", SYS_perf_event_open, 0},
                 {"init_module", SYS_init_module, 0},
                 {"reboot", SYS_reboot, 0},
                 {"open_by_handle_at", SYS_open_by_handle_at, 0}};

    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        pid_t pid = fork();
        int status = 0;

        if (pid == 0) {
            syscall(calls[i].number, calls[i].first, 0, 0, 0, 0);
            _exit(0);
        }
        waitpid(pid, &status, 0);
        if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS)
            printf("%s ", calls[i].name);
    }
}

static void act_refused_calls(void)
{
    struct {
        const char *name;
        bool done;
    } calls[] = {
        {"clone3", syscall(SYS_clone3, NULL, 0) >= 0 || errno != ENOSYS},
        {"shmget", shmget(IPC_PRIVATE, 4096, 0600) >= 0},
        {"memfd", memfd_create("x", 0) >= 0},
        {"shared memory",
         mmap(NULL, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0) !=
             MAP_FAILED},
        {"validated shared memory",
         mmap(NULL, 4096, PROT_READ, MAP_SHARED_VALIDATE | MAP_ANONYMOUS, -1,
              0) != MAP_FAILED},
        {"/dev/zero", open("/dev/zero", O_RDWR) >= 0},
        {"personality", personality(ADDR_COMPAT_LAYOUT) >= 0},
        {"high personality",
         syscall(SYS_personality, 0x80000000UL | READ_IMPLIES_EXEC) >= 0},
        {"no personality", personality(0xFFFFFFFF) < 0},
        {"setuid", creat("/tmp/s", 04755) >= 0},
        {"open setgid", open("/tmp/s", O_WRONLY | O_CREAT, 02755) >= 0},
        {"no creat", creat("/tmp/s", 0755) < 0},
        {"no open",
         syscall(SYS_openat, AT_FDCWD, "/tmp/s", O_RDONLY, 07777) < 0},
        {"chmod", chmod("/tmp/s", 04755) == 0},
        {"fchmodat", fchmodat(AT_FDCWD, "/tmp/s", 02755, 0) == 0},
    };

    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (calls[i].done)
            printf("%s ", calls[i].name);
}

#ifdef __x86_64__
static void act_old_calls(void)
{
    long result;

    /* getpid of the 32-bit table */
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(20) : "memory");
    printf("%ld", result);
}
#endif

static void *add_one(void *number)
{
    ++*(int *)number;
    return NULL;
}

/* What an agent may do, then what it may not. */
static void act_agent(void)
{
    pthread_t thread;
    int number = 0;
    const size_t n = (size_t)64 * MIB;
    char *block = malloc(n);

    if (block)
        memset(block, 1, n);
    if (pthread_create(&thread, NULL, add_one, &number) == 0)
        pthread_join(thread, NULL);
    printf("%s%d", block ? "memory " : "", number);
    if (fork() >= 0)
        printf(" fork");
    if (socket(AF_UNIX, SOCK_STREAM, 0) >= 0)
        printf(" socket");
    if (open("/tmp/x", O_WRONLY | O_CREAT, 0600) >= 0)
        printf(" write");
    free(block);
    execl("/usr/bin/true", "true", NULL);
}

static void act_fresh_code(void)
{
    if (mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
             0) != MAP_FAILED)
        printf("mapped");
}

static void act_changed_code(void)
{
    mprotect((void *)((uintptr_t)act_fresh_code & ~(uintptr_t)4095), 4096,
             PROT_READ | PROT_WRITE | PROT_EXEC);
}

static void act_addresses(void)
{
    int local;
    void *block = malloc(10);

    printf("%p %p", (void *)&local, block);
    free(block);
}

static const struct {
    const char *name;
    void (*act)(void);
} acts[] = {{"fork bomb", act_fork_bomb},
            {"daemon", act_daemon},
            {"flood", act_flood},
            {"stop", act_stop},
            {"hang", act_hang},
            {"spin", act_spin},
            {"crash", act_crash},
            {"kill everybody", act_kill_everybody},
            {"sockets", act_sockets},
            {"local socket", act_local_socket},
            {"look", act_look},
            {"write", act_write},
            {"fill", act_fill},
            {"memory", act_memory},
            {"share memory", act_share_memory},
            {"wait for sleeper", act_wait_for_sleeper},
            {"nap", act_nap},
            {"limits", act_limits},
            {"who", act_who},
            {"namespaces", act_namespaces},
            {"environment", act_environment},
            {"descriptors", act_descriptors},
            {"type on terminal", act_type_on_terminal},
            {"hostile calls", act_hostile_calls},
            {"refused calls", act_refused_calls},
#ifdef __x86_64__
            {"old calls", act_old_calls},
#endif
            {"agent", act_agent},
            {"fresh code", act_fresh_code},
            {"changed code", act_changed_code},
            {"addresses", act_addresses}};

__attribute__((constructor)) static void perform(void)
{
    const char *name = getenv("ACT");

    if (!name)
        return;
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
        if (strcmp(acts[i].name, name) == 0)
            acts[i].act();
    fflush(stdout);
    _exit(0);
}

/* The tests */

static struct sandbox sandbox;
static char *folder, *program; /* a copy of this one; its path in the jail */

static void set_up(void)
{
    struct err err = ERR_INIT;
    char *copy;

    cr_assert_eq(sandbox_open(&sandbox, &err), 0, "%s", err.text);
    /* Where the jail has another user, it may not get to the original. */
    folder = path_make_temp_for_all("kata-unit", &err);
    cr_assert_not_null(folder, "%s", err.text);
    copy = path_join(folder, "unit");
    program = xstrdup("/box/unit");
    cr_assert_eq(path_copy("/proc/self/exe", copy, &err), 0, "%s", err.text);
    cr_assert_eq(sandbox_share(&sandbox, folder, false, &err), 0, "%s",
                 err.text);
    free(copy);
}

static void tear_down(void)
{
    struct err err = ERR_INIT;

    sandbox_close(&sandbox);
    cr_expect_eq(path_remove(folder, &err), 0, "%s", err.text);
    free(folder);
    free(program);
}

TestSuite(sandbox, .init = set_up, .fini = tear_down);

/* Runs an act in a jail of the given profile, with `limits` (or ordinary ones)
   and up to one descriptor and one more variable. */
struct play {
    enum jail_profile profile;
    struct jail_limits limits;
    struct proc_fd fd;
    const char *env;
};

static struct proc_result perform_jailed(const char *act, struct play play)
{
    struct jail_mount mount = {folder, "/box", false};
    struct strv argv = STRV_INIT, env = STRV_INIT;
    struct jail_spec spec = {.profile = play.profile,
                             .mounts = &mount,
                             .mount_count = 1,
                             .limits = play.limits};
    struct proc_result result;
    struct err err = ERR_INIT;
    int status;

    if (spec.limits.wall_seconds == 0)
        spec.limits = (struct jail_limits){.wall_seconds = 20,
                                           .cpu_seconds = 10,
                                           .file_mb = 16,
                                           .processes = 8};
    strv_add(&argv, program);
    strv_addf(&env, "ACT=%s", act);
    if (play.env)
        strv_add(&env, play.env);
    spec.argv = argv.items;
    spec.env = env.items;
    spec.fds = &play.fd;
    spec.fd_count = play.fd.child > 0;
    status = sandbox_run(&sandbox, &spec, &result, &err);
    cr_assert_eq(status, 0, "%s", err.text);
    strv_release(&argv);
    strv_release(&env);
    return result;
}

static void assert_prints(const char *act, struct play play,
                          const char *expected)
{
    struct proc_result result = perform_jailed(act, play);

    cr_assert_str_eq(result.out.text, expected, "%s printed: %s (%s)", act,
                     result.out.text, result.err.text);
    cr_assert_eq(result.end, PROC_EXITED);
    cr_assert_eq(result.code, 0);
    proc_result_release(&result);
}

static void assert_ends(const char *act, struct play play, enum proc_end end,
                        int code)
{
    struct proc_result result = perform_jailed(act, play);

    cr_assert_eq(result.end, end, "%s: %d %d %s", act, result.end, result.code,
                 result.err.text);
    if (end == PROC_SIGNALED)
        cr_assert_eq(result.code, code);
    proc_result_release(&result);
}

static const struct play in_tests = {.profile = JAIL_TESTS},
                         in_agent = {.profile = JAIL_AGENT};

Test(sandbox, is_the_same_for_everybody)
{
    assert_prints("who", in_tests, "1000 1000 kata /tmp");
    assert_prints("who", in_agent, "1000 1000 kata /tmp");
}

Test(sandbox, namespaces_are_its_own)
{
    struct proc_result result = perform_jailed("namespaces", in_tests);
    struct strv inside = STRV_INIT;

    strv_add_lines(&inside, result.out.text);
    cr_assert_eq(inside.count, 7, "%s", result.out.text);
    for (size_t i = 0; i < inside.count; i++) {
        char path[64], link[64] = "";

        snprintf(path, sizeof path, "/proc/self/ns/%.*s",
                 (int)strcspn(inside.items[i], ":"), inside.items[i]);
        cr_assert_gt(readlink(path, link, sizeof link - 1), 0, "%s", path);
        cr_assert_str_neq(inside.items[i], link);
    }
    strv_release(&inside);
    proc_result_release(&result);
}

Test(sandbox, environment_is_small)
{
    struct play play = {.profile = JAIL_TESTS, .env = "COLOUR=light=blue"};

    setenv("KATA_SECRET", "x", 1);
    assert_prints("environment", play,
                  "PATH=/usr/bin:/bin\nHOME=/tmp\nLANG=C.UTF-8\n"
                  "MALLOC_ARENA_MAX=1\nACT=environment\nCOLOUR=light=blue\n"
                  "PWD=/tmp\n");
}

Test(sandbox, only_the_named_descriptors_are_open)
{
    int secret = open("/", O_RDONLY);
    struct play play = {.profile = JAIL_TESTS, .fd = {secret, 5}};

    assert_prints("descriptors", play, "0 1 2 5 ");
    play.fd.child = 0;
    assert_prints("descriptors", play, "0 1 2 ");
    assert_prints("descriptors", in_agent, "0 1 2 ");
}

Test(sandbox, a_fork_bomb_fizzles)
{
    assert_prints("fork bomb", in_tests, "7");
}

Test(sandbox, a_daemon_is_gone_when_the_run_is)
{
    int ends[2];
    char byte;

    cr_assert_eq(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    for (int profile = JAIL_COMPILE; profile <= JAIL_THREADS; profile++) {
        struct play play = {.profile = (enum jail_profile)profile,
                            .fd = {ends[1], 7}};
        struct proc_result result = perform_jailed("daemon", play);

        cr_assert_eq(result.end, PROC_EXITED);
        cr_assert_lt(result.seconds, 5);
        proc_result_release(&result);
    }
    close(ends[1]);
    /* The end of file: nobody has the other end any more. */
    cr_assert_eq(read(ends[0], &byte, 1), 0);
}

Test(sandbox, nothing_is_left_after_a_timeout)
{
    int ends[2];
    char byte;
    struct play play = {.profile = JAIL_TESTS,
                        .limits = {.wall_seconds = 0.3, .processes = 4}};

    cr_assert_eq(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    play.fd = (struct proc_fd){ends[1], 7};
    assert_ends("hang", play, PROC_TIMEOUT, 0);
    assert_ends("stop", play, PROC_TIMEOUT, 0);
    close(ends[1]);
    cr_assert_eq(read(ends[0], &byte, 1), 0);
}

Test(sandbox, output_is_limited)
{
    struct play play = {
        .profile = JAIL_AGENT,
        .limits = {.wall_seconds = 20, .cpu_seconds = 5, .output_max = 5000}};
    struct proc_result result = perform_jailed("flood", play);

    cr_assert_eq(result.end, PROC_OUTPUT);
    cr_assert_eq(result.out.length, 5000);
    proc_result_release(&result);
}

Test(sandbox, processor_time_is_limited)
{
    struct play play = {.profile = JAIL_AGENT,
                        .limits = {.wall_seconds = 60, .cpu_seconds = 1}};
    struct proc_result result = perform_jailed("spin", play);

    cr_assert_eq(result.end, PROC_SIGNALED);
    cr_assert_eq(result.code, SIGXCPU, "signal %d after %.2f s", result.code,
                 result.cpu_seconds);
    /* The kernel counts in ticks and reports more exactly. */
    cr_assert_gt(result.cpu_seconds, 0.5, "%.2f s", result.cpu_seconds);
    cr_assert_lt(result.cpu_seconds, 3, "%.2f s", result.cpu_seconds);
    proc_result_release(&result);
}

/* The sum of small processes, one below the other. */
Test(sandbox, memory_of_all_processes_is_limited)
{
    struct play play = {.profile = JAIL_TESTS,
                        .limits = {.wall_seconds = 60,
                                   .file_mb = 1,
                                   .processes = 20,
                                   .total_mb = 150}};

    assert_ends("share memory", play, PROC_MEMORY, 0);
}

Test(sandbox, who_sleeps_too_long_is_ended)
{
    struct play play = {.profile = JAIL_TESTS,
                        .limits = {.wall_seconds = 60,
                                   .cpu_seconds = 1,
                                   .sleep_seconds = 0.3,
                                   .processes = 4}};

    assert_ends("hang", play, PROC_TIMEOUT, 0);
    assert_ends("stop", play, PROC_TIMEOUT, 0);
    assert_ends("spin", play, PROC_SIGNALED, SIGXCPU);
}

Test(sandbox, many_short_naps_are_a_long_sleep)
{
    struct play play = {.profile = JAIL_TESTS,
                        .limits = {.wall_seconds = 60, .idle_seconds = 0.5}};

    assert_ends("nap", play, PROC_TIMEOUT, 0);
}

Test(sandbox, a_program_can_outlive_what_it_started)
{
    struct play play = {.profile = JAIL_TESTS,
                        .limits = {.wall_seconds = 60,
                                   .sleep_seconds = 0.3,
                                   .keep_program = true,
                                   .processes = 4}};

    assert_prints("wait for sleeper", play, "9");
    assert_ends("hang", play, PROC_TIMEOUT, 0);
}

/* What AddressSanitizer reserves is terabytes. */
#ifndef __SANITIZE_ADDRESS__
Test(sandbox, memory_is_limited)
{
    struct play play = {
        .profile = JAIL_AGENT,
        .limits = {.wall_seconds = 20, .cpu_seconds = 10, .memory_mb = 300}};
    struct proc_result result = perform_jailed("memory", play);
    long got = strtol(result.out.text, NULL, 10);

    cr_assert_geq(got, 200, "%ld MiB (%s)", got, result.err.text);
    cr_assert_leq(got, 300);
    proc_result_release(&result);
}
#endif

Test(sandbox, files_are_limited)
{
    struct play play = {.profile = JAIL_TESTS,
                        .limits = {.wall_seconds = 20, .file_mb = 3}};

    assert_prints("fill", play, "3");
}

/* The hard limit is for who ignores SIGXCPU. */
Test(sandbox, limits_cannot_be_raised)
{
    assert_prints("limits", in_tests, "10 11 0 256 8");
}

Test(sandbox, signals_are_told_from_exits)
{
    assert_ends("crash", in_tests, PROC_SIGNALED, SIGSEGV);
    assert_ends("crash", in_agent, PROC_SIGNALED, SIGSEGV);
}

Test(sandbox, killing_everybody_kills_nobody)
{
    assert_prints("kill everybody", in_tests, "alive");
}

Test(sandbox, there_is_no_network)
{
    assert_prints("sockets", in_tests, "");
    assert_prints("sockets", in_agent, "");
    assert_prints("local socket", in_tests, "pair");
    assert_prints("local socket", in_agent, "");
}

static void write_text(const char *path, const char *text, mode_t mode)
{
    struct err err = ERR_INIT;

    cr_assert_eq(path_write(path, text, strlen(text), mode, &err), 0, "%s",
                 err.text);
}

Test(sandbox, nothing_outside_is_seen)
{
    struct err err = ERR_INIT;
    char *temp = path_make_temp("kata-unit", &err);
    char *secret = path_join(temp, "secret");
    char *env = xasprintf("SECRET=%s", secret);

    chmod(temp, 0755);
    write_text(secret, "x", 0644);
    for (int profile = JAIL_COMPILE; profile <= JAIL_THREADS; profile++) {
        struct play play = {.profile = (enum jail_profile)profile, .env = env};

        assert_prints("look", play, "");
    }
    path_remove(temp, NULL);
    free(temp);
    free(secret);
    free(env);
}

Test(sandbox, nothing_outside_is_written)
{
    assert_prints("write", in_tests, "tmp");
    assert_prints("write", (struct play){.profile = JAIL_COMPILE}, "tmp");
    assert_prints("write", in_agent, "");
}

Test(sandbox, terminals_cannot_be_typed_on)
{
    assert_prints("type on terminal", in_tests, "refused refused refused ");
}

Test(sandbox, hostile_calls_end_the_program)
{
    assert_prints("hostile calls", in_tests, "");
#ifdef __x86_64__
    assert_ends("old calls", in_tests, PROC_SIGNALED, SIGSYS);
    assert_ends("old calls", in_agent, PROC_SIGNALED, SIGSYS);
#endif
}

Test(sandbox, doubtful_calls_fail)
{
    assert_prints("refused calls", in_tests, "");
}

Test(sandbox, an_agent_computes_and_nothing_else)
{
    assert_prints("agent", in_agent, "memory 1");
    assert_ends("fresh code", in_agent, PROC_SIGNALED, SIGSYS);
    assert_ends("changed code", in_agent, PROC_SIGNALED, SIGSYS);
}

Test(sandbox, addresses_are_fixed)
{
    struct proc_result first = perform_jailed("addresses", in_agent);
    struct proc_result second = perform_jailed("addresses", in_agent);

    cr_assert_str_eq(first.out.text, second.out.text);
    proc_result_release(&first);
    proc_result_release(&second);
}

static struct err jail_error(struct jail_spec spec, const char *command)
{
    struct strv argv = STRV_INIT;
    struct proc_result result;
    struct err err = ERR_INIT;

    strv_add(&argv, command);
    spec.argv = argv.items;
    spec.limits.wall_seconds = 20;
    cr_assert_eq(sandbox_run(&sandbox, &spec, &result, &err), -1);
    proc_result_release(&result);
    strv_release(&argv);
    return err;
}

Test(sandbox, failures_of_the_jail_are_errors_and_no_results)
{
    struct jail_mount mount = {"/nonexistent/folder", "/box", false};
    struct jail_spec spec = {.profile = JAIL_COMPILE},
                     broken = {.profile = JAIL_COMPILE,
                               .mounts = &mount,
                               .mount_count = 1};

    cr_assert(strstr(jail_error(spec, "/nonexistent/program").text,
                     "cannot set up the jail: execvp /nonexistent/program"));
    cr_assert(strstr(jail_error(broken, "true").text, "/nonexistent/folder"));
}

Test(sandbox, input_is_fed)
{
    char text[] = "one\ntwo\n";
    struct strv argv = STRV_INIT;
    struct jail_spec spec = {.profile = JAIL_COMPILE,
                             .input = text,
                             .input_length = strlen(text),
                             .limits = {.wall_seconds = 20}};
    struct proc_result result;
    struct err err = ERR_INIT;

    strv_add(&argv, "cat");
    spec.argv = argv.items;
    cr_assert_eq(sandbox_run(&sandbox, &spec, &result, &err), 0, "%s",
                 err.text);
    cr_assert_str_eq(result.out.text, text);
    proc_result_release(&result);
    strv_release(&argv);
}

static void *run_many(void *unused)
{
    for (int i = 0; i < 3; i++)
        assert_prints("who", in_agent, "1000 1000 kata /tmp");
    return unused;
}

Test(sandbox, threads_may_use_it_at_once)
{
    pthread_t threads[4];

    for (size_t i = 0; i < 4; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, run_many, NULL), 0);
    for (size_t i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
}

/* A private folder below a private folder, shared to read and to write. */
Test(sandbox, shared_folders_can_be_used)
{
    struct err err = ERR_INIT;
    char *temp = path_make_temp("kata-unit", &err);
    char *in = path_join(temp, "in"), *out = path_join(temp, "out");
    char *source = path_join(in, "text"), *copy = path_join(out, "text");
    struct jail_mount mounts[] = {{in, "/in", false}, {out, "/out", true}};
    struct strv argv = STRV_INIT;
    struct jail_spec spec = {
        .profile = JAIL_COMPILE,
        .mounts = mounts,
        .mount_count = 2,
        .limits = {.wall_seconds = 20, .file_mb = 1, .processes = 4}};
    struct proc_result result;
    struct str text = STR_INIT;

    cr_assert(mkdir(in, 0700) == 0 && mkdir(out, 0700) == 0);
    write_text(source, "secret", 0600);
    cr_assert_eq(sandbox_share(&sandbox, temp, false, &err), 0, "%s", err.text);
    cr_assert_eq(sandbox_share(&sandbox, out, true, &err), 0, "%s", err.text);
    strv_add_all(&argv, "sh", "-c",
                 "cp /in/text /out/text && ! (echo x >/in/new) 2>/dev/null",
                 NULL);
    spec.argv = argv.items;
    cr_assert_eq(sandbox_run(&sandbox, &spec, &result, &err), 0, "%s",
                 err.text);
    cr_assert_eq(result.code, 0, "%s", result.err.text);
    cr_assert_eq(path_read(copy, 100, &text, &err), 0, "%s", err.text);
    cr_assert_str_eq(text.text, "secret");
    cr_assert_eq(path_remove(temp, &err), 0, "%s", err.text);
    proc_result_release(&result);
    strv_release(&argv);
    str_release(&text);
    free(source);
    free(copy);
    free(in);
    free(out);
    free(temp);
}

Test(sandbox, sharing_follows_no_links)
{
    struct sandbox other = {.kind = SANDBOX_BWRAP, .uid = 65534};
    struct err err = ERR_INIT;
    char *temp = path_make_temp("kata-unit", &err);
    char *victim = path_join(temp, "victim"), *dir = path_join(temp, "dir");
    char *link = path_join(dir, "link"), *fifo = path_join(dir, "fifo");
    struct stat status;

    if (getuid() == 0) {
        write_text(victim, "x", 0600);
        cr_assert(mkdir(dir, 0700) == 0 && symlink(victim, link) == 0 &&
                  mkfifo(fifo, 0600) == 0);
        cr_assert_eq(sandbox_share(&other, dir, true, &err), 0, "%s", err.text);
        cr_assert_eq(stat(dir, &status), 0);
        cr_assert_eq(status.st_uid, 65534);
        cr_assert_eq(sandbox_share(&other, dir, false, &err), 0, "%s",
                     err.text);
        cr_assert_eq(stat(victim, &status), 0);
        cr_assert_eq(status.st_uid, 0);
        cr_assert_eq(status.st_mode & 0777, 0600);
    }
    path_remove(temp, NULL);
    free(victim);
    free(dir);
    free(link);
    free(fifo);
    free(temp);
}

/* Without a jail the paths inside are those outside, and limits hold. */
Test(sandbox, without_a_jail_the_program_still_runs)
{
    struct sandbox none = {.kind = SANDBOX_NONE};
    struct jail_mount mounts[] = {{"/usr/bin", "/box/bin", false},
                                  {"/usr", "/box", false}};
    struct strv argv = STRV_INIT;
    struct jail_spec spec = {.profile = JAIL_TESTS,
                             .mounts = mounts,
                             .mount_count = 2,
                             .cwd = "/box",
                             .limits = {.wall_seconds = 20, .file_mb = 1}};
    struct proc_result result;
    struct err err = ERR_INIT;

    strv_add_all(&argv, "/box/bin/sh", "-c", "pwd; ulimit -f; echo \"$@\"",
                 "sh", "-I/box/include", "-o", "/box/bin", "a=/box/x:/box/y",
                 "/x/box/bin", "/boxes", NULL);
    spec.argv = argv.items;
    cr_assert_eq(sandbox_run(&none, &spec, &result, &err), 0, "%s", err.text);
    cr_assert_str_eq(result.out.text,
                     "/usr\n2048\n-I/usr/include -o /usr/bin a=/usr/x:/usr/y "
                     "/x/box/bin /boxes\n");
    proc_result_release(&result);
    strv_release(&argv);
}

Test(sandbox, has_a_name)
{
    struct sandbox none = {.kind = SANDBOX_NONE};

    cr_assert_str_eq(sandbox_name(&sandbox), "bwrap");
    cr_assert_str_eq(sandbox_name(&none), "none");
}
