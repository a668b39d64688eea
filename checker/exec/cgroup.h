/*
 * Control groups, version 2, where the machine has delegated one to us: then
 * the kernel itself holds the memory and the number of processes of a run, with
 * what looking every so often does not see in time.
 *
 * A group is ours to divide where it has the memory controller, no process but
 * this one is in it (processes live in leaves only), and it was given to us: an
 * ordinary user may write to it; to root systemd says so with the extended
 * attribute "delegate". `systemd-run --user --scope -p Delegate=yes kata ...`
 * makes such a group. This process then moves to the leaf "kata.self", and
 * children find themselves there and make their groups beside it.
 *
 *     struct cgroups groups;
 *     cgroups_open(&groups, "", &why);     groups.dir is NULL where none is
 * ours group = cgroup_make(&groups, pid, mb, processes, &err);
 *     ...
 *     exhausted = cgroup_end(group);
 */
#ifndef EXEC_CGROUP_H
#define EXEC_CGROUP_H

#include "base/err.h"

#include <stdbool.h>
#include <sys/types.h>

/* Read-only once open, so that several threads may use it. */
struct cgroups {
    char *dir; /* where groups are made, owned; NULL: nowhere */
};

/*
 * Finds the group and moves this process to a leaf of it. `root` stands before
 * the paths that are read, "" for this machine. Returns 0, or -1 with the
 * reason why there is none, which is no error for who can do without.
 */
int cgroups_open(struct cgroups *groups, const char *root, struct err *why);

void cgroups_release(struct cgroups *groups);

/*
 * Makes a group and moves the process there, with what it will start. Where
 * all together need more than `memory_mb` MiB (no limit: 0) and nothing can be
 * reclaimed the kernel kills them all, at once; more than `processes` processes
 * and threads cannot be started. Returns its folder, owned, or NULL.
 */
char *cgroup_make(const struct cgroups *groups, pid_t pid, int memory_mb,
                  int processes, struct err *err);

/* Kills what is left in the group, removes it and frees its name. Returns
   whether the kernel has killed for want of memory. */
bool cgroup_end(char *group);

#endif
