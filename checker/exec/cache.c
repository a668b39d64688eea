#include "exec/cache.h"

#include "base/alloc.h"
#include "base/path.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* A build that is larger is made again rather than kept. */
enum { ENTRY_MAX = 64 << 20, DAY = 24 * 60 * 60, KEPT = 30 * DAY };

/* XDG: a relative path in the variable is to be ignored. */
static char *cache_dir(void)
{
    const char *dir = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

    if (dir && dir[0] == '/')
        return path_join(dir, "kata");
    if (home && home[0] == '/')
        return path_join(home, ".cache/kata");
    return NULL;
}

/* What another user could have put there is not to be linked and run. */
static bool is_ours(const char *dir)
{
    struct stat status;

    return lstat(dir, &status) == 0 && S_ISDIR(status.st_mode) &&
           status.st_uid == geteuid() &&
           !(status.st_mode & (S_IWGRP | S_IWOTH)) &&
           access(dir, W_OK | X_OK) == 0;
}

/* Seconds since the file was written or last wanted; 0 where there is none. */
static long long age(const char *path)
{
    struct stat status;

    return lstat(path, &status) == 0 && S_ISREG(status.st_mode)
               ? (long long)(time(NULL) - status.st_mtime)
               : 0;
}

/* Whoever reads an entry meanwhile has it open, or makes it again. */
static void trim_folder(const char *dir)
{
    struct strv names = STRV_INIT;

    path_list(dir, &names, NULL);
    for (size_t i = 0; i < names.count; i++) {
        char *path = path_join(dir, names.items[i]);

        if (age(path) > KEPT)
            unlink(path);
        free(path);
    }
    strv_release(&names);
}

/* A mark says when that was done. One from the future is of a clock that was
   set back. */
static bool is_trimmed(const char *mark)
{
    long long since = age(mark);

    return path_is_file(mark) && since <= DAY && since >= -DAY;
}

static void trim(const char *dir)
{
    char *mark = path_join(dir, "trimmed");
    struct strv names = STRV_INIT;

    if (!is_trimmed(mark) && path_write(mark, "", 0, 0600, NULL) == 0)
        path_list(dir, &names, NULL);
    for (size_t i = 0; i < names.count; i++) {
        char *path = path_join(dir, names.items[i]);

        if (strlen(names.items[i]) == 2 && is_ours(path))
            trim_folder(path);
        free(path);
    }
    strv_release(&names);
    free(mark);
}

/* To the day: a write for every read would be too much. */
static void note_use(const char *entry)
{
    if (age(entry) > DAY)
        utimensat(AT_FDCWD, entry, NULL, AT_SYMLINK_NOFOLLOW);
}

void cache_open(struct cache *cache)
{
    cache->dir = cache_dir();
    if (cache->dir && path_mkdirs(cache->dir, 0700, NULL) == 0 &&
        is_ours(cache->dir))
        trim(cache->dir);
    else
        cache_release(cache);
}

void cache_release(struct cache *cache)
{
    free(cache->dir);
    cache->dir = NULL;
}

/* DIR/ab/cdef...: the first two digits of the hash are a folder, so that none
   grows large. NULL where nothing is kept or the key is no hash. */
static char *entry_path(const struct cache *cache, const char *key)
{
    const char *digits = strchr(key, ':');

    digits = digits ? digits + 1 : key;
    if (!cache->dir || strlen(digits) < 3 ||
        digits[strspn(digits, "0123456789abcdef")])
        return NULL;
    return xasprintf("%s/%.2s/%s", cache->dir, digits, digits + 2);
}

bool cache_get_file(const struct cache *cache, const char *key,
                    const char *path)
{
    char *entry = entry_path(cache, key);
    bool found =
        entry && path_is_file(entry) && path_copy(entry, path, NULL) == 0;

    if (found)
        note_use(entry);
    free(entry);
    return found;
}

bool cache_get(const struct cache *cache, const char *key, struct str *out)
{
    char *entry = entry_path(cache, key);
    size_t before = out->length;
    bool found = entry && path_is_file(entry) &&
                 path_read(entry, ENTRY_MAX, out, NULL) == 0;

    if (found)
        note_use(entry);
    else
        str_chop(out, out->length - before);
    free(entry);
    return found;
}

/* The folder of an entry; false where it cannot be made. */
static bool make_room(const char *entry)
{
    char *dir = path_dirname(entry);
    int status = path_mkdirs(dir, 0700, NULL);

    free(dir);
    return status == 0;
}

/* The mode is kept: programs stay programs. */
void cache_put_file(const struct cache *cache, const char *key,
                    const char *path)
{
    char *entry = entry_path(cache, key);
    struct stat status;

    if (entry && lstat(path, &status) == 0 && S_ISREG(status.st_mode) &&
        status.st_size <= ENTRY_MAX && make_room(entry))
        path_copy(path, entry, NULL);
    free(entry);
}

void cache_put(const struct cache *cache, const char *key, const void *bytes,
               size_t n)
{
    char *entry = entry_path(cache, key);

    if (entry && n <= ENTRY_MAX && make_room(entry))
        path_write(entry, bytes, n, 0600, NULL);
    free(entry);
}
