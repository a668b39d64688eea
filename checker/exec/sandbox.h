/*
 * The jail that everything of a submission runs in, the compiler too.
 *
 * Bubblewrap: own user, mount, pid, ipc, uts, cgroup and network namespaces;
 * the folders of the toolchain that a profile needs, read-only, the mounts of
 * the spec, and nothing else: no home, no solutions/, no environment of ours.
 * Run as root the jail first becomes an ordinary user. All processes in it are
 * gone when a run has been finished.
 *
 * One struct sandbox a program run, made by sandbox_open and read-only after,
 * so that several threads may use it.
 */
#ifndef EXEC_SANDBOX_H
#define EXEC_SANDBOX_H

#include "base/err.h"
#include "base/str.h"
#include "base/strv.h"
#include "exec/cgroup.h"
#include "exec/filter.h"
#include "exec/proc.h"
#include "exec/watch.h"

#include <stdbool.h>
#include <stddef.h>

enum sandbox_kind { SANDBOX_NONE, SANDBOX_BWRAP };

struct sandbox {
    enum sandbox_kind kind;
    uid_t uid; /* whom the jail runs as when we are root; else 0 */
    struct str filters[FILTER_COUNT]; /* which system calls are let through */
    struct cgroups groups;            /* nowhere, on many a machine */
};

/* What a jailed program needs to be able to do. Addresses are fixed in all but
   JAIL_COMPILE, so that the same run gives the same pointers. */
enum jail_profile {
    JAIL_COMPILE, /* gcc, ld, objcopy, clang-format */
    JAIL_TESTS,   /* the Criterion binary: forks, threads, sockets of its own */
    JAIL_AGENT,   /* an agent: computes, reads and writes pipes */
    JAIL_VALGRIND, /* memcheck and callgrind */
    JAIL_THREADS   /* ThreadSanitizer */
};

struct jail_mount {
    const char *from; /* outside */
    const char *to;   /* inside, absolute; the deeper of two comes first */
    bool writable;
};

struct jail_limits {
    double wall_seconds; /* 0 is none */
    /* These three are for sandbox_run; one who talks to the jail asks
       sandbox_look. 0 is none. */
    double sleep_seconds; /* time is up, too, when all threads have slept that
                             long and none of them has run */
    double idle_seconds;  /* or have been found asleep that long in all */
    int total_mb;         /* memory of all processes together, looked at every
                             50 ms; then they are killed. Where there are
                             control groups the kernel kills them at once at a
                             quarter and 64 MiB more */
    bool keep_program;    /* of time that is up: what the program has started
                             dies, and only where that is nothing the program;
                             its own wall time goes on */
    int cpu_seconds;      /* of each process, then SIGXCPU; 0 is none */
    int memory_mb;        /* address space of each process; 0 is none. Not held
                             for JAIL_THREADS, whose shadow memory is terabytes;
                             four times as much for JAIL_VALGRIND */
    int file_mb;          /* size of a file, and of /tmp; 0: no file at all */
    int processes;        /* processes and threads of the program; at least 1 */
    size_t output_max;    /* bytes of stdout and stderr each; 0 is 1 MiB */
};

struct jail_spec {
    enum jail_profile profile;
    char *const *argv;
    const struct jail_mount *mounts;
    size_t mount_count;
    const char *cwd;  /* inside; NULL is "/tmp" */
    char *const *env; /* "NAME=value" to add to the jail's small environment
                         (PATH, HOME=/tmp, LANG=C.UTF-8, MALLOC_ARENA_MAX=1);
                         NULL-terminated or NULL */
    const void *input;
    size_t input_length;
    struct jail_limits limits;
    const struct proc_fd *fds;
    size_t fd_count;
};

/*
 * Finds out by trying whether the jail can be had. Returns 0 with kind BWRAP;
 * or, where it cannot, -1 with the reason and what to do about it, and kind
 * NONE, with which the functions below run unjailed (with rlimits only): the
 * caller decides whether that is acceptable.
 */
int sandbox_open(struct sandbox *sandbox, struct err *err);

void sandbox_close(struct sandbox *sandbox);

/* "bwrap" or "none", for the result's provenance. */
const char *sandbox_name(const struct sandbox *sandbox);

/*
 * Lets the jail use a file or folder of ours, and all below: to write, or only
 * to read; nobody else gains anything. When the jail runs as another user each
 * mount needs it, and each folder of ours above a mount has to be shared to
 * read. Otherwise it does nothing. No jail that can write there may be running.
 */
int sandbox_share(const struct sandbox *sandbox, const char *path,
                  bool writable, struct err *err);

/*
 * As proc_run, jailed. A program that died of a signal N is reported by the
 * jail as exit status 128 + N and turned into PROC_SIGNALED here; one that
 * really exits with such a status is taken for killed, too. Returns -1 also
 * where the jail could not be set up or the program is not in it.
 */
int sandbox_run(const struct sandbox *sandbox, const struct jail_spec *spec,
                struct proc_result *result, struct err *err);

/* A jailed child to talk to over `proc`. Must not be moved while it runs. */
struct jail {
    struct proc proc;
    struct proc_spec spec;
    struct strv argv, env;
    char *cwd;
    struct proc_fd *fds; /* the spec's, then those that bwrap reads */
    size_t fd_count, fd_capacity;
    struct proc_limit limits[6];
    pid_t init; /* process 1 of the jail, as we see it; 0 where there is none */
    int init_pidfd;
    char *group;       /* its control group, or NULL */
    int status;        /* where bwrap reports, or -1 */
    struct str report; /* what it did */
    struct jail_limits watched;
    struct watch_sample last; /* of the jail's processes, taken at `sampled` */
    double sampled;
    double slept, idle; /* seconds, as in struct jail_limits */
};

/* As proc_start: on error there is nothing to finish. What `spec` points to
   may be gone afterwards, save for `input`. */
int sandbox_start(const struct sandbox *sandbox, const struct jail_spec *spec,
                  struct jail *jail, struct err *err);

/*
 * Looks at what runs in the jail and sets jail->slept, jail->idle and
 * jail->last.memory_kb, which do not depend on how busy the machine is. To be
 * called again and again; looks at most every 50 ms.
 */
void sandbox_look(struct jail *jail);

/* As proc_finish (kill with proc_kill before where it shall not run on). As
   sandbox_run for what it returns; the caller releases *result in any case. */
int sandbox_finish(struct jail *jail, struct proc_result *result,
                   struct err *err);

#endif
