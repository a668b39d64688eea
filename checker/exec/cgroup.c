#include "exec/cgroup.h"

#include "base/alloc.h"
#include "base/path.h"
#include "base/strv.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

enum { FILE_MAX = 1 << 20, REMOVE_TRIES = 1000 };

static const char prefix[] = "kata.";

/* Files of a group */

static int write_value(const char *dir, const char *name, const char *value)
{
    char *path = path_join(dir, name);
    int fd = open(path, O_WRONLY | O_CLOEXEC), status = -1;

    free(path);
    if (fd < 0)
        return -1;
    if (write(fd, value, strlen(value)) == (ssize_t)strlen(value))
        status = 0;
    close(fd);
    return status;
}

static int write_number(const char *dir, const char *name, long long number)
{
    char text[32];

    snprintf(text, sizeof text, "%lld", number);
    return write_value(dir, name, text);
}

static int read_value(const char *dir, const char *name, struct str *text)
{
    char *path = path_join(dir, name);
    int status = path_read(path, FILE_MAX, text, NULL);

    free(path);
    return status;
}

static bool has_controller(const char *dir, const char *file, const char *name)
{
    struct str text = STR_INIT;
    size_t length = strlen(name), n;
    const char *word;
    bool found = false;

    read_value(dir, file, &text);
    for (word = text.text; *word && !found; word += n) {
        word += strspn(word, " \n");
        n = strcspn(word, " \n");
        found = n == length && memcmp(word, name, n) == 0;
    }
    str_release(&text);
    return found;
}

/* Finding */

/* Where version 2 is mounted, owned; NULL where it is not. A line of mountinfo
   is "ID PARENT DEVICE ROOT POINT OPTIONS... - TYPE SOURCE OPTIONS". */
static char *mount_point(const char *mountinfo)
{
    const char *line = mountinfo, *end;

    for (; (end = strchr(line, '\n')); line = end + 1) {
        const char *type = strstr(line, " - cgroup2 "), *at = line;
        size_t n;

        if (!type || type > end)
            continue;
        for (int i = 0; i < 3; i++)
            at += strcspn(at, " ") + 1;
        if (strncmp(at, "/ ", 2) != 0)
            continue;
        at += 2;
        n = strcspn(at, " ");
        /* A path with blanks in it is escaped; nobody has one here. */
        if (!memchr(at, '\\', n))
            return xstrndup(at, n);
    }
    return NULL;
}

/* The path in "0::PATH", owned; NULL where it is outside our namespace. */
static char *own_path(const char *text)
{
    const char *at = str_starts(text, "0::") ? text : strstr(text, "\n0::");

    if (!at)
        return NULL;
    at = strchr(at, '/');
    if (!at || str_starts(at, "/.."))
        return NULL;
    return xstrndup(at, strcspn(at, "\n"));
}

static char *own_group(const char *root)
{
    char *self = xasprintf("%s/proc/self", root);
    struct str mounts = STR_INIT, groups = STR_INIT;
    char *point = NULL, *path = NULL, *dir = NULL;

    if (read_value(self, "mountinfo", &mounts) == 0 &&
        read_value(self, "cgroup", &groups) == 0) {
        point = mount_point(mounts.text);
        path = own_path(groups.text);
    }
    if (point && path)
        dir = xasprintf("%s%s%s", root, point, strcmp(path, "/") ? path : "");
    free(self);
    free(point);
    free(path);
    str_release(&mounts);
    str_release(&groups);
    return dir;
}

/* Root may write everywhere, so it has to be told what is its own. */
static bool is_delegated(const char *dir)
{
    static const char *const names[] = {"trusted.delegate", "user.delegate"};
    char value[8];

    if (geteuid() != 0)
        return access(dir, W_OK) == 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (getxattr(dir, names[i], value, sizeof value) == 1 &&
            value[0] == '1')
            return true;
    return false;
}

static bool is_alone(const char *dir)
{
    struct str text = STR_INIT;
    char *end;
    bool alone = read_value(dir, "cgroup.procs", &text) == 0 &&
                 strtol(text.text, &end, 10) == getpid() &&
                 strcmp(end, "\n") == 0;

    str_release(&text);
    return alone;
}

/* Moves this process to a leaf, so that the group may have groups. */
static int divide(const char *dir, struct err *why)
{
    char *leaf = xasprintf("%s/%sself", dir, prefix);
    int status = -1;

    if (mkdir(leaf, 0755) < 0 && errno != EEXIST) {
        err_errno(why, "cannot make %s", leaf);
    } else if (write_value(leaf, "cgroup.procs", "0") < 0) {
        err_errno(why, "cannot move to %s", leaf);
    } else if (write_value(dir, "cgroup.subtree_control", "+memory") < 0) {
        err_errno(why, "cannot divide %s", dir);
        write_value(dir, "cgroup.procs", "0");
    } else {
        /* The limit on processes is held without it, too. */
        write_value(dir, "cgroup.subtree_control", "+pids");
        status = 0;
    }
    if (status < 0)
        rmdir(leaf);
    free(leaf);
    return status;
}

/* Groups of a kata that was killed; those of another that runs stay. */
static void remove_stale(const char *dir)
{
    struct strv names = STRV_INIT;

    if (path_list(dir, &names, NULL) == 0)
        for (size_t i = 0; i < names.count; i++) {
            const char *name = names.items[i];
            long pid = str_starts(name, prefix)
                           ? strtol(name + strlen(prefix), NULL, 10)
                           : 0;

            if (pid > 0 && kill((pid_t)pid, 0) < 0 && errno == ESRCH) {
                char *path = path_join(dir, name);

                rmdir(path);
                free(path);
            }
        }
    strv_release(&names);
}

int cgroups_open(struct cgroups *groups, const char *root, struct err *why)
{
    char *own = own_group(root);

    groups->dir = NULL;
    if (!own)
        return err_set(why, "control groups of version 2 are not mounted");
    if (str_starts(path_base(own), prefix))
        groups->dir = path_dirname(own);
    else if (!has_controller(own, "cgroup.controllers", "memory"))
        err_set(why, "%s has no memory controller", own);
    else if (!is_delegated(own))
        err_set(why, "%s is not delegated to this user", own);
    else if (!is_alone(own))
        err_set(why, "other processes are in %s", own);
    else if (divide(own, why) == 0)
        groups->dir = xstrdup(own);
    free(own);
    if (groups->dir &&
        !has_controller(groups->dir, "cgroup.subtree_control", "memory")) {
        err_set(why, "%s is not divided by memory", groups->dir);
        cgroups_release(groups);
    }
    if (!groups->dir)
        return -1;
    remove_stale(groups->dir);
    return 0;
}

void cgroups_release(struct cgroups *groups)
{
    free(groups->dir);
    groups->dir = NULL;
}

/* A run */

char *cgroup_make(const struct cgroups *groups, pid_t pid, int memory_mb,
                  int processes, struct err *err)
{
    char *dir =
        xasprintf("%s/%s%d.%d", groups->dir, prefix, (int)getpid(), (int)pid);

    if (mkdir(dir, 0755) < 0) {
        err_errno(err, "cannot make the group %s", dir);
        free(dir);
        return NULL;
    }
    /* Not every kernel accounts for swap, nor is the controller of processes
       everywhere. */
    write_value(dir, "memory.swap.max", "0");
    write_number(dir, "pids.max", processes);
    if ((memory_mb > 0 &&
         write_number(dir, "memory.max", (long long)memory_mb << 20) < 0) ||
        write_value(dir, "memory.oom.group", "1") < 0 ||
        write_number(dir, "cgroup.procs", pid) < 0) {
        err_errno(err, "cannot limit the group %s", dir);
        cgroup_end(dir);
        return NULL;
    }
    return dir;
}

static bool was_exhausted(const char *dir)
{
    struct str text = STR_INIT;
    const char *at = NULL;
    bool exhausted;

    if (read_value(dir, "memory.events", &text) == 0)
        at = strstr(text.text, "oom_kill ");
    exhausted = at && strtol(at + strlen("oom_kill "), NULL, 10) > 0;
    str_release(&text);
    return exhausted;
}

bool cgroup_end(char *group)
{
    const struct timespec pause = {.tv_nsec = 1000000};
    bool exhausted = was_exhausted(group);

    write_value(group, "cgroup.kill", "1");
    for (int i = 0; rmdir(group) < 0 && errno == EBUSY && i < REMOVE_TRIES; i++)
        nanosleep(&pause, NULL);
    free(group);
    return exhausted;
}
