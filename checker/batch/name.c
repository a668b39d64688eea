#include "batch/name.h"

#include "base/alloc.h"
#include "base/hash.h"
#include "base/str.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Shorter than what file systems allow, for a slug and a suffix follow. */
enum { FILE_MAX = 120, DIGEST = 8 };

/* The length of the digits at `text` that end with `end`; 0 for none. */
static size_t number(const char *text, char end)
{
    size_t n = strspn(text, "0123456789");

    return n && n < 20 && text[n] == end ? n : 0;
}

/* NAME_NUMBER_assignsubmission_KIND_FILE, KIND "file" or "onlinetext"; folders
   of newer versions lack the last underscore. */
static bool parse_moodle(const char *entry, struct name *name)
{
    static const char *const marks[] = {"_assignsubmission_file",
                                        "_assignsubmission_onlinetext"};

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        const char *mark = strstr(entry, marks[i]), *digits = mark, *rest;

        if (!mark)
            continue;
        rest = mark + strlen(marks[i]);
        while (digits > entry && isdigit((unsigned char)digits[-1]))
            digits--;
        if (digits == mark || digits < entry + 2 || digits[-1] != '_' ||
            (*rest != '_' && *rest != '\0'))
            continue;
        name->student = xstrndup(entry, (size_t)(mark - entry));
        name->file = xstrdup(*rest ? rest + 1 : "");
        return true;
    }
    return false;
}

/* NAME[_LATE]_USER_SUBMISSION_FILE; Canvas leaves no underscore in NAME. */
static bool parse_canvas(const char *entry, struct name *name)
{
    const char *mark = strchr(entry, '_'), *user;
    size_t letters = mark ? (size_t)(mark - entry) : 0, n, m;

    if (!letters)
        return false;
    if (str_starts(mark, "_LATE_"))
        mark += strlen("_LATE");
    user = mark + 1;
    n = number(user, '_');
    m = n ? number(user + n + 1, '_') : 0;
    if (!m || !user[n + 1 + m + 1])
        return false;
    name->student = xasprintf("%.*s_%.*s", (int)letters, entry, (int)n, user);
    name->file = xstrdup(user + n + 1 + m + 1);
    return true;
}

void name_parse(const char *entry, struct name *name)
{
    *name = (struct name){.student = NULL};
    if (!parse_moodle(entry, name) && !parse_canvas(entry, name))
        name->student = xstrdup(entry);
}

void name_release(struct name *name)
{
    free(name->student);
    free(name->file);
    *name = (struct name){.student = NULL};
}

/* What follows "PREFIX-" in `entry`, where something does. */
static const char *after(const char *entry, const char *prefix, size_t n)
{
    if (n && strncmp(entry, prefix, n) == 0 && entry[n] == '-' && entry[n + 1])
        return entry + n + 1;
    return NULL;
}

const char *name_of_repository(const char *entry, const char *parent,
                               const char *slug)
{
    static const char clone[] = "-submissions";
    const char *rest = NULL;

    if (str_ends(parent, clone))
        rest = after(entry, parent, strlen(parent) - strlen(clone));
    if (!rest && slug)
        rest = after(entry, slug, strlen(slug));
    return rest ? rest : entry;
}

int name_version(const char *file, const char *snake)
{
    size_t n = strlen(snake), digits;
    const char *rest = file + n;
    bool round;

    if (!str_starts(file, snake))
        return -1;
    if (strcmp(rest, ".c") == 0)
        return 0;
    rest += *rest == ' ';
    round = *rest == '(';
    if (!round && (*rest != '-' || rest != file + n))
        return -1;
    digits = number(++rest, round ? ')' : '.');
    if (!digits || digits > 4 || strcmp(rest + digits + round, ".c") != 0)
        return -1;
    return (int)strtol(rest, NULL, 10);
}

char *name_before(const char *file, const char *snake)
{
    for (const char *at = file; (at = strstr(at, snake)); at++)
        if (at > file + 1 && strchr("_- .", at[-1]) &&
            name_version(at, snake) >= 0)
            return xstrndup(file, (size_t)(at - file) - 1);
    return NULL;
}

static bool ends_with(const char *file, const char *suffix)
{
    size_t n = strlen(file), m = strlen(suffix);

    return n > m && strcasecmp(file + n - m, suffix) == 0;
}

char *name_of_archive(const char *file)
{
    static const char *const suffixes[] = {
        ".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst", ".tar", ".tgz",
        ".tbz2",   ".tbz",     ".txz",    ".tzst",    ".zip", NULL};

    for (size_t i = 0; suffixes[i]; i++)
        if (ends_with(file, suffixes[i]))
            return xstrndup(file, strlen(file) - strlen(suffixes[i]));
    return NULL;
}

bool name_is_foreign_archive(const char *file)
{
    return ends_with(file, ".rar") || ends_with(file, ".7z") ||
           ends_with(file, ".gz") || ends_with(file, ".iso");
}

static bool is_plain(unsigned char c)
{
    return isalnum(c) || c >= 0x80 || strchr(" ._@+-", c);
}

/* Broken UTF-8 and what a terminal would obey must not be in it either. */
static bool is_clean(const char *student)
{
    struct str shown = STR_INIT;
    bool same;

    str_add_visible(&shown, student, strlen(student), SIZE_MAX, false);
    same = strcmp(shown.text, student) == 0;
    str_release(&shown);
    return same;
}

char *name_file(const char *student)
{
    bool clean = is_clean(student), changed = !clean;
    struct str file = STR_INIT;
    char text[HASH_TEXT_SIZE];
    struct hash hash;

    for (const char *c = student; *c && file.length < FILE_MAX; c++) {
        bool keep = *c != '\0' && is_plain((unsigned char)*c) &&
                    (clean || (unsigned char)*c < 0x80) &&
                    !(file.length == 0 && strchr(".- ", *c));

        changed = changed || !keep;
        str_addc(&file, *c);
        if (!keep)
            file.text[file.length - 1] = '_';
    }
    changed = changed || strlen(student) > file.length || !file.length;
    /* No half of a character at the cut. */
    while (strlen(student) > file.length && file.length &&
           (unsigned char)file.text[file.length - 1] >= 0x80)
        str_chop(&file, 1);
    if (changed) {
        hash_init(&hash);
        hash_add_text(&hash, student);
        hash_text(&hash, text);
        str_addf(&file, "~%.*s", DIGEST, text + strlen("sha256:"));
    }
    return str_detach(&file);
}
