/* SHA-256, as "sha256:" and 64 hexadecimal digits. From nettle. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/err.h"

#include <nettle/sha2.h>
#include <stddef.h>

struct hash {
    struct sha256_ctx context;
};

#define HASH_TEXT_SIZE (7 + 64 + 1)

void hash_init(struct hash *hash);
void hash_add(struct hash *hash, const void *bytes, size_t n);

/* Adds a string and its end, so that "ab","c" and "a","bc" differ. */
void hash_add_text(struct hash *hash, const char *text);

/* Adds a file's bytes and their number. */
int hash_add_file(struct hash *hash, const char *path, struct err *err);

/* Writes the digest; the hash has to be initialised again afterwards. */
void hash_text(struct hash *hash, char text[HASH_TEXT_SIZE]);

#endif
