/*
 * Control groups. Whether one is found is tried on folders made up here; what
 * the kernel does with one where the machine has delegated it to these tests
 * (they have to be started in the leaf kata.self of a divided group), and is
 * skipped elsewhere.
 */
#include "exec/cgroup.h"

#include "base/alloc.h"
#include "base/path.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MIB = 1 << 20 };

static const char mounted[] =
    "25 30 0:22 / /sys rw,nosuid - sysfs sysfs rw\n"
    "31 25 0:27 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n";

static char *root;

static void put(const char *name, const char *text)
{
    char *path = path_join(root, name), *dir = path_dirname(path);

    cr_assert_eq(path_mkdirs(dir, 0755, NULL), 0);
    cr_assert_eq(path_write(path, text, strlen(text), 0644, NULL), 0);
    free(dir);
    free(path);
}

static void set_up(void)
{
    root = path_make_temp("kata-unit-", NULL);
    put("proc/self/mountinfo", mounted);
    put("proc/self/cgroup", "1:cpu:/elsewhere\n0::/scope\n");
    put("sys/fs/cgroup/scope/cgroup.controllers", "cpu memory pids\n");
    put("sys/fs/cgroup/scope/cgroup.procs", "1\n");
}

static void tear_down(void)
{
    path_remove(root, NULL);
    free(root);
}

TestSuite(cgroup, .init = set_up, .fini = tear_down);

static void refuses(const char *reason)
{
    struct cgroups groups;
    struct err why = ERR_INIT;

    cr_expect_eq(cgroups_open(&groups, root, &why), -1);
    cr_expect_null(groups.dir);
    cr_expect_not_null(strstr(why.text, reason), "%s", why.text);
}

Test(cgroup, version_1_alone_is_none)
{
    put("proc/self/mountinfo",
        "31 25 0:27 / /sys/fs/cgroup rw - cgroup cgroup rw,memory\n");
    refuses("not mounted");
}

Test(cgroup, a_part_of_a_hierarchy_is_none)
{
    put("proc/self/mountinfo",
        "31 25 0:27 /docker/1 /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    refuses("not mounted");
}

Test(cgroup, a_group_outside_the_namespace_is_none)
{
    put("proc/self/cgroup", "0::/../scope\n");
    refuses("not mounted");
}

Test(cgroup, a_group_without_memory_is_none)
{
    put("sys/fs/cgroup/scope/cgroup.controllers", "cpu memory_not pids\n");
    refuses("has no memory controller");
}

Test(cgroup, what_nobody_gave_us_is_left_alone)
{
    if (geteuid() != 0)
        cr_skip("only root may write everywhere");
    refuses("is not delegated");
}

Test(cgroup, a_leaf_is_divided_where_its_parent_is)
{
    struct cgroups groups;
    struct err why = ERR_INIT;
    char *dir = path_join(root, "sys/fs/cgroup/scope"), *stale, *alive;

    put("proc/self/cgroup", "0::/scope/kata.self\n");
    put("sys/fs/cgroup/scope/cgroup.subtree_control", "pids\n");
    refuses("is not divided by memory");
    put("sys/fs/cgroup/scope/cgroup.subtree_control", "memory pids\n");
    stale = xasprintf("%s/kata.%d.1", dir, 1 << 29);
    alive = xasprintf("%s/kata.%d.1", dir, (int)getpid());
    cr_assert_eq(mkdir(stale, 0755), 0);
    cr_assert_eq(mkdir(alive, 0755), 0);
    cr_assert_eq(cgroups_open(&groups, root, &why), 0, "%s", why.text);
    cr_expect_str_eq(groups.dir, dir);
    cr_expect(!path_is_dir(stale), "what a killed kata left is removed");
    cr_expect(path_is_dir(alive));
    cgroups_release(&groups);
    free(stale);
    free(alive);
    free(dir);
}

/* With a kernel */

static void open_or_skip(struct cgroups *groups)
{
    struct err why = ERR_INIT;

    if (cgroups_open(groups, "", &why) < 0)
        cr_skip("no control group: %s", why.text);
}

/* A child that waits for a byte before it does what is asked of it. */
struct child {
    pid_t pid;
    int gate;
};

static struct child start(int (*act)(void))
{
    int gate[2];
    struct child child;
    char byte;

    cr_assert_eq(pipe(gate), 0);
    child.pid = fork();
    if (child.pid == 0) {
        close(gate[1]);
        if (read(gate[0], &byte, 1) != 1)
            _exit(100);
        _exit(act());
    }
    close(gate[0]);
    child.gate = gate[1];
    return child;
}

static int status_of(struct child child)
{
    int status = -1;

    cr_assert_eq(write(child.gate, "x", 1), 1);
    close(child.gate);
    cr_assert_eq(waitpid(child.pid, &status, 0), child.pid);
    return status;
}

static int take_memory(void)
{
    char *bytes = malloc((size_t)100 * MIB);

    if (!bytes)
        return 1;
    for (size_t i = 0; i < (size_t)100 * MIB; i += 4096)
        ((volatile char *)bytes)[i] = 1;
    free(bytes);
    return 0;
}

static int start_a_few(void)
{
    int count = 0;

    for (pid_t pid; count < 50; count++) {
        pid = fork();
        if (pid == 0)
            for (;;)
                pause();
        if (pid < 0)
            break;
    }
    return count;
}

static int ends(int (*act)(void), int memory_mb, int processes, bool *exhausted)
{
    struct cgroups groups;
    struct err err = ERR_INIT;
    struct child child;
    char *group, *copy;
    int status;

    open_or_skip(&groups);
    child = start(act);
    group = cgroup_make(&groups, child.pid, memory_mb, processes, &err);
    cr_assert_not_null(group, "%s", err.text);
    copy = xstrdup(group);
    status = status_of(child);
    *exhausted = cgroup_end(group);
    cr_expect(!path_is_dir(copy), "nothing is left");
    free(copy);
    cgroups_release(&groups);
    return status;
}

Test(cgroup, too_much_memory_is_the_end_at_once)
{
    bool exhausted;
    int status = ends(take_memory, 40, 10, &exhausted);

    cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    cr_expect(exhausted);
}

Test(cgroup, enough_memory_is_no_end)
{
    bool exhausted;
    int status = ends(take_memory, 200, 10, &exhausted);

    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    cr_expect(!exhausted);
}

Test(cgroup, processes_are_counted_and_what_is_left_is_killed)
{
    bool exhausted;
    int status = ends(start_a_few, 0, 4, &exhausted);

    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 3);
    cr_expect(!exhausted);
}
