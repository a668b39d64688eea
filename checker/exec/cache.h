/*
 * Built things kept by the hash of what they were built from: objects of the
 * kata's tests and agent, of the runtimes, the reference, and what was
 * measured of the reference. In $XDG_CACHE_HOME/kata or ~/.cache/kata; never
 * visible in a jail for writing. An entry is written whole by rename, so two
 * programs may share the cache, and may be deleted at any time. What nobody
 * wanted for 30 days is: once a day cache_open looks.
 */
#ifndef EXEC_CACHE_H
#define EXEC_CACHE_H

#include "base/err.h"
#include "base/hash.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

struct cache {
    char *dir; /* NULL: nothing is kept (the folder cannot be written) */
};

/* Uses, or makes, the folder; one that is not ours alone is not used. */
void cache_open(struct cache *cache);
void cache_release(struct cache *cache);

/* Keys are what hash_text gives. Copies the entry to `path`, or adds it to
 * *out; false where there is none. */
bool cache_get_file(const struct cache *cache, const char *key,
                    const char *path);
bool cache_get(const struct cache *cache, const char *key, struct str *out);

/* Keeps a file or bytes. Failing to is no error: the cache is a convenience. */
void cache_put_file(const struct cache *cache, const char *key,
                    const char *path);
void cache_put(const struct cache *cache, const char *key, const void *bytes,
               size_t n);

#endif
