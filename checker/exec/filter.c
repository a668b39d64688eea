/*
 * Theory of operation.
 *
 * The jail's namespaces say what a program can see; the filters say how much
 * of the kernel it can reach. Two lists.
 *
 * For every program, calls that no honest one makes (`killed`) end it with
 * SIGSYS, so that the attempt can be told from an accident, and so do numbers
 * of a foreign architecture (32-bit, x32). Calls that a library may try by
 * itself (`refused`) fail with an error, and the library goes on.
 *
 * An agent only computes, so of it everything else is refused but the list
 * `allowed`. What is not on the list is ENOSYS rather than the end: a newer
 * libc that tries a newer call first falls back to the old one, and a right
 * submission is not turned away. To be refused is harm enough for the others.
 * No file can be written, and no child process be made. To ask for executable
 * memory that is not a file's is the end: no code runs but what was linked.
 *
 * Arguments that the kernel takes as int are compared in their lower 32 bits
 * only. Otherwise garbage in the upper half would walk past an equality.
 */
#include "exec/filter.h"

#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOWER 0xFFFFFFFFU

/* TIOCLINUX can paste into a console; no header has it without the kernel's
   own types. */
#define IOCTL_TIOCLINUX 0x541C

#define NAMESPACES                                                             \
    (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |             \
     CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)

static const char *const killed[] = {
    /* other processes' memory and descriptors */
    "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise",
    "kcmp", "pidfd_getfd",
    /* the file system's shape */
    "mount", "umount", "umount2", "pivot_root", "chroot", "move_mount",
    "open_tree", "fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr",
    "open_by_handle_at", "mknod", "mknodat", "quotactl", "quotactl_fd",
    "swapon", "swapoff", "acct", "fanotify_init",
    /* namespaces */
    "unshare", "setns",
    /* the kernel and the clock */
    "init_module", "finit_module", "delete_module", "kexec_load",
    "kexec_file_load", "reboot", "bpf", "perf_event_open", "userfaultfd",
    "io_uring_setup", "io_uring_enter", "io_uring_register", "syslog",
    "settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "sethostname",
    "setdomainname", "iopl", "ioperm", "modify_ldt", "vhangup",
    /* keys live as long as the user and reach the next jail */
    "add_key", "request_key", "keyctl"};

/* Memory that no limit counts, and what would outlive its maker. */
static const char *const refused[] = {
    "memfd_create",     "memfd_secret", "shmget",        "shmat",
    "shmctl",           "msgget",       "semget",        "mq_open",
    "move_pages",       "mbind",        "migrate_pages", "set_mempolicy",
    "name_to_handle_at"};

static const char *const allowed[] = {
    /* what is open already */
    "read", "readv", "pread64", "preadv", "write", "writev", "pwrite64",
    "pwritev", "lseek", "close", "close_range", "fstat", "newfstatat", "stat",
    "lstat", "statx", "access", "faccessat", "faccessat2", "readlink",
    "readlinkat", "getcwd", "getdents64", "fcntl", "dup", "dup2", "dup3",
    "pipe", "pipe2", "poll", "ppoll", "select", "pselect6", "epoll_create",
    "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "eventfd2",
    "timerfd_create", "timerfd_settime", "timerfd_gettime", "fsync",
    "fdatasync",
    /* memory */
    "brk", "munmap", "mremap", "madvise", "mincore", "msync", "mlock",
    "munlock",
    /* threads and signals */
    "futex", "futex_waitv", "sched_yield", "sched_getaffinity",
    "sched_getparam", "sched_getscheduler", "getcpu", "membarrier", "rseq",
    "set_robust_list", "get_robust_list", "set_tid_address", "exit",
    "exit_group", "restart_syscall", "rt_sigaction", "rt_sigprocmask",
    "rt_sigreturn", "rt_sigpending", "rt_sigsuspend", "rt_sigtimedwait",
    "rt_sigqueueinfo", "sigaltstack", "kill", "tkill", "tgkill", "pause",
    /* time */
    "clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep",
    "gettimeofday", "time", "times", "alarm", "setitimer", "getitimer",
    "timer_create", "timer_settime", "timer_gettime", "timer_delete",
    "timer_getoverrun",
    /* about itself */
    "getpid", "getppid", "gettid", "getpgrp", "getuid", "geteuid", "getgid",
    "getegid", "getrusage", "getrlimit", "setrlimit", "prlimit64", "sysinfo",
    "uname", "getrandom", "arch_prctl",
    /* process 1 of the jail has the same filter, and waits for the agent */
    "execve", "wait4", "waitid"};

/* A rule that looks at arguments. */
struct rule {
    const char *call;
    uint32_t action;
    unsigned count;
    struct scmp_arg_cmp compare[2];
};

#define MASKED(n, mask, value)                                                 \
    {                                                                          \
        n, SCMP_CMP_MASKED_EQ, mask, value                                     \
    }
#define NOT(n, value)                                                          \
    {                                                                          \
        n, SCMP_CMP_NE, value, 0                                               \
    }

static const struct rule tools_rules[] = {
    /* Its flags are in memory, where no filter sees them; the C library goes
       back to clone. */
    {"clone3", SCMP_ACT_ERRNO(ENOSYS), 0, {NOT(0, 0)}},
    /* Only local sockets: Criterion talks to its workers over them. */
    {"socket", SCMP_ACT_ERRNO(EAFNOSUPPORT), 1, {NOT(0, AF_UNIX)}},
    {"socketpair", SCMP_ACT_ERRNO(EAFNOSUPPORT), 1, {NOT(0, AF_UNIX)}},
    /* Memory that is nobody's once it is out of everybody's page tables. */
    {"mmap",
     SCMP_ACT_ERRNO(EPERM),
     1,
     {MASKED(3, MAP_SHARED | MAP_ANONYMOUS, MAP_SHARED | MAP_ANONYMOUS)}},
    /* Typing on the terminal of whoever started us. */
    {"ioctl", SCMP_ACT_ERRNO(EPERM), 1, {MASKED(1, LOWER, TIOCSTI)}},
    {"ioctl", SCMP_ACT_ERRNO(EPERM), 1, {MASKED(1, LOWER, IOCTL_TIOCLINUX)}},
};

/* Calls that can make a file run with its owner's rights: where their mode
   is, and where the flags that say whether there is one. */
static const struct {
    const char *call;
    unsigned mode;
    unsigned flags; /* 0: always a mode */
} modes[] = {{"chmod", 1, 0},     {"fchmod", 1, 0}, {"fchmodat", 2, 0},
             {"fchmodat2", 2, 0}, {"creat", 1, 0},  {"open", 2, 1},
             {"openat", 3, 2}};

static const struct rule agent_rules[] = {
    /* Code that nobody has looked at. */
    {"mmap",
     SCMP_ACT_KILL_PROCESS,
     2,
     {MASKED(2, PROT_EXEC, PROT_EXEC),
      MASKED(3, MAP_ANONYMOUS, MAP_ANONYMOUS)}},
    {"mprotect", SCMP_ACT_KILL_PROCESS, 1, {MASKED(2, PROT_EXEC, PROT_EXEC)}},
    {"clone",
     SCMP_ACT_ALLOW,
     1,
     {MASKED(0, CLONE_THREAD | NAMESPACES, CLONE_THREAD)}},
    {"mmap", SCMP_ACT_ALLOW, 1, {MASKED(2, PROT_EXEC, 0)}},
    {"mmap",
     SCMP_ACT_ALLOW,
     2,
     {MASKED(2, PROT_EXEC | PROT_WRITE, PROT_EXEC),
      MASKED(3, MAP_ANONYMOUS, 0)}},
    {"mprotect", SCMP_ACT_ALLOW, 1, {MASKED(2, PROT_EXEC, 0)}},
    {"open", SCMP_ACT_ALLOW, 1, {MASKED(1, O_ACCMODE | O_CREAT, O_RDONLY)}},
    {"openat", SCMP_ACT_ALLOW, 1, {MASKED(2, O_ACCMODE | O_CREAT, O_RDONLY)}},
    {"ioctl", SCMP_ACT_ALLOW, 1, {MASKED(1, LOWER, TCGETS)}},
    {"ioctl", SCMP_ACT_ALLOW, 1, {MASKED(1, LOWER, FIONREAD)}},
    {"prctl", SCMP_ACT_ALLOW, 1, {MASKED(0, LOWER, PR_SET_NAME)}},
    {"prctl", SCMP_ACT_ALLOW, 1, {MASKED(0, LOWER, PR_GET_NAME)}},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static int refuse(const char *call, int error, struct err *err)
{
    errno = -error;
    return err_errno(err, "seccomp rule for %s", call);
}

/* A call that this machine or this libseccomp does not know is passed over:
   there is nothing to refuse, and nothing to allow. */
static int add_call(scmp_filter_ctx filter, uint32_t action, const char *call,
                    const struct scmp_arg_cmp *compare, unsigned count,
                    struct err *err)
{
    int number = seccomp_syscall_resolve_name(call);
    int error;

    if (number == __NR_SCMP_ERROR)
        return 0;
    error = seccomp_rule_add_array(filter, action, number, count, compare);
    return error < 0 ? refuse(call, error, err) : 0;
}

static int add_calls(scmp_filter_ctx filter, uint32_t action,
                     const char *const *calls, size_t count, struct err *err)
{
    for (size_t i = 0; i < count; i++)
        if (add_call(filter, action, calls[i], NULL, 0, err) < 0)
            return -1;
    return 0;
}

static int add_rules(scmp_filter_ctx filter, const struct rule *rules,
                     size_t count, struct err *err)
{
    for (size_t i = 0; i < count; i++)
        if (add_call(filter, rules[i].action, rules[i].call, rules[i].compare,
                     rules[i].count, err) < 0)
            return -1;
    return 0;
}

static int refuse_namespaces(scmp_filter_ctx filter, struct err *err)
{
    for (uint64_t bit = 1; bit <= CLONE_NEWNET; bit <<= 1) {
        const struct scmp_arg_cmp with_bit = MASKED(0, bit, bit);

        if ((NAMESPACES & bit) && add_call(filter, SCMP_ACT_KILL_PROCESS,
                                           "clone", &with_bit, 1, err) < 0)
            return -1;
    }
    return 0;
}

/*
 * Asking with ~0 is fine, and so is what ThreadSanitizer asks for: fixed
 * addresses. One rule cannot compare an argument twice, so each other bit is
 * refused where the highest is clear, and each clear bit where it is set.
 */
static int refuse_personalities(scmp_filter_ctx filter, struct err *err)
{
    const uint64_t highest = UINT64_C(1) << 31;
    const uint32_t action = SCMP_ACT_ERRNO(EPERM);

    for (uint64_t bit = 1; bit < highest; bit <<= 1) {
        const struct scmp_arg_cmp set = MASKED(0, highest | bit, bit);
        const struct scmp_arg_cmp clear = MASKED(0, highest | bit, highest);

        if (bit != ADDR_NO_RANDOMIZE &&
            add_call(filter, action, "personality", &set, 1, err) < 0)
            return -1;
        if (add_call(filter, action, "personality", &clear, 1, err) < 0)
            return -1;
    }
    return 0;
}

/* In a folder of ours such a file would still be one after the jail. */
static int refuse_set_id(scmp_filter_ctx filter, struct err *err)
{
    static const mode_t bits[] = {S_ISUID, S_ISGID};

    for (size_t i = 0; i < COUNT(modes) * 2; i++) {
        const mode_t bit = bits[i % 2];
        const struct scmp_arg_cmp compare[] = {
            MASKED(modes[i / 2].mode, bit, bit),
            MASKED(modes[i / 2].flags, O_CREAT, O_CREAT)};

        if (add_call(filter, SCMP_ACT_ERRNO(EPERM), modes[i / 2].call, compare,
                     modes[i / 2].flags ? 2 : 1, err) < 0)
            return -1;
    }
    return 0;
}

static int fill_tools(scmp_filter_ctx filter, struct err *err)
{
    if (add_calls(filter, SCMP_ACT_ERRNO(EPERM), refused, COUNT(refused), err) <
            0 ||
        add_rules(filter, tools_rules, COUNT(tools_rules), err) < 0 ||
        refuse_set_id(filter, err) < 0 || refuse_namespaces(filter, err) < 0)
        return -1;
    return refuse_personalities(filter, err);
}

static int fill_agent(scmp_filter_ctx filter, struct err *err)
{
    if (add_calls(filter, SCMP_ACT_ALLOW, allowed, COUNT(allowed), err) < 0)
        return -1;
    return add_rules(filter, agent_rules, COUNT(agent_rules), err);
}

/* libseccomp writes to a descriptor only. */
static int export(scmp_filter_ctx filter, struct str *bytes, struct err *err)
{
    int fd = memfd_create("filter", MFD_CLOEXEC), error;
    char buffer[4096];
    ssize_t n = -1;

    if (fd < 0)
        return err_errno(err, "memfd_create");
    error = seccomp_export_bpf(filter, fd);
    if (error < 0)
        errno = -error;
    else if (lseek(fd, 0, SEEK_SET) == 0)
        while ((n = read(fd, buffer, sizeof buffer)) > 0)
            str_addn(bytes, buffer, (size_t)n);
    if (n != 0)
        err_errno(err, "cannot export the seccomp filter");
    close(fd);
    return n == 0 ? 0 : -1;
}

int filter_build(enum filter_kind kind, struct str *bytes, struct err *err)
{
    uint32_t otherwise =
        kind == FILTER_AGENT ? SCMP_ACT_ERRNO(ENOSYS) : SCMP_ACT_ALLOW;
    scmp_filter_ctx filter = seccomp_init(otherwise);
    int status = -1;

    if (!filter)
        return err_set(err, "seccomp_init failed");
    /* A binary tree: the list of calls is long, and each call walks it. */
    seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    if (seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH,
                         SCMP_ACT_KILL_PROCESS) < 0)
        err_set(err, "seccomp cannot refuse foreign system calls");
    else if (add_calls(filter, SCMP_ACT_KILL_PROCESS, killed, COUNT(killed),
                       err) == 0)
        status = kind == FILTER_AGENT ? fill_agent(filter, err)
                                      : fill_tools(filter, err);
    if (status == 0)
        status = export(filter, bytes, err);
    seccomp_release(filter);
    return status;
}
