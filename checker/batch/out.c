#include "batch/out.h"

#include "base/alloc.h"
#include "base/path.h"
#include "base/temp.h"
#include "judge/result.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

static const char prefix[] = "kata-batch";

enum { RESULT_MAX = 64 << 20 };

static int check_empty(const char *dir, struct err *err)
{
    struct strv names = STRV_INIT;
    int status = path_list(dir, &names, err);

    if (status == 0 && names.count)
        status = err_set(err,
                         "%s is not empty and no batch's; choose another "
                         "folder for -o",
                         dir);
    strv_release(&names);
    return status;
}

static int take_lock(struct out *out, struct err *err)
{
    char *path = path_join(out->inner, "lock");
    struct str quoted = STR_INIT;
    int status = 0;

    out->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (out->lock < 0)
        status = err_errno(err, "%s", path);
    else if (flock(out->lock, LOCK_EX | LOCK_NB) < 0) {
        str_add_quoted(&quoted, out->dir);
        status = err_set(err,
                         "another batch is at work in %s; `kata batch status "
                         "%s` tells how far it is",
                         out->dir, quoted.text);
        str_release(&quoted);
    }
    free(path);
    return status;
}

/* One that was killed leaves its temporary folder behind. */
static void remove_left_over(const char *note)
{
    struct str path = STR_INIT;
    struct stat info;

    if (path_read(note, 4096, &path, NULL) == 0 && path.text[0] == '/' &&
        str_starts(path_base(path.text), prefix) &&
        lstat(path.text, &info) == 0 && S_ISDIR(info.st_mode) &&
        info.st_uid == geteuid())
        path_remove(path.text, NULL);
    str_release(&path);
}

/* Is noted before it is made: whoever is killed in between leaves nothing. */
static int make_temporary(struct out *out, bool for_all, struct err *err)
{
    char *note = path_join(out->inner, "temporary");
    char *dir = path_temp(for_all, err);
    unsigned long long name;
    int status = dir ? 0 : -1;

    remove_left_over(note);
    if (status == 0 && getrandom(&name, sizeof name, 0) != sizeof name)
        status = err_errno(err, "random numbers");
    if (status == 0) {
        out->temporary = xasprintf("%s/%s-%016llx", dir, prefix, name);
        status =
            path_write(note, out->temporary, strlen(out->temporary), 0644, err);
    }
    /* Jails run as another user go through it. */
    if (status == 0 && (mkdir(out->temporary, 0700) < 0 ||
                        (for_all && chmod(out->temporary, 0711) < 0)))
        status = err_errno(err, "%s", out->temporary);
    free(dir);
    free(note);
    return status;
}

static int make_folders(struct out *out, struct err *err)
{
    char *graded = path_join(out->inner, "graded");
    char *sources = path_join(out->inner, "sources");
    int status = path_mkdirs(graded, 0755, err);

    if (status == 0)
        status = path_mkdirs(sources, 0755, err);
    if (status == 0)
        status = path_mkdirs(out->results, 0755, err);
    free(graded);
    free(sources);
    return status;
}

static void set_paths(struct out *out, const char *dir)
{
    *out = (struct out){.dir = xstrdup(dir), .lock = -1, .temporary_lock = -1};
    out->results = path_join(dir, "results");
    out->inner = path_join(dir, ".kata");
}

int out_open(struct out *out, const char *dir, bool resume, bool for_all,
             struct err *err)
{
    uint64_t seed;
    size_t count;
    int status = 0;

    set_paths(out, dir);
    if (path_is_dir(dir) && !path_is_dir(out->inner))
        status = check_empty(dir, err);
    if (status == 0)
        status = path_mkdirs(out->inner, 0755, err);
    if (status == 0)
        status = take_lock(out, err);
    if (status == 0 && !resume && out_roster(dir, &seed, &count))
        status = err_set(
            err, "%s holds a batch already: --resume goes on with it", dir);
    if (status == 0)
        status = make_folders(out, err);
    if (status == 0)
        status = make_temporary(out, for_all, err);
    if (status < 0)
        out_close(out);
    return status;
}

int out_attach(struct out *out, const char *dir, bool for_all, struct err *err)
{
    int status = 0;

    set_paths(out, dir);
    out->temporary =
        temp_make("kata-batch-task", for_all, &out->temporary_lock, err);
    if (!out->temporary)
        status = -1;
    else if (for_all && chmod(out->temporary, 0711) < 0)
        status = err_errno(err, "%s", out->temporary);
    if (status < 0)
        out_close(out);
    return status;
}

void out_close(struct out *out)
{
    char *note = out->inner ? path_join(out->inner, "temporary") : NULL;
    bool noted = note && out->temporary;

    temp_remove(out->temporary, out->temporary_lock);
    if (out->lock >= 0) {
        if (noted)
            unlink(note);
        close(out->lock);
    }
    free(note);
    free(out->dir);
    free(out->results);
    free(out->inner);
    *out = (struct out){.lock = -1, .temporary_lock = -1};
}

bool out_roster(const char *dir, uint64_t *seed, size_t *submissions)
{
    char *path = xasprintf("%s/.kata/roster.json", dir);
    json_t *roster = json_load_file(path, 0, NULL);
    json_int_t number, count;
    bool found = json_unpack(roster, "{s:I, s:I}", "seed", &number,
                             "submissions", &count) == 0;

    if (found) {
        *seed = (uint64_t)number;
        *submissions = (size_t)count;
    }
    json_decref(roster);
    free(path);
    return found;
}

/* Writes a file of ours that does not say the same already. What lies in its
   place and is no file is not ours to keep. */
static int keep_bytes(const char *path, const char *bytes, size_t n,
                      struct err *err)
{
    struct str old = STR_INIT;
    int status = 0;

    if (path_is_dir(path))
        status = path_remove(path, err);
    else if (path_is_file(path) &&
             path_read(path, RESULT_MAX, &old, NULL) == 0 && old.length == n &&
             (n == 0 || memcmp(old.text, bytes, n) == 0)) {
        str_release(&old);
        return 0;
    }
    str_release(&old);
    return status < 0 ? -1 : path_write(path, bytes, n, 0644, err);
}

static int write_json(const char *path, const json_t *json, struct err *err)
{
    char *text = json_dumps(json, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
    struct str file = STR_INIT;
    int status;

    if (!text)
        return err_set(err, "%s: cannot be written as JSON", path);
    str_addf(&file, "%s\n", text);
    free(text);
    status = keep_bytes(path, file.text, file.length, err);
    str_release(&file);
    return status;
}

int out_set_roster(const struct out *out, const struct roster *roster,
                   struct err *err)
{
    char *path = path_join(out->inner, "roster.json");
    json_t *slugs = json_array(), *json;
    int status;

    for (size_t i = 0; i < roster->kata_count; i++)
        json_array_append_new(slugs, json_string(roster->katas[i]->slug));
    json = json_pack("{s:s, s:I, s:I, s:o}", "schema", "kata-batch/1", "seed",
                     (json_int_t)roster->seed, "submissions",
                     (json_int_t)roster->count, "katas", slugs);
    status = write_json(path, json, err);
    json_decref(json);
    free(path);
    return status;
}

bool out_busy(const char *dir)
{
    char *path = xasprintf("%s/.kata/lock", dir);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool busy = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0;

    if (fd >= 0)
        close(fd);
    free(path);
    return busy;
}

static const char *digits(const char *hash)
{
    const char *colon = strchr(hash, ':');

    return colon ? colon + 1 : hash;
}

char *out_graded(const struct out *out, const struct item *item)
{
    return xasprintf("%s/graded/%s", out->inner, digits(item->key));
}

char *out_source(const struct out *out, const struct item *item)
{
    return xasprintf("%s/sources/%s.c", out->inner, digits(item->source));
}

char *out_result(const struct out *out, const struct roster *roster,
                 const struct item *item)
{
    char *name = roster_name(roster, item);
    char *path = xasprintf("%s/%s.json", out->results, name);

    free(name);
    return path;
}

int out_keep_source(const struct out *out, struct item *item, const void *bytes,
                    size_t n, struct err *err)
{
    struct hash hash;
    char *path;
    int status;

    hash_init(&hash);
    hash_add(&hash, bytes, n);
    hash_text(&hash, item->source);
    path = out_source(out, item);
    status = keep_bytes(path, bytes, n, err);
    free(path);
    return status;
}

static void set_visible(json_t *object, const char *key, const char *text)
{
    struct str shown = STR_INIT;

    str_add_visible(&shown, text, strlen(text), 1000, false);
    json_object_set_new(object, key, json_string(shown.text));
    str_release(&shown);
}

json_t *out_read(const char *path, const struct kata *kata, struct err *err)
{
    struct str text = STR_INIT;
    struct grade grade;
    json_error_t where;
    json_t *json = NULL;
    const char *slug;
    bool whole = false;

    if (path_read(path, RESULT_MAX, &text, err) == 0) {
        json =
            json_loadb(text.text, text.length, JSON_REJECT_DUPLICATES, &where);
        slug = grade_json_slug(json);
        if (!json)
            err_set(err, "%s is damaged: line %d: %s", path, where.line,
                    where.text);
        else if (!slug || strcmp(slug, kata->slug) != 0)
            err_set(err, "%s is no kata-result/1 of %s", path, kata->slug);
        else if (grade_from_json(json, kata, &grade, err) < 0)
            err_context(err, "%s is damaged", path);
        else
            whole = true;
    }
    if (whole)
        grade_release(&grade);
    else
        json_decref(json);
    str_release(&text);
    return whole ? json : NULL;
}

void out_set_owner(json_t *result, const struct item *item)
{
    set_visible(result, "student", item->student);
    set_visible(result, "file", item->file);
    set_visible(result, "path", item->file);
}

int out_write_result(const struct out *out, const struct roster *roster,
                     const struct item *item, json_t *result, struct err *err)
{
    char *path = out_result(out, roster, item);
    int status;

    out_set_owner(result, item);
    status = write_json(path, result, err);
    free(path);
    return status;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool has_kata(const struct roster *roster, const char *slug)
{
    for (size_t i = 0; i < roster->kata_count; i++)
        if (strcmp(roster->katas[i]->slug, slug) == 0)
            return true;
    return false;
}

int out_check_katas(const struct out *out, const struct roster *roster,
                    struct err *err)
{
    char *path = path_join(out->inner, "roster.json");
    json_t *old = json_load_file(path, 0, NULL);
    const json_t *slugs = json_object_get(old, "katas"), *each;
    int status = 0;
    size_t i;

    json_array_foreach(slugs, i, each)
    {
        const char *slug = json_string_value(each);

        if (slug && !has_kata(roster, slug))
            status = err_set(err,
                             "%s holds a batch that grades %s, too; take "
                             "another -o, or name the same katas",
                             out->dir, slug);
    }
    json_decref(old);
    free(path);
    return status;
}

int out_sweep(const struct out *out, const struct roster *roster,
              size_t *removed, struct err *err)
{
    struct strv names = STRV_INIT, known = STRV_INIT;
    int status = path_list(out->results, &names, err);

    *removed = 0;
    for (size_t i = 0; i < roster->count && status == 0; i++) {
        char *name = roster_name(roster, &roster->items[i]);

        strv_addf(&known, "%s.json", name);
        free(name);
    }
    strv_sort(&known);
    for (size_t i = 0; i < names.count && status == 0; i++)
        if (!known.count || !bsearch(&names.items[i], known.items, known.count,
                                     sizeof *known.items, by_text)) {
            char *path = path_join(out->results, names.items[i]);

            status = path_remove(path, err);
            ++*removed;
            free(path);
        }
    strv_release(&known);
    strv_release(&names);
    return status;
}
