/*
 * Hands folders of ours to the user that the jail runs as. What is in them may
 * have been made in a jail before, so nothing is followed: names are opened
 * one by one from their folder, without links.
 */
#include "exec/sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct share {
    uid_t uid;
    bool writable;
    const char *path; /* for errors */
    struct err *err;
};

/* The group, which is the jail's, may read what the owner may. */
static mode_t readable(mode_t mode)
{
    return (mode & 07777) | ((mode & 0500) >> 3);
}

static int share_one(const struct share *share, int fd,
                     const struct stat *status)
{
    uid_t owner = share->writable ? share->uid : (uid_t)-1;

    if (status->st_uid == share->uid)
        return 0;
    if (fchown(fd, owner, share->uid) < 0 ||
        (!share->writable && fchmod(fd, readable(status->st_mode)) < 0))
        return err_errno(share->err, "cannot share %s", share->path);
    return 0;
}

static int share_at(const struct share *share, int dir, const char *name);

static int share_all(const struct share *share, int fd)
{
    DIR *dir = fdopendir(fd);
    struct dirent *entry;
    int status = 0;

    if (!dir) {
        close(fd);
        return err_errno(share->err, "cannot share %s", share->path);
    }
    while (status == 0 && (entry = readdir(dir)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            status = share_at(share, fd, entry->d_name);
    closedir(dir);
    return status;
}

/* O_NONBLOCK, for a fifo would wait; links and what is neither file nor folder
   stay as they are. */
static int share_at(const struct share *share, int dir, const char *name)
{
    int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat status;
    int result;

    if (fd < 0)
        return errno == ELOOP || errno == ENXIO
                   ? 0
                   : err_errno(share->err, "cannot share %s", share->path);
    if (fstat(fd, &status) < 0) {
        close(fd);
        return err_errno(share->err, "cannot share %s", share->path);
    }
    if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) {
        close(fd);
        return 0;
    }
    result = share_one(share, fd, &status);
    if (result == 0 && S_ISDIR(status.st_mode))
        return share_all(share, fd);
    close(fd);
    return result;
}

int sandbox_share(const struct sandbox *sandbox, const char *path,
                  bool writable, struct err *err)
{
    struct share share = {sandbox->uid, writable, path, err};

    if (sandbox->uid == 0)
        return 0;
    return share_at(&share, AT_FDCWD, path);
}
