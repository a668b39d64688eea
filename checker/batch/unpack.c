#include "batch/unpack.h"

#include "base/alloc.h"
#include "base/str.h"

#include <archive.h>
#include <archive_entry.h>
#include <ctype.h>
#include <locale.h>
#include <search.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>
#include <wctype.h>

enum { NAME_BYTES_MAX = 1024, RATIO_FROM = 8 << 20 };

const struct unpack_limits unpack_class = {.total = 1LL << 30,
                                           .file = 64LL << 20,
                                           .count = 200000,
                                           .depth = 32,
                                           .ratio = 500};
const struct unpack_limits unpack_student = {.total = 64LL << 20,
                                             .file = 16LL << 20,
                                             .count = 5000,
                                             .depth = 32,
                                             .ratio = 200};

/* A name that was in the archive, found by itself in lower case. */
struct seen {
    char *folded, *path;
    bool folder;
};

struct unpack {
    struct archive *in, *out;
    const struct unpack_limits *limits;
    json_t *refused;
    void *seen; /* of tsearch */
    long long total, count;
    struct err *err;
};

static int compare_seen(const void *a, const void *b)
{
    const struct seen *left = a, *right = b;

    return strcmp(left->folded, right->folded);
}

static void free_seen(void *node)
{
    struct seen *seen = node;

    free(seen->folded);
    free(seen->path);
    free(seen);
}

static char *fold(const char *path, size_t n)
{
    struct str folded = STR_INIT;
    mbstate_t in = {0}, out = {0};

    for (size_t at = 0; at < n;) {
        char bytes[16];
        wchar_t c;
        size_t used = mbrtowc(&c, path + at, n - at, &in), made;

        if (used == 0 || used > n - at) { /* not UTF-8: as it is */
            memset(&in, 0, sizeof in);
            str_addc(&folded, path[at++]);
            continue;
        }
        at += used;
        made = wcrtomb(bytes, (wchar_t)towlower((wint_t)c), &out);
        if (made <= sizeof bytes)
            str_addn(&folded, bytes, made);
    }
    return str_detach(&folded);
}

/* Notes a name; why it cannot be there beside the earlier ones, or NULL. */
static const char *note_name(struct unpack *unpack, const char *path, size_t n,
                             bool folder)
{
    struct seen *seen = xcalloc(1, sizeof *seen), *other;
    struct seen **found;
    const char *why = NULL;

    seen->folded = fold(path, n);
    seen->path = xstrndup(path, n);
    seen->folder = folder;
    found = tsearch(seen, &unpack->seen, compare_seen);
    other = found ? *found : seen;
    if (other == seen)
        return NULL;
    if (strcmp(other->path, seen->path) != 0)
        why = "differs from another name in case only";
    else if (!folder || !other->folder)
        why = "is in the archive twice";
    free_seen(seen);
    return why;
}

static const char *check_names(struct unpack *unpack, const char *path,
                               bool folder)
{
    size_t n = strlen(path);
    const char *why = NULL;

    for (size_t i = 1; i < n && !why; i++)
        if (path[i] == '/')
            why = note_name(unpack, path, i, true);
    return why ? why : note_name(unpack, path, n, folder);
}

/* Does it hold what a terminal or a reader's eye obeys: ASCII's controls, those
   above it, marks that turn the direction of text? Names that are not UTF-8 are
   older programs', and are only ever shown escaped. */
static bool has_controls(const char *path)
{
    struct str shown = STR_INIT;
    json_t *text = json_string(path);
    bool found = false;

    str_add_visible(&shown, path, strlen(path), SIZE_MAX, false);
    if (text)
        found = strcmp(shown.text, path) != 0;
    for (const char *c = path; *c && !found; c++)
        found = (unsigned char)*c < 0x20 || *c == 0x7F;
    json_decref(text);
    str_release(&shown);
    return found;
}

/* Why no archive with such a name is taken; NULL where it is fine. */
static const char *check_path(const char *path,
                              const struct unpack_limits *limits)
{
    int depth = 0;

    if (*path == '/' || *path == '\\' ||
        (isalpha((unsigned char)*path) && path[1] == ':'))
        return "an absolute name";
    if (strlen(path) > NAME_BYTES_MAX)
        return "a name that is too long";
    for (const char *at = path; *at;) {
        size_t n = strcspn(at, "/\\");

        if (n == 2 && strncmp(at, "..", 2) == 0)
            return "a name with ..";
        depth += n > 0;
        at += n + (at[n] != '\0');
    }
    if (depth > limits->depth)
        return "folders nested too deeply";
    return has_controls(path) ? "a name with control characters" : NULL;
}

/* Removes "./" in front and slashes at the end; owned. */
static char *plain_path(const char *path)
{
    char *plain;
    size_t n;

    while (str_starts(path, "./"))
        path += 2 + strspn(path + 2, "/");
    plain = xstrdup(path);
    for (n = strlen(plain); n > 1 && plain[n - 1] == '/'; n--)
        plain[n - 1] = '\0';
    return plain;
}

static const char *check_entry(struct unpack *unpack,
                               struct archive_entry *entry, const char *path)
{
    bool folder = archive_entry_filetype(entry) == AE_IFDIR;
    const char *why = check_names(unpack, path, folder);

    if (why)
        return why;
    if (archive_entry_hardlink(entry))
        return "is a hard link";
    if (archive_entry_filetype(entry) == AE_IFLNK)
        return "is a symbolic link";
    if (!folder && archive_entry_filetype(entry) != AE_IFREG)
        return "is neither file nor folder";
    if (archive_entry_is_encrypted(entry))
        return "is encrypted";
    if (archive_entry_size_is_set(entry) &&
        archive_entry_size(entry) > unpack->limits->file)
        return "is too large";
    return NULL;
}

static int check_amount(struct unpack *unpack, long long size)
{
    long long read = archive_filter_bytes(unpack->in, -1);

    if (unpack->total > unpack->limits->total)
        return err_set(unpack->err, "more than %lld MiB of files",
                       unpack->limits->total >> 20);
    if (unpack->total > RATIO_FROM &&
        unpack->total > unpack->limits->ratio * (read > 0 ? read : 1))
        return err_set(unpack->err, "unpacks to more than %d times its size",
                       unpack->limits->ratio);
    if (size > unpack->limits->file)
        return err_set(unpack->err, "a file that is larger than it says");
    return 0;
}

static int copy_data(struct unpack *unpack)
{
    char buffer[1 << 16];
    long long size = 0;
    la_ssize_t n;

    while ((n = archive_read_data(unpack->in, buffer, sizeof buffer)) > 0) {
        size += n;
        unpack->total += n;
        if (check_amount(unpack, size) < 0)
            return -1;
        if (archive_write_data(unpack->out, buffer, (size_t)n) != n)
            return err_set(unpack->err, "cannot be unpacked: %s",
                           archive_error_string(unpack->out));
    }
    return n < 0 ? err_set(unpack->err, "damaged: %s",
                           archive_error_string(unpack->in))
                 : 0;
}

static int write_entry(struct unpack *unpack, struct archive_entry *entry,
                       const char *path)
{
    bool folder = archive_entry_filetype(entry) == AE_IFDIR;
    struct archive_entry *made = archive_entry_new();
    int status = 0;

    archive_entry_set_pathname(made, path);
    archive_entry_set_filetype(made, folder ? AE_IFDIR : AE_IFREG);
    archive_entry_set_perm(made, folder ? 0755 : 0644);
    if (archive_write_header(unpack->out, made) < ARCHIVE_WARN)
        status = err_set(unpack->err, "cannot be unpacked: %s",
                         archive_error_string(unpack->out));
    else if (!folder)
        status = copy_data(unpack);
    if (archive_write_finish_entry(unpack->out) < ARCHIVE_WARN)
        status = err_set(unpack->err, "cannot be unpacked: %s",
                         archive_error_string(unpack->out));
    archive_entry_free(made);
    return status;
}

static int refuse_all(struct unpack *unpack, const char *name, const char *why)
{
    struct str shown = STR_INIT;

    str_add_visible(&shown, name, strlen(name), 200, false);
    err_set(unpack->err, "%s: %s", why, shown.text);
    str_release(&shown);
    return -1;
}

static int take_entry(struct unpack *unpack, struct archive_entry *entry)
{
    const char *name = archive_entry_pathname_utf8(entry), *why;
    char *path;
    int status = 0;

    if (!name)
        name = archive_entry_pathname(entry);
    if (!name || !*name)
        return err_set(unpack->err, "an entry with no name that can be read");
    if (++unpack->count > unpack->limits->count)
        return err_set(unpack->err, "more than %lld entries",
                       unpack->limits->count);
    why = check_path(name, unpack->limits);
    if (why)
        return refuse_all(unpack, name, why);
    path = plain_path(name);
    if (!*path || strcmp(path, ".") == 0) {
        free(path);
        return 0;
    }
    why = check_entry(unpack, entry, path);
    if (!why)
        status = write_entry(unpack, entry, path);
    else if (json_object_set_new(unpack->refused, path, json_string(why)) < 0)
        status = refuse_all(unpack, path, "a name that is not UTF-8");
    free(path);
    return status;
}

/* libarchive does not always say. */
static const char *what_is_wrong(struct archive *archive)
{
    const char *text = archive_error_string(archive);

    if (text)
        return text;
    return archive_read_has_encrypted_entries(archive) > 0
               ? "names in it are encrypted"
               : "it cannot be read";
}

static int take_all(struct unpack *unpack)
{
    struct archive_entry *entry;
    int status = 0, got;

    while (status == 0 && (got = archive_read_next_header(
                               unpack->in, &entry)) != ARCHIVE_EOF) {
        if (got < ARCHIVE_WARN)
            return err_set(unpack->err, "damaged or no archive: %s",
                           what_is_wrong(unpack->in));
        status = take_entry(unpack, entry);
    }
    return status;
}

static void support(struct archive *in)
{
    archive_read_support_format_zip(in);
    archive_read_support_format_tar(in);
    archive_read_support_filter_gzip(in);
    archive_read_support_filter_bzip2(in);
    archive_read_support_filter_xz(in);
    archive_read_support_filter_zstd(in);
}

int unpack_run(int fd, const char *dir, const struct unpack_limits *limits,
               json_t **refused, struct err *err)
{
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0), old;
    struct unpack unpack = {.in = archive_read_new(),
                            .out = archive_write_disk_new(),
                            .limits = limits,
                            .refused = json_object(),
                            .err = err};
    int status;

    old = utf8 ? uselocale(utf8) : (locale_t)0;
    support(unpack.in);
    archive_write_disk_set_options(unpack.out,
                                   ARCHIVE_EXTRACT_SECURE_SYMLINKS |
                                       ARCHIVE_EXTRACT_SECURE_NODOTDOT |
                                       ARCHIVE_EXTRACT_SECURE_NOABSOLUTEPATHS |
                                       ARCHIVE_EXTRACT_NO_OVERWRITE);
    if (chdir(dir) < 0)
        status = err_errno(err, "%s", dir);
    else if (archive_read_open_fd(unpack.in, fd, 1 << 16) != ARCHIVE_OK)
        status = err_set(err, "damaged or no archive: %s",
                         archive_error_string(unpack.in));
    else
        status = take_all(&unpack);
    archive_read_free(unpack.in);
    archive_write_free(unpack.out);
    tdestroy(unpack.seen, free_seen);
    if (utf8) {
        uselocale(old);
        freelocale(utf8);
    }
    if (status == 0)
        *refused = unpack.refused;
    else
        json_decref(unpack.refused);
    return status;
}
