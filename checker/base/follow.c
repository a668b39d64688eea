#include "base/follow.h"

#include "base/alloc.h"
#include "base/path.h"

#include <errno.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/vfs.h>
#include <unistd.h>

enum {
    LOOK_MS = 250,
    EVENTS = IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE |
             IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR
};

/* statfs(2) and linux/magic.h have most of them; these are from the sources of
   the file systems. */
#define WSLFS_MAGIC 0x53464846U /* WSL1 */
#define VBOXSF_MAGIC 0x786f4256U
#define LUSTRE_MAGIC 0x0bd00bd0U
#define GPFS_MAGIC 0x47504653U

bool follow_is_silent(long type)
{
    static const unsigned silent[] = {
        V9FS_MAGIC, /* WSL2's mounts of Windows, and virtual machines */
        NFS_SUPER_MAGIC,  SMB_SUPER_MAGIC,  CIFS_SUPER_MAGIC,  SMB2_SUPER_MAGIC,
        FUSE_SUPER_MAGIC, CEPH_SUPER_MAGIC, AFS_SUPER_MAGIC,   AFS_FS_MAGIC,
        CODA_SUPER_MAGIC, NCP_SUPER_MAGIC,  OCFS2_SUPER_MAGIC, WSLFS_MAGIC,
        VBOXSF_MAGIC,     LUSTRE_MAGIC,     GPFS_MAGIC};

    for (size_t i = 0; i < sizeof silent / sizeof *silent; i++)
        if ((unsigned)type == silent[i])
            return true;
    return false;
}

/* A link's target may change without a word from the link's folder. */
static bool must_look(const struct follow *follow)
{
    struct statfs system;
    struct stat info;

    return (statfs(follow->dir, &system) == 0 &&
            follow_is_silent((long)system.f_type)) ||
           (lstat(follow->path, &info) == 0 && S_ISLNK(info.st_mode));
}

static struct stat look(const struct follow *follow)
{
    struct stat info;

    if (stat(follow->path, &info) < 0)
        memset(&info, 0, sizeof info);
    return info;
}

static bool same(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_dev == b->st_dev &&
           a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Where the machine's supply of inotify's instances or watches is used up,
   looking does it too. */
static void listen(struct follow *follow)
{
    follow->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (follow->fd >= 0 &&
        inotify_add_watch(follow->fd, follow->dir, EVENTS) >= 0)
        return;
    if (follow->fd >= 0)
        close(follow->fd);
    follow->fd = -1;
}

int follow_open(struct follow *follow, const char *path, bool looks,
                struct err *err)
{
    *follow = (struct follow){.dir = path_dirname(path),
                              .name = xstrdup(path_base(path)),
                              .path = xstrdup(path),
                              .fd = -1};
    if (!path_is_dir(follow->dir)) {
        err_set(err, "%s: no such folder", follow->dir);
        follow_close(follow);
        return -1;
    }
    follow->looks = looks || must_look(follow);
    if (!follow->looks)
        listen(follow);
    follow->seen = look(follow);
    return 0;
}

void follow_close(struct follow *follow)
{
    if (follow->fd >= 0)
        close(follow->fd);
    free(follow->dir);
    free(follow->name);
    free(follow->path);
    *follow = (struct follow){.fd = -1};
}

int follow_timeout(const struct follow *follow)
{
    return follow->fd >= 0 ? -1 : LOOK_MS;
}

static enum follow_event look_again(struct follow *follow)
{
    struct stat now = look(follow);

    if (!follow->looks && path_is_dir(follow->dir))
        listen(follow);
    if (same(&now, &follow->seen))
        return FOLLOW_NOTHING;
    follow->seen = now;
    return now.st_ino ? FOLLOW_CHANGED : FOLLOW_NOTHING;
}

static enum follow_event judge(const struct follow *follow,
                               const struct inotify_event *event)
{
    if (event->mask & IN_Q_OVERFLOW)
        return FOLLOW_CHANGED;
    if (event->len == 0 || strcmp(event->name, follow->name) != 0)
        return FOLLOW_NOTHING;
    return event->mask & (IN_CLOSE_WRITE | IN_MOVED_TO) ? FOLLOW_SAVED
                                                        : FOLLOW_CHANGED;
}

/* The last word counts: changed after a save, there is more to come. */
static enum follow_event hear(struct follow *follow, const char *bytes,
                              size_t n, bool *gone)
{
    enum follow_event result = FOLLOW_NOTHING;

    for (size_t at = 0; at < n;) {
        const struct inotify_event *event =
            (const struct inotify_event *)(const void *)(bytes + at);
        enum follow_event one = judge(follow, event);

        if (one != FOLLOW_NOTHING)
            result = one;
        if (event->mask & (IN_IGNORED | IN_DELETE_SELF | IN_MOVE_SELF))
            *gone = true;
        at += sizeof *event + event->len;
    }
    return result;
}

enum follow_event follow_read(struct follow *follow)
{
    _Alignas(struct inotify_event) char bytes[4096];
    enum follow_event result = FOLLOW_NOTHING;
    bool gone = false;
    ssize_t n;

    if (follow->fd < 0)
        return look_again(follow);
    while ((n = read(follow->fd, bytes, sizeof bytes)) > 0) {
        enum follow_event one = hear(follow, bytes, (size_t)n, &gone);

        if (one != FOLLOW_NOTHING)
            result = one;
    }
    if (gone) {
        close(follow->fd);
        follow->fd = -1;
    }
    return result;
}
