/*
 * The jail that everything of a submission runs in, the compiler too.
 *
 * Bubblewrap: own user, mount, pid, ipc, uts and network namespaces; /usr and
 * what the toolchain needs read-only, a small tmpfs, the mounts of the spec,
 * and nothing else: no home, no solutions/, no environment of ours. Run as
 * root the jail first becomes an ordinary user. All processes in it end with
 * the pid namespace.
 *
 * One struct sandbox a program run, made by sandbox_open and read-only after,
 * so that several threads may use it.
 */
#ifndef EXEC_SANDBOX_H
#define EXEC_SANDBOX_H

#include "base/err.h"
#include "base/strv.h"
#include "exec/proc.h"

#include <stdbool.h>
#include <stddef.h>

enum sandbox_kind { SANDBOX_NONE, SANDBOX_BWRAP };

struct sandbox {
    enum sandbox_kind kind;
    uid_t uid; /* whom the jail runs as when we are root; else 0 */
};

/* What a jailed program needs to be able to do. */
enum jail_profile {
    JAIL_COMPILE, /* gcc, ld, objcopy, clang-format */
    JAIL_TESTS,   /* the Criterion binary: forks, threads, sockets of its own */
    JAIL_AGENT,   /* an agent: computes, reads and writes pipes */
    JAIL_VALGRIND, /* memcheck and callgrind */
    JAIL_THREADS   /* ThreadSanitizer */
};

struct jail_mount {
    const char *from; /* outside */
    const char *to;   /* inside, absolute */
    bool writable;
};

struct jail_limits {
    double wall_seconds;
    int cpu_seconds; /* of each process */
    int memory_mb;   /* address space of each process; 0 is none */
    int file_mb;     /* size of a file */
    int processes;
    size_t output_max; /* bytes of stdout and stderr each */
};

struct jail_spec {
    enum jail_profile profile;
    char *const *argv;
    const struct jail_mount *mounts;
    size_t mount_count;
    const char *cwd;  /* inside; NULL is "/tmp" */
    char *const *env; /* "NAME=value" to add to the jail's small environment
                         (PATH, HOME=/tmp, LANG=C.UTF-8); NULL-terminated or
                         NULL */
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

/* "bwrap" or "none", for the result's provenance. */
const char *sandbox_name(const struct sandbox *sandbox);

/*
 * Prepares a folder of ours for use as a writable mount (its owner, when the
 * jail runs as another user) or makes its files readable there.
 */
int sandbox_share(const struct sandbox *sandbox, const char *path,
                  bool writable, struct err *err);

/* As proc_run and proc_start, jailed. Of a child that the jail's init reports
   as killed by a signal the result says PROC_SIGNALED. */
int sandbox_run(const struct sandbox *sandbox, const struct jail_spec *spec,
                struct proc_result *result, struct err *err);

/* Keeps what the process needs until it is finished. */
struct jail {
    struct proc proc;
    struct proc_spec spec;
    struct strv argv, env;
};

int sandbox_start(const struct sandbox *sandbox, const struct jail_spec *spec,
                  struct jail *jail, struct err *err);
int sandbox_finish(struct jail *jail, struct proc_result *result,
                   struct err *err);

#endif
