/*
 * The only fork and exec of the checker.
 *
 * A caller fills a struct proc_spec and either
 *  - calls proc_run, which feeds `input`, drains both pipes, holds the limits
 *    and returns when everything has ended; or
 *  - calls proc_start, talks over proc->in, proc->out and polls proc->err,
 *    and ends with proc_finish.
 *
 * Every child is the leader of a process group, and the group is killed, not
 * only the child. Limits on wall time and output are held here; limits on
 * processor time, memory, files and processes are the jail's (exec/sandbox.h).
 * Safe to use from several threads at once.
 */
#ifndef EXEC_PROC_H
#define EXEC_PROC_H

#include "base/err.h"
#include "base/str.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Set by the handlers that proc_handle_signals installs (SIGINT, SIGTERM,
 * SIGHUP). Everything that waits for a child looks at it at least every 50 ms,
 * kills the child and returns with `cancelled`. Commands then clean up and
 * exit with 130.
 */
extern volatile sig_atomic_t proc_cancelled;

void proc_handle_signals(void);

struct proc_fd {
    int parent; /* descriptor here */
    int child;  /* its number there */
};

struct proc_spec {
    char *const *argv; /* borrowed; argv[0] is looked up in PATH */
    char *const *envp; /* borrowed; NULL keeps the environment */
    const char *cwd;   /* NULL keeps it */
    const void *input; /* fed to standard input, then closed; proc_run only */
    size_t input_length;
    double seconds;            /* wall time; 0 is no limit */
    size_t output_max;         /* bytes of stdout and stderr each; 0 is 1 MiB */
    const struct proc_fd *fds; /* further descriptors for the child */
    size_t fd_count;
    uid_t uid; /* when running as root: become this user; 0 keeps */
    bool tty;  /* keep stdin, stdout, stderr and the foreground: for
                  gdb and an editor; no pipes */
};

enum proc_end {
    PROC_EXITED,   /* `code` is the exit status */
    PROC_SIGNALED, /* `code` is the signal */
    PROC_TIMEOUT,  /* wall time was up */
    PROC_OUTPUT,   /* wrote more than output_max */
    PROC_CANCELLED /* interrupted by the person */
};

struct proc_result {
    enum proc_end end;
    int code;
    double seconds;     /* wall */
    double cpu_seconds; /* user and system, of the child and what it waited
                           for */
    long max_rss_kb;
    struct str out, err; /* what it wrote; owned by the result */
};

/*
 * Runs to the end. Returns 0 with *result filled whatever became of the child,
 * -1 only where it could not be started (not installed: the error says so).
 * The caller calls proc_result_release in either case.
 */
int proc_run(const struct proc_spec *spec, struct proc_result *result,
             struct err *err);

void proc_result_release(struct proc_result *result);

/* A child to talk to. */
struct proc {
    pid_t pid;
    int pidfd;
    int in, out, err; /* pipes, non-blocking; -1 when closed */
    double started;
    const struct proc_spec *spec; /* borrowed */
};

int proc_start(const struct proc_spec *spec, struct proc *proc,
               struct err *err);

/* Kills the process group with SIGKILL; it still has to be finished. */
void proc_kill(struct proc *proc);

/* Closes `in`, drains, waits (killing at the deadline) and closes the rest. */
int proc_finish(struct proc *proc, struct proc_result *result, struct err *err);

/* "exit status 1", "signal 11 (Segmentation fault)", ...; owned. */
char *proc_describe(const struct proc_result *result);

#endif
