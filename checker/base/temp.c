#include "base/temp.h"

#include "base/alloc.h"
#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TRIES = 100 };

/* Is the folder at the path still the one that is open? */
static bool is_at(int fd, const char *path)
{
    struct stat here, there;

    return fstat(fd, &here) == 0 && lstat(path, &there) == 0 &&
           here.st_dev == there.st_dev && here.st_ino == there.st_ino &&
           here.st_uid == geteuid();
}

/* Locks a folder of ours: a descriptor, or -1. *taken: another has it, or had
   and has removed it. */
static int lock_folder(const char *path, bool *taken)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    *taken = fd < 0 && errno == ENOENT;
    if (fd < 0)
        return -1;
    if (flock(fd, LOCK_EX | LOCK_NB) < 0)
        *taken = errno == EWOULDBLOCK;
    else if (is_at(fd, path))
        return fd;
    else
        *taken = true;
    close(fd);
    return -1;
}

static void remove_left_over(const char *prefix, bool for_all)
{
    char *dir = path_temp(for_all, NULL), *start = xasprintf("%s-", prefix);
    struct strv names = STRV_INIT;

    if (dir)
        path_list(dir, &names, NULL);
    for (size_t i = 0; i < names.count; i++)
        if (str_starts(names.items[i], start)) {
            char *path = path_join(dir, names.items[i]);
            bool taken;
            int lock = lock_folder(path, &taken);

            if (lock >= 0)
                temp_remove(path, lock);
            else
                free(path);
        }
    strv_release(&names);
    free(start);
    free(dir);
}

/* Between its making and its locking another may take a folder for left over:
   then it is the other's to remove, and we make another. */
char *temp_make(const char *prefix, bool for_all, int *lock, struct err *err)
{
    remove_left_over(prefix, for_all);
    for (int i = 0; i < TRIES; i++) {
        char *path = for_all ? path_make_temp_for_all(prefix, err)
                             : path_make_temp(prefix, err);
        bool taken = false;

        *lock = path ? lock_folder(path, &taken) : -1;
        if (!taken)
            return path;
        free(path);
    }
    err_set(err, "no temporary folder: others take each for left over");
    return NULL;
}

void temp_remove(char *path, int lock)
{
    if (!path)
        return;
    path_remove(path, NULL);
    if (lock >= 0)
        close(lock);
    free(path);
}
