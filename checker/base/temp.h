/*
 * Temporary folders of which nothing stays behind: one that a process could not
 * remove, because it was killed, is removed by the next that makes one of the
 * same prefix.
 *
 *     dir = temp_make("kata-run", false, &lock, err);
 *     ...
 *     temp_remove(dir, lock);
 *
 * Who has a folder holds a lock on it (flock), which ends with the process, so
 * one in use is never taken for a left-over. systemd-tmpfiles looks at the same
 * lock.
 */
#ifndef BASE_TEMP_H
#define BASE_TEMP_H

#include "base/err.h"

#include <stdbool.h>

/* Makes and locks a new folder like path_make_temp, or path_make_temp_for_all;
   its path, owned, or NULL on error. *lock is a descriptor, or -1 where the
   file system knows no locks: nothing is removed there. */
char *temp_make(const char *prefix, bool for_all, int *lock, struct err *err);

/* Removes and unlocks it, and frees the path; which may be NULL. */
void temp_remove(char *path, int lock);

#endif
