/*
 * Files and folders. Paths are returned owned. Errors name the path and what
 * the system said.
 */
#ifndef BASE_PATH_H
#define BASE_PATH_H

#include "base/err.h"
#include "base/str.h"
#include "base/strv.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* dir + "/" + name; name alone where it is absolute or dir is "". */
char *path_join(const char *dir, const char *name);

char *path_dirname(const char *path);

/* The part after the last slash; borrowed from `path`. */
const char *path_base(const char *path);

/* The absolute path without symbolic links, or NULL where it does not exist. */
char *path_real(const char *path);

bool path_is_file(const char *path); /* regular, symbolic links followed */
bool path_is_dir(const char *path);

/* Reads a whole regular file into *out (appending). A file over `max` bytes,
   a folder, or a device is an error. */
int path_read(const char *path, size_t max, struct str *out, struct err *err);

/*
 * Writes a file whole or not at all: to a temporary file beside it, flushed to
 * disk, then renamed over `path`. An error (a full disk too) leaves what was
 * there and nothing else. A new file's mode is `mode` less the umask. Where
 * `path` is a symbolic link, the file that it names is replaced; a terminal, a
 * pipe or another device (/dev/stdout) is written to as it is.
 */
int path_write(const char *path, const void *bytes, size_t n, mode_t mode,
               struct err *err);

/* Copies a regular file; the mode is kept. Like path_write, but not flushed to
   disk: a copy can be made again. */
int path_copy(const char *from, const char *to, struct err *err);

/* Makes a folder and those above it; one that exists is fine. */
int path_mkdirs(const char *path, mode_t mode, struct err *err);

/* Removes a file or a whole tree of any depth, never following a symbolic link
   and never crossing into what is mounted there. Folders of ours without
   permissions are opened up. What does not exist is no error. */
int path_remove(const char *path, struct err *err);

/* Adds the names in a folder, sorted, without "." and "..". */
int path_list(const char *dir, struct strv *names, struct err *err);

/* Where temporary folders are made, absolute and without symbolic links: in
   $TMPDIR or /tmp; `for_all`: where every user may come to. NULL on error. */
char *path_temp(bool for_all, struct err *err);

/* Makes a new folder, mode 0700, in $TMPDIR or /tmp; its absolute path without
   symbolic links, or NULL on error. */
char *path_make_temp(const char *prefix, struct err *err);

/* The same where every user may come to it: in /tmp, where $TMPDIR lies in a
   private folder. */
char *path_make_temp_for_all(const char *prefix, struct err *err);

#endif
