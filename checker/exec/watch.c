#include "exec/watch.h"

#include "base/alloc.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* More processes than any jail may have. */
enum { PROCESSES_MAX = 1024 };

/* A tree of processes, parents before children. */
struct tree {
    struct {
        pid_t pid, parent;
        int depth; /* of the first: 0 */
    } * items;
    size_t count, capacity;
    bool known;
};

/* Reads the beginning of a file of /proc; false where it is gone. */
static bool read_file(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n;

    if (fd < 0)
        return false;
    n = read(fd, text, size - 1);
    close(fd);
    if (n < 0)
        return false;
    text[n] = '\0';
    return true;
}

static void add(struct tree *tree, pid_t pid, pid_t parent, int depth)
{
    if (tree->count == PROCESSES_MAX)
        return;
    tree->items =
        grow(tree->items, &tree->capacity, tree->count, sizeof *tree->items);
    tree->items[tree->count].pid = pid;
    tree->items[tree->count].parent = parent;
    tree->items[tree->count++].depth = depth;
}

/* Calls `look` for each thread of a process, with the name of its folder. */
static void for_threads(pid_t pid, void (*look)(const char *dir, void *context),
                        void *context)
{
    const struct dirent *entry;
    char path[64], thread[128];
    DIR *dir;

    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    dir = opendir(path);
    while (dir && (entry = readdir(dir))) {
        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
        snprintf(thread, sizeof thread, "%s/%.20s", path, entry->d_name);
        look(thread, context);
    }
    if (dir)
        closedir(dir);
}

/* Adds what a thread of the last process looked at has started. */
struct parent {
    struct tree *tree;
    pid_t pid;
    int depth;
};

static void add_children(const char *dir, void *context)
{
    struct parent *parent = context;
    char path[160], text[1 << 14], *at;

    snprintf(path, sizeof path, "%s/children", dir);
    if (!read_file(path, text, sizeof text)) {
        /* One that has just ended, or a kernel without such files. */
        if (access(dir, F_OK) == 0)
            parent->tree->known = false;
        return;
    }
    for (at = text; isdigit((unsigned char)*at); at += *at == ' ')
        add(parent->tree, (pid_t)strtol(at, &at, 10), parent->pid,
            parent->depth + 1);
}

static void tree_take(pid_t root, struct tree *tree)
{
    *tree = (struct tree){.known = true};
    add(tree, root, 0, 0);
    for (size_t i = 0; i < tree->count; i++) {
        struct parent parent = {tree, tree->items[i].pid, tree->items[i].depth};

        for_threads(parent.pid, add_children, &parent);
    }
}

/* The state is what follows the name, which may hold anything, ')' too. A
   thread in an uninterruptible wait (D) is served by the kernel: not asleep. */
static bool is_awake(const char *stat)
{
    const char *state = strrchr(stat, ')');

    return state && state[1] && strchr("RD", state[2]);
}

static bool has_ended(const char *stat)
{
    const char *state = strrchr(stat, ')');

    return !state || !state[1] || strchr("ZX", state[2]);
}

/* "/proc/PID/task/PID" */
static bool is_first(const char *dir)
{
    const char *thread = strrchr(dir, '/') + 1;

    return strncmp(dir + strlen("/proc/"), thread, strlen(thread)) == 0 &&
           dir[strlen("/proc/") + strlen(thread)] == '/';
}

static void look_at_thread(const char *dir, void *context)
{
    struct watch_sample *sample = context;
    char path[160], text[4096];

    snprintf(path, sizeof path, "%s/stat", dir);
    if (!read_file(path, text, sizeof text))
        return;
    if (is_awake(text))
        sample->asleep = false;
    if (is_first(dir) && !has_ended(text))
        sample->processes++;
    snprintf(path, sizeof path, "%s/schedstat", dir);
    if (read_file(path, text, sizeof text))
        sample->cpu += strtoull(text, NULL, 10);
    else if (access(dir, F_OK) == 0)
        sample->known = false;
}

static long memory_of(pid_t pid)
{
    static const char *const keys[] = {
        "\nRssAnon:", "\nRssShmem:", "\nVmPTE:", "\nVmSwap:"};
    char path[64], text[8192];
    long sum = 0;

    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    if (!read_file(path, text, sizeof text))
        return 0;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const char *at = strstr(text, keys[i]);

        if (at)
            sum += strtol(at + strlen(keys[i]), NULL, 10);
    }
    return sum;
}

struct watch_sample watch_take(pid_t root)
{
    struct watch_sample sample = {.asleep = true};
    struct tree tree;

    tree_take(root, &tree);
    sample.known = tree.known;
    for (size_t i = 0; i < tree.count; i++) {
        for_threads(tree.items[i].pid, look_at_thread, &sample);
        sample.memory_kb += memory_of(tree.items[i].pid);
    }
    free(tree.items);
    return sample;
}

/* Is it a living child of that one? Asked with a descriptor of the process in
   hand: then what is signalled is it and no other that got its number. */
static bool is_child(pid_t pid, pid_t parent)
{
    char path[64], text[4096];
    const char *at;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    if (!read_file(path, text, sizeof text))
        return false;
    at = strrchr(text, ')');
    return at && at[1] && at[2] && at[2] != 'Z' &&
           strtol(at + 3, NULL, 10) == parent;
}

int watch_kill_below(pid_t root, int levels)
{
    struct tree tree;
    int killed = 0;

    tree_take(root, &tree);
    for (size_t i = 0; i < tree.count; i++) {
        int fd = tree.items[i].depth <= levels
                     ? -1
                     : (int)syscall(SYS_pidfd_open, tree.items[i].pid, 0);

        if (fd < 0)
            continue;
        if (is_child(tree.items[i].pid, tree.items[i].parent) &&
            syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0) == 0)
            killed++;
        close(fd);
    }
    free(tree.items);
    return killed;
}
