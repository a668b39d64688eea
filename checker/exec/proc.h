/*
 * The only fork and exec of the checker.
 *
 * A caller fills a struct proc_spec and either
 *  - calls proc_run, which feeds `input`, drains both pipes, holds the limits
 *    and returns when everything has ended; or
 *  - calls proc_start, talks over proc->in (with proc_write), proc->out and
 *    proc->err, and ends with proc_finish.
 *
 * Every child leads a session and a process group of its own, and the group is
 * killed, not only the child. Limits on wall time and output are held here;
 * limits on processor time, memory, files and processes are the jail's
 * (exec/sandbox.h).
 *
 * Safe to use from several threads at once. A child dies with the thread that
 * started it (PR_SET_PDEATHSIG works that way), so that thread has to stay
 * until the child is finished.
 */
#ifndef EXEC_PROC_H
#define EXEC_PROC_H

#include "base/err.h"
#include "base/str.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>

/*
 * Set by the handlers that proc_handle_signals installs (SIGINT, SIGTERM,
 * SIGHUP). Everything that waits for a child looks at it at least every 50 ms,
 * kills the child and returns with `cancelled`. Commands then clean up and
 * exit with 130.
 */
extern volatile sig_atomic_t proc_cancelled;

/* Installs the handlers; a SIGHUP or SIGINT that was ignored stays so (nohup).
   SIGPIPE is ignored from here on: a closed pipe is an error of write. */
void proc_handle_signals(void);

/* Sets proc_cancelled, for a run that shall end while the program goes on; and
   takes it back, once all that was to end has. From any thread. */
void proc_cancel(void);
void proc_resume(void);

/* Is there a program of that name in our PATH? */
bool proc_exists(const char *name);

struct proc_fd {
    int parent; /* descriptor here */
    int child;  /* its number there */
};

struct proc_limit {
    int resource;      /* RLIMIT_... */
    rlim_t soft, hard; /* lowered to what we ourselves may have */
};

enum proc_end {
    PROC_EXITED,   /* `code` is the exit status */
    PROC_SIGNALED, /* `code` is the signal */
    PROC_TIMEOUT,  /* wall time was up */
    PROC_OUTPUT,   /* wrote more than output_max */
    PROC_MEMORY,   /* it and what it started took too much memory */
    PROC_CANCELLED /* interrupted by the person */
};

struct proc_spec {
    char *const *argv; /* borrowed; argv[0] is looked up in our PATH */
    char *const *envp; /* borrowed; NULL keeps the environment */
    const char *cwd;   /* NULL keeps it; a relative argv[0] is seen from it */
    const void *input; /* fed to standard input by proc_finish, then closed */
    size_t input_length;
    double seconds;            /* wall time; 0 is no limit */
    size_t output_max;         /* bytes of stdout and stderr each; 0 is 1 MiB */
    const struct proc_fd *fds; /* further descriptors for the child */
    size_t fd_count;
    const struct proc_limit *limits;
    size_t limit_count;
    uid_t uid;            /* when running as root: become this user; 0 keeps */
    bool fixed_addresses; /* no address space randomisation, where allowed */
    bool (*give_up)(void *context, enum proc_end *end); /* asked by proc_finish
                             at least every 50 ms while the child runs; where it
                             says so the child is killed, because of *end. NULL:
                             never */
    void *context;
    bool expendable; /* the kernel's first choice when memory runs out */
    bool tty; /* keep stdin, stdout, stderr and the terminal: for gdb and an
                 editor; no pipes, and interrupts are the child's affair */
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
    int pidfd;        /* readable once the child has ended */
    int in, out, err; /* pipes, non-blocking; -1 when closed */
    double started;
    const struct proc_spec *spec; /* borrowed until the child is finished */
};

/* Returns 0 once the program runs, -1 where it could not be started; then
   there is nothing to finish. */
int proc_start(const struct proc_spec *spec, struct proc *proc,
               struct err *err);

/* As write(2), but a child that no longer reads is EPIPE and no SIGPIPE, and
   interruptions are retried. */
ssize_t proc_write(int fd, const void *bytes, size_t n);

/* Kills the process group with SIGKILL; it still has to be finished. */
void proc_kill(struct proc *proc);

/*
 * Feeds spec->input, closes `in`, drains, waits (killing when spec->seconds
 * are over, counted from the start; without a limit it waits as long as the
 * child runs) and closes the rest. Kills what is left of the group. A result
 * that holds something already is overwritten. Returns 0.
 */
int proc_finish(struct proc *proc, struct proc_result *result, struct err *err);

/* "exit status 1", "signal 11 (Segmentation fault)", ...; owned. */
char *proc_describe(const struct proc_result *result);

#endif
