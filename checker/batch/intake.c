/*
 * Theory of operation. Each name at the top of SUBMISSIONS belongs to a
 * student (batch/name.h); what belongs to the same one is looked at together.
 * In it the file SNAKE.c is looked for, not through links: at the top, else in
 * a folder that is named for the kata, else anywhere but in folders that hold a
 * kata's own files. Two at the same place are nobody's to choose from. Archives
 * are opened only where no file was found beside them.
 */
#include "batch/intake.h"

#include "base/alloc.h"
#include "base/moment.h"
#include "base/path.h"
#include "batch/archive.h"
#include "batch/metadata.h"
#include "batch/name.h"
#include "exec/proc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SOURCE_MAX = 1 << 20, SEARCH_DEPTH = 12, ARCHIVES_DEEP = 2 };

struct intake {
    struct archive_jail jail;
    const struct out *out;
    struct roster *roster;
    bool all;
    char *root;       /* whose names are the students' */
    json_t *refused;  /* of the archive of all; NULL where it is a folder */
    struct str below; /* "export/": where in the archive the root is */
    struct str metadata;
    struct err *err;
};

/* One name at the top. */
struct entry {
    char *student, *file, *name; /* file: as the student called it, or NULL */
};

struct entries {
    struct entry *items;
    size_t count, capacity;
};

/* What was found for one kata. */
struct found {
    char *path, *shown;
    int rank, version;
    bool twice;
    char *note; /* of what stands in the way */
};

/* Kinds of files, links not followed. */

static mode_t kind(const char *path)
{
    struct stat info;

    return lstat(path, &info) == 0 ? info.st_mode & S_IFMT : 0;
}

static bool is_junk(const char *name)
{
    return name[0] == '.' || strcmp(name, "__MACOSX") == 0 ||
           strcmp(name, "Thumbs.db") == 0 || strcmp(name, "desktop.ini") == 0 ||
           strcmp(name, "submission_metadata.yml") == 0;
}

/* Looking for a file */

static void found_release(struct found *found)
{
    free(found->path);
    free(found->shown);
    free(found->note);
    *found = (struct found){.path = NULL};
}

static void offer(struct found *found, const char *path, const char *shown,
                  int rank, int version)
{
    if (found->path && (found->rank < rank ||
                        (found->rank == rank && found->version > version)))
        return;
    if (found->path && found->rank == rank && found->version == version) {
        found->twice = true;
        return;
    }
    free(found->path);
    free(found->shown);
    found->path = xstrdup(path);
    found->shown = xstrdup(shown);
    found->rank = rank;
    found->version = version;
    found->twice = false;
}

static bool is_passed_over(const char *name)
{
    static const char *const own[] = {"katas", "solutions", "old", "build",
                                      NULL};

    for (size_t i = 0; own[i]; i++)
        if (strcmp(name, own[i]) == 0)
            return true;
    return is_junk(name);
}

/* `rank` is that of files in this folder: 0 at the top, 1 in a folder named for
   the kata, else as deep as it is. */
static void search(const char *dir, const char *shown, const struct kata *kata,
                   int depth, int rank, struct found *found)
{
    struct strv names = STRV_INIT;

    if (depth > SEARCH_DEPTH || path_list(dir, &names, NULL) < 0) {
        strv_release(&names);
        return;
    }
    for (size_t i = 0; i < names.count; i++) {
        const char *name = names.items[i];
        char *path = path_join(dir, name), *below = path_join(shown, name);
        int version = name_version(name, kata->snake);
        bool named =
            strcmp(name, kata->slug) == 0 || strcmp(name, kata->snake) == 0;

        if (kind(path) == S_IFDIR && !is_passed_over(name))
            search(path, below, kata, depth + 1, named ? 1 : depth + 2, found);
        else if (version >= 0 && kind(path) == S_IFLNK && !found->note)
            found->note = xasprintf("%s is a symbolic link", below);
        else if (version >= 0 && kind(path) == S_IFREG)
            offer(found, path, below, rank, version);
        free(path);
        free(below);
    }
    strv_release(&names);
}

/* Why something under `name` of the archive was left out, owned; or NULL. */
static char *find_refusal(json_t *refused, const char *below, const char *name)
{
    char *start = xasprintf("%s%s", below, name);
    size_t n = strlen(start);
    const char *path;
    json_t *why;
    char *note = NULL;

    json_object_foreach(refused, path, why)
    {
        if (strncmp(path, start, n) == 0 &&
            (path[n] == '/' || path[n] == '\0') && !note)
            note = xasprintf("not taken from the archive: %s %s", path,
                             json_string_value(why));
    }
    free(start);
    return note;
}

/* One whole submission on disk: a folder or a file. */
struct holding {
    char *path, *shown;
    const char *file; /* as the student called it; NULL: nothing of its own */
};

static void look(const struct holding *holding, const struct kata *kata,
                 bool alone, struct found *found)
{
    mode_t type = kind(holding->path);
    int version;

    if (type == S_IFDIR) {
        search(holding->path, holding->shown, kata, 0, 0, found);
        return;
    }
    version = holding->file ? name_version(holding->file, kata->snake) : -1;
    if (version < 0 && alone && holding->file && str_ends(holding->file, ".c"))
        version = 0;
    if (version < 0)
        return;
    if (type == S_IFREG)
        offer(found, holding->path, holding->shown, 0, version);
    else if (!found->note)
        found->note = xasprintf("%s is a symbolic link", holding->shown);
}

static void add_archives(const struct holding *holding, int depth,
                         struct strv *paths, struct strv *shown)
{
    struct strv names = STRV_INIT;
    char *stem = name_of_archive(holding->file ? holding->file
                                               : path_base(holding->path));
    mode_t type = kind(holding->path);

    if (type == S_IFREG && stem) {
        strv_add(paths, holding->path);
        strv_add(shown, holding->shown);
    }
    free(stem);
    if (type == S_IFDIR && depth < SEARCH_DEPTH &&
        path_list(holding->path, &names, NULL) == 0)
        for (size_t i = 0; i < names.count; i++) {
            struct holding inner = {path_join(holding->path, names.items[i]),
                                    path_join(holding->shown, names.items[i]),
                                    names.items[i]};

            if (!is_passed_over(names.items[i]))
                add_archives(&inner, depth + 1, paths, shown);
            free(inner.path);
            free(inner.shown);
        }
    strv_release(&names);
}

/* What the archives of a student hold goes to `more`; why not to *note. */
static int open_archives(struct intake *intake, const struct holding *holding,
                         struct strv *more, struct strv *shown, char **note)
{
    struct strv paths = STRV_INIT, names = STRV_INIT;
    int status = 0;

    add_archives(holding, 0, &paths, &names);
    for (size_t i = 0; i < paths.count && status == 0 && !*note; i++) {
        struct err err = ERR_INIT;
        bool broken = false;
        json_t *refused;
        char *dir = archive_unpack(&intake->jail, paths.items[i], false,
                                   &refused, &broken, &err);

        if (!dir && broken)
            status = err_set(intake->err, "%s: %s", names.items[i], err.text);
        else if (!dir)
            *note = xasprintf("%s is refused: %s", names.items[i], err.text);
        else if (json_object_size(refused)) {
            void *first = json_object_iter(refused);

            *note = xasprintf("%s is refused: %s %s", names.items[i],
                              json_object_iter_key(first),
                              json_string_value(json_object_iter_value(first)));
        }
        if (dir && !*note) {
            strv_add(more, dir);
            strv_add(shown, names.items[i]);
        }
        json_decref(refused);
        free(dir);
    }
    strv_release(&paths);
    strv_release(&names);
    return status;
}

/* Items */

static int keep(struct intake *intake, struct item *item, const char *path)
{
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    struct stat info;
    struct str text = STR_INIT;
    char buffer[1 << 16];
    ssize_t n = 0;
    int status = 0;

    if (fd < 0 || fstat(fd, &info) < 0 || !S_ISREG(info.st_mode)) {
        item->note = xasprintf("cannot be read: %s", strerror(errno));
    } else if (info.st_size > SOURCE_MAX) {
        item->note = xasprintf("%lld bytes, and at most %d are graded",
                               (long long)info.st_size, SOURCE_MAX);
    } else {
        while (text.length <= SOURCE_MAX &&
               (n = read(fd, buffer, sizeof buffer)) > 0)
            str_addn(&text, buffer, (size_t)n);
        if (n < 0)
            item->note = xasprintf("cannot be read: %s", strerror(errno));
        else
            status = out_keep_source(intake->out, item, text.text, text.length,
                                     intake->err);
    }
    if (fd >= 0)
        close(fd);
    str_release(&text);
    return status;
}

static int add_item(struct intake *intake, const char *student, size_t kata,
                    struct found *found, const char *note)
{
    const char *snake = intake->roster->katas[kata]->snake;
    struct item *item = roster_add(intake->roster, student, kata, found->shown);

    if (note)
        item->note = xstrdup(note);
    else if (found->twice)
        item->note =
            xasprintf("two files %s.c: %s and another", snake, found->shown);
    else if (found->path)
        return keep(intake, item, found->path);
    else if (found->note)
        item->note = xstrdup(found->note);
    else
        item->note = xasprintf("there is no %s.c", snake);
    return 0;
}

/* What one student has: the entries, and what was in archives among them. */
struct student {
    const char *name;
    struct holding *holdings;
    size_t count, capacity;
    char *note;
};

static void hold(struct student *student, const char *path, const char *shown,
                 const char *file)
{
    student->holdings = grow(student->holdings, &student->capacity,
                             student->count, sizeof *student->holdings);
    student->holdings[student->count++] =
        (struct holding){xstrdup(path), xstrdup(shown), file};
}

static void look_all(struct intake *intake, const struct student *student,
                     struct found *found)
{
    bool alone = !intake->all && intake->roster->kata_count == 1;

    for (size_t k = 0; k < intake->roster->kata_count; k++) {
        found_release(&found[k]);
        for (size_t i = 0; i < student->count; i++)
            look(&student->holdings[i], intake->roster->katas[k], alone,
                 &found[k]);
    }
}

static bool has_enough(const struct intake *intake, const struct found *found)
{
    bool any = false, every = true;

    for (size_t k = 0; k < intake->roster->kata_count; k++) {
        any = any || found[k].path || found[k].note;
        every = every && (found[k].path || found[k].note);
    }
    return intake->all ? any : every;
}

static int open_all(struct intake *intake, struct student *student,
                    struct found *found)
{
    size_t from = 0;
    int status = 0;

    for (int deep = 0; deep < ARCHIVES_DEEP && status == 0 && !student->note &&
                       !has_enough(intake, found);
         deep++) {
        struct strv more = STRV_INIT, shown = STRV_INIT;
        size_t to = student->count;

        for (size_t i = from; i < to && status == 0 && !student->note; i++)
            status = open_archives(intake, &student->holdings[i], &more, &shown,
                                   &student->note);
        for (size_t i = 0; i < more.count; i++)
            hold(student, more.items[i], shown.items[i], NULL);
        strv_release(&more);
        strv_release(&shown);
        from = to;
        look_all(intake, student, found);
    }
    return status;
}

static int take_student(struct intake *intake, struct student *student)
{
    size_t count = intake->roster->kata_count;
    struct found *found = xcalloc(count, sizeof *found);
    bool any = false;
    int status = 0;

    look_all(intake, student, found);
    if (!student->note)
        status = open_all(intake, student, found);
    for (size_t k = 0; k < count; k++)
        any = any || found[k].path || found[k].note;
    for (size_t k = 0; k < count && status == 0; k++) {
        bool missing = !found[k].path && !found[k].note;

        if (intake->all && missing && (any || k > 0))
            continue;
        /* What an archive refused may have been any of the files. */
        status = add_item(intake, student->name, k, &found[k], student->note);
    }
    for (size_t k = 0; k < count; k++)
        found_release(&found[k]);
    free(found);
    return status;
}

static void student_release(struct student *student)
{
    for (size_t i = 0; i < student->count; i++) {
        free(student->holdings[i].path);
        free(student->holdings[i].shown);
    }
    free(student->holdings);
    free(student->note);
}

/* The top */

static void put_aside(struct intake *intake, const char *name, const char *why)
{
    strv_addf(&intake->roster->aside, "%s: %s", name, why);
}

static void add_entry(struct entries *entries, char *student, const char *file,
                      const char *name)
{
    entries->items = grow(entries->items, &entries->capacity, entries->count,
                          sizeof *entries->items);
    entries->items[entries->count++] =
        (struct entry){student, file ? xstrdup(file) : NULL, xstrdup(name)};
}

/* A file of a form that no export makes. */
static void take_file(struct intake *intake, const char *name,
                      struct entries *entries)
{
    char *student = name_of_archive(name);
    const struct roster *roster = intake->roster;

    for (size_t k = 0; k < roster->kata_count && !student; k++) {
        student = name_before(name, roster->katas[k]->snake);
        if (student) {
            add_entry(entries, student, name + strlen(student) + 1, name);
            return;
        }
    }
    if (!student && str_ends(name, ".c") && strlen(name) > 2 && !intake->all &&
        roster->kata_count == 1)
        student = xstrndup(name, strlen(name) - 2);
    if (student)
        add_entry(entries, student, name, name);
    else if (name_is_foreign_archive(name))
        put_aside(intake, name, "an archive of a kind that is not opened");
    else
        put_aside(intake, name, "nobody's, by its name");
}

static void take_folder(struct intake *intake, const char *name,
                        struct entries *entries)
{
    const char *slug =
        intake->roster->kata_count == 1 ? intake->roster->katas[0]->slug : NULL;
    char *people = metadata_students(intake->metadata.text, name);
    char *time = metadata_time(intake->metadata.text, name);

    if (people && str_starts(name, "submission_")) {
        char *student =
            xasprintf("%s_%s", people, name + strlen("submission_"));
        int64_t seconds;

        if (time && moment_read(time, &seconds) == 0) {
            strv_add(&intake->roster->timed, student);
            strv_add(&intake->roster->times, time);
        }
        add_entry(entries, student, NULL, name);
    } else {
        add_entry(
            entries,
            xstrdup(name_of_repository(name, path_base(intake->root), slug)),
            NULL, name);
    }
    free(people);
    free(time);
}

/* Was all that a folder of the archive held refused? Then it is not on the
   disk, and still somebody's. */
static bool is_refused_folder(const struct intake *intake, const char *entry)
{
    char *start = xasprintf(
        "%s%s/", intake->below.length ? intake->below.text : "", entry);
    const char *path;
    json_t *why;
    bool found = false;

    json_object_foreach(intake->refused, path, why)
    {
        found = found || str_starts(path, start);
    }
    free(start);
    return found;
}

static void take_name(struct intake *intake, const char *entry,
                      struct entries *entries)
{
    char *path = path_join(intake->root, entry);
    mode_t type = kind(path);
    struct name name;

    name_parse(entry, &name);
    if (is_junk(entry) || strstr(entry, "_assignsubmission_onlinetext"))
        ;
    else if (name.file)
        add_entry(entries, xstrdup(name.student), name.file, entry);
    else if (type == S_IFDIR || (type == 0 && is_refused_folder(intake, entry)))
        take_folder(intake, entry, entries);
    else if (type == S_IFREG || type == 0)
        take_file(intake, entry, entries);
    else
        put_aside(intake, entry, "neither file nor folder");
    name_release(&name);
    free(path);
}

static int by_student(const void *a, const void *b)
{
    const struct entry *left = a, *right = b;
    int order = strcmp(left->student, right->student);

    return order ? order : strcmp(left->name, right->name);
}

static void release_entries(struct entries *entries)
{
    for (size_t i = 0; i < entries->count; i++) {
        free(entries->items[i].student);
        free(entries->items[i].file);
        free(entries->items[i].name);
    }
    free(entries->items);
}

/* Names at the top of what was refused may not be on the disk at all. */
static void add_refused(struct intake *intake, struct strv *names)
{
    size_t n = intake->below.length;
    const char *path;
    json_t *why;

    json_object_foreach(intake->refused, path, why)
    {
        char *name;

        if (strncmp(path, intake->below.text, n) != 0)
            continue;
        name = xstrndup(path + n, strcspn(path + n, "/"));
        if (!strv_has(names, name))
            strv_add(names, name);
        free(name);
    }
}

static int take_entries(struct intake *intake, struct entries *entries)
{
    int status = 0;

    qsort(entries->items, entries->count, sizeof *entries->items, by_student);
    for (size_t i = 0, next; i < entries->count && status == 0; i = next) {
        struct student student = {.name = entries->items[i].student};

        for (next = i; next < entries->count &&
                       strcmp(entries->items[next].student, student.name) == 0;
             next++) {
            const struct entry *entry = &entries->items[next];
            char *path = path_join(intake->root, entry->name);

            hold(&student, path, entry->name, entry->file);
            if (!student.note)
                student.note = find_refusal(intake->refused, intake->below.text,
                                            entry->name);
            free(path);
        }
        status = take_student(intake, &student);
        student_release(&student);
        if (proc_cancelled)
            status = err_set(intake->err, "interrupted");
    }
    return status;
}

static int take_all(struct intake *intake)
{
    struct strv names = STRV_INIT;
    struct entries entries = {.items = NULL};
    char *metadata = path_join(intake->root, "submission_metadata.yml");
    int status = path_list(intake->root, &names, intake->err);

    if (kind(metadata) == S_IFREG &&
        path_read(metadata, 64 << 20, &intake->metadata, NULL) < 0)
        put_aside(intake, "submission_metadata.yml", "cannot be read");
    add_refused(intake, &names);
    for (size_t i = 0; i < names.count && status == 0; i++)
        take_name(intake, names.items[i], &entries);
    if (status == 0 && entries.count)
        status = take_entries(intake, &entries);
    release_entries(&entries);
    strv_release(&names);
    free(metadata);
    return status;
}

/* Is SNAKE.c of a kata in this very folder? Then it is one submission. */
static bool holds_source(const struct intake *intake, const char *dir)
{
    bool found = false;

    for (size_t k = 0; k < intake->roster->kata_count && !found; k++) {
        char *path = xasprintf("%s/%s.c", dir, intake->roster->katas[k]->snake);

        found = kind(path) == S_IFREG;
        free(path);
    }
    return found;
}

/* An export has one folder with all the others in it; its name is nobody's. */
static void step_into_export(struct intake *intake)
{
    struct strv names = STRV_INIT, inner = STRV_INIT;
    size_t seen = 0, at = 0, many = 0;
    char *only = NULL;

    if (path_list(intake->root, &names, NULL) == 0)
        for (size_t i = 0; i < names.count; i++)
            if (!is_junk(names.items[i])) {
                seen++;
                at = i;
            }
    if (seen == 1)
        only = path_join(intake->root, names.items[at]);
    if (only && kind(only) == S_IFDIR && !holds_source(intake, only) &&
        path_list(only, &inner, NULL) == 0)
        for (size_t i = 0; i < inner.count; i++) {
            struct name name;
            char *path = path_join(only, inner.items[i]);
            char *stem = name_of_archive(inner.items[i]);

            name_parse(inner.items[i], &name);
            many += stem || name.file || str_ends(inner.items[i], ".c") ||
                    str_starts(inner.items[i], "submission_") ||
                    (kind(path) == S_IFDIR && !is_passed_over(inner.items[i]) &&
                     holds_source(intake, path));
            name_release(&name);
            free(stem);
            free(path);
        }
    if (many > 1) {
        str_addf(&intake->below, "%s/", names.items[at]);
        free(intake->root);
        intake->root = only;
        only = NULL;
    }
    free(only);
    strv_release(&inner);
    strv_release(&names);
}

static int take_one(struct intake *intake, const char *name, const char *path,
                    const char *file)
{
    struct student student = {.name = name};
    int status;

    hold(&student, path, path_base(path), file);
    if (json_object_size(intake->refused)) {
        void *first = json_object_iter(intake->refused);

        student.note = xasprintf(
            "not taken from the archive: %s %s", json_object_iter_key(first),
            json_string_value(json_object_iter_value(first)));
    }
    status = take_student(intake, &student);
    student_release(&student);
    return status;
}

static int take_root(struct intake *intake, const char *name)
{
    step_into_export(intake);
    if (holds_source(intake, intake->root))
        return take_one(intake, name, intake->root, NULL);
    return take_all(intake);
}

static int take_path(struct intake *intake, const char *path)
{
    char *real = path_real(path), *stem = NULL;
    bool broken;
    int status = -1;

    if (!real) {
        err_errno(intake->err, "%s", path);
    } else if (path_is_dir(real)) {
        intake->root = xstrdup(real);
        status = take_root(intake, path_base(real));
    } else if ((stem = name_of_archive(path_base(real)))) {
        intake->root = archive_unpack(&intake->jail, real, true,
                                      &intake->refused, &broken, intake->err);
        status = intake->root ? take_root(intake, stem)
                              : err_context(intake->err, "%s", path);
    } else if (str_ends(real, ".c")) {
        stem = xstrndup(path_base(real), strlen(path_base(real)) - 2);
        status = take_one(intake, stem, real, path_base(real));
    } else {
        err_set(intake->err,
                "%s: expected a folder, a file .c or an archive (.zip, "
                ".tar, .tar.gz, ...)",
                path);
    }
    free(stem);
    free(real);
    return status;
}

/* Katas of which nobody handed anything in are not in the roster. */
static int check_any(const struct roster *roster, const char *path,
                     struct err *err)
{
    for (size_t i = 0; i < roster->count; i++)
        if (roster->items[i].source[0] || roster->items[i].note)
            return 0;
    return err_set(err,
                   "%s: no submission found; `kata batch -h` and "
                   "docs/batch.md say how files have to be named",
                   path);
}

int intake_read(const char *path, bool all, const struct sandbox *sandbox,
                const struct out *out, struct roster *roster, struct err *err)
{
    struct intake intake = {
        .jail = {.sandbox = sandbox, .temporary = out->temporary},
        .out = out,
        .roster = roster,
        .all = all,
        .below = STR_INIT,
        .metadata = STR_INIT,
        .err = err};
    int status = take_path(&intake, path);

    if (status == 0)
        status = check_any(roster, path, err);
    roster_sort(roster);
    json_decref(intake.refused);
    archive_release(&intake.jail);
    str_release(&intake.below);
    str_release(&intake.metadata);
    free(intake.root);
    return status;
}
