#include "batch/lease.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { TRIES_MAX = 1000 };

int lease_clock_open(struct lease_clock *clock, const char *dir,
                     struct err *err)
{
    char *path = path_join(dir, ".clock-XXXXXX");

    clock->fd = mkostemp(path, O_CLOEXEC);
    if (clock->fd < 0)
        err_errno(err, "%s", path);
    else
        unlink(path);
    free(path);
    return clock->fd < 0 ? -1 : 0;
}

void lease_clock_close(struct lease_clock *clock)
{
    if (clock->fd >= 0)
        close(clock->fd);
    clock->fd = -1;
}

static double seconds_of(struct timespec time)
{
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* A file server sets the time of its own clock where none is given. Where it
   does not (it was restarted and has forgotten the file), ours is the next
   best: a lease that looks too old costs a grading, one that never runs out
   costs the batch. */
static double clock_there(const struct lease_clock *clock)
{
    struct stat info;
    struct timespec now;

    if (futimens(clock->fd, NULL) == 0 && fstat(clock->fd, &info) == 0)
        return seconds_of(info.st_mtim);
    clock_gettime(CLOCK_REALTIME, &now);
    return seconds_of(now);
}

/* Opened and not only looked at: that makes a client of NFS ask its server. */
double lease_age(const char *path, const struct lease_clock *clock, int *tries)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    char text[16] = "";
    long number;
    struct stat info;
    double age;

    *tries = 1;
    if (fd < 0)
        return -1;
    if (fstat(fd, &info) < 0 || read(fd, text, sizeof text - 1) < 0) {
        close(fd);
        return -1;
    }
    close(fd);
    number = strtol(text, NULL, 10);
    if (number > 0 && number <= TRIES_MAX)
        *tries = (int)number;
    age = clock_there(clock) - seconds_of(info.st_mtim);
    return age > 0 ? age : 0;
}

static int make(struct lease *lease)
{
    char host[256] = "", *text;
    int fd = open(lease->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    bool written;

    if (fd < 0)
        return -1;
    gethostname(host, sizeof host - 1);
    text = xasprintf("%d %s %ld\n", lease->tries, host, (long)getpid());
    written = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    free(text);
    close(fd);
    if (!written)
        unlink(lease->path);
    return written ? 0 : -1;
}

int lease_take(struct lease *lease, const char *dir, const char *key,
               double seconds, int tries, const struct lease_clock *clock)
{
    int before, status;
    double age;

    *lease = (struct lease){.path = path_join(dir, key),
                            .seconds = seconds,
                            .renewed = clock_now(),
                            .tries = tries + 1};
    age = lease_age(lease->path, clock, &before);
    if (age >= seconds) {
        unlink(lease->path);
        if (before >= lease->tries)
            lease->tries = before + 1;
    }
    status = age >= 0 && age < seconds ? -1 : make(lease);
    if (status == 0)
        return 1;
    free(lease->path);
    lease->path = NULL;
    return 0;
}

void lease_renew(struct lease *lease)
{
    double now = clock_now();

    if (now - lease->renewed < lease->seconds / 5)
        return;
    lease->renewed = now;
    utimensat(AT_FDCWD, lease->path, NULL, AT_SYMLINK_NOFOLLOW);
}

void lease_release(struct lease *lease)
{
    if (lease->path)
        unlink(lease->path);
    free(lease->path);
    lease->path = NULL;
}
