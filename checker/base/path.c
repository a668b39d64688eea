#include "base/path.h"

#include "base/alloc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

char *path_join(const char *dir, const char *name)
{
    if (*name == '/' || !*dir)
        return xstrdup(name);
    return xasprintf("%s%s%s", dir, str_ends(dir, "/") ? "" : "/", name);
}

char *path_dirname(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return xstrdup(".");
    while (slash > path && slash[-1] == '/')
        slash--;
    return slash == path ? xstrdup("/")
                         : xstrndup(path, (size_t)(slash - path));
}

const char *path_base(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

char *path_real(const char *path)
{
    return realpath(path, NULL);
}

bool path_is_file(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

bool path_is_dir(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* Opens for reading, without waiting for the other end of a pipe; -1 with an
   error where it is no regular file. */
static int open_regular(const char *path, struct stat *status, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0) {
        err_errno(err, "%s", path);
        return -1;
    }
    if (fstat(fd, status))
        err_errno(err, "%s", path);
    else if (S_ISDIR(status->st_mode))
        err_set(err, "%s: is a folder", path);
    else if (!S_ISREG(status->st_mode))
        err_set(err, "%s: not a regular file", path);
    else
        return fd;
    close(fd);
    return -1;
}

static ssize_t read_some(int fd, void *buffer, size_t size)
{
    ssize_t n;

    do
        n = read(fd, buffer, size);
    while (n < 0 && errno == EINTR);
    return n;
}

static int read_all(int fd, const char *path, size_t max, struct str *out,
                    struct err *err)
{
    char buffer[32768];
    size_t total = 0;
    ssize_t n;

    while ((n = read_some(fd, buffer, sizeof buffer)) > 0) {
        total += (size_t)n;
        if (total > max)
            return err_set(err, "%s: larger than %zu bytes", path, max);
        str_addn(out, buffer, (size_t)n);
    }
    return n < 0 ? err_errno(err, "%s", path) : 0;
}

int path_read(const char *path, size_t max, struct str *out, struct err *err)
{
    struct stat status;
    int fd = open_regular(path, &status, err);
    int result;

    if (fd < 0)
        return -1;
    result = read_all(fd, path, max, out, err);
    close(fd);
    return result;
}

static int write_all(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t written = write(fd, bytes, n);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -1;
        bytes += written;
        n -= (size_t)written;
    }
    return 0;
}

/* Where the contents of a file come from: memory, or another file. */
struct source {
    const char *bytes;
    size_t n;
    int fd; /* -1: memory */
};

static int write_from(int fd, const struct source *source)
{
    char buffer[32768];
    ssize_t n;

    if (source->fd < 0)
        return write_all(fd, source->bytes, source->n);
    while ((n = read_some(source->fd, buffer, sizeof buffer)) > 0)
        if (write_all(fd, buffer, (size_t)n))
            return -1;
    return n < 0 ? -1 : 0;
}

/* A file over RLIMIT_FSIZE is an error like a full disk, not a signal: holds
   the thread's SIGXFSZ back and takes out the one that came. */
static int write_guarded(int fd, const struct source *source)
{
    static const struct timespec now = {0, 0};
    sigset_t set, before;
    int result, saved;

    sigemptyset(&set);
    sigaddset(&set, SIGXFSZ);
    pthread_sigmask(SIG_BLOCK, &set, &before);
    result = write_from(fd, source);
    saved = errno;
    if (result && saved == EFBIG && !sigismember(&before, SIGXFSZ))
        sigtimedwait(&set, NULL, &now);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = saved;
    return result;
}

/* Makes a new file beside `path`. The name is short, whatever the length of
   the other; the mode goes through the umask, as mkostemp's would not. */
static int open_beside(const char *path, mode_t mode, char **name)
{
    static atomic_uint count;
    char *dir = path_dirname(path);
    int fd = -1;

    *name = NULL;
    for (int i = 0; fd < 0 && (i == 0 || (errno == EEXIST && i < 100)); i++) {
        struct timespec now;

        clock_gettime(CLOCK_REALTIME, &now);
        free(*name);
        *name =
            xasprintf("%s/.kata-%ld-%u-%lx.tmp", dir, (long)getpid(),
                      atomic_fetch_add(&count, 1), (unsigned long)now.tv_nsec);
        fd = open(*name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    }
    free(dir);
    return fd;
}

struct replacement {
    mode_t mode;
    bool exact; /* the mode does not go through the umask */
    bool flush;
};

/* -1 with errno; nothing is left behind then. */
static int replace(const char *path, const struct source *source,
                   const struct replacement *how)
{
    char *name;
    int fd = open_beside(path, how->mode, &name);
    int result = fd < 0 ? -1 : write_guarded(fd, source);
    int saved;

    if (result == 0 && how->exact)
        result = fchmod(fd, how->mode);
    if (result == 0 && how->flush)
        result = fsync(fd);
    saved = errno;
    if (fd >= 0 && close(fd) && result == 0) {
        result = -1;
        saved = errno;
    }
    if (result == 0 && rename(name, path)) {
        result = -1;
        saved = errno;
    }
    if (result && fd >= 0)
        unlink(name);
    free(name);
    errno = saved;
    return result;
}

/* What /dev/stdout, /dev/stderr and /dev/fd/N name, or -1. Opened by name, a
   file behind it would be written from its start again; renamed over, it would
   be replaced behind the back of whoever opened it. */
static int named_descriptor(const char *path)
{
    const char *digits = path + strlen("/dev/fd/");

    if (strcmp(path, "/dev/stdout") == 0)
        return STDOUT_FILENO;
    if (strcmp(path, "/dev/stderr") == 0)
        return STDERR_FILENO;
    if (!str_starts(path, "/dev/fd/") || !*digits || strlen(digits) > 6 ||
        digits[strspn(digits, "0123456789")])
        return -1;
    return (int)strtol(digits, NULL, 10);
}

static int write_open(const char *path, const struct source *source)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    int result, saved;

    if (fd < 0)
        return -1;
    result = write_guarded(fd, source);
    saved = errno;
    close(fd);
    errno = saved;
    return result;
}

static int put(const char *path, const struct source *source,
               const struct replacement *how)
{
    struct stat status;
    char *real = NULL;
    int result;

    if (named_descriptor(path) >= 0) {
        result = write_guarded(named_descriptor(path), source);
    } else if (stat(path, &status)) {
        result = replace(path, source, how);
    } else if (S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        result = -1;
    } else if (!S_ISREG(status.st_mode)) {
        result = write_open(path, source);
    } else {
        real = path_real(path);
        result = replace(real ? real : path, source, how);
    }
    free(real);
    return result;
}

int path_write(const char *path, const void *bytes, size_t n, mode_t mode,
               struct err *err)
{
    const struct source source = {bytes, n, -1};
    const struct replacement how = {.mode = mode, .flush = true};

    if (put(path, &source, &how))
        return err_errno(err, "cannot write %s", path);
    return 0;
}

int path_copy(const char *from, const char *to, struct err *err)
{
    struct stat status;
    struct source source = {NULL, 0, open_regular(from, &status, err)};
    struct replacement how = {.exact = true};
    int result;

    if (source.fd < 0)
        return -1;
    how.mode = status.st_mode & 0777;
    result = put(to, &source, &how);
    if (result)
        err_errno(err, "cannot copy %s to %s", from, to);
    close(source.fd);
    return result;
}

int path_mkdirs(const char *path, mode_t mode, struct err *err)
{
    char *copy = xstrdup(path);
    int result = 0;

    for (char *end = copy; result == 0 && *end;) {
        char saved;

        end += strspn(end, "/");
        end += strcspn(end, "/");
        saved = *end;
        *end = '\0';
        if (mkdir(copy, mode)) {
            int why = errno;

            if (!path_is_dir(copy)) {
                errno = why;
                result = err_errno(err, "cannot make folder %s", copy);
            }
        }
        *end = saved;
    }
    free(copy);
    return result;
}

static int read_names(DIR *stream, struct strv *names)
{
    struct dirent *entry;

    while (errno = 0, entry = readdir(stream))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            strv_add(names, entry->d_name);
    return errno ? -1 : 0;
}

int path_list(const char *dir, struct strv *names, struct err *err)
{
    struct strv found = STRV_INIT;
    DIR *stream = opendir(dir);
    int result;

    if (!stream)
        return err_errno(err, "%s", dir);
    result = read_names(stream, &found);
    if (result)
        err_errno(err, "%s", dir);
    closedir(stream);
    strv_sort(&found);
    if (result == 0)
        strv_copy(names, &found);
    strv_release(&found);
    return result;
}

static char *make_temp_in(const char *dir, const char *prefix, struct err *err)
{
    char *path = xasprintf("%s/%s-XXXXXX", dir, prefix);

    if (mkdtemp(path))
        return path;
    err_errno(err, "cannot make a temporary folder in %s", dir);
    free(path);
    return NULL;
}

/* May everybody go through the folder and all above it? */
static bool is_open_to_all(const char *dir)
{
    char *path = xstrdup(dir);
    struct stat info;
    bool open = true;

    while (open) {
        char *slash = strrchr(path, '/');

        open = stat(*path ? path : "/", &info) == 0 && info.st_mode & S_IXOTH;
        if (!slash)
            break;
        *slash = '\0';
    }
    free(path);
    return open;
}

char *path_temp(bool for_all, struct err *err)
{
    const char *wanted = getenv("TMPDIR");
    char *dir = path_real(wanted && *wanted ? wanted : "/tmp");

    if (for_all && (!dir || !is_open_to_all(dir))) {
        free(dir);
        dir = xstrdup("/tmp");
    }
    if (!dir)
        err_errno(err, "%s", wanted && *wanted ? wanted : "/tmp");
    return dir;
}

static char *make_temp(bool for_all, const char *prefix, struct err *err)
{
    char *dir = path_temp(for_all, err);
    char *path = dir ? make_temp_in(dir, prefix, err) : NULL;

    free(dir);
    return path;
}

char *path_make_temp_for_all(const char *prefix, struct err *err)
{
    return make_temp(true, prefix, err);
}

char *path_make_temp(const char *prefix, struct err *err)
{
    return make_temp(false, prefix, err);
}
