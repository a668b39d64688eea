/*
 * Whose a submission is, from the names that exports give to files and folders:
 *
 *     Ada Lovelace_1234567_assignsubmission_file_/lru_cache.c       Moodle
 *     Ada Lovelace_1234567_assignsubmission_file_lru_cache.c        the same
 *     lovelaceada_LATE_4711_815_lru_cache-1.c                       Canvas
 *     submission_46389164/lru_cache.c, submission_metadata.yml      Gradescope
 *     week-3-submissions/week-3-ada/lru_cache.c                     GitHub
 *     ada/lru_cache.c, ada.c, ada_lru_cache.c, ada.zip              by hand
 *
 * Moodle's and Canvas' number of the person stays in the student's name, for
 * two may be called the same.
 */
#ifndef BATCH_NAME_H
#define BATCH_NAME_H

#include <stdbool.h>

struct name {
    char *student; /* owned */
    char *file;    /* owned: the name that the student gave the file; NULL where
                      the whole name is the student's, "" for Moodle's folder */
};

/* Takes the name of a file or folder apart; what no export has made is the
   student's as it stands. */
void name_parse(const char *entry, struct name *name);
void name_release(struct name *name);

/*
 * The student of a repository that GitHub Classroom cloned: `entry` without the
 * assignment's name in front, which is that of the folder `parent` without
 * "-submissions", or `slug`. Borrowed from `entry`.
 */
const char *name_of_repository(const char *entry, const char *parent,
                               const char *slug);

/*
 * Is `file` called SNAKE.c, or as the second or a later version of it
 * (SNAKE-1.c, as Canvas has it, SNAKE (1).c, as browsers do)? Returns the
 * version, 0 for the first; -1 where it is another file.
 */
int name_version(const char *file, const char *snake);

/* The student in "ada_lru_cache.c", "ada-lru_cache.c", "ada lru_cache.c" or
   "ada.lru_cache.c", owned; NULL where the name is of another form. */
char *name_before(const char *file, const char *snake);

/* The name without the suffix of an archive (.zip, .tar, .tar.gz, .tgz, ...),
   owned; NULL where it is none. */
char *name_of_archive(const char *file);

/* Has it the suffix of an archive that is not opened (.rar, .7z)? */
bool name_is_foreign_archive(const char *file);

/*
 * A file's name for a student, owned: letters, digits, spaces and "._@+-" and
 * what is not ASCII stay, the rest becomes "_"; not hidden, not an option, not
 * long. A name that had to be changed gets a digest of what it was, so that two
 * students never share one.
 */
char *name_file(const char *student);

#endif
