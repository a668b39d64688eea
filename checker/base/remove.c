/*
 * path_remove. What a hostile program leaves behind is removed here, so no
 * name is looked at twice by path: every step starts from an open folder and
 * refuses symbolic links.
 *
 * Neither recursion nor a stack of open folders, both of which a deep enough
 * tree exhausts: a folder inside a folder that is not empty is moved up beside
 * the topmost ones, until everything is one level deep.
 */
#include "base/path.h"

#include "base/alloc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct tree {
    int top;             /* the folder that is removed */
    unsigned long moved; /* numbers the folders that were moved up */
    bool progress;       /* something was there in this round */
};

/* Opens a folder that we own and lets us in; -1 with errno. */
static int open_folder(int at, const char *name)
{
    const int flags =
        O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
    struct stat status;
    int fd = openat(at, name, flags);

    if (fd < 0 && errno == EACCES) {
        if (fchmodat(at, name, 0700, AT_SYMLINK_NOFOLLOW)) {
            errno = EACCES;
            return -1;
        }
        fd = openat(at, name, flags);
    }
    /* What can be read may still not be writable. A folder of somebody else's
       stays as it is, and what happens next tells. */
    if (fd >= 0 && fstat(fd, &status) == 0 && (status.st_mode & 0700) != 0700)
        (void)!fchmod(fd, 0700);
    return fd;
}

/* Calls `each` for every entry of the folder `fd`, which it closes. */
static int for_each(struct tree *tree, int fd,
                    int (*each)(struct tree *tree, int at, const char *name))
{
    DIR *stream = fdopendir(fd);
    struct dirent *entry;
    int result = 0, saved;

    if (!stream) {
        close(fd);
        return -1;
    }
    while (result == 0 && (errno = 0, entry = readdir(stream)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            result = each(tree, fd, entry->d_name);
    if (errno)
        result = -1;
    saved = errno;
    closedir(stream);
    errno = saved;
    return result;
}

/* 0 where it is gone, 1 where it is a folder with something in it. Something
   mounted here is neither, but EBUSY. */
static int remove_one(int at, const char *name)
{
    if (unlinkat(at, name, 0) == 0 || errno == ENOENT)
        return 0;
    if (errno != EISDIR)
        return -1;
    if (unlinkat(at, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
        return 0;
    return errno == ENOTEMPTY || errno == EEXIST ? 1 : -1;
}

/* A folder can only be moved by who may write to it: its ".." changes. */
static int move_up(struct tree *tree, int at, const char *name)
{
    bool opened_up = false;
    char fresh[40];

    for (;;) {
        snprintf(fresh, sizeof fresh, ".removed-%lu", tree->moved++);
        if (renameat2(at, name, tree->top, fresh, RENAME_NOREPLACE) == 0)
            return 0;
        if (errno == EACCES && !opened_up) {
            opened_up = true;
            if (fchmodat(at, name, 0700, AT_SYMLINK_NOFOLLOW))
                return -1;
        } else if (errno != EEXIST) {
            return -1;
        }
    }
}

static int remove_inner(struct tree *tree, int at, const char *name)
{
    int result = remove_one(at, name);

    return result == 1 ? move_up(tree, at, name) : result;
}

static int remove_outer(struct tree *tree, int at, const char *name)
{
    int result = remove_one(at, name);
    int fd;

    tree->progress = true;
    if (result != 1)
        return result;
    fd = open_folder(at, name);
    return fd < 0 ? -1 : for_each(tree, fd, remove_inner);
}

/* Each round empties the outer folders that are there at its start; those that
   were moved up meanwhile are for the next. */
static int remove_tree(const char *path)
{
    struct tree tree = {.top = open_folder(AT_FDCWD, path)};
    int result, saved;

    if (tree.top < 0)
        return -1;
    do {
        int fd = openat(tree.top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        tree.progress = false;
        result = fd < 0 ? -1 : for_each(&tree, fd, remove_outer);
        if (result == 0)
            result = remove_one(AT_FDCWD, path);
    } while (result == 1 && tree.progress);
    saved = errno;
    close(tree.top);
    errno = saved;
    return result;
}

int path_remove(const char *path, struct err *err)
{
    size_t n = strlen(path);
    char *name;
    int result;

    /* "link/" would be what the link points to. */
    while (n > 1 && path[n - 1] == '/')
        n--;
    name = xstrndup(path, n);
    result = remove_one(AT_FDCWD, name);
    if (result == 1)
        result = remove_tree(name);
    if (result)
        result = err_errno(err, "cannot remove %s", path);
    free(name);
    return result;
}
