/*
 * What tasks on other machines are given: a job. It is a folder of the batch's
 * shared OUT, OUT/.kata/jobs/NAME:
 *
 *     job.json   the submissions to grade, in the order of the tasks
 *     task.sh    what Slurm runs for each task (batch/slurm.c)
 *     id         Slurm's number of it
 *     log-N      what task N said
 *
 * Task N grades the submissions N * chunk ... and writes each result where a
 * grading here would, OUT/.kata/graded/KEY. What it could not grade it says in
 * OUT/.kata/notes/KEY. A job that is removed is taken back: its tasks look, and
 * end.
 */
#ifndef BATCH_JOB_H
#define BATCH_JOB_H

#include "base/err.h"
#include "batch/engine.h"

#include <stdbool.h>
#include <stddef.h>

struct job {
    char *dir, *out;              /* absolute */
    char *root, *program, *tests; /* tests may be NULL */
    char *checker, *tools;        /* of who made it */
    double seconds, lease;
    size_t chunk;
    struct strv slugs;
    struct roster roster; /* items with kata, source and key alone; its katas
                             are for the reader to load */
    int *tries;           /* gradings of each that came to nothing */
};

/* Submissions for a task, where so many run at a time; 0 is not known. */
size_t job_chunk(size_t submissions, int tasks_at_once);

/* Makes the job of these items of the roster; its folder, owned, or NULL. */
char *job_make(const struct work *work, const size_t *items, const int *tries,
               size_t count, size_t chunk, struct err *err);

/* Reads what job_make made; released by job_release in either case. */
int job_read(struct job *job, const char *dir, struct err *err);
void job_release(struct job *job);
size_t job_tasks(const struct job *job);

/* Is it still wanted? */
bool job_is_wanted(const char *dir);

/* Takes it back. */
void job_remove(const char *dir);

/* The folders of all jobs of an OUT, added. */
void job_list(const char *out, struct strv *dirs);

/* Why a task did not grade a submission; any bytes, which are made visible. */
struct job_note {
    char *text;
    char *node; /* "" where the submission is to blame */
};

int job_write_note(const char *out, const struct item *item,
                   const struct job_note *note, struct err *err);

/* Reads it and removes it; false where there is none. */
bool job_take_note(const char *out, const struct item *item,
                   struct job_note *note);
void job_note_release(struct job_note *note);

/* OUT/.kata/leases or OUT/.kata/notes with the name of an item's file; the
   folder alone for NULL. Owned. */
char *job_path(const char *out, const char *folder, const struct item *item);

#endif
