#include "base/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void hash_init(struct hash *hash)
{
    sha256_init(&hash->context);
}

void hash_add(struct hash *hash, const void *bytes, size_t n)
{
    sha256_update(&hash->context, n, bytes);
}

void hash_add_text(struct hash *hash, const char *text)
{
    hash_add(hash, text, strlen(text) + 1);
}

/* Little-endian, so that a hash is the same on every machine. */
static void add_number(struct hash *hash, unsigned long long number)
{
    unsigned char bytes[8];

    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(number >> (8 * i));
    hash_add(hash, bytes, sizeof bytes);
}

static int add_descriptor(struct hash *hash, int fd)
{
    unsigned char buffer[32768];
    unsigned long long total = 0;
    struct stat status;
    ssize_t n;

    if (fstat(fd, &status))
        return -1;
    if (!S_ISREG(status.st_mode)) {
        errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
        return -1;
    }
    while ((n = read(fd, buffer, sizeof buffer)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        hash_add(hash, buffer, (size_t)n);
        total += (unsigned long long)n;
    }
    add_number(hash, total);
    return 0;
}

int hash_add_file(struct hash *hash, const char *path, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    int result;

    if (fd < 0)
        return err_errno(err, "%s", path);
    result = add_descriptor(hash, fd);
    if (result)
        err_errno(err, "%s", path);
    close(fd);
    return result;
}

void hash_text(struct hash *hash, char text[HASH_TEXT_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[SHA256_DIGEST_SIZE];
    char *out = text;

    sha256_digest(&hash->context, sizeof digest, digest);
    memcpy(out, "sha256:", 7);
    out += 7;
    for (size_t i = 0; i < sizeof digest; i++) {
        *out++ = digits[digest[i] >> 4];
        *out++ = digits[digest[i] & 15];
    }
    *out = '\0';
}
