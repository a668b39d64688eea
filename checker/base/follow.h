/*
 * Tells when a file changes: by inotify on its folder, so that editors that
 * save by renaming are seen too; by looking where inotify is silent, which is
 * so on file systems that others change (network, WSL2's mounts of Windows).
 *
 *     follow_open(&follow, path, false, &err)
 *     for (;;) {
 *         poll follow.fd (-1 where it looks), at most follow_timeout() ms
 *         switch (follow_read(&follow)) ...
 *     }
 *     follow_close(&follow)
 *
 * A folder that goes away and comes back is followed again.
 */
#ifndef BASE_FOLLOW_H
#define BASE_FOLLOW_H

#include "base/err.h"

#include <stdbool.h>
#include <sys/stat.h>

enum follow_event {
    FOLLOW_NOTHING,
    FOLLOW_CHANGED, /* something was written; there may be more to come */
    FOLLOW_SAVED    /* closed by who wrote it, or put there by renaming */
};

struct follow {
    char *dir, *name, *path;
    int fd;           /* inotify's; -1 where the file is looked at */
    bool looks;       /* for good, and not for want of the folder */
    struct stat seen; /* zero where it was not there */
};

/* `path`'s folder has to exist. `look`: never use inotify. Returns 0, to be
   closed with follow_close, or -1. */
int follow_open(struct follow *follow, const char *path, bool look,
                struct err *err);
void follow_close(struct follow *follow);

/* Milliseconds after which follow_read is due without the descriptor saying
   so; -1: never. */
int follow_timeout(const struct follow *follow);

/* What has happened since the last time. Never waits. */
enum follow_event follow_read(struct follow *follow);

/* Is inotify silent about what others do on this type (statfs) of file
   system? */
bool follow_is_silent(long type);

#endif
