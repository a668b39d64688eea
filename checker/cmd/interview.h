/*
 * What the sub-commands of `kata interview` have in common: which interview is
 * meant, the database, and the candidate's folder.
 *
 *     struct interview interview;
 *     int status = interview_open(cmd, argc, argv, NULL, NULL, 0, &interview);
 *     if (status >= 0) return status;
 *     if (interview_enter(&interview, &err) == 0)
 *         status = interview_leave(&interview, change(&interview, &err), &err);
 *     return interview_close(&interview, status, &err);
 */
#ifndef CMD_INTERVIEW_H
#define CMD_INTERVIEW_H

#include "cmd/cmd.h"
#include "judge/mutant.h"
#include "kata/guide.h"
#include "store/session.h"

struct interview {
    struct cmd_context context; /* operands: those after the id */
    char *work;                 /* the folder of progress.db */
    char *inside; /* the candidate's folder that we are in, or NULL */
    struct db *db;
    int64_t id;
    struct session session; /* as interview_open or _enter found it */
    struct moment now;
    bool misused; /* the error is the person's: exit status 2 */
};

/*
 * Parses options and operands; the first operand, where it is a number, is the
 * interview's id. Without one it is the interview in whose folder we are, or
 * the only one that is not finished. Loads it. Returns -1 to go on, else the
 * exit status to end with; on -1 the caller ends with interview_close.
 */
int interview_open(const struct cmd *cmd, int argc, char **argv,
                   int (*option)(int id, const char *value, void *data,
                                 struct err *err),
                   void *data, size_t max_operands,
                   struct interview *interview);

/* The same without choosing an interview. */
int interview_open_database(const struct cmd *cmd, int argc, char **argv,
                            int (*option)(int id, const char *value, void *data,
                                          struct err *err),
                            void *data, size_t max_operands,
                            struct interview *interview);

/* Prints the error where `status` is -1, releases everything, and returns the
   exit status. */
int interview_close(struct interview *interview, int status, struct err *err);

/* Begins a transaction: loads the session anew, advances its time and notes an
   edit of the candidate's file. On 0 interview_leave has to follow. */
int interview_enter(struct interview *interview, struct err *err);

/* Saves the session and commits where `status` is 0, else undoes. */
int interview_leave(struct interview *interview, int status, struct err *err);

/* An error unless the interview is running, which says how to go on. */
int interview_must_run(struct interview *interview, struct err *err);

/* Sets the error for what cannot be done now, which is wrong usage and not a
   fault of the machine; returns -1. */
int interview_refuse(struct interview *interview, struct err *err,
                     const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The kata of the current step; the caller frees it. */
int interview_kata(const struct interview *interview, struct kata **kata,
                   struct err *err);

/* "12:05", "-0:30"; owned. */
char *interview_time(int64_t ms);

/* Prints Markdown for reading in a terminal. */
void interview_print_markdown(const char *text);

/* Prints the clock: what is left of the interview and of the round. */
void interview_print_clock(const struct interview *interview, FILE *out);

/* Prints where the candidate is and what can be done. */
int interview_print_status(struct interview *interview, struct err *err);

/* cmd/interview_candidate.c */

/* Lays out what the current step gives the candidate and records that it
   began. Inside a transaction. */
int interview_open_step(struct interview *interview, struct err *err);

/* Prints the question of the current step of a round of questions. */
int interview_print_question(const struct interview *interview,
                             struct err *err);

/* Loads the guide of a round of code: its kata's, also for a variant. */
int interview_guide(const struct interview *interview,
                    const struct plan_round *round, struct guide *guide,
                    struct err *err);

/* The hint that a bug hunt has; owned. */
char *interview_hunt_hint(const struct mutant *mutant);

/* Finds the mutant of a bug hunt. The caller releases *mutants, of which
 *mutant is one. */
int interview_mutant(const struct interview *interview,
                     const struct plan_round *round, struct mutants *mutants,
                     const struct mutant **mutant, struct err *err);

/* cmd/interview_folder.c */

/* The candidate's folder, owned; NULL with an error that says what to do where
   it cannot be found. */
char *interview_folder(const struct interview *interview, struct err *err);

/* Makes the folder of a new interview: README.md and the mark that it is one.
   -1 with errno EEXIST in `exists` where there is such a folder already. */
int folder_make(const struct interview *interview, struct err *err);

/* Makes it anew where it is gone. */
int folder_remake(const struct interview *interview, struct err *err);

/* The folder of the current round, and the file to write in (NULL in a round of
   questions); owned. */
char *folder_round(const struct interview *interview, const char *folder);
char *folder_source(const struct interview *interview, const char *folder,
                    const struct kata *kata);

/* Puts there what the current step gives the candidate. What they wrote stays;
   `source` (NULL: the stub, or the code with a bug) is written where theirs is
   not there. */
int folder_lay(const struct interview *interview, const char *source,
               struct err *err);

/* Moves the code of the changed requirement before the current one, with its
   contract, into the folder change-N beside it. Does nothing where that has
   been done, or where there is no code. */
int folder_set_aside(const struct interview *interview, struct err *err);

/* Reads a file of the candidate's, no symbolic link, up to 1 MiB of text. */
int folder_read(const char *path, struct str *text, struct err *err);

/* When the file was last changed, in milliseconds since 1970; 0 where it is not
   there. */
int64_t folder_changed(const char *path);

/* Which interview's folder is `dir`; 0 where it is none. *started tells it from
   one of the same number in another database. */
int64_t folder_mark(const char *dir, int64_t *started);

/* The sub-commands, each in one table entry; cmd/interview.c has the table. */
extern const struct cmd cmd_interview_start, cmd_interview_list,
    cmd_interview_status, cmd_interview_clock, cmd_interview_test,
    cmd_interview_submit, cmd_interview_hint, cmd_interview_next,
    cmd_interview_pause, cmd_interview_resume, cmd_interview_finish,
    cmd_interview_sheet, cmd_interview_note, cmd_interview_rate,
    cmd_interview_report;

#endif
